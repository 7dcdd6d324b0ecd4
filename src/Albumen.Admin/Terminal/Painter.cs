using System.Globalization;
using System.Text;

namespace Albumen.Admin.Terminal;

/// <summary>Knows what the terminal shows, and writes only what is different in the next frame, in one piece.</summary>
sealed class Painter(ColourDepth depth, PictureMode pictures)
{
    // What is alike between two differences is written again where jumping over it would cost more.
    const int CostOfJump = 8;

    readonly StringBuilder _output = new();
    Canvas? _shown;

    public PictureMode Pictures => pictures;
    public ColourDepth Depth => depth;

    /// <summary>The terminal shows something unknown: all is written with the next frame.</summary>
    public void Forget() => _shown = null;

    /// <returns>What makes the terminal show this frame; empty when it does already. Good until the next call.</returns>
    public StringBuilder Frame(Canvas next)
    {
        _output.Clear();
        bool isAll = _shown is null || _shown.Width != next.Width || _shown.Height != next.Height;
        Canvas shown = isAll ? new(next.Width, next.Height) : _shown!;
        if (isAll)
        {
            _output.Append("\e[0m\e[2J");
            if (pictures is PictureMode.Kitty) _output.Append("\e_Ga=d,d=A,q=2\e\\");
        }
        else if (pictures is PictureMode.Kitty)
        {
            foreach (Placement gone in shown.Pictures.Except(next.Pictures)) PictureCode.RemoveKitty(_output, gone);
        }
        // A sixel picture is part of what stands in the cells: what was under one is written anew.
        List<Placement> gonePixels = pictures is PictureMode.Sixel ? [.. shown.Pictures.Except(next.Pictures)] : [];
        Style? style = null;
        for (int y = 0; y < next.Height; y++) PaintLine(shown.Line(y), next.Line(y), y, gonePixels, ref style);
        // A picture that stays, or came a moment ago, is not sent again for another place: that would take it away from the first.
        HashSet<int> sent = [.. next.Pictures.Where(shown.Pictures.Contains).Select(p => p.Picture.Id)];
        foreach (Placement placement in next.Pictures)
            if (!shown.Pictures.Contains(placement))
            {
                _output.Append(CultureInfo.InvariantCulture, $"\e[{placement.Y + 1};{placement.X + 1}H");
                if (pictures is PictureMode.Kitty) PictureCode.AddKitty(_output, placement, isSent: !sent.Add(placement.Picture.Id));
                else if (pictures is PictureMode.Sixel) PictureCode.AddSixel(_output, placement.Picture);
            }
        if (next.Cursor is { } cursor && (_output.Length > 0 || shown.Cursor != cursor))
            _output.Append(CultureInfo.InvariantCulture, $"\e[{cursor.Y + 1};{cursor.X + 1}H\e[?25h");
        else if (next.Cursor is null && (isAll || shown.Cursor is not null)) _output.Append("\e[?25l");
        _shown = next;
        // A terminal that can shows it all at once (synchronized output).
        if (_output.Length > 0) _output.Insert(0, next.Cursor is null ? "\e[?2026h" : "\e[?2026h\e[?25l").Append("\e[?2026l");
        return _output;
    }

    void PaintLine(ReadOnlySpan<Cell> shown, ReadOnlySpan<Cell> next, int y, List<Placement> gonePixels, ref Style? style)
    {
        int x = 0;
        while (x < next.Length)
        {
            if (IsShown(shown, next, x, y, gonePixels))
            {
                x++;
                continue;
            }
            while (x > 0 && next[x].Text.Length == 0) x--;
            int end = x + 1;
            for (int look = end; look < next.Length && look < end + CostOfJump; look++)
                if (!IsShown(shown, next, look, y, gonePixels)) end = look + 1;
            _output.Append(CultureInfo.InvariantCulture, $"\e[{y + 1};{x + 1}H");
            for (; x < end || (x < next.Length && next[x].Text.Length == 0); x++)
            {
                if (next[x].Text.Length == 0) continue;
                if (style != next[x].Style)
                {
                    next[x].Style.AddTo(_output, depth);
                    style = next[x].Style;
                }
                _output.Append(next[x].Text);
            }
        }
    }

    static bool IsShown(ReadOnlySpan<Cell> shown, ReadOnlySpan<Cell> next, int x, int y, List<Placement> gonePixels)
    {
        if (shown[x] != next[x]) return false;
        foreach (Placement gone in gonePixels)
            if (x >= gone.X && x < gone.X + gone.Columns && y >= gone.Y && y < gone.Y + gone.Lines) return false;
        return true;
    }
}
