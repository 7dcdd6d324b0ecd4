using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Catalog;

/// <summary>One name of a file whose bytes lie elsewhere too.</summary>
/// <param name="Path">In the tree: <c>/Folders/photos/2024/a.jpg</c>.</param>
/// <param name="IsOnline">Whether its volume could be read last.</param>
/// <param name="ModifiedNs">Nanoseconds since 1970.</param>
public sealed record Copy(string Path, string Volume, bool IsOnline, long Inode, long ModifiedNs)
{
    /// <summary>Two names of one file (hard links) are one place: what is removed of them frees nothing as long as one is left.</summary>
    public bool IsSameFileAs(Copy other) => (Volume, Inode) == (other.Volume, other.Inode);
}

/// <summary>The places of one photo or clip.</summary>
/// <param name="Copies">All its names on the configured volumes, hard links included, in the order of their paths; at least two different files.</param>
public sealed record DuplicateGroup(string AssetUid, ContentHash Hash, string Kind, string Mime, long SizeInBytes, IReadOnlyList<Copy> Copies)
{
    /// <summary>What would be free if only one file were kept.</summary>
    public long ReclaimableInBytes => SizeInBytes * (Copies.DistinctBy(copy => (copy.Volume, copy.Inode)).Count() - 1);
}

/// <param name="Total">Groups in all.</param>
/// <param name="ReclaimableInBytes">Of all groups together.</param>
/// <param name="Next">Where the next page begins; null after the last.</param>
public sealed record DuplicatePage(IReadOnlyList<DuplicateGroup> Groups, long Total, long ReclaimableInBytes, string? Next);

/// <summary>Photos and clips whose bytes lie in more than one file, those that waste most first. Facts only: what to keep is for a <see cref="KeepRule"/> to say.</summary>
/// <remarks>
/// Finding them looks at every location once (about a second in a million). So the first page notes which contents there are, and those that
/// follow look up only theirs.
/// </remarks>
public sealed class Duplicates(Database catalog, Volumes volumes)
{
    volatile Ranking? _ranking;

    /// <returns>Null when <paramref name="after"/> is not what a page ended with.</returns>
    public DuplicatePage? List(string? after, int most)
    {
        if (Mark.Parse(after) is not { } mark) return null;
        using Database.Reader reader = catalog.Read();
        Ranking ranking = after is not null && _ranking is { } noted ? noted : _ranking = Rank(reader);
        int first = ranking.IndexAfter(mark);
        Mark[] page = ranking.Marks[first..Math.Min(first + most, ranking.Marks.Length)];
        bool isLast = first + page.Length == ranking.Marks.Length;
        if (isLast) _ranking = null;
        return new(Groups(reader, page), ranking.Marks.Length, ranking.ReclaimableInBytes, isLast ? null : page[^1].ToString());
    }

    Ranking Rank(Database.Reader reader)
    {
        // Which contents have several locations is read from the index alone; the rest is asked of those only. CROSS JOIN keeps that order.
        Mark[] marks = [.. reader.Connection.Query<(long Wasted, long Content)>("""
            WITH candidate (id) AS MATERIALIZED (SELECT content_id FROM location WHERE content_id IS NOT NULL GROUP BY content_id HAVING count(*) > 1)
            SELECT c.size_in_bytes * (count(DISTINCT f.volume_id || ':' || l.inode) - 1) AS wasted, c.id
            FROM candidate CROSS JOIN content c ON c.id = candidate.id CROSS JOIN location l ON l.content_id = c.id CROSS JOIN folder f ON f.id = l.folder_id
            WHERE c.asset_id IS NOT NULL AND l.missing_since IS NULL AND l.unseen_since IS NULL AND f.volume_id IN @volumes
            GROUP BY c.id HAVING count(DISTINCT f.volume_id || ':' || l.inode) > 1 ORDER BY wasted DESC, c.id
            """, new { volumes = VolumeIds() }, buffered: false).Select(row => new Mark(row.Wasted, row.Content))];
        return new(marks, marks.Sum(mark => mark.Wasted));
    }

    List<DuplicateGroup> Groups(Database.Reader reader, Mark[] page)
    {
        ILookup<long, PlaceRow> places = reader.Connection.Query<PlaceRow>($"""
            SELECT c.id, a.uid, c.sha256, c.kind, c.mime, c.size_in_bytes, v.name AS volume, v.state,
                   {EntryPath.Of("l.folder_id")} || '/' || l.entry_name AS path, l.inode, l.modified_ns
            FROM content c CROSS JOIN asset a ON a.id = c.asset_id CROSS JOIN location l ON l.content_id = c.id
            CROSS JOIN folder f ON f.id = l.folder_id CROSS JOIN volume v ON v.id = f.volume_id
            WHERE c.id IN @contents AND l.missing_since IS NULL AND l.unseen_since IS NULL AND f.volume_id IN @volumes
            """, new { contents = page.Select(mark => mark.Content).ToArray(), volumes = VolumeIds() }).ToLookup(row => row.Id);
        List<DuplicateGroup> groups = [];
        foreach (Mark mark in page)
        {
            PlaceRow[] rows = [.. places[mark.Content].OrderBy(row => row.Path, StringComparer.Ordinal)];
            if (rows.Length == 0) continue;
            DuplicateGroup group = new(rows[0].Uid, ContentHash.FromBytes(rows[0].Sha256), rows[0].Kind, rows[0].Mime, rows[0].SizeInBytes,
                [.. rows.Select(row => new Copy($"/Folders/{row.Path}", row.Volume, row.State is "online", row.Inode, row.ModifiedNs))]);
            // A scan since the first page may have found less.
            if (group.ReclaimableInBytes > 0 || rows[0].SizeInBytes == 0) groups.Add(group);
        }
        return groups;
    }

    long[] VolumeIds() => [.. volumes.All.Select(volume => volume.Id)];

    /// <summary>The place of a content in the order: most wasted bytes first, then by id.</summary>
    readonly record struct Mark(long Wasted, long Content) : IComparable<Mark>
    {
        public static Mark? Parse(string? text)
        {
            if (text is null) return new(long.MaxValue, 0);
            string[] parts = text.Split(':');
            return parts.Length == 2 && long.TryParse(parts[0], out long wasted) && long.TryParse(parts[1], out long content) ? new(wasted, content) : null;
        }

        public int CompareTo(Mark other) => Wasted != other.Wasted ? other.Wasted.CompareTo(Wasted) : Content.CompareTo(other.Content);

        public override string ToString() => $"{Wasted}:{Content}";
    }

    sealed record Ranking(Mark[] Marks, long ReclaimableInBytes)
    {
        public int IndexAfter(Mark mark) => Array.BinarySearch(Marks, mark) is var at and >= 0 ? at + 1 : ~Array.BinarySearch(Marks, mark);
    }

    sealed record PlaceRow
    {
        public long Id { get; init; }
        public string Uid { get; init; } = "";
        public byte[] Sha256 { get; init; } = [];
        public string Kind { get; init; } = "";
        public string Mime { get; init; } = "";
        public long SizeInBytes { get; init; }
        public string Volume { get; init; } = "";
        public string State { get; init; } = "";
        public string Path { get; init; } = "";
        public long Inode { get; init; }
        public long ModifiedNs { get; init; }
    }
}
