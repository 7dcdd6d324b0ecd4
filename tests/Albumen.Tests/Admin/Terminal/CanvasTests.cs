using System.Text;
using Albumen.Admin;
using Albumen.Admin.Terminal;
using FsCheck;
using FsCheck.Fluent;

namespace Albumen.Tests.Admin.Terminal;

/// <summary>Whatever is drawn, by whomever it was written, stays in its rectangle and steers nothing.</summary>
public sealed class CanvasTests
{
    static readonly Style Ink = new(Weight: Weight.Bold), Other = new(Ink: Colour.OfTheme(3), Weight: Weight.Dim);

    static Gen<(int X, int Y, int Columns, int Lines, string Text, int Kind)> Strokes =>
        from x in Gen.Choose(-4, 24)
        from y in Gen.Choose(-2, 7)
        from columns in Gen.Choose(-2, 26)
        from lines in Gen.Choose(-1, 7)
        from text in HardText.Any
        from kind in Gen.Choose(0, 7)
        select (x, y, columns, lines, text, kind);

    static void Draw(Area area, (int X, int Y, int Columns, int Lines, string Text, int Kind) stroke)
    {
        switch (stroke.Kind)
        {
            case 0: area.Write(stroke.X, stroke.Y, stroke.Text, Ink); break;
            case 1: area.Write(stroke.X, stroke.Y, stroke.Text, stroke.Columns, Other); break;
            case 2: area.WriteBefore(stroke.X, stroke.Y, stroke.Text, Ink); break;
            case 3: area.WriteWords(stroke.X, stroke.Y, stroke.Text, Other); break;
            case 4: area.Part(stroke.X, stroke.Y, stroke.Columns, stroke.Lines).Frame(stroke.Text, Ink); break;
            case 5: area.FillLine(stroke.Y, Other); break;
            case 6: area.Cursor(stroke.X, stroke.Y); break;
            case 7: PictureCode.DrawBlocks(area.Part(stroke.X, stroke.Y, stroke.Columns, stroke.Lines), new(1, 9, 7, new byte[3 * 9 * 7]), ColourDepth.True); break;
        }
    }

    [Fact]
    public void Nothing_gets_out_of_its_rectangle_and_no_half_of_a_character_stays() =>
        Strokes.ListOf().Zip(Strokes).Holds(t =>
        {
            Canvas canvas = new(24, 6);
            for (int y = 0; y < 6; y++) canvas.Whole.Write(y % 2, y, "漢字漢字漢字漢字漢字漢字");
            Area area = canvas.Whole.Part(t.Item2.X, t.Item2.Y, t.Item2.Columns, t.Item2.Lines);
            foreach (var stroke in t.Item1) Draw(area, stroke);
            for (int y = 0; y < 6; y++)
            {
                ReadOnlySpan<Cell> line = canvas.Line(y);
                for (int x = 0; x < 24; x++)
                {
                    if (line[x].Text.Any(char.IsControl) || line[x].Text.Length > 16) return false;
                    if (line[x].Text.Length == 0 ? x == 0 || TextWidth.Of(line[x - 1].Text) != 2 : TextWidth.Of(line[x].Text) is var wide && (wide is < 1 or > 2 || (wide == 2 && (x == 23 || line[x + 1].Text.Length > 0)))) return false;
                    bool isInside = y >= area.Top && y < area.Top + area.Height && x >= area.Left && x < area.Left + area.Width;
                    // The halves beside it may become blank.
                    if (!isInside && line[x].Style != default) return false;
                    if (!isInside && line[x].Text is not ("漢" or "字" or "" or " ")) return false;
                    if (!isInside && line[x].Text == " " && x >= y % 2 && x != area.Left - 1 && x != area.Left + area.Width && x != 23) return false;
                }
            }
            return canvas.Cursor is not { } cursor || (cursor.X >= area.Left && cursor.X < area.Left + area.Width && cursor.Y >= area.Top && cursor.Y < area.Top + area.Height);
        });

    [Theory]
    [InlineData(2, "b", "漢b 漢漢 ")]
    [InlineData(3, "b", "漢 b漢漢 ")]
    [InlineData(3, "字", "漢 字 漢 ")]
    [InlineData(-1, "字b", " b漢漢漢 ")]
    [InlineData(8, "字", "漢漢漢漢 ")]
    public void Half_of_a_wide_character_becomes_blank(int x, string text, string shown)
    {
        Canvas canvas = new(9, 1);
        canvas.Whole.Write(0, 0, "漢漢漢漢");
        canvas.Whole.Write(x, 0, text);
        Assert.Equal(shown, Shown(canvas));
    }

    [Fact]
    public void What_combines_goes_with_its_letter()
    {
        Canvas canvas = new(12, 1);
        canvas.Whole.Write(0, 0, "\u0301e\u0301漢\u0302👨‍👩👍🏽❤\uFE0F");
        Assert.Equal(["e\u0301", "漢\u0302", "", "👨", "", "👩", "", "👍", "", "❤", " ", " "], canvas.Line(0).ToArray().Select(c => c.Text));
    }

    [Fact]
    public void A_strangers_control_characters_are_shown_and_do_nothing()
    {
        Canvas canvas = new(60, 1);
        canvas.Whole.Write(0, 0, "\e]0;x\a\u009B2J\r\n\u202Egpj.exe");
        Assert.StartsWith(@"\x1B]0;x\x07\x9B2J\r\n\u202Egpj.exe ", Shown(canvas), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one two three", 7, "one two|three")]
    [InlineData("one  two", 20, "one  two")]
    [InlineData("  an indent", 6, "  an|indent")]
    [InlineData("abcdefgh ij", 3, "abc|def|gh|ij")]
    [InlineData("a abcdefgh", 3, "a|abc|def|gh")]
    [InlineData("漢字漢字", 5, "漢字|漢字")]
    [InlineData("漢", 1, "")]
    [InlineData("", 5, "")]
    public void Words_are_wrapped(string text, int columns, string lines) => Assert.Equal(lines, string.Join('|', TextWidth.Wrap(text, columns)));

    [Fact]
    public void Wrapping_loses_nothing_and_no_line_is_too_long() =>
        HardText.Any.Zip(Gen.Choose(-1, 30)).Holds(t =>
        {
            List<string> lines = [.. TextWidth.Wrap(t.Item1, t.Item2)];
            string whole = string.Concat(t.Item1.EnumerateRunes());
            return t.Item2 < 1 ? lines.Count == 0
                : lines.All(l => TextWidth.Of(l) <= t.Item2) && (t.Item2 == 1 || WithoutBlanks(string.Concat(lines)) == WithoutBlanks(whole)) && lines.Count <= whole.Length + 1;
        });

    [Fact]
    public void A_long_line_is_wrapped_in_no_time()
    {
        string[] lines = [.. TextWidth.Wrap(new string('x', 2_000_000), 76)];
        Assert.Equal(2_000_000, lines.Sum(l => l.Length));
    }

    static string WithoutBlanks(string text) => string.Concat(text.EnumerateRunes().Where(r => r != new Rune(' ')));

    static string Shown(Canvas canvas) => string.Concat(canvas.Line(0).ToArray().Select(c => c.Text));
}
