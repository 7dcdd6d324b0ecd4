using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen jobs pause</c>: what nobody waits for stands still.</summary>
sealed class JobsPause : Verb
{
    static readonly Dictionary<char, TimeSpan> Units = new() { ['s'] = TimeSpan.FromSeconds(1), ['m'] = TimeSpan.FromMinutes(1), ['h'] = TimeSpan.FromHours(1), ['d'] = TimeSpan.FromDays(1) };

    static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    readonly Option<string?> _for = new("--for") { Description = "For so long: 30m, 2h or 1d. Without it until 'albumen jobs resume'.", HelpName = "TIME" };

    public JobsPause() : base("pause", "Pauses what nobody waits for: reading the backlog, making, scheduled scans and verification. Also after a restart.")
    {
        Options.Add(_for);
        Options.Add(DryRun);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("jobs pause --for 2h", "For two hours."),
        new("jobs pause", "Until somebody resumes it."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.WorkState];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        TimeSpan? duration = line.GetValue(_for) is { } text ? Parse(text) : null;
        bool isDryRun = line.GetValue(DryRun);
        WorkState state = isDryRun ? new(Paused: true, DateTimeOffset.Now, DateTimeOffset.Now + duration) : await daemon.PauseAsync(duration, cancellationToken);
        if (line.GetValue(Json)) screen.Json(state, ApiJson.Default.WorkState);
        else screen.Say($"{(isDryRun ? "Would pause" : "Paused")} until {(state.Until is { } until ? Words.Time(until) : "'albumen jobs resume'")}.");
        return Exit.Done;
    }

    static TimeSpan Parse(string text) =>
        text.Length > 1 && Units.TryGetValue(text[^1], out TimeSpan unit) && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 && number <= Longest / unit
            ? number * unit
            : throw new UsageException($"'{text}' is no time of at most a year; write a whole number and its unit: 30m, 2h or 1d.");
}
