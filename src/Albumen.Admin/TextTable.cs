using System.Text.RegularExpressions;

namespace Albumen.Admin;

/// <summary>
/// A table that fits a terminal. What a column holds says how it is treated: numbers are aligned to the right; numbers, times and ids are never cut; of paths and
/// other long words the middle is left out; sentences go on in the next line. Where that is not enough each row becomes a block of names and values.
/// </summary>
sealed partial class TextTable
{
    const int Gap = 2, NarrowestSentence = 14, NarrowestWord = 12;

    readonly IReadOnlyList<string> _headers;
    readonly IReadOnlyList<IReadOnlyList<string>> _rows;
    readonly Column[] _columns;

    /// <param name="rows">Printable.</param>
    public TextTable(IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        (_headers, _rows) = (headers, rows);
        // A column in which nothing stands is left out, unless it has a heading to say so.
        _columns = [.. Enumerable.Range(0, headers.Count).Where(i => headers[i].Length > 0 || rows.Any(row => row[i].Length > 0)).Select(i => Column.Of(i, headers[i], rows))];
    }

    enum Treatment { Number, Fixed, Word, Sentence }

    public bool IsEmpty => _rows.Count == 0;

    public IEnumerable<string> Lines(int width, bool hasHeader, bool isBold)
    {
        if (IsEmpty) return [];
        return Widths(width) is { } widths ? Rows(widths, hasHeader, isBold) : Blocks(width, isBold);
    }

    /// <summary>Null when it cannot be narrow enough.</summary>
    int[]? Widths(int width)
    {
        int room = width - (Gap * (_columns.Length - 1));
        int[] widths = [.. _columns.Select(c => c.Widest)];
        if (_columns.Sum(c => c.Narrowest) > room) return null;
        // The widest gives first, one cell after the other, until all are level or at their narrowest.
        for (int tooMuch = widths.Sum() - room; tooMuch > 0; tooMuch--)
        {
            int giving = -1;
            for (int i = 0; i < widths.Length; i++)
                if (widths[i] > _columns[i].Narrowest && (giving < 0 || widths[i] > widths[giving])) giving = i;
            widths[giving]--;
        }
        return widths;
    }

    IEnumerable<string> Rows(int[] widths, bool hasHeader, bool isBold)
    {
        if (hasHeader) yield return Bold(string.Concat(_columns.Select((c, i) => Pad(c, _headers[c.At], widths[i], isLast: i == _columns.Length - 1))).TrimEnd(), isBold);
        foreach (IReadOnlyList<string> row in _rows)
        {
            string[][] cells = [.. _columns.Select((c, i) => c.Fit(row[c.At], widths[i]))];
            for (int line = 0; line < cells.Max(cell => cell.Length); line++)
                yield return string.Concat(_columns.Select((c, i) => Pad(c, cells[i].ElementAtOrDefault(line) ?? "", widths[i], isLast: i == _columns.Length - 1))).TrimEnd();
        }
    }

    /// <summary>Each row below its first cell.</summary>
    IEnumerable<string> Blocks(int width, bool isBold)
    {
        int names = _columns.Max(c => _headers[c.At].Length);
        for (int r = 0; r < _rows.Count; r++)
        {
            if (r > 0) yield return "";
            yield return Bold(_rows[r][_columns[0].At] is { Length: > 0 } first ? TextWidth.CutMiddle(first, width) : "-", isBold);
            foreach (Column column in _columns[1..])
                if (_rows[r][column.At] is { Length: > 0 } text)
                {
                    int i = 0, room = Math.Max(NarrowestWord, width - names - 2 - Gap);
                    foreach (string part in column.Treatment == Treatment.Sentence ? TextWidth.Wrap(text, room) : [TextWidth.CutMiddle(text, room)])
                        yield return $"  {(i++ == 0 ? _headers[column.At] : "").PadRight(names)}  {part}";
                }
        }
    }

    static string Pad(Column column, string text, int width, bool isLast) =>
        (column.Treatment == Treatment.Number ? TextWidth.PadLeft(text, width) : TextWidth.PadRight(text, width)) + (isLast ? "" : new string(' ', Gap));

    static string Bold(string text, bool isBold) => isBold ? $"\e[1m{text}\e[0m" : text;

    sealed record Column(int At, Treatment Treatment, int Widest, int Narrowest)
    {
        public static Column Of(int at, string header, IReadOnlyList<IReadOnlyList<string>> rows)
        {
            string[] cells = [.. rows.Select(row => row[at]).Where(cell => cell.Length > 0)];
            Treatment treatment = cells.All(Number().IsMatch) && cells.Length > 0 ? Treatment.Number
                : cells.All(Fixed().IsMatch) ? Treatment.Fixed
                : cells.Any(cell => cell.Contains(' ') && cell[0] != '/') ? Treatment.Sentence
                : Treatment.Word;
            int head = TextWidth.Of(header), widest = Math.Max(head, cells.Select(TextWidth.Of).DefaultIfEmpty(0).Max());
            return new(at, treatment, widest, treatment switch
            {
                Treatment.Sentence => Math.Max(head, Math.Min(widest, NarrowestSentence)),
                Treatment.Word => Math.Max(head, Math.Min(widest, NarrowestWord)),
                _ => widest,
            });
        }

        public string[] Fit(string text, int width) => Treatment == Treatment.Sentence ? [.. TextWidth.Wrap(text, width)] : [TextWidth.CutMiddle(text, width)];
    }

    // 12, 1,234, 4.12 MB, 37 %, 12.3/s, 140 ms
    [GeneratedRegex(@"^[-+~]?[0-9][0-9,]*(\.[0-9]+)?( ?([kMGTP]?B|%|/s|m?s))?$")]
    private static partial Regex Number();

    // A time, the beginning of an id, yes or no and the like.
    [GeneratedRegex(@"^([0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9:]+)?|[0-9a-f]{12}|never|.{1,7})$")]
    private static partial Regex Fixed();
}
