using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Albumen.Sql;
using Dapper;

namespace Albumen.Storage;

/// <summary>A library folder that is configured now.</summary>
public sealed record Volume(long Id, VolumeSettings Settings)
{
    public string Name => Settings.Name;
}

/// <summary>Whether a volume can be believed.</summary>
public enum Trust
{
    /// <summary>Never scanned to the end.</summary>
    New,
    Online,
    /// <summary>Not there, or not readable. It comes back by itself.</summary>
    Offline,
    /// <summary>It is there and looks wrong: another file system, an empty root, too much gone at once. Somebody must say what is right.</summary>
    Suspect,
    /// <summary>As suspect, and somebody said that it is not right as it is: nothing more is asked until it looks as it did.</summary>
    Rejected,
}

/// <summary>What is known of a volume.</summary>
/// <param name="Detail">Why it is not online.</param>
/// <param name="Identity">Null until it was seen.</param>
/// <param name="Held">Files that are not found and about which nothing is decided.</param>
public sealed record VolumeState(
    Volume Volume, Trust Trust, string? Detail, VolumeIdentity? Identity, long? Scanned, long Files, long SizeInBytes, long Pending, long Missing, long Held);

/// <summary>The configured volumes and what became of them. No other code touches the <c>volume</c> table.</summary>
public sealed class Volumes
{
    readonly Database _catalog;
    readonly Dictionary<string, Volume> _byName;
    readonly ConcurrentDictionary<long, Standing> _standing = new();
    readonly ConcurrentDictionary<long, FileStat> _met = new();
    // Volumes whose jobs were let run since they were last away.
    readonly ConcurrentDictionary<long, bool> _atWork = new();
    volatile Counted? _counted;

    /// <summary>Notes new volumes. One that left the configuration keeps its rows, so that it may come back, also under another name.</summary>
    public Volumes(Database catalog, IReadOnlyList<VolumeSettings> settings)
    {
        _catalog = catalog;
        List<Row> rows = Rows();
        VolumeSettings[] unknown = [.. settings.Where(s => rows.TrueForAll(r => r.Name != s.Name))];
        if (unknown.Length > 0)
        {
            Renamed = [.. Recognised(unknown, rows.Where(r => settings.All(s => s.Name != r.Name)))];
            catalog.WriteAsync(connection =>
            {
                connection.Execute("UPDATE volume SET name = @New WHERE name = @Old", Renamed.Select(r => new { r.New, r.Old }));
                connection.Execute("INSERT INTO volume (name) VALUES (@Name) ON CONFLICT (name) DO NOTHING", settings);
            }, CancellationToken.None).GetAwaiter().GetResult();
            rows = Rows();
        }
        Dictionary<string, Row> byName = rows.ToDictionary(r => r.Name);
        All = [.. settings.Select(s => new Volume(byName[s.Name].Id, s))];
        _byName = All.ToDictionary(v => v.Name);
        foreach (Volume volume in All) _standing[volume.Id] = byName[volume.Name].Standing;
    }

    public SyncedFiles Synced { get; } = new();

    /// <summary>Notes the zones that are configured, for whoever describes what lies on a volume.</summary>
    public Task NoteZonesAsync(CancellationToken cancellationToken) => _catalog.WriteAsync(connection =>
        connection.Execute("UPDATE volume SET timezone = @Timezone WHERE id = @Id AND timezone IS NOT @Timezone", All.Select(v => new { v.Id, v.Settings.Timezone })), cancellationToken);

    public IReadOnlyList<Volume> All { get; }

    /// <summary>Volumes that were recognised under another name than they had.</summary>
    public IReadOnlyList<(string Old, string New)> Renamed { get; } = [];

    public Volume? Find(string name) => _byName.GetValueOrDefault(name);

    public Volume? Find(long id) => All.FirstOrDefault(v => v.Id == id);

    public Trust TrustIn(Volume volume) => _standing[volume.Id].Trust;

    /// <summary>Why it is not online, and what can be done; null when it is.</summary>
    public string? WhyNot(Volume volume) => _standing[volume.Id].Detail;

    /// <summary>What it is known by; null until it was seen.</summary>
    public VolumeIdentity? IdentityOf(Volume volume) => _standing[volume.Id].Identity;

    /// <summary>Somebody said that the volume is right as it is now, and no scan has acted on that yet.</summary>
    public bool IsConfirmed(Volume volume) => _standing[volume.Id].IsConfirmed;

    /// <summary>The root folder as the last scan of this process met it; null while the volume is away or was not met yet.</summary>
    public FileStat? RootOf(Volume volume) => _met.TryGetValue(volume.Id, out FileStat root) ? root : null;

    /// <summary>A scan recognised the volume, and these are its device and inode for now.</summary>
    public void Meet(Volume volume, FileStat root) => _met[volume.Id] = root;

    /// <summary>Not to be opened now: it is away, or something else lies in its place.</summary>
    public bool IsAway(Volume volume) => _standing[volume.Id] is { Trust: Trust.Offline } or { IsStranger: true };

    /// <summary>It was scanned to its end, all of it or what was asked for.</summary>
    /// <param name="scanned">Unix seconds of a full scan; null leaves the last one.</param>
    public Task OnlineAsync(Volume volume, VolumeIdentity? identity, long? scanned, CancellationToken cancellationToken) =>
        SetAsync(volume, new(Trust.Online, null, identity, IsConfirmed: false, IsStranger: false), scanned, cancellationToken);

    /// <remarks>What somebody said of it was said of what lay there then.</remarks>
    public Task OfflineAsync(Volume volume, string reason, CancellationToken cancellationToken) =>
        SetAsync(volume, _standing[volume.Id] with { Trust = Trust.Offline, Detail = reason, IsConfirmed = false }, null, cancellationToken);

    /// <param name="isStranger">Another file system lies in its place, so nothing of it may be read.</param>
    public Task SuspectAsync(Volume volume, string reason, bool isStranger, CancellationToken cancellationToken)
    {
        Standing before = _standing[volume.Id];
        return SetAsync(volume, before with { Trust = before.Trust is Trust.Rejected ? Trust.Rejected : Trust.Suspect, Detail = reason, IsStranger = isStranger, IsConfirmed = false },
            null, cancellationToken);
    }

    /// <summary>Somebody says that the volume is right as it is: the next scan takes what it finds for the truth.</summary>
    public Task ConfirmAsync(Volume volume, CancellationToken cancellationToken) =>
        SetAsync(volume, _standing[volume.Id] with { IsConfirmed = true }, null, cancellationToken);

    /// <summary>Somebody says that it is not right as it is.</summary>
    public Task RejectAsync(Volume volume, CancellationToken cancellationToken) =>
        SetAsync(volume, _standing[volume.Id] with { Trust = Trust.Rejected, IsConfirmed = false }, null, cancellationToken);

    /// <summary>One line a volume, with its counts. Where counting takes long, they may be a little old: it takes at most a twentieth of the time.</summary>
    public IReadOnlyList<VolumeState> States()
    {
        IReadOnlyDictionary<long, Counts> counts = Count();
        return [.. from volume in All
            let standing = _standing[volume.Id]
            let count = counts[volume.Id]
            select new VolumeState(volume, standing.Trust, standing.Detail, standing.Identity, count.Scanned, count.Files, count.SizeInBytes, count.Pending, count.Missing, count.Held)];
    }

    IReadOnlyDictionary<long, Counts> Count()
    {
        if (_counted is { } last && last.Took > TimeSpan.FromMilliseconds(100) && Stopwatch.GetElapsedTime(last.At) < last.Took * 20) return last.Counts;
        long started = Stopwatch.GetTimestamp();
        using Database.Reader reader = _catalog.Read();
        Dictionary<long, Counts> counts = reader.Connection.Query<Counts>("""
            SELECT v.id, v.scanned,
                   count(l.name) FILTER (WHERE l.missing_since IS NULL) AS files,
                   coalesce(sum(l.size_in_bytes) FILTER (WHERE l.missing_since IS NULL), 0) AS size_in_bytes,
                   count(l.name) FILTER (WHERE l.missing_since IS NULL AND l.content_id IS NULL) AS pending,
                   count(l.name) FILTER (WHERE l.missing_since IS NOT NULL) AS missing,
                   count(l.name) FILTER (WHERE l.unseen_since IS NOT NULL) AS held
            FROM volume v LEFT JOIN folder f ON f.volume_id = v.id LEFT JOIN location l ON l.folder_id = f.id
            GROUP BY v.id
            """).ToDictionary(count => count.Id);
        _counted = new(counts, started, Stopwatch.GetElapsedTime(started));
        return counts;
    }

    sealed record Counts(long Id, long? Scanned, long Files, long SizeInBytes, long Pending, long Missing, long Held);

    sealed record Counted(IReadOnlyDictionary<long, Counts> Counts, long At, TimeSpan Took);

    sealed record Standing(Trust Trust, string? Detail, VolumeIdentity? Identity, bool IsConfirmed, bool IsStranger);

    sealed record Row(long Id, string Name, Standing Standing);

    /// <summary>New names whose folder is that of a volume which left the configuration.</summary>
    static IEnumerable<(string Old, string New)> Recognised(IEnumerable<VolumeSettings> unknown, IEnumerable<Row> left)
    {
        List<Row> candidates = [.. left.Where(r => r.Standing.Identity is not null)];
        if (candidates.Count == 0) yield break;
        foreach (VolumeSettings settings in unknown)
        {
            VolumeIdentity identity;
            try
            {
                using VolumeFiles files = new(settings.Path);
                identity = files.Identify();
            }
            catch (FileFault)
            {
                // Away now: then it is a volume like any new one.
                continue;
            }
            if (candidates.Find(r => identity.IsOnSameFileSystemAs(r.Standing.Identity!) && identity.HasSameRootAs(r.Standing.Identity!)) is not { } same) continue;
            candidates.Remove(same);
            yield return (same.Name, settings.Name);
        }
    }

    List<Row> Rows()
    {
        using Database.Reader reader = _catalog.Read();
        return [.. reader.Connection.Query<(long Id, string Name, string State, string? Detail, string? Identity, bool Confirmed, bool Stranger)>(
                "SELECT id, name, state, detail, identity, is_confirmed, is_stranger FROM volume")
            .Select(r => new Row(r.Id, r.Name, new(Enum.Parse<Trust>(r.State, ignoreCase: true), r.Detail, VolumeIdentity.FromJson(r.Identity), r.Confirmed, r.Stranger)))];
    }

    async Task SetAsync(Volume volume, Standing standing, long? scanned, CancellationToken cancellationToken)
    {
        if (scanned is null && standing == _standing[volume.Id]) return;
        bool isAway = standing is { Trust: Trust.Offline } or { IsStranger: true };
        await _catalog.WriteAsync((DbConnection connection) =>
        {
            if (isAway) LocationIndex.Park(connection, volume.Id);
            else if (standing.Trust is Trust.Online && !_atWork.ContainsKey(volume.Id)) LocationIndex.Unpark(connection, volume.Id);
            return connection.Execute("""
                UPDATE volume SET state = @state, detail = @Detail, identity = @identity, is_confirmed = @IsConfirmed, is_stranger = @IsStranger, scanned = coalesce(@scanned, scanned)
                WHERE id = @Id
                """, new
            {
                state = standing.Trust.ToString().ToLowerInvariant(),
                standing.Detail,
                identity = standing.Identity?.ToJson(),
                standing.IsConfirmed,
                standing.IsStranger,
                scanned,
                volume.Id,
            });
        }, cancellationToken);
        _standing[volume.Id] = standing;
        if (standing.Trust is Trust.Online) _atWork[volume.Id] = true;
        else if (isAway) _atWork.TryRemove(volume.Id, out _);
        if (isAway) _met.TryRemove(volume.Id, out _);
    }
}
