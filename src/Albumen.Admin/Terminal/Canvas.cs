using System.Text;

namespace Albumen.Admin.Terminal;

/// <summary>What stands in one column of a line: a character with what combines with it; empty after a wide one.</summary>
readonly record struct Cell(string Text, Style Style)
{
    public static readonly Cell Blank = new(" ", default);
}

/// <summary>What one frame shows: cells, the pictures over them, and where the cursor is.</summary>
sealed class Canvas(int width, int height)
{
    // A stranger's name may have any number of marks on one letter.
    const int LongestCell = 12;

    static readonly string[] Ascii = [.. Enumerable.Range(0, 128).Select(c => ((char)c).ToString())];

    readonly Cell[] _cells = [.. Enumerable.Repeat(Cell.Blank, width * height)];

    public int Width => width;
    public int Height => height;
    public List<Placement> Pictures { get; } = [];

    /// <summary>Where what is typed will stand; null: no cursor is shown.</summary>
    public (int X, int Y)? Cursor { get; set; }

    public Area Whole => new(this, 0, 0, width, height);

    public ReadOnlySpan<Cell> Line(int y) => _cells.AsSpan(y * width, width);

    /// <summary>Writes within these columns of a line; what does not fit is left out.</summary>
    /// <param name="x">Where the text begins; it may lie before <paramref name="begin"/>.</param>
    /// <returns>The column after it.</returns>
    public int Write(int x, int y, int begin, int end, string text, Style style)
    {
        (begin, end) = (Math.Max(0, begin), Math.Min(end, width));
        int last = -1;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int columns = TextWidth.Of(rune);
            if (columns == 0)
            {
                if (last >= 0 && TextWidth.Combines(rune) && Line(y)[last] is var cell && cell.Text.Length < LongestCell) _cells[y * width + last] = cell with { Text = cell.Text + rune };
                continue;
            }
            if (x + columns > end) break;
            last = x >= begin && y >= 0 && y < height ? x : -1;
            if (last >= 0)
            {
                Split(x, y);
                Split(x + columns, y);
                _cells[y * width + x] = new(rune.IsAscii ? Ascii[rune.Value] : rune.ToString(), style);
                if (columns == 2) _cells[y * width + x + 1] = new("", style);
            }
            x += columns;
        }
        return x;
    }

    public void Fill(int x, int y, int columns, int lines, Style style)
    {
        int from = Math.Clamp(x, 0, width), to = Math.Clamp(x + columns, from, width);
        for (int line = Math.Max(0, y); line < Math.Min(height, y + lines); line++)
        {
            Split(from, line);
            Split(to, line);
            _cells.AsSpan(line * width + from, to - from).Fill(new(" ", style));
        }
    }

    /// <summary>What is to the left of this column and what is to the right of it have nothing in common: half of a wide character does not stay.</summary>
    void Split(int x, int y)
    {
        if (x <= 0 || x >= width || _cells[y * width + x].Text.Length > 0) return;
        for (int half = x - 1; half <= x; half++) _cells[y * width + half] = new(" ", _cells[y * width + half].Style);
    }
}

/// <summary>A rectangle of a canvas to draw in; nothing gets outside of it. Text of strangers is made harmless here (<see cref="Printable"/>).</summary>
readonly struct Area(Canvas canvas, int left, int top, int width, int height)
{
    public int Width => width;
    public int Height => height;
    public int Left => left;
    public int Top => top;

    /// <returns>The column after what was written.</returns>
    public int Write(int x, int y, string text, Style style = default) =>
        y < 0 || y >= height ? x : canvas.Write(left + x, top + y, left, left + width, Printable.Show(text), style) - left;

    /// <summary>Writes it in at most so many columns, with an ellipsis where it is longer.</summary>
    public int Write(int x, int y, string text, int columns, Style style = default) => Write(x, y, TextWidth.Cut(Printable.Show(text), Math.Min(columns, width - x)), style);

    /// <summary>Writes it so that it ends before this column, with an ellipsis where there is no room.</summary>
    public void WriteBefore(int end, int y, string text, Style style = default) => Write(Math.Max(0, end - TextWidth.Of(Printable.Show(text))), y, text, end, style);

    public void Clear(Style style = default) => canvas.Fill(left, top, width, height, style);

    public void FillLine(int y, Style style)
    {
        if (y >= 0 && y < height) canvas.Fill(left, top + y, width, 1, style);
    }

    /// <summary>A part of it, as much as lies inside.</summary>
    public Area Part(int x, int y, int columns, int lines)
    {
        int fromX = Math.Clamp(x, 0, width), fromY = Math.Clamp(y, 0, height);
        return new(canvas, left + fromX, top + fromY, Math.Clamp(columns, 0, width - fromX), Math.Clamp(lines, 0, height - fromY));
    }

    public Area From(int y) => Part(0, y, width, height - y);

    /// <summary>Words on as many lines as they need.</summary>
    /// <returns>The line after the last.</returns>
    public int WriteWords(int x, int y, string text, Style style = default)
    {
        foreach (string line in TextWidth.Wrap(Printable.Show(text), width - x))
        {
            if (y >= height) break;
            Write(x, y++, line, style);
        }
        return y;
    }

    /// <summary>A frame with a title, cleared inside.</summary>
    /// <returns>The inside.</returns>
    public Area Frame(string title, Style style)
    {
        Clear();
        if (width < 2 || height < 2) return this;
        Write(0, 0, $"┌{new string('─', width - 2)}┐", style);
        for (int y = 1; y < height - 1; y++)
        {
            Write(0, y, "│", style);
            Write(width - 1, y, "│", style);
        }
        Write(0, height - 1, $"└{new string('─', width - 2)}┘", style);
        if (title.Length > 0) Write(2, 0, $" {title} ", Math.Max(0, width - 4), style.With(Weight.Bold));
        return Part(1, 1, width - 2, height - 2);
    }

    public void Place(Picture picture)
    {
        if (width > 0 && height > 0) canvas.Pictures.Add(new(picture, left, top, width, height));
    }

    public void Cursor(int x, int y)
    {
        if (width > 0 && height > 0) canvas.Cursor = (left + Math.Clamp(x, 0, width - 1), top + Math.Clamp(y, 0, height - 1));
    }
}
