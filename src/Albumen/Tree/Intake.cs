using Albumen.Storage;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tree;

/// <summary>Which photo of the library bytes are that come from outside; new ones become one, durable and known, before this answers.</summary>
/// <param name="ingest">Null where nothing is taken in.</param>
sealed class Intake(ArchiveTree tree, InboxHashes hashes, Ingest? ingest)
{
    const int BufferInBytes = 256 * 1024, FilesAtOnce = 1000, MostWaits = 20;

    static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc cref="TreeReader.Held"/>
    public string? Held(ContentHash hash) => tree.Held(hash);

    /// <inheritdoc cref="Ingest.AgainAsync"/>
    public async Task<string?> AgainAsync(ContentHash hash, Viewer viewer, CancellationToken cancellationToken) =>
        ingest is null ? Held(hash) : (await ingest.AgainAsync(hash, viewer.Name, cancellationToken))?.Asset;

    /// <summary>The photos that have these bytes, of which copies are present as far as the catalogue knows: no reason to let bytes go.</summary>
    public IReadOnlyDictionary<ContentHash, string> Known(IReadOnlyCollection<ContentHash> hashes) => tree.AssetsOf(hashes);

    /// <summary>Why a file of this length cannot be taken, asked before its bytes are sent; null when it can, or is perhaps in the library already.</summary>
    public TreeAnswer? Refuse(long sizeInBytes)
    {
        TreeAnswer? refusal = ingest is null ? TreeAnswer.NoWritableVolume : ingest.Refuse(sizeInBytes) is { } failed ? Told(failed).Refusal : null;
        return refusal is null || tree.HasSize(sizeInBytes) ? null : refusal;
    }

    /// <summary>The photo that a finished upload is. What the library has already is not kept a second time.</summary>
    /// <param name="name">What the file is called.</param>
    /// <returns>Its id; or why these bytes become none.</returns>
    public async Task<(string? Asset, TreeAnswer? Refusal)> TakeAsync(Upload upload, string name, Viewer viewer, CancellationToken cancellationToken) =>
        Held(upload.Hashes.Sha256) is { } asset ? (asset, null) : ingest is null ? (null, TreeAnswer.NoWritableVolume) : Told(await PatientlyAsync(() => ingest.TakeInAsync(upload, name, viewer, cancellationToken), cancellationToken));

    /// <summary>The photo that a file of ours is: one of the inbox, whether it has settled or not, or one that was put beside an album's photos.</summary>
    /// <inheritdoc cref="TakeAsync(Upload, string, Viewer, CancellationToken)"/>
    public async Task<(string? Asset, TreeAnswer? Refusal)> TakeAsync(Node file, string name, Viewer viewer, CancellationToken cancellationToken) => file.SizeInBytes == 0 ? (null, PhotoSource.Refuse(file)) : file.Source switch
    {
        PlainFile { Path: var path } => await TakeAsync(tree.Inbox!.Disk, path, file.Hash, name, viewer, cancellationToken),
        ShadowFile { Shadow.File: { } bytes } => await TakeAsync(tree.Shadows!.Disk, RelativePath.Parse(bytes), file.Hash, name, viewer, cancellationToken),
        _ => (null, PhotoSource.Refuse(file)),
    };

    /// <summary>Takes in the photos and clips that lie now in a folder of the inbox and in those below it. What is neither stays.</summary>
    /// <returns>Why one could not be taken in; null when each is a photo of the library.</returns>
    /// <exception cref="FileFault">A folder cannot be read.</exception>
    public async Task<TreeAnswer?> TakeAllAsync(RelativePath folder, Viewer viewer, CancellationToken cancellationToken)
    {
        PlainDisk disk = tree.Inbox!.Disk;
        // On the disk, and not by its pages: what others add meanwhile is never at an end.
        foreach (FolderEntry[] some in disk.List(folder).Chunk(FilesAtOnce))
        {
            IReadOnlyDictionary<long, FileHashes> known = hashes.Of([.. some.Where(e => e.IsFile).Select(e => e.Stat)]);
            foreach (FolderEntry entry in some)
            {
                (RelativePath path, string name) = (folder.Child(entry.Name), PlainNames.Shown(entry.Name));
                TreeAnswer? refusal = entry.Kind is EntryKind.Folder ? await TakeAllAsync(path, viewer, cancellationToken)
                    : entry.IsFile && entry.Stat.SizeInBytes > 0 && !PassingNames.IsPassing(name) ? (await TakeAsync(disk, path, known.GetValueOrDefault(entry.Stat.Inode)?.Sha256, name, viewer, cancellationToken)).Refusal : null;
                if (refusal is not null && refusal != TreeAnswer.NoPhoto) return refusal;
            }
        }
        return null;
    }

    async Task<(string? Asset, TreeAnswer? Refusal)> TakeAsync(PlainDisk disk, RelativePath path, ContentHash? known, string name, Viewer viewer, CancellationToken cancellationToken)
    {
        ContentHash hash = known ?? await HashAsync(disk, path, cancellationToken);
        if (Held(hash) is { } asset) return (asset, null);
        if (ingest is null) return (null, TreeAnswer.NoWritableVolume);
        FileStat stat;
        using (SafeFileHandle open = disk.OpenRead(path, out stat)) { }
        return Told(await PatientlyAsync(() => ingest.TakeInAsync(disk, path, stat, name, hash, viewer, cancellationToken), cancellationToken));
    }

    /// <summary>Of a file that came by other means than through a door. It is noted, so that nobody asks again.</summary>
    Task<ContentHash> HashAsync(PlainDisk disk, RelativePath path, CancellationToken cancellationToken) => Task.Run(async () =>
    {
        using SafeFileHandle file = disk.OpenRead(path, out FileStat stat);
        using HashesInOne taken = new();
        byte[] buffer = new byte[BufferInBytes];
        int length;
        for (long at = 0; (length = RandomAccess.Read(file, buffer, at)) > 0; at += length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            taken.Add(buffer.AsMemory(0, length));
        }
        FileHashes found = taken.Finish();
        if (VolumeFiles.StatOf(file) == stat) await hashes.NoteAsync(stat, found, cancellationToken);
        return found.Sha256;
    }, cancellationToken);

    /// <summary>What is being read just now is known in a moment; few clients come again by themselves.</summary>
    static async Task<IngestResult> PatientlyAsync(Func<Task<IngestResult>> take, CancellationToken cancellationToken)
    {
        IngestResult result = await take();
        for (int waits = 0; result is IngestResult.NotYet && waits < MostWaits; waits++)
        {
            await Task.Delay(Wait, cancellationToken);
            result = await take();
        }
        return result;
    }

    TreeAnswer NoPlace(string obstacle) => ingest!.TakesAny ? new TreeAnswer.Failed(obstacle) : TreeAnswer.NoWritableVolume;

    (string? Asset, TreeAnswer? Refusal) Told(IngestResult result) => result switch
    {
        IngestResult.Taken taken => (taken.Asset, null),
        IngestResult.NotMedia => (null, TreeAnswer.NoPhoto),
        IngestResult.NotYet => (null, new TreeAnswer.Failed("It is being written to, or it may be one of the files that are still being read. Try again in a moment.")),
        IngestResult.Failed { IsFull: true } => (null, new TreeAnswer.NoSpace()),
        IngestResult.Failed { IsPlace: true } failed => (null, NoPlace(failed.Sentence)),
        IngestResult.Failed failed => (null, new TreeAnswer.Failed(failed.Sentence)),
        _ => throw new InvalidOperationException($"{result} is no answer."),
    };
}
