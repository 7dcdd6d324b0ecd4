using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>The library folders: how they are, and what to do about one that looks wrong.</summary>
sealed class VolumesPage(Desk desk) : ListPage<VolumeStatus>(desk)
{
    IReadOnlyDictionary<string, VerifiedVolume> _verified = new Dictionary<string, VerifiedVolume>();
    string? _next;

    public override string Name => "Volumes";

    public override string About => "The library folders. A volume that is away is offline and comes back by itself; one that looks wrong (another disk, nearly empty) is suspect, and nothing of it is forgotten until you say whether it is right so. A scan looks for what is new; a verification reads every original again and holds it against its hash.";

    protected override string Nothing => "No volumes are configured; config/albumen.yaml explains how (page Config).";

    protected override bool HasDetail => true;

    public override IReadOnlyList<Binding> Bindings =>
    [
        new("c", "confirm", () => DecideAsync(Daemon.ConfirmVolumeAsync, "Right as it is", "confirm it")),
        new("x", "reject", () => DecideAsync(Daemon.RejectVolumeAsync, "Not right as it is", "reject it")),
        new("s", "scan", ScanAsync),
        new("v", "verify", VerifyAsync),
        new("S", "stop verifying", StopAsync, false),
        new("o Enter", "browse it", BrowseAsync, false),
    ];

    protected override IReadOnlyList<Column<VolumeStatus>> Columns =>
    [
        new("Name", 14, v => v.Name, Look: _ => Look.Strong),
        new("State", 9, v => v.State, Look: LookOf),
        new("Files", 11, v => Words.Count(v.Files), IsRight: true),
        new("Size", 8, v => Words.Size(v.SizeInBytes), IsRight: true),
        new("To read", 9, v => v.Pending > 0 ? Words.Count(v.Pending) : "", IsRight: true),
        new("Missing", 9, v => v.Missing > 0 ? Words.Count(v.Missing) : "", IsRight: true, From: 74),
        new("Free", 8, v => v.FreeInBytes is { } free ? Words.Size(free) : "", IsRight: true),
    ];

    static Style LookOf(VolumeStatus volume) => volume.State is "online" or "new" ? Look.Good : Look.Bad;

    protected override string KeyOf(VolumeStatus item) => item.Name;

    protected override async Task<Page<VolumeStatus>> FetchAsync(string? after, CancellationToken cancellationToken)
    {
        VerifyStatus verification = await Daemon.VerifyStatusAsync(cancellationToken);
        _verified = verification.Volumes.ToDictionary(v => v.Volume);
        _next = verification.Next is { } next ? Words.Minute(next) : null;
        return new(await Daemon.VolumesAsync(cancellationToken));
    }

    protected override IReadOnlyList<(string, Style)> Detail(VolumeStatus volume) =>
    [
        ($"{volume.Name}: {volume.State}", LookOf(volume).With(Weight.Bold)),
        .. volume.Detail is { } detail ? [(detail, Look.Caution)] : ((string, Style)[])[],
        ($"Folder: {volume.Path}", Look.Plain),
        .. volume.FileSystem is { } system ? [($"File system: {system}, {volume.Kind}{(volume.ReadOnly ? ", read-only" : "")}", Look.Plain)] : ((string, Style)[])[],
        .. volume.TotalInBytes is { } total ? [($"Disk: {Words.Size(volume.FreeInBytes ?? 0)} free of {Words.Size(total)}", volume.FreeInBytes < total / 20 ? Look.Caution : Look.Plain)] : ((string, Style)[])[],
        .. volume.Changes is { } changes ? [($"Changes: {changes}", Look.Plain)] : ((string, Style)[])[],
        ($"Scanned: {(volume.Scanned is { } scanned ? Words.Minute(scanned) : "never to its end")}{(volume.Every is { } every ? $", every {Words.Duration(TimeSpan.FromSeconds(every))}" : "")}", Look.Plain),
        .. volume.Missing > 0 ? [($"{Words.Many(volume.Missing, "file")} missing; what is known of them is kept.", Look.Caution)] : ((string, Style)[])[],
        .. volume.Held > 0 ? [($"{Words.Count(volume.Held)} files are not found, and nothing is decided of them yet.", Look.Caution)] : ((string, Style)[])[],
        .. _verified.GetValueOrDefault(volume.Name) is { } verified ? [(Describe(verified), verified.Rotted > 0 ? Look.Bad : Look.Plain)] : ((string, Style)[])[],
    ];

    string Describe(VerifiedVolume verified) => verified.State switch
    {
        "never" => $"Verified: never{(_next is null ? "" : $"; next {_next}")}",
        "running" => $"Verifying: {Words.Count(verified.Files)} of {Words.Count(verified.TotalFiles ?? 0)} files, {Words.Size((long)(verified.BytesPerSecond ?? 0))}/s"
            + (verified is { BytesPerSecond: > 0 and var rate, TotalSizeInBytes: { } all } ? $", {Words.Duration(TimeSpan.FromSeconds((all - verified.SizeInBytes) / rate))} left" : ""),
        _ => $"Verified: {verified.State}{(verified.Finished is { } at ? $" {Words.Minute(at)}" : "")}, {Words.Count(verified.Files)} files; {Words.Count(verified.Rotted)} rotted, {Words.Count(verified.Unreadable)} unreadable{(verified.Detail is { } why ? $": {why}" : "")}",
    };

    async Task DecideAsync(Func<string, bool, CancellationToken, Task<VolumeDecision>> decide, string title, string does)
    {
        if (Chosen is not { } volume) return;
        VolumeDecision plan = await decide(volume.Name, true, Desk.Ending);
        if (!await Desk.ConfirmAsync($"{title}: {volume.Name}", [plan.Plan], does)) return;
        VolumeDecision done = await decide(volume.Name, false, Desk.Ending);
        Desk.Say($"{volume.Name} is {done.Volume.State}.");
    }

    async Task ScanAsync()
    {
        string[] names = [.. Meant.Select(v => v.Name)];
        await Daemon.ScanAsync(names, Desk.Ending);
        Desk.Say($"The scan of {string.Join(", ", names)} begins; the page Overview shows how far it is.");
    }

    async Task VerifyAsync()
    {
        string[] names = [.. Meant.Select(v => v.Name)];
        if (!await Desk.ConfirmAsync("Verify", [$"Reads every original of {string.Join(", ", names)} again, {Words.Size(Meant.Sum(v => v.SizeInBytes))}. It gives way to everything else; S stops it, and it goes on where it was."], "read them")) return;
        await Daemon.VerifyAsync(new(names), Desk.Ending);
        Desk.Say("The verification begins.");
    }

    async Task StopAsync() => Desk.Say((await Daemon.StopVerifyingAsync([.. Meant.Select(v => v.Name)], Desk.Ending)).Stopped > 0 ? "The verification is stopped; v goes on with it." : "None was under way.");

    async Task BrowseAsync()
    {
        if (Chosen is not { } volume) return;
        Desk.GoTo(Desk.PageOf<Browse>());
        await Desk.PageOf<Browse>().OpenAsync($"/Folders/{volume.Name}");
    }
}
