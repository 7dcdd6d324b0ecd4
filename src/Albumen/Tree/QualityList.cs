using System.Globalization;
using Albumen.Derivatives;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Tree;

/// <summary>On which side of somebody's line.</summary>
public enum QualityState
{
    All,
    Blurred,
    Clear,
    Unprocessed,
}

/// <summary>Which photos come first.</summary>
public enum QualityOrder
{
    /// <summary>Those of which the line says least: nearest to it, on either side.</summary>
    Near,
    Blurriest,
    Sharpest,
}

/// <param name="Sharpness">Null: it was not analysed.</param>
public sealed record GradedPhoto(string Asset, double? Sharpness, bool IsBlurred);

/// <param name="Next">Give it as <c>after</c> for the next page; null after the last.</param>
public sealed record GradedPage(IReadOnlyList<GradedPhoto> Photos, string? Next);

/// <summary>The photos of <see cref="QualityReader"/>, a page at a time. A page is read along the index of sharpness, so it costs as little however many photos there are.</summary>
public sealed class QualityList(Database catalog)
{
    /// <param name="volume">Only photos of which a copy is there; null is all.</param>
    /// <param name="after">Null for the first page.</param>
    /// <returns>Null when <paramref name="after"/> is not what a page said. What was not analysed comes last.</returns>
    public GradedPage? Read(BlurLine line, QualityState state, QualityOrder order, Volume? volume, string? after, int most)
    {
        if (Position.Parse(after) is not { } position) return null;
        using Database.Reader reader = catalog.Read();
        List<Row> rows = [];
        if (state is not QualityState.Unprocessed)
        {
            bool isBothWays = state is QualityState.All && order is QualityOrder.Near, isDownwards = order is QualityOrder.Sharpest || (order is QualityOrder.Near && state is not QualityState.Clear);
            IReadOnlyList<Row> down = isDownwards ? Along(reader, line, state, isBothWays, volume, isUp: false, position.Down, most) : [];
            IReadOnlyList<Row> up = isBothWays || !isDownwards ? Along(reader, line, state, isBothWays, volume, isUp: true, position.Up, most) : [];
            int below = 0, above = 0;
            while (rows.Count < most && below + above < down.Count + up.Count)
            {
                bool isNext = above == up.Count || (below < down.Count && line.Threshold - down[below].Sharpness <= up[above].Sharpness - line.Threshold);
                rows.Add(isNext ? down[below++] : up[above++]);
            }
            if (below > 0) position = position with { Down = Mark.Of(down[below - 1]) };
            if (above > 0) position = position with { Up = Mark.Of(up[above - 1]) };
        }
        if (rows.Count < most && state is QualityState.All or QualityState.Unprocessed)
        {
            IReadOnlyList<Row> rest = Unprocessed(reader, volume, position.Last, most - rows.Count);
            if (rest.Count > 0) position = position with { Last = rest[^1].Id };
            rows.AddRange(rest);
        }
        return new([.. rows.Select(r => new GradedPhoto(r.Asset, r.Sharpness, r.IsBlurred != 0))], rows.Count < most ? null : position.ToString());
    }

    static IReadOnlyList<Row> Along(Database.Reader reader, BlurLine line, QualityState state, bool isBothWays, Volume? volume, bool isUp, Mark? mark, int most)
    {
        // The index ends where no volume's line is any more; within that each photo is held against its own.
        double lowest = line.Volumes.Select(v => v.Threshold).Append(line.Threshold).Min(), highest = line.Volumes.Select(v => v.Threshold).Append(line.Threshold).Max();
        string side = state switch
        {
            QualityState.Blurred => $"q.sharpness < @highest AND q.sharpness < {line.Sql}",
            QualityState.Clear => $"q.sharpness >= @lowest AND q.sharpness >= {line.Sql}",
            _ when isBothWays => isUp ? "q.sharpness >= @threshold" : "q.sharpness < @threshold",
            _ => "TRUE",
        };
        string way = isUp ? "ASC" : "DESC";
        return reader.Connection.Query<Row>($"""
            SELECT a.id, q.content_id AS content, a.uid AS asset, q.sharpness, q.sharpness < {line.Sql} AS is_blurred
            FROM analysis q CROSS JOIN content c ON c.id = q.content_id CROSS JOIN asset a ON a.id = c.asset_id AND a.content_id = c.id
            WHERE {side} {(mark is null ? "" : $"AND (q.sharpness, q.content_id) {(isUp ? '>' : '<')} (@sharpness, @content)")} AND {QualityReader.Counts(volume)}
            ORDER BY q.sharpness {way}, q.content_id {way} LIMIT @most
            """, new { lowest, highest, threshold = line.Threshold, sharpness = mark?.Sharpness, content = mark?.Content, volume = volume?.Id, most }).AsList();
    }

    static IReadOnlyList<Row> Unprocessed(Database.Reader reader, Volume? volume, long last, int most) => reader.Connection.Query<Row>($"""
        SELECT a.id, c.id AS content, a.uid AS asset, NULL AS sharpness, 0 AS is_blurred
        FROM asset a CROSS JOIN content c ON c.id = a.content_id WHERE a.id > @last AND {BlurLine.IsUnprocessed} AND {QualityReader.Counts(volume)} ORDER BY a.id LIMIT @most
        """, new { last, volume = volume?.Id, most }).AsList();

    sealed class Row
    {
        public long Id { get; init; }
        public long Content { get; init; }
        public required string Asset { get; init; }
        public double? Sharpness { get; init; }
        public long IsBlurred { get; init; }
    }

    /// <summary>A place in the index of sharpness.</summary>
    sealed record Mark(double Sharpness, long Content)
    {
        public static Mark Of(Row row) => new(row.Sharpness!.Value, row.Content);

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sharpness:R}:{Content}");
    }

    /// <summary>How far a list was read: below the line, above it, and of what was not analysed.</summary>
    sealed record Position(Mark? Down, Mark? Up, long Last)
    {
        public static Position? Parse(string? text)
        {
            if (text is null) return new(null, null, 0);
            return text.Split('/') is [var down, var up, var last] && TryMark(down, out Mark? below) && TryMark(up, out Mark? above)
                && long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? new(below, above, id) : null;
        }

        static bool TryMark(string text, out Mark? mark)
        {
            mark = null;
            if (text.Length == 0) return true;
            if (text.Split(':') is not [var sharpness, var content] || !double.TryParse(sharpness, NumberStyles.Float, CultureInfo.InvariantCulture, out double at)
                || !long.TryParse(content, NumberStyles.None, CultureInfo.InvariantCulture, out long id)) return false;
            mark = new(at, id);
            return true;
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Down}/{Up}/{Last}");
    }
}
