using System.Globalization;
using Albumen.Catalog;
using Albumen.Sql;
using Dapper;

namespace Albumen.Tree;

/// <summary>A photo or clip in the trash.</summary>
/// <param name="Path">In the trash; null while it has no name there.</param>
public sealed record InTrash(long Id, string Uid, string? Path, string Trashed, long SizeInBytes);

/// <summary>What lies in the trash: the files of photos, how many there are, and for how long.</summary>
public sealed class TrashReader(Database catalog, TrashSettings settings, TimeProvider clock)
{
    const string IsPresent = "EXISTS (SELECT 1 FROM content k JOIN location l ON l.content_id = k.id WHERE k.asset_id = a.id AND l.missing_since IS NULL)";

    /// <summary>What was put there at this moment or earlier lies there for longer than it is to be kept; null: nothing does.</summary>
    public string? KeptUntil => settings.Retention is { } retention ? Moment.Of(clock.GetUtcNow() - retention) : null;

    /// <summary>A page of the photos of which a copy is there, those that lie in the trash longest first.</summary>
    /// <returns>Null when <paramref name="after"/> is not what a page ended with.</returns>
    public (IReadOnlyList<InTrash> Photos, string? Next)? List(string? after, int most, Viewer viewer)
    {
        _ = viewer;
        string[] mark = after?.Split('/') ?? ["", "0"];
        if (mark.Length != 2 || !long.TryParse(mark[1], NumberStyles.None, CultureInfo.InvariantCulture, out long id)) return null;
        using Database.Reader reader = catalog.Read();
        List<InTrash> photos = [.. reader.Connection.Query<(long, string, string?, string, long)>($"""
            SELECT a.id, a.uid, CASE WHEN e.folder IS NOT NULL THEN {TreeReader.InTrash} END, a.trashed, c.size_in_bytes
            FROM asset a JOIN content c ON c.id = a.content_id LEFT JOIN timeline_entry e ON e.asset_id = a.id
            WHERE a.trashed IS NOT NULL AND (a.trashed, a.id) > (@trashed, @id) AND {IsPresent} ORDER BY a.trashed, a.id LIMIT @most
            """, new { trashed = mark[0], id, most }).Select(row => new InTrash(row.Item1, row.Item2, row.Item3, row.Item4, row.Item5))];
        return (photos, photos.Count < most ? null : $"{photos[^1].Trashed}/{photos[^1].Id}");
    }

    /// <summary>How many photos there are, with the bytes of all their files, and of them those that lie there for longer than they are to be kept.</summary>
    public (long Photos, long SizeInBytes, long Eligible, long EligibleSizeInBytes) Count()
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.QuerySingle<(long, long, long, long)>("""
            WITH photo (trashed, size) AS (
              SELECT a.trashed, sum(l.size_in_bytes) FROM asset a CROSS JOIN content k ON k.asset_id = a.id JOIN location l ON l.content_id = k.id
              WHERE a.trashed IS NOT NULL AND l.missing_since IS NULL GROUP BY a.id)
            SELECT count(*), coalesce(sum(size), 0), coalesce(sum(trashed <= @until), 0), coalesce(sum(CASE WHEN trashed <= @until THEN size END), 0) FROM photo
            """, new { until = KeptUntil ?? "" });
    }
}
