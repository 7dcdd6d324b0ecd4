using System.Data.Common;
using Albumen.Catalog;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Derivatives;

/// <summary>A photo among others that look like it.</summary>
/// <param name="Distance">Bits by which it looks different from the one to keep.</param>
/// <param name="Path">Of the copy that <see cref="KeepRule.Best"/> would keep, in the tree; null when none is there any more.</param>
public sealed record NearPhoto(string Uid, string Kind, string Mime, long SizeInBytes, int Width, int Height, int Distance, string? Path);

/// <summary>Photos that look alike.</summary>
/// <param name="Photos">The one to keep first; of very many only the first.</param>
/// <param name="Count">How many they are.</param>
/// <param name="Reason">What speaks for the one to keep.</param>
public sealed record NearGroup(IReadOnlyList<NearPhoto> Photos, int Count, string Reason, long ReclaimableInBytes);

/// <param name="Total">Groups in all.</param>
/// <param name="LeftOut">Photos without structure (one colour, black), which look like nothing.</param>
/// <param name="Next">Where the next page begins; null after the last.</param>
public sealed record NearPage(IReadOnlyList<NearGroup> Groups, long Total, long ReclaimableInBytes, long LeftOut, string? Next);

/// <summary>
/// Photos that look alike and are not the same bytes, those that waste most first: a plan for a person to look at. Clips are left out, for their poster says
/// little; so are pictures without structure, and what belongs together anyway (RAW and JPEG of one name, what somebody stacked).
/// </summary>
/// <remarks>
/// All looks are read once, as arrays (42 MB for a million), and only those with a lookalike are looked at more closely. The first page notes the groups; those
/// that follow look up only theirs.
/// </remarks>
public sealed class NearDuplicates(Database catalog, Volumes volumes) : IDisposable
{
    public const int UsualDistance = 4, MaxDistance = Lookalikes.MaxDistance;
    const int MostShown = 200, PerQuery = 5000;

    readonly SemaphoreSlim _one = new(1, 1);
    volatile Ranking? _ranking;

    /// <returns>Null when <paramref name="after"/> is not what a page ended with.</returns>
    public async Task<NearPage?> ListAsync(int distance, string? after, int most, CancellationToken cancellationToken)
    {
        int first = 0;
        if (after is not null && (!int.TryParse(after, out first) || first < 0)) return null;
        // One at a time: it takes a processor for seconds, and memory.
        await _one.WaitAsync(cancellationToken);
        try
        {
            Ranking ranking = after is not null && _ranking is { } noted && noted.Distance == distance ? noted : _ranking = await Task.Run(() => Rank(distance, cancellationToken), cancellationToken);
            // The arrays are as large as all else in memory together, and nobody would collect them before the next ones are made.
            if (after is null) GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);
            int end = (int)Math.Min((long)first + most, ranking.Groups.Count);
            using Database.Reader reader = catalog.Read();
            List<NearGroup> groups = [.. ranking.Groups.Skip(first).Take(most).Select(group => Show(reader.Connection, group))];
            if (end >= ranking.Groups.Count) _ranking = null;
            return new(groups, ranking.Groups.Count, ranking.Groups.Sum(group => group.ReclaimableInBytes), ranking.LeftOut, end < ranking.Groups.Count ? $"{end}" : null);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    Ranking Rank(int distance, CancellationToken cancellationToken)
    {
        using Database.Reader reader = catalog.Read();
        Lookalikes pictures = Read(reader.Connection, out long leftOut, cancellationToken);
        LookIndex index = new(pictures, distance);
        List<int> candidates = NearGroups.Candidates(pictures, index, cancellationToken);
        Merit[] merits = Merits(reader.Connection, pictures, candidates, cancellationToken);
        int[] bestFirst = [.. candidates];
        Array.Sort(merits, bestFirst);
        int[] places = new int[pictures.Count];
        for (int i = 0; i < bestFirst.Length; i++) places[bestFirst[i]] = i;

        List<Group> groups = [.. NearGroups.Around(pictures, index, bestFirst, cancellationToken).Select(group =>
            new Group([.. group.Select(pictures.Asset)], group.Skip(1).Sum(picture => merits[places[picture]].SizeInBytes)))];
        groups.Sort((a, b) => b.ReclaimableInBytes != a.ReclaimableInBytes ? b.ReclaimableInBytes.CompareTo(a.ReclaimableInBytes) : a.Assets[0].CompareTo(b.Assets[0]));
        return new(distance, groups, leftOut);
    }

    /// <summary>The looks of all photos that are or were anywhere. All of it lies in the order in which it is read; where files lie is not looked up.</summary>
    static Lookalikes Read(DbConnection connection, out long leftOut, CancellationToken cancellationToken)
    {
        const string Photos = """
            FROM analysis q CROSS JOIN content c ON c.id = q.content_id CROSS JOIN asset a ON a.id = c.asset_id AND a.content_id = c.id
            WHERE c.kind IN ('image', 'raw') AND a.trashed IS NULL
            """;
        Lookalikes pictures = new(connection.ExecuteScalar<int>("SELECT count(*) FROM analysis WHERE look <> 0"));
        leftOut = connection.ExecuteScalar<long>($"SELECT count(*) {Photos} AND q.look = 0");
        using DbCommand command = connection.CreateCommand();
        // Where a photo lies first says with what it belongs together.
        command.CommandText = """
            SELECT a.id, q.look, q.colour, q.ratio, l.folder_id, l.name
            FROM analysis q CROSS JOIN content c ON c.id = q.content_id CROSS JOIN asset a ON a.id = c.asset_id AND a.content_id = c.id
            CROSS JOIN location l INDEXED BY location_content ON l.content_id = c.id
            WHERE q.look <> 0 AND c.kind IN ('image', 'raw') AND a.trashed IS NULL
            """;
        using DbDataReader row = command.ExecuteReader();
        for (long last = 0, rows = 0; row.Read() && pictures.Count < pictures.Capacity; rows++)
        {
            if ((rows & 0xFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
            long asset = row.GetInt64(0);
            if (asset == last) continue;
            last = asset;
            pictures.Add(checked((int)asset), row.GetInt64(1), (int)row.GetInt64(2), row.GetDouble(3), Kin(row.GetInt64(4), (byte[])row.GetValue(5)));
        }
        return pictures;
    }

    /// <summary>
    /// The same number for files that belong together: of one name in one folder, but for what follows the dot. Those that have a stack are told by that, see <see cref="Merits"/>.
    /// </summary>
    static int Kin(long folder, byte[] name)
    {
        HashCode kin = new();
        kin.Add(folder);
        int dot = Array.IndexOf(name, (byte)'.');
        for (int i = 0; i < (dot > 0 ? dot : name.Length); i++) kin.Add(name[i] is >= (byte)'A' and <= (byte)'Z' ? name[i] | 0x20 : name[i]);
        return kin.ToHashCode();
    }

    /// <summary>What speaks for each of the candidates; on the way, those of one stack are said to belong together.</summary>
    static Merit[] Merits(DbConnection connection, Lookalikes pictures, List<int> candidates, CancellationToken cancellationToken)
    {
        Merit[] merits = new Merit[candidates.Count];
        Dictionary<int, int> places = new(PerQuery);
        for (int first = 0; first < candidates.Count; first += PerQuery)
        {
            cancellationToken.ThrowIfCancellationRequested();
            places.Clear();
            for (int i = first; i < Math.Min(first + PerQuery, candidates.Count); i++) places[pictures.Asset(candidates[i])] = i;
            foreach ((Merit merit, string? stack, bool isThere) in Merit.Of(connection, places.Keys))
            {
                int i = places[merit.Asset];
                merits[i] = merit;
                if (stack is not null) pictures.SetKin(candidates[i], stack.GetHashCode(StringComparison.Ordinal));
                if (!isThere) pictures.Leave(candidates[i]);
            }
        }
        return merits;
    }

    NearGroup Show(DbConnection connection, Group group)
    {
        int[] shown = [.. group.Assets.Take(MostShown)];
        Dictionary<int, Merit> merits = Merit.Of(connection, shown).ToDictionary(row => row.Merit.Asset, row => row.Merit);
        ILookup<long, Copy> copies = Copies(connection, shown);
        Dictionary<long, PhotoRow> rows = connection.Query<PhotoRow>($"""
            SELECT a.id, a.uid, c.kind, c.mime, c.size_in_bytes, coalesce({Dialect.Json("a.facts", "width")}, 0) AS width, coalesce({Dialect.Json("a.facts", "height")}, 0) AS height, q.look
            FROM {Dialect.JsonItems("@ids")} i CROSS JOIN asset a ON a.id = i.value CROSS JOIN content c ON c.id = a.content_id CROSS JOIN analysis q ON q.content_id = c.id
            """, new { ids = Dialect.JsonArray(shown) }).ToDictionary(row => row.Id);
        if (!rows.TryGetValue(group.Assets[0], out PhotoRow? best)) return new([], 0, "it is gone", 0);
        Merit? second = shown.Skip(1).Where(merits.ContainsKey).Select(asset => (Merit?)merits[asset]).Min();
        return new(
            [.. shown.Where(asset => rows.ContainsKey(asset)).Select(asset => rows[asset] is var row && copies[asset].ToList() is var places
                ? new NearPhoto(row.Uid, row.Kind, row.Mime, row.SizeInBytes, (int)row.Width, (int)row.Height, Lookalikes.Distance(best.Look, row.Look), places.Count == 0 ? null : KeepRule.Best.Choose(places).Copy.Path)
                : throw new InvalidOperationException())],
            group.Assets.Count, second is { } next && merits.TryGetValue(group.Assets[0], out Merit kept) ? kept.Against(next) : "the only one", group.ReclaimableInBytes);
    }

    ILookup<long, Copy> Copies(DbConnection connection, int[] assets) => connection.Query<(long Id, string Path, string Volume, string State, long Inode, long Modified)>($"""
        SELECT a.id, {EntryPath.Of("l.folder_id")} || '/' || l.entry_name, v.name, v.state, l.inode, l.modified_ns
        FROM {Dialect.JsonItems("@ids")} i CROSS JOIN asset a ON a.id = i.value CROSS JOIN location l ON l.content_id = a.content_id CROSS JOIN folder f ON f.id = l.folder_id CROSS JOIN volume v ON v.id = f.volume_id
        WHERE l.missing_since IS NULL AND f.volume_id IN @volumes
        """, new { ids = Dialect.JsonArray(assets), volumes = volumes.All.Select(v => v.Id).ToArray() })
        .ToLookup(row => row.Id, row => new Copy($"/Folders/{row.Path}", row.Volume, row.State is "online", row.Inode, row.Modified));

    /// <param name="Assets">The best first.</param>
    sealed record Group(IReadOnlyList<int> Assets, long ReclaimableInBytes);

    sealed record Ranking(int Distance, List<Group> Groups, long LeftOut);

    sealed record PhotoRow
    {
        public long Id { get; init; }
        public string Uid { get; init; } = "";
        public string Kind { get; init; } = "";
        public string Mime { get; init; } = "";
        public long SizeInBytes { get; init; }
        public long Width { get; init; }
        public long Height { get; init; }
        public long Look { get; init; }
    }
}
