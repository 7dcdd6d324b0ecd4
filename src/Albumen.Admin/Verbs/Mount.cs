using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen mount</c>: how each kind of client opens the archive, with the address to write there.</summary>
sealed class Mount : Verb
{
    readonly Option<bool> _qr = new("--qr") { Description = "Draw the address as a QR code, for phones." };

    public Mount() : base("mount", "Says how Windows, macOS, Linux and phones open the archive, and at which address.")
    {
        Options.Add(_qr);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("mount", "The addresses, and what to do on each kind of machine."),
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
        screen.Table(["Address", "Encrypted", "Reached from"], doors.Select(d => (IReadOnlyList<string>)[d.Url, d.Secure ? "yes" : "no", d.Reach]), "");
        if (!screen.IsTerminal) return Exit.Done;

        foreach ((string client, string how) in Ways(doors[0]))
        {
            if (client.Length > 0) screen.Line(client);
            screen.Line($"  {Printable.Show(how)}");
        }
        screen.Line();
        screen.Line("The name is a user's (albumen user list), the password an app password: albumen app-password create NAME");
        if (doors[0].Reach is "this machine") screen.Line("Only this machine can reach it. For the network, write 'https: on' into the configuration, and restart albumend.");
        return Exit.Done;
    }

    /// <summary>Of each kind of client, what to do there.</summary>
    static IEnumerable<(string Client, string How)> Ways(Client.Door door)
    {
        Uri url = new(door.Url);
        string trust = door.Secure ? " It must trust the certificate, unless that is one it knows." : "";
        yield return ("Windows", $@"net use P: \\{url.Host}{(door.Secure ? "@SSL" : "")}@{url.Port}\DavWWWRoot /user:NAME");
        if (!door.Secure) yield return ("", "Windows sends no password without encryption, unless its BasicAuthLevel is 2.");
        yield return ("macOS", $"Finder, Go, Connect to Server: {door.Url}{trust}");
        yield return ("Linux, as a folder", $"sudo mount -t davfs {door.Url} /mnt/photos");
        yield return ("Linux desktops", $"Files, Other Locations: {(door.Secure ? "davs" : "dav")}://{url.Authority}/");
        yield return ("rclone", $"rclone config create photos webdav url={door.Url} vendor=other user=NAME; rclone config password photos pass; rclone mount photos: ~/photos");
        yield return ("Phones", $"A file manager or photo program with WebDAV: {door.Url} (albumen mount --qr draws it).{trust}");
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
