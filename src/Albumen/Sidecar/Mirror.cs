using System.Data.Common;
using Albumen.Catalog;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Sidecar;

/// <summary>
/// The mirrored sidecars as files that others may change too: after a scan of their volume those that differ from what was last known are read
/// and held against the catalogue, as those beside originals are.
/// </summary>
public sealed class Mirror(Database catalog, Journal journal, SidecarFiles files, WorkerPool workers, SidecarSettings settings, TimeProvider clock)
{
    const int FilesPerQuestion = 50;

    /// <summary>A mirrored sidecar that was not there, was changed, or is gone.</summary>
    /// <param name="Path">Below the mirror's root.</param>
    sealed record News(SidecarPlace Place, RelativePath Path, IReadOnlyList<(byte[] Name, string Asset)> Originals, bool IsGone);

    /// <summary>Takes in what changed in the mirror of a volume.</summary>
    public async Task TakeInAsync(Volume volume, CancellationToken cancellationToken)
    {
        foreach (News[] some in Differences(volume).Chunk(FilesPerQuestion))
        {
            XmpQuestion question = new(files.MirrorRoot(volume), null,
                [.. some.Where(n => !n.IsGone).Select(n => new XmpItem(n.Path.Bytes.ToArray(), new Dictionary<string, string?>(), null, null, IsReadOnly: true))]);
            Queue<XmpAnswer> answers = new(question.Items.Count == 0 ? [] : await workers.VisitAsync(question, cancellationToken));
            await catalog.WriteAsync(connection =>
            {
                Intake intake = new(connection, journal, settings.Conflicts, clock.GetUtcNow());
                foreach (News news in some) TakeIn(connection, intake, volume, news, news.IsGone ? new(XmpEnd.Gone) : answers.Dequeue());
                intake.End();
            }, cancellationToken);
            await journal.Committed(cancellationToken);
        }
    }

    void TakeIn(DbConnection connection, Intake intake, Volume volume, News news, XmpAnswer answer)
    {
        switch (answer)
        {
            case { End: XmpEnd.Gone }:
                intake.Compare(news.Place, news.Originals, new(), default, isGone: true);
                SidecarBase.Lose(connection, news.Place);
                break;
            case { End: XmpEnd.Read, Facts: { } says, Stat: { } stat }:
                intake.Compare(news.Place, news.Originals, says, stat);
                SidecarBase.Agree(connection, news.Place, says, stat);
                break;
            default:
                Problems.Note(connection, new("sidecar", volume.Name, news.Path.ToString(), $"The mirrored sidecar {files.MirrorRoot(volume)}/{news.Path}: {answer.Fault}. It is left as it is.",
                    news.Place.Folder, news.Originals is [var first, ..] ? first.Name : null), clock.GetUtcNow().ToUnixTimeSeconds());
                return;
        }
        Problems.Solve(connection, volume.Name, news.Path.ToString(), "sidecar");
        intake.Touch(news.Originals.Select(original => original.Asset));
    }

    /// <summary>What is otherwise than it was known, by folders. Files that belong to no original here are left alone.</summary>
    IEnumerable<News> Differences(Volume volume)
    {
        using Database.Reader reader = catalog.Read();
        HashSet<long> seen = [];
        foreach ((RelativePath path, List<FolderEntry> entries) in Folders(volume))
        {
            if (reader.Connection.QueryFirstOrDefault<long?>("SELECT id FROM folder WHERE volume_id = @Id AND path = @path AND missing_since IS NULL", new { volume.Id, path = path.Bytes.ToArray() }) is not { } folder) continue;
            seen.Add(folder);
            Dictionary<string, byte[]> known = Known(reader.Connection, folder);
            foreach (FolderEntry entry in entries.Where(e => e.IsFile && e.Name.AsSpan().EndsWith(".xmp"u8) && !e.Name.AsSpan().StartsWith("._"u8)))
            {
                byte[] name = Uncut(known.Values, entry.Name);
                known.Remove(Convert.ToHexString(name));
                SidecarPlace place = new(folder, name, IsMirror: true);
                if (SidecarBase.Find(reader.Connection, place) is { } before
                    && (before.Stat.SizeInBytes, before.Stat.ModifiedNs, before.Stat.Inode) == (entry.Stat.SizeInBytes, entry.Stat.ModifiedNs, entry.Stat.Inode)) continue;
                if (SidecarContents.Originals(reader.Connection, folder, name) is { Count: > 0 } originals) yield return new(place, path.Child(entry.Name), originals, IsGone: false);
            }
            foreach (byte[] name in known.Values) yield return Gone(reader.Connection, folder, path, name);
        }
        foreach ((long folder, byte[] path, byte[] name) in reader.Connection.Query<(long, byte[], byte[])>("""
            SELECT s.folder_id, f.path, s.name FROM sidecar s JOIN folder f ON f.id = s.folder_id WHERE f.volume_id = @Id AND s.is_mirror = 1
            """, new { volume.Id }).AsList())
            if (!seen.Contains(folder)) yield return Gone(reader.Connection, folder, RelativePath.FromBytes(path), name);
    }

    static News Gone(DbConnection connection, long folder, RelativePath path, byte[] name) =>
        new(new(folder, name, IsMirror: true), path.Child(name), SidecarContents.Originals(connection, folder, name), IsGone: true);

    static Dictionary<string, byte[]> Known(DbConnection connection, long folder) =>
        connection.Query<byte[]>("SELECT name FROM sidecar WHERE folder_id = @folder AND is_mirror = 1", new { folder }).ToDictionary(Convert.ToHexString);

    /// <summary>A name that was too long for a file is found by what it was cut to.</summary>
    static byte[] Uncut(IEnumerable<byte[]> known, byte[] name) =>
        known.FirstOrDefault(k => k.Length > byte.MaxValue && SidecarFiles.MirrorPath(RelativePath.FromBytes(k)).Bytes.SequenceEqual(name)) ?? name;

    /// <summary>The folders of the mirror, from the root down; none when there is no mirror.</summary>
    IEnumerable<(RelativePath Path, List<FolderEntry> Entries)> Folders(Volume volume)
    {
        string root = files.MirrorRoot(volume);
        if (!Directory.Exists(root)) yield break;
        using VolumeFiles mirror = new(root);
        Queue<RelativePath> folders = new([RelativePath.Root]);
        while (folders.TryDequeue(out RelativePath folder))
        {
            List<FolderEntry> entries = mirror.List(folder, out _);
            foreach (FolderEntry entry in entries.Where(e => e.Kind is EntryKind.Folder)) folders.Enqueue(folder.Child(entry.Name));
            yield return (folder, entries);
        }
    }
}
