using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen status</c>: how the daemon and its volumes are.</summary>
sealed class Status : Verb
{
    public Status() : base("status", "How the daemon and its volumes are.") => Options.Add(Json);

    public override IReadOnlyList<Example> Examples =>
    [
        new("status", "How the daemon and its volumes are."),
        new("status --json", "The same for a script."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.Status];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        Client.Status status = await daemon.StatusAsync(cancellationToken);
        if (line.GetValue(Json))
        {
            screen.Json(status, ApiJson.Default.Status);
            return Exit.Done;
        }
        screen.Pairs(
            ("Version", status.Version),
            ("Running for", Words.Duration(TimeSpan.FromSeconds(status.Uptime))),
            ("Service", Describe(status.Service)),
            ("State", Describe(status)),
            ("Paused", status.Work is { Paused: true } work ? $"since {Words.Time(work.Since)}{(work.Until is { } until ? $" until {Words.Time(until)}" : "")} (albumen jobs resume)" : null),
            ("Memory", Words.Size(status.MemoryInBytes)),
            ("Originals' guard", status.Guard),
            ("Sidecars", status.Sidecars ? "can be written" : "cannot be written: restart albumend (albumen doctor)"),
            ("Inbox", Describe(status.Inbox)),
            ("Trash", Describe(status.Trash)),
            ("Cache", Describe(status.Cache)),
            ("Free for the state", Describe(status.StateFreeInBytes, status.StateTotalInBytes)),
            ("Making", status.Making is { } making ? $"{making.Kind} of {making.Path}{(making.Awaited ? ", somebody waits for it" : "")}" : null),
            ("Photos and clips", Words.Count(status.Counts.Assets)),
            ("Files", Words.Count(status.Counts.Locations)),
            ("Problems", status.Counts.Problems == 0 ? "none" : $"{Words.Count(status.Counts.Problems)} (albumen problems)"));
        screen.Line();
        screen.Table(["Volume", "State", "Files", "Size", "To read", "Missing", "Scanned", "Free"],
            status.Volumes.Select(v => (IReadOnlyList<string>)
            [
                v.Name, v.Detail is null ? v.State : $"{v.State}: {v.Detail}", Words.Count(v.Files), Words.Size(v.SizeInBytes),
                Words.Count(v.Pending), Words.Count(v.Missing), v.Scanned is null ? "never" : Words.Minute(v.Scanned.Value), v.FreeInBytes is { } free ? Words.Size(free) : "",
            ]), "No volumes are configured.");
        return Exit.Done;
    }

    static string Describe(Client.Status status) => Activity(status) + (status.Indexing.Waiting is { } waiting ? $"; gives way: {waiting}" : "");

    static string? Describe(Unit? service) => service is null ? null
        : $"{service.Name}, {service.Active} ({service.Sub}){(service.Restarts is > 0 and var restarts ? $", started again {(restarts == 1 ? "once" : $"{restarts} times")}" : "")}{(service.NeedsReload ? "; sudo systemctl daemon-reload" : "")}";

    static string Describe(Client.InboxStatus? inbox) => inbox switch
    {
        { Trouble: { } trouble } => trouble,
        { Waiting: > 0 and var waiting } => $"{Words.Count(waiting)} to be taken in",
        _ => "nothing to take in",
    };

    static string? Describe(TrashStatus? trash) => trash switch
    {
        null => null,
        { Photos: 0 } => "empty",
        { Eligible: 0 } => $"{Words.Photos(trash.Photos)}, {Words.Size(trash.SizeInBytes)}",
        _ => $"{Words.Photos(trash.Photos)}, {Words.Size(trash.SizeInBytes)}; {Words.Count(trash.Eligible)} of them, {Words.Size(trash.EligibleSizeInBytes)}, for longer than they are to be kept (albumen purge)",
    };

    static string? Describe(CacheStatus? cache) => cache is null ? null : cache switch
    {
        { Warning: { } warning } => $"{Words.Size(cache.SizeInBytes)}. {warning}",
        { CapInBytes: { } cap } => $"{Words.Size(cache.SizeInBytes)} of at most {Words.Size(cap)}",
        _ => Words.Size(cache.SizeInBytes),
    } + (Describe(cache.FreeInBytes, cache.TotalInBytes) is { } free ? $"; free on its disk: {free}" : "");

    static string? Describe(long? free, long? total) => free is { } left && total is { } all ? $"{Words.Size(left)} of {Words.Size(all)}" : null;

    static string Activity(Client.Status status) => status.Indexing switch
    {
        { Trouble: { } trouble } => $"stalled: {trouble}",
        { Scanning: { } volume } => $"scanning {volume}",
        { Left: > 0, PerSecond: > 0 and var rate } indexing =>
            $"indexing, {Words.Count(indexing.Left)} files left, {rate:0.0}/s, {Words.Duration(TimeSpan.FromSeconds(indexing.Left / rate))}",
        { Left: > 0 } indexing => $"indexing, {Words.Count(indexing.Left)} files left",
        _ => status.State,
    };
}
