using System.Data.Common;
using Albumen.Catalog;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Sidecar;

/// <summary>A sidecar that leaves the house.</summary>
/// <param name="Path">Below the folder of the export, as text.</param>
/// <param name="ModifiedNs">Of the file; null of one that was made for the export.</param>
sealed record ExportedSidecar(string Path, byte[] Bytes, long? ModifiedNs);

/// <summary>
/// All sidecars of all photos and clips, folder by folder: the files as they are, beside the originals and in the mirror; and where an edit stands in none
/// yet, what a worker makes of it.
/// </summary>
/// <param name="leftOut">Told what cannot be had, and why.</param>
sealed class ExportSidecars(Database catalog, Volumes volumes, SidecarFiles files, WorkerPool workers, Action<string, string> leftOut)
{
    const int ItemsPerQuestion = 50;

    sealed record Row(byte[] Name, string Asset, long? Width, long? Height, bool IsEdited);

    /// <summary>An edit that its sidecar does not say.</summary>
    sealed record Due(SidecarPlace Place, RelativePath Path, SidecarBase? Known, Dictionary<string, string?> Desired, PixelSize? Stored);

    public async IAsyncEnumerable<ExportedSidecar> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (Volume volume in volumes.All)
        {
            bool isAway = volumes.IsAway(volume) || volumes.RootOf(volume) is null;
            if (isAway) leftOut(volume.Name, "the volume is away, and so are the sidecars beside its originals");
            foreach ((long id, byte[] path) in Folders(volume))
            {
                cancellationToken.ThrowIfCancellationRequested();
                RelativePath folder = RelativePath.FromBytes(path);
                foreach (ExportedSidecar sidecar in await FolderAsync(volume, id, folder, isAway, cancellationToken)) yield return sidecar;
            }
        }
    }

    List<(long Id, byte[] Path)> Folders(Volume volume)
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.Query<(long, byte[])>("SELECT id, path FROM folder WHERE volume_id = @Id AND missing_since IS NULL ORDER BY path", new { volume.Id }).AsList();
    }

    async Task<IReadOnlyList<ExportedSidecar>> FolderAsync(Volume volume, long id, RelativePath folder, bool isAway, CancellationToken cancellationToken)
    {
        HashSet<string> originals = [];
        List<Due> dues = [];
        using (Database.Reader reader = catalog.Read())
        {
            DbConnection connection = reader.Connection;
            foreach (Row row in Rows(connection, id))
            {
                string key = KeyOf(row.Name);
                originals.Add(key);
                if (key.LastIndexOf('.') is var dot and > 0) originals.Add(key[..dot]);
                if (row.IsEdited && DueOf(connection, volume, id, folder, row) is { } due && (due.Place.IsMirror || !isAway)) dues.Add(due);
            }
        }
        if (originals.Count == 0) return [];

        Dictionary<(string, bool), ExportedSidecar> found = [];
        // The disk is asked, not the catalogue: what was written a moment ago is there too.
        if (!isAway) ReadAll(volume, volume.Settings.Path, folder, [.. Listed(volume.Settings.Path, folder).Where(name => originals.Contains(KeyOf(name)[..^".xmp".Length]))], isMirror: false, found);
        if (Directory.Exists(files.MirrorRoot(volume))) ReadAll(volume, files.MirrorRoot(volume), folder, Listed(files.MirrorRoot(volume), folder), isMirror: true, found);
        foreach (IGrouping<bool, Due> together in dues.GroupBy(due => due.Place.IsMirror))
            foreach (Due[] some in together.Chunk(ItemsPerQuestion))
                foreach ((Due due, byte[] bytes) in await MergeAsync(volume, some, together.Key, cancellationToken))
                {
                    string name = NameOf(volume, due.Path);
                    found[(name, due.Place.IsMirror)] = new(name, bytes, null);
                }

        // Of two with one name the mirrored one has the edits; the other lies with the originals.
        return [.. found.Select(f => !f.Key.Item2 && found.ContainsKey((f.Key.Item1, true)) ? f.Value with { Path = $"xmp-beside/{f.Value.Path}" } : f.Value with { Path = $"xmp/{f.Value.Path}" })
            .OrderBy(f => f.Path, StringComparer.Ordinal)];
    }

    static IEnumerable<Row> Rows(DbConnection connection, long folder) => connection.Query<(byte[] Name, string Asset, string Facts, bool Edited)>("""
        SELECT l.name, a.uid, a.facts, EXISTS (SELECT 1 FROM change e WHERE e.asset = a.uid AND e.kind = 0)
        FROM location l JOIN content c ON c.id = l.content_id JOIN asset a ON a.id = c.asset_id
        WHERE l.folder_id = @folder AND l.missing_since IS NULL ORDER BY l.name
        """, new { folder }).Select(r =>
        {
            Facts facts = System.Text.Json.JsonSerializer.Deserialize(r.Facts, FactsJson.Default.Facts)!;
            return new Row(r.Name, r.Asset, facts.Width, facts.Height, r.Edited);
        });

    /// <summary>Of a name that need not be UTF-8, for comparing without regard to case.</summary>
    static string KeyOf(byte[] name) => System.Text.Encoding.Latin1.GetString(name).ToLowerInvariant();

    Due? DueOf(DbConnection connection, Volume volume, long folder, RelativePath path, Row row)
    {
        Dictionary<string, string?> desired = SidecarWriter.Desired(connection, row.Asset);
        SidecarPlace place = files.PlaceOf(connection, volume, folder, path, row.Name);
        SidecarBase? known = SidecarBase.Find(connection, place);
        Facts said = known?.Facts ?? new();
        if (desired.All(d => Field.Find(d.Key) is not { } field || field.AreSame(d.Value, field.Read(said)))) return null;
        return new(place, path.Child(place.Name), known, desired, row is { Width: { } width, Height: { } height } ? new((int)width, (int)height) : null);
    }

    /// <summary>The names of the sidecars in a folder; none when it cannot be listed.</summary>
    List<byte[]> Listed(string root, RelativePath folder)
    {
        try
        {
            using VolumeFiles there = new(root);
            return [.. there.List(folder, out _).Where(e => e.IsFile && KeyOf(e.Name).EndsWith(".xmp", StringComparison.Ordinal)).Select(e => e.Name)];
        }
        catch (FileFault fault)
        {
            if (!fault.IsGone) leftOut($"{root}/{folder}", fault.Reason);
            return [];
        }
    }

    void ReadAll(Volume volume, string root, RelativePath folder, List<byte[]> names, bool isMirror, Dictionary<(string, bool), ExportedSidecar> found)
    {
        if (names.Count == 0) return;
        try
        {
            using VolumeFiles there = new(root);
            foreach (RelativePath path in names.Select(name => folder.Child(name)))
                try
                {
                    string name = NameOf(volume, path);
                    if (XmpVisit.ReadWhole(there, path, out FileStat stat) is { } bytes) found[(name, isMirror)] = new(name, bytes, stat.ModifiedNs);
                    else leftOut($"{volume.Name}/{path}", "it is larger than any sidecar, or is being written");
                }
                catch (IOException fault)
                {
                    leftOut($"{volume.Name}/{path}", fault.Message);
                }
        }
        catch (FileFault fault)
        {
            leftOut($"{volume.Name}/{folder}", fault.Message);
        }
    }

    async Task<List<(Due, byte[])>> MergeAsync(Volume volume, Due[] dues, bool isMirror, CancellationToken cancellationToken)
    {
        FileStat? root = isMirror ? null : volumes.RootOf(volume);
        XmpQuestion question = new(isMirror ? files.MirrorRoot(volume) : volume.Settings.Path, root, [.. dues.Select(due => new XmpItem(
            (isMirror ? SidecarFiles.MirrorPath(due.Path) : due.Path).Bytes.ToArray(), due.Desired,
            // What another program changed since is not ours to decide here.
            Field.All.ToDictionary(field => field.Name, field => due.Known is null ? null : field.Read(due.Known.Facts)), due.Stored, IsReadOnly: false))]);
        try
        {
            IReadOnlyList<XmpAnswer> answers = isMirror && !Directory.Exists(question.Root) ? [.. dues.Select(Made)] : await workers.VisitAsync(question, cancellationToken);
            List<(Due, byte[])> merged = [];
            foreach ((Due due, XmpAnswer answer) in dues.Zip(answers))
                if ((answer.End is XmpEnd.Gone ? Made(due) : answer) is { End: XmpEnd.Merged, Bytes: { } bytes }) merged.Add((due, bytes));
            return merged;
        }
        catch (Exception error) when (error is WorkersUnavailableException)
        {
            foreach (Due due in dues) leftOut($"{volume.Name}/{due.Path}", $"its edits stand in the journal alone: {error.Message}");
            return [];
        }

        // Where there is no file no foreign byte is touched.
        static XmpAnswer Made(Due due)
        {
            Dictionary<Field, string?> values = due.Desired.Where(d => d.Value is not null && Field.Find(d.Key) is not null).ToDictionary(d => Field.Find(d.Key)!, d => d.Value);
            return values.Count == 0 ? new(XmpEnd.Read) : new(XmpEnd.Merged, Bytes: XmpMerge.Merge(null, values, due.Stored));
        }
    }

    static string NameOf(Volume volume, RelativePath sidecar) => $"{volume.Name}/{ExportPath.Of(SidecarFiles.MirrorPath(sidecar).Bytes)}";
}
