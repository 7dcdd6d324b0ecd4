using Albumen.Catalog;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Sidecar;

/// <summary>What a move of sidecars came to.</summary>
/// <param name="Moved">Sidecars that lie in the other place now, or would in a rehearsal.</param>
/// <param name="Left">Those that stay, with the reason.</param>
public sealed record Relocated(int Moved, IReadOnlyList<(string Path, string Reason)> Left);

/// <summary>
/// Moves the sidecars of a volume from beside the originals into the mirror, or back. Each is written there, durable, before it is removed here,
/// and only if its bytes are still those that were written; where another one lies already, both stay.
/// </summary>
public sealed class SidecarMover(Database catalog, Volumes volumes, SidecarFiles files, WorkerPool workers)
{
    const int FilesAtOnce = 50;

    /// <summary>A sidecar to be moved.</summary>
    /// <param name="Path">Beside its original; in the mirror it has the same.</param>
    sealed record Item(SidecarPlace Place, RelativePath Path);

    /// <param name="toMirror">From beside the originals; otherwise back there.</param>
    public async Task<Relocated> MoveAsync(Volume volume, bool toMirror, bool isRehearsal, CancellationToken cancellationToken)
    {
        List<Item> items = toMirror ? Beside(volume) : Mirrored(volume);
        if (isRehearsal) return new(items.Count, []);
        if (volumes.IsAway(volume)) return new(0, [(volume.Name, "The volume is away; nothing was moved.")]);
        int moved = 0;
        List<(string, string)> left = [];
        foreach (Item[] some in items.Chunk(FilesAtOnce))
        {
            List<(Item Item, XmpAnswer Answer, byte[] Bytes)> found = await ReadAsync(volume, some, toMirror, left, cancellationToken);
            IReadOnlyList<WriteResult> written = await files.WriteAsync(
                [.. found.Select(f => new SidecarWrite(volume, f.Item.Path, toMirror, null, f.Bytes, Original(f.Item)))], cancellationToken);
            foreach (((Item item, XmpAnswer answer, byte[] _), WriteResult result) in found.Zip(written))
                if (result is not WriteResult.Written { Stat: var stat })
                    left.Add((item.Path.ToString(), result is WriteResult.Failed failed ? failed.Message : "Another sidecar lies there already; both stay."));
                else
                {
                    // Before it is removed, so that nobody takes that for a deletion.
                    await catalog.WriteAsync(connection =>
                    {
                        SidecarBase.Forget(connection, item.Place);
                        SidecarBase.Agree(connection, item.Place with { IsMirror = toMirror }, answer.Facts ?? new(), stat);
                    }, cancellationToken);
                    if (await files.RemoveAsync(volume, item.Path, isMirror: !toMirror, ContentHash.Parse(answer.Hash!), cancellationToken) is WriteResult.Removed) moved++;
                    else left.Add((item.Path.ToString(), "It was changed meanwhile; it lies in both places now."));
                }
        }
        return new(moved, left);
    }

    /// <summary>The bytes are read here and looked into in a worker, which says what they are.</summary>
    async Task<List<(Item, XmpAnswer, byte[])>> ReadAsync(Volume volume, Item[] items, bool toMirror, List<(string, string)> left, CancellationToken cancellationToken)
    {
        string root = toMirror ? volume.Settings.Path : files.MirrorRoot(volume);
        RelativePath Here(Item item) => toMirror ? item.Path : SidecarFiles.MirrorPath(item.Path);
        XmpQuestion question = new(root, toMirror ? volumes.RootOf(volume) : null,
            [.. items.Select(item => new XmpItem(Here(item).Bytes.ToArray(), new Dictionary<string, string?>(), null, null, IsReadOnly: true))]);
        List<(Item, XmpAnswer, byte[])> found = [];
        using VolumeFiles from = new(root);
        foreach ((Item item, XmpAnswer answer) in items.Zip(await workers.VisitAsync(question, cancellationToken)))
            if (answer.Hash is null) left.Add((item.Path.ToString(), answer.Fault ?? "It is not there any more."));
            else if (Bytes(from, Here(item)) is { } bytes && ContentHash.FromBytes(System.Security.Cryptography.SHA256.HashData(bytes)).ToString() == answer.Hash) found.Add((item, answer, bytes));
            else left.Add((item.Path.ToString(), "It is being written."));
        return found;
    }

    static byte[]? Bytes(VolumeFiles files, RelativePath path)
    {
        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = files.OpenRead(path, out FileStat stat);
            byte[] bytes = new byte[stat.SizeInBytes];
            return RandomAccess.Read(file, bytes, 0) == bytes.Length ? bytes : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    static RelativePath? Original(Item item) => item.Path.Name.EndsWith(".xmp"u8) ? item.Path.Folder.Child(item.Path.Name[..^4].ToArray()) : null;

    /// <summary>Those that belong to a photo or clip; others are nobody's.</summary>
    List<Item> Beside(Volume volume)
    {
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<(long Folder, byte[] Path, byte[] Name)>("""
                SELECT f.id, f.path, l.name FROM folder f JOIN location l ON l.folder_id = f.id
                WHERE f.volume_id = @Id AND l.missing_since IS NULL AND lower(CAST(substr(l.name, -4) AS TEXT)) = '.xmp' ORDER BY f.path, l.name
                """, new { volume.Id }).AsList()
            .Where(row => SidecarContents.Originals(reader.Connection, row.Folder, row.Name).Count > 0)
            .Select(row => new Item(new(row.Folder, row.Name, IsMirror: false), RelativePath.FromBytes(row.Path).Child(row.Name)))];
    }

    List<Item> Mirrored(Volume volume)
    {
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<(long Folder, byte[] Path, byte[] Name)>("""
                SELECT f.id, f.path, s.name FROM folder f JOIN sidecar s ON s.folder_id = f.id WHERE f.volume_id = @Id AND s.is_mirror = 1 ORDER BY f.path, s.name
                """, new { volume.Id }).Select(row => new Item(new(row.Folder, row.Name, IsMirror: true), RelativePath.FromBytes(row.Path).Child(row.Name)))];
    }
}
