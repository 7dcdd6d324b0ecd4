using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen messages</c>: the daemon's own log, its last lines or as they come.</summary>
sealed class Messages : Verb
{
    const int PageLength = 1000, WaitInSeconds = 30;

    static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on with what comes, until Ctrl-C; also when the daemon is restarted meanwhile." };
    readonly Option<string?> _level = new("--level") { Description = "Only this level and graver: debug, information, warning, error or critical.", HelpName = "LEVEL" };
    readonly Option<string?> _grep = new("--grep") { Description = "Only lines with this text in them, in any case.", HelpName = "TEXT" };
    readonly Option<int> _limit = new("--limit") { Description = "The last so many, at most 1,000.", DefaultValueFactory = _ => 100, HelpName = "N" };

    public Messages() : base("messages", "Shows what the daemon says, as its journal has it.")
    {
        _level.AcceptOnlyFromAmong("debug", "information", "warning", "error", "critical");
        foreach (Option option in (Option[])[_follow, _level, _grep, _limit, Json]) Options.Add(option);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("messages", "The last hundred."),
        new("messages --follow --level warning", "What goes wrong, as it happens."),
        new("messages --grep IMG_0001", "Those that speak of a file."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.Message];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        int limit = line.GetValue(_limit);
        if (limit is < 1 or > PageLength) throw new UsageException($"--limit is from 1 to {PageLength}.");
        string? level = line.GetValue(_level), grep = line.GetValue(_grep);
        bool asJson = line.GetValue(Json);
        // What is looked for may stand further up.
        Page<Message> page = await daemon.MessagesAsync(null, grep is null ? limit : PageLength, level, waitInSeconds: 0, cancellationToken);
        Print(page.Items.Where(m => Fits(m, grep)).TakeLast(limit), asJson, screen);
        string after = page.Next!;
        bool isAway = false;
        while (line.GetValue(_follow))
            try
            {
                page = await daemon.MessagesAsync(after, PageLength, level, WaitInSeconds, cancellationToken);
                (after, isAway) = (page.Next!, false);
                Print(page.Items.Where(m => Fits(m, grep)), asJson, screen);
            }
            catch (Exception error) when (error is DaemonUnreachableException or ApiException { Status: 0 })
            {
                if (!isAway) screen.Error($"{error.Message} Waiting for it.");
                isAway = true;
                await Task.Delay(Again, cancellationToken);
            }
        return Exit.Done;
    }

    static bool Fits(Message message, string? grep) =>
        grep is null || message.Text.Contains(grep, StringComparison.OrdinalIgnoreCase) || message.Part.Contains(grep, StringComparison.OrdinalIgnoreCase);

    static void Print(IEnumerable<Message> messages, bool asJson, Screen screen)
    {
        foreach (Message message in messages)
            if (asJson) screen.Json(message, ApiJson.Default.Message);
            else if (screen.IsTerminal) screen.Line($"{Words.Time(message.Time)}  {message.Level,-11}  {Printable.Show(message.Part)}: {Printable.Show(message.Text)}");
            else screen.Line(string.Join('\t', Words.Time(message.Time), message.Level, Printable.Show(message.Part), Printable.Show(message.Text)));
        screen.Flush();
    }
}
