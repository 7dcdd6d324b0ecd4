using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen mount</c>: how each kind of client opens the archive, with the address to write there.</summary>
sealed class Mount : Verb
{
    const int Indent = 2, TypedIndent = 6;

    readonly Argument<string?> _machine = new("machine") { Description = "What opens it; by default all are told.", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string> _user = new("--user") { Description = "Whose name stands in the lines.", HelpName = "NAME", DefaultValueFactory = _ => "NAME", CompletionSources = { Offer.Users } };
    readonly Option<bool> _qr = new("--qr") { Description = "Draw the address as a QR code, for phones." };

    public Mount() : base("mount", "Says how Windows, macOS, Linux and phones open the archive, and at which address.")
    {
        _machine.AcceptOnlyFromAmong([.. MountGuide.Machines]);
        Arguments.Add(_machine);
        Options.Add(_user);
        Options.Add(_qr);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("mount", "The addresses, and what to do on each kind of machine."),
        new("mount windows --user anna", "What anna does on Windows, to be sent to her."),
        new("mount --qr", "The best address, for the camera of a phone."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.Door];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        IReadOnlyList<Client.Door> doors = (await daemon.DoorsAsync(cancellationToken)).Addresses;
        if (line.GetValue(Json))
        {
            foreach (Client.Door door in doors) screen.Json(door, ApiJson.Default.Door);
            return Exit.Done;
        }
        if (doors.Count == 0)
        {
            screen.Error("http and https are off, so the archive cannot be mounted. Write 'https: on' into the configuration, and restart albumend.");
            return Exit.Failed;
        }
        if (line.GetValue(_qr)) return await DrawAsync(doors[0], screen, cancellationToken);
        string? machine = line.GetValue(_machine);
        if (machine is null)
        {
            screen.Table(["Address", "Encrypted", "Reached from"], doors.Select(d => (IReadOnlyList<string>)[d.Url, d.Secure ? "yes" : "no", d.Reach]), "");
            if (!screen.IsTerminal) return Exit.Done;
        }

        Certificate? certificate = await daemon.CertificateAsync(cancellationToken);
        MountGuide guide = new(doors[0], certificate, line.GetRequiredValue(_user));
        if (doors[0].Secure && certificate?.Authority is { } authority)
        {
            if (machine is null) screen.Line();
            Sentence(screen, "The certificate is Albumen's own, so devices have to be told once to trust it. The fingerprint (SHA-256) of what they are shown then:", 0);
            screen.Line(authority.Fingerprint);
        }
        foreach (string told in machine is null ? MountGuide.Machines : [machine])
        {
            (string title, IReadOnlyList<Step> steps) = guide.For(told);
            screen.Line();
            screen.Line(title);
            foreach (Step step in steps)
                if (!step.IsTyped) Sentence(screen, step.Text, Indent);
                // Whole, however long it is: somebody will copy it.
                else screen.Line($"{"",TypedIndent}{Printable.Show(step.Text)}");
        }
        screen.Line();
        Sentence(screen, "The name is a user's (albumen user list), the password an app password: albumen app-password create NAME", 0);
        if (doors[0].Reach is "this machine") Sentence(screen, "Only this machine can reach it. For the network, write 'https: on' into the configuration, and restart albumend.", 0);
        return Exit.Done;
    }

    static void Sentence(Screen screen, string text, int indent)
    {
        foreach (string part in TextWidth.Wrap(Printable.Show(text), screen.IsTerminal ? Screen.Width - indent : int.MaxValue)) screen.Line($"{new string(' ', indent)}{part}");
    }

    static async Task<int> DrawAsync(Client.Door door, Screen screen, CancellationToken cancellationToken)
    {
        try
        {
            // White on black, whatever the terminal is.
            bool isColoured = screen.IsTerminal && Environment.GetEnvironmentVariable("NO_COLOR") is null or "" && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or null);
            foreach (string drawn in await QrCode.LinesAsync(door.Url, cancellationToken)) screen.Line(isColoured ? $"\e[97;40m{drawn}\e[0m" : drawn);
            screen.Line(Printable.Show(door.Url));
            return Exit.Done;
        }
        catch (QrCodeException error)
        {
            screen.Error(error.Message);
            return Exit.Failed;
        }
    }
}
