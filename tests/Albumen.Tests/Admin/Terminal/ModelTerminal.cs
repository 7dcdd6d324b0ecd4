using System.Globalization;
using System.Text;
using Albumen.Admin;

namespace Albumen.Tests.Admin.Terminal;

/// <summary>A terminal as ECMA-48 and xterm describe it, as far as the console uses one; anything else is a fault. What it was sent as pictures is kept.</summary>
sealed class ModelTerminal(int width, int height)
{
    readonly (string Text, string Look)[] _cells = [.. Enumerable.Repeat((" ", "\e[0m"), width * height)];
    string _look = "\e[0m";
    int _x, _y;
    bool _isHeld;

    public bool IsCursorShown { get; private set; } = true;
    public (int X, int Y) Cursor => (_x, _y);
    public List<(int X, int Y, string Sequence)> Pictures { get; } = [];

    public (string Text, string Look) At(int x, int y) => _cells[y * width + x];

    public void Show(string output)
    {
        for (int at = 0; at < output.Length;)
        {
            if (output[at] != '\e')
            {
                Rune rune = Rune.GetRuneAt(output, at);
                at += rune.Utf16SequenceLength;
                Put(rune);
                continue;
            }
            if (output[at + 1] is 'P' or '_')
            {
                int end = output.IndexOf("\e\\", at, StringComparison.Ordinal);
                Pictures.Add((_x, _y, output[at..(end + 2)]));
                at = end + 2;
                continue;
            }
            Assert.Equal('[', output[at + 1]);
            int final = at + 2;
            while (output[final] is >= '\x20' and <= '\x3F') final++;
            Control(output[(at + 2)..final], output[final]);
            at = final + 1;
        }
        Assert.False(_isHeld, "The frame is not let go.");
    }

    void Control(string parameters, char final)
    {
        switch (parameters, final)
        {
            case ("?2026", 'h'): _isHeld = true; break;
            case ("?2026", 'l'): _isHeld = false; break;
            case ("?25", 'h'): IsCursorShown = true; break;
            case ("?25", 'l'): IsCursorShown = false; break;
            case ("2", 'J'):
                // Erased with the paper that is set.
                Assert.Equal("\e[0m", _look);
                Array.Fill(_cells, (" ", "\e[0m"));
                break;
            case (_, 'm'): _look = $"\e[{parameters}m"; break;
            case (_, 'H'):
                int[] place = [.. parameters.Split(';').Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
                (_y, _x) = (place[0] - 1, place[1] - 1);
                Assert.InRange(_x, 0, width - 1);
                Assert.InRange(_y, 0, height - 1);
                break;
            default: Assert.Fail($"CSI {parameters} {final}"); break;
        }
    }

    void Put(Rune rune)
    {
        Assert.False(Rune.IsControl(rune), $"U+{rune.Value:X4}");
        int columns = TextWidth.Of(rune);
        if (columns == 0)
        {
            int before = _y * width + _x - 1;
            if (_cells[before].Text.Length == 0) before--;
            _cells[before].Text += rune;
            return;
        }
        Assert.True(_x + columns <= width, "It is written over the edge.");
        for (int x = _x; x < _x + columns; x++)
        {
            // Either half of a wide character takes the other with it.
            if (_cells[_y * width + x].Text.Length == 0) _cells[_y * width + x - 1].Text = " ";
            if (x + 1 < width && _cells[_y * width + x + 1].Text.Length == 0) _cells[_y * width + x + 1].Text = " ";
            _cells[_y * width + x] = (x == _x ? rune.ToString() : "", _look);
        }
        _x += columns;
    }
}
