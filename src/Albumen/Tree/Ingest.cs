using System.Text;
using Albumen.Catalog;
using Albumen.Derivatives;
using Albumen.Organization;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tree;

/// <summary>What became of bytes that were to become an original.</summary>
public abstract record IngestResult
{
    /// <summary>They lie on a volume, durable and in the catalogue.</summary>
    /// <param name="Asset">Its uid.</param>
    /// <param name="IsNew">False when they lay on a volume already, and nothing was added.</param>
    public sealed record Taken(string Asset, ContentHash Hash, bool IsNew) : IngestResult;

    /// <summary>Neither photo nor clip.</summary>
    public sealed record NotMedia : IngestResult;

    /// <summary>They are being written to, or what must be known first is still being found out; later.</summary>
    public sealed record NotYet : IngestResult;

    /// <param name="Sentence">Why, and what to do.</param>
    /// <param name="IsPlace">Others will fail alike: no volume takes anything in now.</param>
    public sealed record Failed(string Sentence, bool IsPlace, bool IsFull = false) : IngestResult;
}

/// <summary>A file that is to become an original.</summary>
/// <param name="Root">An absolute path, below which it lies at <paramref name="Path"/>.</param>
/// <param name="Name">What it is called, which need not be the name it lies under.</param>
/// <param name="Hash">Null when it was not read yet.</param>
/// <param name="Person">Who sent it; empty when nobody knows.</param>
/// <param name="Folder">Where in the inbox it lies; empty at the top.</param>
/// <param name="Settle">For so long nobody has written to it.</param>
sealed record Arrival(string Root, RelativePath Path, string Name, FileStat Stat, ContentHash? Hash, string Person, string Folder, TimeSpan Settle);

/// <summary>
/// Makes originals of files that people bring: reads each once, adds it to a writable volume at the place its day gives it, and has it in the catalogue when it
/// says so. The same bytes are added once, and nothing is ever replaced. A crash in between leaves the file where it was brought, and taking it in again ends as if there had been none.
/// </summary>
public sealed class Ingest(Database catalog, Volumes volumes, Scanner scanner, Indexer indexer, Journal journal, InboxSettings settings, TimeProvider clock) : IDisposable
{
    const int ShortestSuffix = 4;
    const string CameAgain = "what lay in the trash came again";

    // Of the same bytes one is placed at a time; the first of the hash says whose turn it is.
    readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 16).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Called when folders were made on a volume, which no walk has seen yet.</summary>
    public Action<Volume, IReadOnlyList<long>> FoldersMade { get; set; } = static (_, _) => { };

    /// <summary>Why nothing can be taken in now, for the admin; null when something can.</summary>
    public string? Obstacle()
    {
        using Candidates candidates = new(volumes);
        return candidates.Volumes.Count > 0 ? null : candidates.WhyNone;
    }

    /// <summary>Takes in bytes that were received and are finished, for whoever needs the photo at once. Its small versions are made afterwards.</summary>
    /// <param name="upload">Finished; it is not placed, and may be disposed of after this.</param>
    /// <param name="name">What the file is called.</param>
    public Task<IngestResult> TakeInAsync(Upload upload, string name, Viewer viewer, CancellationToken cancellationToken) => TakeAsync(
        new(upload.File.Disk.Path, upload.File.Path, name, upload.Stat, upload.Hashes.Sha256, viewer.Name, "", TimeSpan.Zero), VisitDepth.WithoutDecoding, cancellationToken);

    /// <summary>Takes in a file of ours, for whoever needs the photo at once. It stays where it is.</summary>
    internal Task<IngestResult> TakeInAsync(PlainDisk disk, RelativePath path, FileStat stat, string name, ContentHash hash, Viewer viewer, CancellationToken cancellationToken) =>
        TakeAsync(new(disk.Path, path, name, stat, hash, viewer.Name, "", TimeSpan.Zero), VisitDepth.WithoutDecoding, cancellationToken);

    /// <summary>Whether anything may be added anywhere, now or later.</summary>
    internal bool TakesAny => volumes.All.Any(v => v.Settings.Writable);

    /// <summary>Why a file of this length cannot be taken in now; room is there where that cannot be asked.</summary>
    internal IngestResult.Failed? Refuse(long sizeInBytes)
    {
        using Candidates candidates = new(volumes);
        if (candidates.Volumes.Count == 0) return new(candidates.WhyNone, IsPlace: true);
        return candidates.Volumes.Any(candidate => DiskSpace.Of(candidate.Volume.Settings.Path) is not { } space || space.Available >= sizeInBytes) ? null
            : new("No volume that may be added to has room for it. Make room there.", IsPlace: true, IsFull: true);
    }

    /// <param name="depth">Where it is not everything, the rest is left to the indexer.</param>
    internal async Task<IngestResult> TakeAsync(Arrival file, VisitDepth depth, CancellationToken cancellationToken)
    {
        if (file.Hash is { } sent && await AgainAsync(sent, file.Person, cancellationToken) is { } there) return there;
        if (Obstacle() is { } obstacle) return new IngestResult.Failed(obstacle, IsPlace: true);
        // Asked before it is read, too: whoever waits for this asks again and again.
        if (file.Hash is not null && MayBeThere(file.Stat.SizeInBytes)) return new IngestResult.NotYet();
        VisitRequest request = new(file.Root, file.Path.Bytes.ToArray(), depth, new(file.Stat, file.Settle, null)) { Name = file.Name };
        VisitAnswer answer = await indexer.VisitAsync(request, file.Stat.SizeInBytes, cancellationToken);
        switch (answer.End)
        {
            case VisitEnd.Gone or VisitEnd.Unsettled:
                return new IngestResult.NotYet();
            case VisitEnd.CacheFailed:
                return new IngestResult.Failed($"{answer.Fault} Free some space or mend the permissions.", IsPlace: true);
            case not VisitEnd.Read:
                return new IngestResult.Failed($"It cannot be read: {answer.Fault}.", IsPlace: false);
        }
        if (answer.Kind is not ("image" or "raw" or "video")) return new IngestResult.NotMedia();

        ContentHash hash = ContentHash.Parse(answer.Hash!);
        SemaphoreSlim turn = _turns[hash.ToBytes()[0] % _turns.Length];
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (await AgainAsync(hash, file.Person, cancellationToken) is { } again) return again;
            return MayBeThere(file.Stat.SizeInBytes) ? new IngestResult.NotYet() : await AddAsync(file, answer, hash, depth, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        foreach (SemaphoreSlim turn in _turns) turn.Dispose();
    }

    /// <summary>The photo with these bytes, if they lie on a volume. Who brings it again wants to have it: if it lies in the trash, it is taken out.</summary>
    /// <returns>Null when the bytes are to be added.</returns>
    internal async Task<IngestResult.Taken?> AgainAsync(ContentHash hash, string person, CancellationToken cancellationToken)
    {
        if (Held(hash) is not { } asset) return null;
        await journal.CommitAsync(AuthorOf(person), CameAgain, connection => Trash.Restoring(connection, [asset]), cancellationToken);
        return new(asset, hash, IsNew: false);
    }

    static Author AuthorOf(string person) => new(person.Length > 0 ? person : "albumend", "webdav");

    /// <inheritdoc cref="TreeReader.Held"/>
    internal string? Held(ContentHash hash)
    {
        using Database.Reader reader = catalog.Read();
        return new TreeReader(reader.Connection).Held(hash, volumes, clock.GetUtcNow());
    }

    /// <summary>A file of this length was found and not read yet: it may be just this one, put there by others, or by us before a crash.</summary>
    bool MayBeThere(long sizeInBytes)
    {
        if (!indexer.HasLeft()) return false;
        using Database.Reader reader = catalog.Read();
        return reader.Connection.ExecuteScalar<bool>(
            "SELECT EXISTS (SELECT 1 FROM location WHERE content_id IS NULL AND size_in_bytes = @sizeInBytes AND missing_since IS NULL AND unseen_since IS NULL)", new { sizeInBytes });
    }

    async Task<IngestResult> AddAsync(Arrival file, VisitAnswer answer, ContentHash hash, VisitDepth depth, CancellationToken cancellationToken)
    {
        using Candidates candidates = new(volumes);
        string why = candidates.WhyNone;
        bool isFull = false;
        foreach ((Volume volume, VolumeFiles files, FileStat root) in candidates.Volumes)
        {
            RelativePath place = PlaceOf(file, answer.Facts, volume);
            switch (await Task.Run(() => Place(file, volume, files, new(volume.Settings.Path, root), place, hash), cancellationToken))
            {
                case (RelativePath path, WriteResult.Written(var stat)):
                    return await NoteAsync(volume, files, root, path, answer with { Stat = stat }, hash, file.Person, depth, cancellationToken);
                case (_, WriteResult.Failed failed):
                    why = failed.Message;
                    isFull |= failed.IsFull;
                    // Another volume may be writable, or have room.
                    if (failed is { IsFull: false, IsReadOnly: false, IsVolumeGone: false }) return new IngestResult.Failed(why, IsPlace: false);
                    break;
            }
        }
        return new IngestResult.Failed(why, IsPlace: true, isFull);
    }

    RelativePath PlaceOf(Arrival file, Facts? embedded, Volume volume)
    {
        // Born now: as it will be found on the volume.
        KnownZone? zone = KnownZone.Of(embedded?.Gps is { } gps ? indexer.Places?.Find(gps)?.Id : null, volume.Settings.Timezone);
        Facts facts = Layers.Effective(Layers.Of(file.Name, file.Stat.ModifiedNs, Rows.Nanoseconds(clock.GetUtcNow()), embedded, zone));
        return (facts.Taken is null ? settings.Undated : settings.Template).Of(new(file.Name, facts.Taken, facts.Camera, file.Person, file.Folder));
    }

    /// <summary>Adds it under the first name that is free: its own, or that and ever more of its hash.</summary>
    (RelativePath Path, WriteResult Result) Place(Arrival file, Volume volume, VolumeFiles files, WriteRoot root, RelativePath wanted, ContentHash hash)
    {
        EntryName name = EntryName.From(Encoding.UTF8.GetString(wanted.Name));
        try
        {
            using VolumeFiles source = new(file.Root);
            using SafeFileHandle bytes = source.OpenRead(file.Path, out FileStat stat);
            for (int length = ShortestSuffix - 1; length <= hash.ToString().Length; length++)
            {
                string free = length < ShortestSuffix ? name.Name : name.WithSuffix(hash.ToString()[..length]).Name;
                RelativePath path = wanted.Folder.Child(Encoding.UTF8.GetBytes(free));
                if (IsAnothers(volume, path, hash)) continue;
                WriteResult result = AtomicWriter.Add(root, path, bytes, hash, stat.ModifiedNs);
                if (result is not WriteResult.Changed) return (path, result);
                // Ours, from before a crash, or put there by others: the same bytes are no second copy.
                if (Same(files, path, stat.SizeInBytes, hash) is { } same) return (path, new WriteResult.Written(same));
            }
        }
        catch (FileFault fault)
        {
            return (wanted, new WriteResult.Failed($"Cannot add {volume.Settings.Path}/{wanted}: {fault.Message}."));
        }
        return (wanted, new WriteResult.Failed($"Cannot add {volume.Settings.Path}/{wanted}: no name is free."));
    }

    /// <summary>Whether a name belongs to other bytes, also to such that are missing and may come back, or to another writing of it.</summary>
    bool IsAnothers(Volume volume, RelativePath path, ContentHash hash)
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.ExecuteScalar<bool>("""
            SELECT EXISTS (
              SELECT 1 FROM folder f JOIN location l ON l.folder_id = f.id LEFT JOIN content c ON c.id = coalesce(l.content_id, l.previous_content_id)
              WHERE f.volume_id = @Id AND f.path = @folder AND ((l.name = @name AND c.sha256 <> @hash) OR (l.name <> @name AND l.entry_key = @key)))
            """, new { volume.Id, folder = path.Folder.Bytes.ToArray(), name = path.Name.ToArray(), hash = hash.ToBytes(), key = EntryName.KeyOf(Encoding.UTF8.GetString(path.Name)) });
    }

    /// <summary>The file that lies there, if it has these bytes, and is on the disk with its name.</summary>
    static FileStat? Same(VolumeFiles files, RelativePath path, long sizeInBytes, ContentHash hash)
    {
        try
        {
            using SafeFileHandle there = files.OpenRead(path, out FileStat stat);
            return stat.SizeInBytes == sizeInBytes && ContentHash.Of(there) == hash && VolumeFiles.StatOf(there) == stat && files.Sync(path, there) ? stat : null;
        }
        catch (IOException)
        {
            // What cannot be read is no copy.
            return null;
        }
    }

    async Task<IngestResult> NoteAsync(Volume volume, VolumeFiles files, FileStat root, RelativePath path, VisitAnswer answer, ContentHash hash, string person, VisitDepth depth, CancellationToken cancellationToken)
    {
        byte[] name = path.Name.ToArray();
        (string? Asset, IReadOnlyList<long> Folders)? noted = await scanner.AddAsync(volume, path, answer.Stat, IsThere, (connection, folder) =>
        {
            List<StatementChange> changes = [];
            if (indexer.Record(connection, volume, folder, name, path, answer, changes) is not Recorded.Known) return null;
            journal.Record(connection, Author.Scan, "originals have new bytes, or copies other names", changes);
            if (depth is VisitDepth.Everything) JobQueue.Cancel(connection, LocationIndex.ReadJob, LocationIndex.Subject(folder, name));
            else JobQueue.Ensure(connection, LocationIndex.ReadJob, LocationIndex.Subject(folder, name));
            string? asset = connection.QuerySingle<string?>("SELECT a.uid FROM content c JOIN asset a ON a.id = c.asset_id WHERE c.sha256 = @hash", new { hash = hash.ToBytes() });
            // Its copies are gone or away, and it may lie in the trash.
            if (asset is not null) journal.Record(connection, AuthorOf(person), CameAgain, [.. Trash.Restoring(connection, [asset]), .. Purge.Unsaying(connection, asset)]);
            return asset;
        }, cancellationToken);
        if (noted is not var (asset, made)) return new IngestResult.Failed($"Volume '{volume.Name}' is not there any more, or was never scanned to its end.", IsPlace: true);
        volumes.Synced.Note(volume, answer.Stat);
        if (made.Count > 0) FoldersMade(volume, made);
        if (depth is not VisitDepth.Everything) indexer.Wake();
        await indexer.Committed(CancellationToken.None);
        // Somebody has touched it already; the walk will tell.
        return asset is null ? new IngestResult.NotYet() : new IngestResult.Taken(asset, hash, IsNew: true);

        bool IsThere() => files.StatRoot() is var now && (now.Device, now.Inode) == (root.Device, root.Inode) && volumes.TrustIn(volume) is Trust.Online;
    }

    /// <summary>The volumes that files can be added to now, in the order of the configuration, and why the others are none of them.</summary>
    sealed class Candidates : IDisposable
    {
        public Candidates(Volumes volumes)
        {
            List<string> reasons = [];
            foreach (Volume volume in volumes.All.Where(v => v.Settings.Writable))
                if (WhyNot(volumes, volume) is { } reason) reasons.Add($"Volume '{volume.Name}' {reason}.");
            WhyNone = reasons.Count > 0 ? string.Join(' ', reasons)
                : "No volume may be added to. Write 'writable: on' to one in albumen.yaml and restart albumend.";
        }

        public List<(Volume Volume, VolumeFiles Files, FileStat Root)> Volumes { get; } = [];

        public string WhyNone { get; }

        string? WhyNot(Volumes volumes, Volume volume)
        {
            if (volumes.TrustIn(volume) is not Trust.Online) return volumes.TrustIn(volume) is Trust.New ? "is being scanned for the first time" : "is not online (albumen volume list)";
            if (volumes.RootOf(volume) is not { } root) return "was not recognised yet";
            VolumeFiles? files = null;
            try
            {
                files = new(volume.Settings.Path);
                if (files.StatRoot() is var now && (now.Device, now.Inode) != (root.Device, root.Inode)) return "is another than it was";
                if (files.StatFolder(AtomicWriter.Staging) is null) return "could not be prepared when albumend started: see that its folder may be written, and restart albumend";
                Volumes.Add((volume, files, root));
                files = null;
                return null;
            }
            catch (FileFault fault)
            {
                return $"cannot be read ({fault.Reason})";
            }
            finally
            {
                files?.Dispose();
            }
        }

        public void Dispose()
        {
            foreach ((_, VolumeFiles files, _) in Volumes) files.Dispose();
        }
    }
}
