using System.Globalization;
using Albumen.Derivatives;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Tree;

/// <summary>How many photos are blurred for somebody, and how their sharpness is spread.</summary>
/// <param name="Histogram">As many as <see cref="QualityReader.Bounds"/>: those from this bound on, below the next.</param>
public sealed record QualityCounts(long Blurred, long Clear, long Unprocessed, IReadOnlyList<long> Histogram)
{
    public long Total => Blurred + Clear + Unprocessed;
}

/// <summary>What another threshold would move.</summary>
/// <param name="Nearest">Some of them, those nearest to the threshold first: id, sharpness, and whether it would be blurred.</param>
public sealed record QualityMoves(long ToBlurred, long ToClear, IReadOnlyList<(string Asset, double Sharpness, bool IsBlurred)> Nearest);

/// <summary>Questions about the quality of photos in numbers. Clips, what lies in the trash and what lies nowhere do not count.</summary>
public sealed class QualityReader(Database catalog)
{
    const int MostExamples = 20;

    /// <summary>Of sharpness; the last has no end.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [0, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

    /// <param name="volume">Only photos of which a copy is there; null is all.</param>
    public QualityCounts Count(BlurLine line, Volume? volume)
    {
        string bin = $"CASE {string.Concat(Bounds.Skip(1).Select((bound, i) => string.Create(CultureInfo.InvariantCulture, $"WHEN q.sharpness < {bound} THEN {i} ")))}ELSE {Bounds.Count - 1} END";
        long[] histogram = new long[Bounds.Count];
        long blurred = 0, clear = 0, unprocessed = 0;
        using Database.Reader reader = catalog.Read();
        foreach ((long? at, long isBlurred, long count) in reader.Connection.Query<(long?, long, long)>($"""
            SELECT CASE WHEN q.sharpness IS NULL THEN -1 ELSE {bin} END AS bin, coalesce(q.sharpness < {line.Sql}, 0) AS is_blurred, count(*)
            FROM {Photos} LEFT JOIN analysis q ON q.content_id = c.id WHERE {Counts(volume)} GROUP BY 1, 2
            """, new { volume = volume?.Id }))
        {
            if (at is null or < 0) unprocessed += count;
            else
            {
                histogram[at.Value] += count;
                if (isBlurred != 0) blurred += count;
                else clear += count;
            }
        }
        return new(blurred, clear, unprocessed, histogram);
    }

    /// <summary>What would move if this threshold counted instead, for all volumes.</summary>
    /// <inheritdoc cref="Count"/>
    public QualityMoves Preview(BlurLine line, double threshold, Volume? volume)
    {
        string moved = $"""
            FROM {Photos} JOIN analysis q ON q.content_id = c.id WHERE {Counts(volume)} AND (q.sharpness < @threshold) <> (q.sharpness < {line.Sql})
            """;
        using Database.Reader reader = catalog.Read();
        (long blurred, long clear) = reader.Connection.QuerySingle<(long, long)>(
            $"SELECT coalesce(sum(q.sharpness < @threshold), 0), coalesce(sum(q.sharpness >= @threshold), 0) {moved}", new { threshold, volume = volume?.Id });
        return new(blurred, clear, blurred + clear == 0 ? [] : [.. reader.Connection.Query<(string Asset, double Sharpness)>(
            $"SELECT a.uid, q.sharpness {moved} ORDER BY abs(q.sharpness - @threshold), a.id LIMIT @MostExamples", new { threshold, volume = volume?.Id, MostExamples })
            .Select(row => (row.Asset, row.Sharpness, row.Sharpness < threshold))]);
    }

    /// <summary>The contents of photos that can be analysed: all, or those that were not.</summary>
    public IReadOnlyList<long> Contents(bool onlyUnprocessed)
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.Query<long>($"SELECT c.id FROM {Photos} WHERE {Counts(null)} {(onlyUnprocessed ? $"AND {BlurLine.IsUnprocessed}" : "")} ORDER BY c.id").AsList();
    }

    const string Photos = "asset a CROSS JOIN content c ON c.id = a.content_id";

    /// <summary>Whether the asset <c>a</c> with the content <c>c</c> counts.</summary>
    internal static string Counts(Volume? volume) => $"""
        {BlurLine.IsPhoto} AND a.trashed IS NULL AND EXISTS (SELECT 1 FROM location l {(volume is null ? "" : "JOIN folder f ON f.id = l.folder_id AND f.volume_id = @volume")}
          WHERE l.content_id = c.id AND l.missing_since IS NULL)
        """;
}
