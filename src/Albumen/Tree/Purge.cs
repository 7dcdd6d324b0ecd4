using System.Data.Common;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Sidecar;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tree;

/// <param name="Removed">Files that are gone.</param>
/// <param name="Sidecars">Of those, that are gone too.</param>
public sealed record Purged(int Photos, int Removed, int Sidecars, long SizeInBytes, IReadOnlyList<PurgeFailure> Failed, IReadOnlyList<long> Operations);

/// <summary>What stays after all, and why.</summary>
/// <param name="Sidecar">Null: the file itself, whose photo lies in the trash as before.</param>
public sealed record PurgeFailure(PurgeFile File, PurgeSidecar? Sidecar, string Why);

/// <summary>
/// Removes files of photos in the trash for good, when an admin says so: only where the configuration allows it, on volumes that may be written, and only what a
/// plan has shown. The files themselves are removed by the scribe, which looks at each once more. A photo that was purged stays in the catalogue, as does all that was said of it.
/// </summary>
/// <remarks>
/// It stands in the journal, on the disk, before the first file goes. Whoever is killed in between leaves photos in the trash that are noted as purged and have their files: the next
/// purge offers them again. A file that had lost its name by then is removed as soon as that can be, or gets its name back if its photo was restored; until then it is a problem. Its sidecars stay.
/// </remarks>
public sealed class Purge(Database catalog, Volumes volumes, SidecarFiles files, Scanner scanner, Journal journal, TreeWriter writer, InboxReceipts receipts, TrashReader trash, TrashSettings settings, TimeProvider clock)
    : IDisposable
{
    const string Field = "purged", Nameless = "nameless";
    const int MostPhotos = 10_000, PhotosPerOperation = 200;

    static readonly TimeSpan StartStep = TimeSpan.FromMilliseconds(200);

    readonly SemaphoreSlim _running = new(1, 1), _wake = new(1);
    readonly PurgeSidecars _sidecars = new(files);
    readonly PurgeLeftovers _leftovers = new(catalog, volumes);

    public bool IsAllowed => settings.Purge;

    /// <summary>Called when a file in a folder, by its id, has its name again, so that it is looked at.</summary>
    public Action<Volume, long> NamedAgain { get; init; } = static (_, _) => { };

    /// <summary>What would be removed: the photos that lie in the trash longest, first.</summary>
    /// <param name="all">Also those that are to be kept still.</param>
    public PurgePlan Plan(bool all)
    {
        using Database.Reader reader = catalog.Read();
        List<PurgeRow> rows = [.. reader.Connection.Query<PurgeRow>("""
            WITH photo AS MATERIALIZED (
              SELECT a.id, a.uid, a.trashed FROM asset a WHERE a.trashed IS NOT NULL
              AND EXISTS (SELECT 1 FROM content k JOIN location l ON l.content_id = k.id WHERE k.asset_id = a.id AND l.missing_since IS NULL)
              ORDER BY a.trashed, a.id LIMIT @most)
            SELECT p.uid, p.trashed, f.volume_id, l.folder_id, f.path, l.name, l.size_in_bytes, l.modified_ns, l.changed_ns, l.inode, k.sha256, l.content_id IS NULL AS is_changed
            FROM photo p CROSS JOIN content k ON k.asset_id = p.id
            JOIN (SELECT *, coalesce(content_id, previous_content_id) AS held FROM location WHERE missing_since IS NULL) l ON l.held = k.id
            JOIN folder f ON f.id = l.folder_id ORDER BY p.trashed, p.id, f.volume_id, f.path, l.name
            """, new { most = MostPhotos + 1 })];
        string[] photos = [.. rows.Select(r => r.Uid).Distinct()];
        HashSet<string> these = [.. photos.Take(MostPhotos)];
        string? until = trash.KeptUntil;
        Dictionary<long, VolumeFiles?> open = [];
        List<PurgeFile> goes = [], stays = [];
        try
        {
            foreach (IGrouping<string, PurgeRow> photo in rows.Where(r => these.Contains(r.Uid)).GroupBy(r => r.Uid))
            {
                List<PurgeFile> its = [];
                foreach (PurgeRow row in photo)
                    if (volumes.Find(row.VolumeId) is { } volume) its.Add(Look(row, volume, open, all, until));
                if (its.Count < photo.Count()) its = [.. its.Select(f => f with { Why = f.Why ?? "another copy lies on a volume that is not configured any more" })];
                if (its.Find(f => f.Why is not null) is { } stuck) stays.AddRange(its.Select(f => f.Why is null ? f with { Why = $"another copy of it stays: {stuck.FullPath}" } : f));
                else goes.AddRange(its);
            }
        }
        finally
        {
            foreach (VolumeFiles? volume in open.Values) volume?.Dispose();
        }
        return new(_sidecars.With(goes), stays, photos.Length > MostPhotos);
    }

    /// <summary>Removes what a plan has shown. Who changes the tree meanwhile waits for one photo at most.</summary>
    /// <param name="digest">Of the plan.</param>
    /// <returns>Null when the plan would be another now; nothing was removed.</returns>
    public async Task<Purged?> RunAsync(Author author, bool all, string digest, CancellationToken cancellationToken)
    {
        if (!IsAllowed) throw new InvalidOperationException("The configuration does not allow it.");
        await _running.WaitAsync(cancellationToken);
        try
        {
            await FinishAsync(cancellationToken);
            PurgePlan plan = Plan(all);
            return plan.Digest == digest ? await RunAsync(author, plan, cancellationToken) : null;
        }
        finally
        {
            _running.Release();
        }
    }

    /// <summary>Says that a volume was walked, so that what an interrupted purge has left there can be dealt with.</summary>
    public void Wake()
    {
        if (_wake.CurrentCount == 0) _wake.Release();
    }

    /// <summary>Ends what earlier purges have begun, at the start and whenever a volume was walked. Runs until cancelled.</summary>
    /// <param name="isReady">False while what lies on the volumes is not known yet.</param>
    public async Task KeepAsync(Func<bool> isReady, CancellationToken cancellationToken)
    {
        while (!isReady()) await Task.Delay(StartStep, clock, cancellationToken);
        while (true)
        {
            await _wake.WaitAsync(cancellationToken);
            await _running.WaitAsync(cancellationToken);
            try
            {
                await TryFinishAsync(cancellationToken);
            }
            finally
            {
                _running.Release();
            }
        }
    }

    async Task TryFinishAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FinishAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or DbException)
        {
            // After the next walk it is tried again.
        }
    }

    public void Dispose()
    {
        _running.Dispose();
        _wake.Dispose();
    }

    async Task FinishAsync(CancellationToken cancellationToken)
    {
        Volume[] online = [.. volumes.All.Where(v => volumes.TrustIn(v) is Trust.Online)];
        List<PurgeFile> left = [];
        HashSet<string> again = [];
        foreach ((PurgeFile file, bool goes) in _leftovers.Find())
        {
            if (IsAllowed && file.Volume.Settings.Writable)
                await writer.AloneAsync(async () =>
                {
                    if (goes && await RemoveAsync(file) is null) return true;
                    // Nothing was changed at that time: it is no file to remove, and gets its name back.
                    _ = await files.PurgeAsync(file.Volume, file.Path, file.Stat with { ChangedNs = 0 }, file.Hash!.Value, CancellationToken.None);
                    if (!goes) again.Add(file.Asset);
                    return true;
                }, cancellationToken);
            if (PurgeLeftovers.IsNameless(file)) left.Add(file);
            else if (PurgeLeftovers.StatOf(file.Volume, file.Path) is not null) NamedAgain(file.Volume, file.FolderId);
        }
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        again.ExceptWith(left.Select(f => f.Asset));
        await catalog.WriteAsync(connection =>
        {
            foreach (PurgeFile file in left) Problems.Note(connection, new(Nameless, file.Volume.Name, file.Path.ToString(), Lost(file)), now);
            foreach (Volume volume in online) Problems.SolveUnseen(connection, volume.Name, Nameless, now);
        }, cancellationToken);
        await journal.CommitAsync(Author.Scan, "photos that were to be purged have files again", connection => [.. again.Union(PurgeLeftovers.Restored(connection)).SelectMany(asset => Unsaying(connection, asset))], cancellationToken);
    }

    static string Lost(PurgeFile file) => $"A purge that was interrupted has taken its name from it: in its folder it is called {RelativePath.Show(AtomicWriter.LeftoverOf(file.Path).Name)}. "
        + "It is dealt with when albumend is started with 'purge: on' and the volume is writable; or give it its name back.";

    /// <summary>As it is now that another name of it was removed, which changes its time of change.</summary>
    static PurgeFile Anew(PurgeFile file) =>
        PurgeLeftovers.StatOf(file.Volume, file.Path) is { } now && now with { ChangedNs = file.Stat.ChangedNs } == file.Stat ? file with { Stat = now } : file;

    async Task<Purged> RunAsync(Author author, PurgePlan plan, CancellationToken cancellationToken)
    {
        List<PurgeFailure> failed = [];
        List<long> operations = [];
        int removed = 0, sidecars = 0, photos = 0;
        long size = 0;
        bool isUnfinished = false;
        foreach (IGrouping<string, PurgeFile>[] some in plan.Goes.GroupBy(f => f.Asset).Chunk(PhotosPerOperation))
        {
            if (await NoteAsync(author, $"purge {some.Length} of the photos in the trash", some, Moment.Of(clock.GetUtcNow())) is { } noted) operations.Add(noted.Number);
            List<IGrouping<string, PurgeFile>> stay = [], gone = [];
            foreach (IGrouping<string, PurgeFile> photo in some)
            {
                bool isGone = true, isNameless = false;
                await writer.AloneAsync(async () =>
                {
                    HashSet<(ulong, long)> changed = [];
                    foreach (PurgeFile planned in photo)
                    {
                        PurgeFile file = changed.Add((planned.Stat.Device, planned.Stat.Inode)) ? planned : Anew(planned);
                        if (await RemoveAsync(file) is { } why)
                        {
                            isGone = false;
                            isNameless |= PurgeLeftovers.IsNameless(file);
                            failed.Add(new(file, null, PurgeLeftovers.IsNameless(file) ? $"{why} {Lost(file)}" : why));
                            continue;
                        }
                        removed++;
                        size += file.Stat.SizeInBytes;
                        foreach (PurgeSidecar sidecar in file.Sidecars)
                            if (await RemoveAsync(file, sidecar) is { } reason) failed.Add(new(file, sidecar, reason));
                            else sidecars++;
                    }
                    return true;
                }, CancellationToken.None);
                isUnfinished |= isNameless;
                if (isGone) gone.Add(photo);
                // It is still to be purged; taken back, nobody would look for its file.
                else if (!isNameless) stay.Add(photo);
            }
            photos += gone.Count;
            await receipts.RemoveOfAsync(gone.SelectMany(p => p).Select(f => f.Hash!.Value).Distinct(), CancellationToken.None);
            if (stay.Count > 0) await NoteAsync(author, $"{stay.Count} of the photos that were to be purged have files still", stay, null);
            // What is left lies in the trash as before.
            if (cancellationToken.IsCancellationRequested) break;
        }
        if (isUnfinished) await TryFinishAsync(CancellationToken.None);
        return new Purged(photos, removed, sidecars, size, failed, operations);
    }

    PurgeFile Look(PurgeRow row, Volume volume, Dictionary<long, VolumeFiles?> open, bool all, string? until)
    {
        RelativePath path = RelativePath.FromBytes(row.Path).Child(row.Name);
        FileStat known = new(row.SizeInBytes, row.ModifiedNs, row.ChangedNs, null, row.Inode, 0);
        PurgeFile file = new(row.Uid, volume, row.FolderId, path, known, ContentHash.FromBytes(row.Sha256), row.Trashed);
        if (!all && (until is null || string.CompareOrdinal(row.Trashed, until) > 0)) return file with { Why = "it is to be kept longer (--all purges it all the same)" };
        if (!volume.Settings.Writable) return file with { Why = $"the volume '{volume.Name}' is not writable" };
        if (volumes.TrustIn(volume) is not Trust.Online || volumes.RootOf(volume) is not { } root) return file with { Why = $"the volume '{volume.Name}' is not online" };
        if (row.IsChanged != 0) return file with { Why = "it was changed since it was read" };
        try
        {
            if (!open.TryGetValue(volume.Id, out VolumeFiles? there)) open[volume.Id] = there = new(volume.Settings.Path);
            if (there!.StatRoot() is var now && (now.Device, now.Inode) != (root.Device, root.Inode)) return file with { Why = $"the volume '{volume.Name}' is another than it was" };
            using SafeFileHandle handle = there.OpenRead(path, out FileStat stat);
            return (stat.SizeInBytes, stat.ModifiedNs, stat.ChangedNs, stat.Inode) == (row.SizeInBytes, row.ModifiedNs, row.ChangedNs, row.Inode)
                ? file with { Stat = stat with { BornNs = null } }
                : file with { Why = "it was changed since it was read" };
        }
        catch (FileFault fault)
        {
            return file with { Why = fault.Reason };
        }
    }

    /// <returns>Why it stays; null when it is gone.</returns>
    Task<string?> RemoveAsync(PurgeFile file) => scanner.AloneAsync(file.Volume, async () =>
    {
        if (!IsAsPlanned(file)) return "it was taken out of the trash meanwhile";
        if (Explain(file, await files.PurgeAsync(file.Volume, file.Path, file.Stat, file.Hash!.Value, CancellationToken.None)) is { } why) return why;
        await catalog.WriteAsync(connection => LocationIndex.Forget(connection, file.FolderId, file.Path.Name.ToArray()), CancellationToken.None);
        return null;
    }, CancellationToken.None);

    /// <returns>Why it stays; null when it is gone.</returns>
    Task<string?> RemoveAsync(PurgeFile file, PurgeSidecar sidecar) => scanner.AloneAsync(file.Volume, async () =>
    {
        try
        {
            if (!PurgeSidecars.IsLeftAlone(file, sidecar)) return "another file that it speaks of came meanwhile";
        }
        catch (FileFault fault)
        {
            return fault.Reason;
        }
        WriteResult result = sidecar.IsMirror
            ? await files.RemoveAsync(file.Volume, sidecar.Path, isMirror: true, sidecar.Hash, CancellationToken.None)
            : await files.PurgeAsync(file.Volume, sidecar.Path, sidecar.Stat, sidecar.Hash, CancellationToken.None);
        if (Explain(file, result) is { } why) return why;
        byte[] name = sidecar.Path.Name.ToArray();
        await catalog.WriteAsync(connection =>
        {
            if (!sidecar.IsMirror) LocationIndex.Forget(connection, file.FolderId, name);
            SidecarBase.Forget(connection, new(file.FolderId, name, sidecar.IsMirror));
        }, CancellationToken.None);
        return null;
    }, CancellationToken.None);

    static string? Explain(PurgeFile file, WriteResult result) => result switch
    {
        WriteResult.Removed => null,
        WriteResult.Changed { Kept: { } kept } => $"it was changed meanwhile; what somebody wrote at that moment is {file.Volume.Settings.Path}/{file.Path.Folder.Child(kept)}",
        WriteResult.Changed => "it was changed meanwhile",
        WriteResult.Failed failed => failed.Message,
        _ => "it could not be removed",
    };

    /// <summary>Whether its photo lies in the trash still, put there when the plan says.</summary>
    bool IsAsPlanned(PurgeFile file)
    {
        using Database.Reader reader = catalog.Read();
        return IsAsPlanned(reader.Connection, file);
    }

    static bool IsAsPlanned(DbConnection connection, PurgeFile file) => connection.QuerySingleOrDefault<string?>("SELECT trashed FROM asset WHERE uid = @Asset", new { file.Asset }) == file.Trashed;

    /// <param name="moment">Null: they are not purged after all.</param>
    Task<Operation?> NoteAsync(Author author, string what, IEnumerable<IGrouping<string, PurgeFile>> photos, string? moment) => journal.CommitAsync(author, what, connection =>
        [.. from photo in photos
            where moment is null || IsAsPlanned(connection, photo.First())
            let asset = photo.Key
            let before = Journal.Statement(connection, asset, StatementKind.Purged, Field)
            let after = moment is null ? null : JsonSerializer.Serialize(moment, FactsJson.Default.String)
            where before != after
            select new StatementChange(asset, Field, StatementKind.Purged, before, after)], CancellationToken.None);

    /// <summary>What forgets that a photo was purged, as it has a file again.</summary>
    internal static IEnumerable<StatementChange> Unsaying(DbConnection connection, string asset) =>
        Journal.Statement(connection, asset, StatementKind.Purged, Field) is { } before ? [new(asset, Field, StatementKind.Purged, before, null)] : [];
}
