using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>How the daemon is at a glance: what it does, how fast, what lies where, and what needs a person.</summary>
sealed class Overview(Desk desk) : Page(desk)
{
    const string Bars = "▁▂▃▄▅▆▇█";

    long _failed;

    public override string Name => "Overview";

    public override string About => "How the daemon is at a glance. The line of bars is how many files were read each second, the newest at the right. What needs a person is listed last, with the page that deals with it.";

    public override IReadOnlyList<Binding> Bindings => [];

    // The rest of what it shows is asked for each second anyway.
    public override TimeSpan? Every => TimeSpan.FromSeconds(5);

    public override async Task LoadAsync(CancellationToken cancellationToken) => _failed = (await Daemon.JobSummaryAsync(cancellationToken)).Kinds.Sum(k => k.Failed);

    public override void Draw(Area area)
    {
        if (Desk.Status is not { } status)
        {
            area.WriteWords(1, 1, Desk.AwaySince is null ? "Asking the daemon…" : "The daemon does not answer. Is it running? On its machine, type: systemctl status albumen; albumen doctor says more.", Look.Faint);
            return;
        }
        int y = 0;
        foreach ((string name, string value, Style look) in Facts(status))
        {
            area.Write(1, y, name, Look.Faint);
            y = area.Part(0, 0, area.Width - 1, area.Height).WriteWords(20, y, value, look);
        }
        y = DrawRates(area.From(y + 1)) + y + 1;
        y = DrawVolumes(area.From(y + 1), status) + y + 1;
        area.Write(1, ++y, "Needs a person", Look.Heading);
        List<string> needs = [.. Needs(status)];
        foreach (string need in needs) y = area.WriteWords(3, y + 1, need, Look.Caution) - 1;
        if (needs.Count == 0) area.Write(3, y + 1, "nothing", Look.Good);
    }

    static IEnumerable<(string Name, string Value, Style Look)> Facts(Status status)
    {
        yield return ("Daemon", $"{status.Version}, running for {Words.Duration(TimeSpan.FromSeconds(status.Uptime))}, {Words.Size(status.MemoryInBytes)} of memory", Look.Plain);
        yield return ("Photos and clips", $"{Words.Count(status.Counts.Assets)} in {Words.Many(status.Counts.Locations, "file")}", Look.Strong);
        Indexing indexing = status.Indexing;
        yield return ("Now", indexing switch
        {
            { Trouble: { } trouble } => $"stalled: {trouble}",
            { Scanning: { } volume } => $"scanning {volume}; {Words.Many(indexing.Left, "file")} to read",
            { Left: > 0, PerSecond: > 0 and var rate } => $"{Words.Many(indexing.Left, "file")} to read, {rate:0.0} a second, {Words.Duration(TimeSpan.FromSeconds(indexing.Left / rate))} left",
            { Left: > 0 } => $"{Words.Many(indexing.Left, "file")} to read",
            _ => status.State,
        } + (indexing.Waiting is { } waiting ? $"; gives way: {waiting}" : ""), indexing.Trouble is null ? Look.Plain : Look.Bad);
        yield return ("Queue", $"{Words.Many(status.Counts.Jobs, "job")}; {Words.Many(indexing.Done, "file")} read since the start{(status.Making is { } making ? $"; makes {making.Kind} of {making.Path}" : "")}", Look.Plain);
        if (status.Inbox is { } inbox) yield return ("Inbox", inbox.Trouble ?? (inbox.Waiting > 0 ? $"{Words.Count(inbox.Waiting)} to be taken in" : "nothing to take in"), inbox.Trouble is null ? Look.Plain : Look.Bad);
        if (status.Trash is { Photos: > 0 } trash) yield return ("Trash", $"{Words.Photos(trash.Photos)}, {Words.Size(trash.SizeInBytes)}", Look.Plain);
        if (status.Cache is { } cache) yield return ("Cache", cache.Warning ?? $"{Words.Size(cache.SizeInBytes)}{(cache.CapInBytes is { } cap ? $" of at most {Words.Size(cap)}" : "")}", cache.Warning is null ? Look.Plain : Look.Caution);
    }

    int DrawRates(Area area)
    {
        double[] rates = [.. Desk.Rates.TakeLast(Math.Max(1, area.Width - 32))];
        double most = rates.DefaultIfEmpty(0).Max();
        area.Write(1, 0, "Files a second", Look.Faint);
        int x = area.Write(20, 0, most == 0 ? "none" : string.Concat(rates.Select(r => Bars[(int)Math.Min(Bars.Length - 1, r / most * Bars.Length)])), Look.Accent);
        if (most > 0) area.Write(x + 1, 0, $"at most {most:0.#}", Look.Faint);
        return 1;
    }

    static int DrawVolumes(Area area, Status status)
    {
        area.Write(1, 0, "Volume", Look.Heading);
        area.Write(18, 0, "State", Look.Heading);
        area.WriteBefore(40, 0, "Files", Look.Heading);
        area.WriteBefore(51, 0, "Size", Look.Heading);
        area.WriteBefore(61, 0, "To read", Look.Heading);
        area.WriteBefore(72, 0, "Free", Look.Heading);
        int y = 1;
        foreach (VolumeStatus volume in status.Volumes.Take(Math.Max(1, area.Height - 5)))
        {
            area.Write(1, y, volume.Name, 16, Look.Strong);
            area.Write(18, y, volume.State, 12, volume.State is "online" or "new" ? Look.Good : Look.Bad);
            area.WriteBefore(40, y, Words.Count(volume.Files));
            area.WriteBefore(51, y, Words.Size(volume.SizeInBytes));
            area.WriteBefore(61, y, Words.Count(volume.Pending));
            if (volume.FreeInBytes is { } free) area.WriteBefore(72, y, Words.Size(free));
            y++;
        }
        return y;
    }

    IEnumerable<string> Needs(Status status)
    {
        foreach (VolumeStatus volume in status.Volumes.Where(v => v.State is not ("online" or "new"))) yield return $"{volume.Name} is {volume.State}: {volume.Detail} (page Volumes)";
        if (status.Indexing.Trouble is { } trouble) yield return $"{trouble} (page Health)";
        if (status.Counts.Problems > 0) yield return $"{Words.Many(status.Counts.Problems, "problem")} with files (page Problems)";
        if (_failed > 0) yield return $"{Words.Many(_failed, "job")} failed (page Jobs)";
        if (!status.Sidecars) yield return "Sidecars cannot be written until albumend is restarted (page Health)";
        if (status.Trash is { Eligible: > 0 } trash) yield return $"{Words.Photos(trash.Eligible)} in the trash for longer than they are to be kept (type :purge)";
    }

    public override IEnumerable<string> Lines()
    {
        if (Desk.Status is not { } status) yield break;
        foreach ((string name, string value, _) in Facts(status)) yield return $"{name}: {value}";
        foreach (VolumeStatus volume in status.Volumes)
            yield return $"Volume {volume.Name}: {volume.State}, {Words.Many(volume.Files, "file")}, {Words.Size(volume.SizeInBytes)}, {Words.Count(volume.Pending)} to read{(volume.FreeInBytes is { } free ? $", {Words.Size(free)} free" : "")}";
        foreach (string need in Needs(status)) yield return $"Needs a person: {need}";
    }
}
