using System.Text;
using System.Text.RegularExpressions;
using Albumen.Admin.Terminal;
using FsCheck;
using FsCheck.Fluent;

namespace Albumen.Tests.Admin.Terminal;

/// <summary>A terminal that was shown frame after frame shows the last one.</summary>
public sealed partial class PainterTests
{
    static readonly Style[] Styles = [default, Look.Chosen, Look.Bad, Look.Faint, Look.KeyName, new(Colour.Of(10, 200, 30), Colour.Of(255, 0, 0), Weight.Reverse)];

    /// <summary>What one frame has that the one before had not: most of a frame stays as it is.</summary>
    sealed record Change(int X, int Y, string Text, int Style, bool IsNew, bool HasCursor, bool IsForgotten, bool IsOtherSize);

    static Gen<Change> Changes =>
        from x in Gen.Choose(-3, 30)
        from y in Gen.Choose(0, 5)
        from text in HardText.Any
        from style in Gen.Choose(0, Styles.Length - 1)
        from chance in Gen.Choose(0, 19)
        from cursor in Gen.Elements(true, false)
        select new Change(x, y, text, style, chance < 2, cursor, chance == 3, chance == 4);

    [Theory]
    [InlineData(nameof(ColourDepth.None))]
    [InlineData(nameof(ColourDepth.Sixteen))]
    [InlineData(nameof(ColourDepth.Palette))]
    [InlineData(nameof(ColourDepth.True))]
    public void After_any_frames_the_terminal_shows_the_last(string depthName)
    {
        ColourDepth depth = Enum.Parse<ColourDepth>(depthName);
        Changes.ListOf().Holds(changes =>
        {
            Painter painter = new(depth, PictureMode.Blocks);
            List<Change> standing = [];
            int width = 31;
            ModelTerminal terminal = new(width, 6);
            foreach (Change change in changes)
            {
                if (change.IsNew) standing.Clear();
                standing.Add(change);
                if (change.IsOtherSize)
                {
                    width = width == 31 ? 17 : 31;
                    terminal = new(width, 6);
                }
                else if (change.IsForgotten)
                {
                    painter.Forget();
                    terminal.Show("\e[3;3H\e[7mxyz\e[0m");
                }
                string output = painter.Frame(FrameOf(standing, width)).ToString();
                terminal.Show(output);
                Canvas canvas = FrameOf(standing, width);
                for (int y = 0; y < 6; y++)
                    for (int x = 0; x < width; x++)
                        if (terminal.At(x, y) != Expected(canvas.Line(y), x, depth)) return false;
                if (terminal.IsCursorShown != canvas.Cursor is not null || (canvas.Cursor is { } cursor && terminal.Cursor != cursor)) return false;
                // The same again costs nothing.
                if (painter.Frame(FrameOf(standing, width)).Length > 0) return false;
                if (depth is ColourDepth.None && ColourPattern().IsMatch(output)) return false;
            }
            return true;
        }, 300);
    }

    static Canvas FrameOf(List<Change> changes, int width)
    {
        Canvas canvas = new(width, 6);
        foreach (Change change in changes)
        {
            canvas.Whole.Write(change.X, change.Y, change.Text, Styles[change.Style]);
            if (change.HasCursor) canvas.Whole.Cursor(change.X, change.Y);
        }
        return canvas;
    }

    static (string, string) Expected(ReadOnlySpan<Cell> line, int x, ColourDepth depth)
    {
        StringBuilder look = new();
        line[x].Style.AddTo(look, depth);
        return (line[x].Text, look.ToString());
    }

    [Fact]
    public void One_changed_character_costs_less_than_thirty_bytes()
    {
        Painter painter = new(ColourDepth.True, PictureMode.Blocks);
        Canvas before = new(300, 100), after = new(300, 100);
        painter.Frame(before);
        after.Whole.Write(299, 99, "x");
        Assert.InRange(Encoding.UTF8.GetByteCount(painter.Frame(after).ToString()), 1, 31);
        Canvas other = new(80, 24), changed = new(80, 24);
        painter.Frame(other);
        changed.Whole.Write(79, 23, "x");
        Assert.InRange(Encoding.UTF8.GetByteCount(painter.Frame(changed).ToString()), 1, 29);
    }

    [Fact]
    public void A_full_screen_costs_little_more_than_its_text()
    {
        Painter painter = new(ColourDepth.True, PictureMode.Blocks);
        Canvas canvas = new(80, 24);
        for (int y = 0; y < 24; y++) canvas.Whole.Write(0, y, new string('x', 80), y % 2 == 0 ? Look.Chosen : Look.Plain);
        Assert.InRange(painter.Frame(canvas).Length, 80 * 24, 80 * 24 + 24 * 20 + 60);
    }

    [Fact]
    public void A_kitty_picture_is_sent_once_however_often_it_is_shown_and_taken_away_at_each_place()
    {
        Picture picture = new(7, 2, 2, new byte[12]);
        Painter painter = new(ColourDepth.True, PictureMode.Kitty);
        string Frame(params int[] columns)
        {
            Canvas canvas = new(40, 10);
            foreach (int column in columns) canvas.Whole.Part(column, 2, 4, 4).Place(picture);
            return painter.Frame(canvas).ToString();
        }
        string both = Frame(0, 20);
        Assert.Equal((1, 1), (Count(both, "a=T,"), Count(both, "a=p,i=7")));
        Assert.Empty(Frame(0, 20));
        string one = Frame(20);
        Assert.Equal((0, 0, 1), (Count(one, "a=T,"), Count(one, "a=p,"), Count(one, "a=d,d=I,i=7,p=2001")));
        string back = Frame(20, 30);
        Assert.Equal((0, 1), (Count(back, "a=T,"), Count(back, "a=p,")));
        Assert.Equal(2, Count(Frame(), "a=d,d=I"));
        painter.Forget();
        Assert.Equal(1, Count(Frame(5), "a=T,"));
    }

    [Fact]
    public void What_was_under_a_sixel_picture_is_written_anew()
    {
        Painter painter = new(ColourDepth.True, PictureMode.Sixel);
        Canvas with = new(40, 10), without = new(40, 10);
        with.Whole.Part(4, 2, 6, 3).Place(new(1, 2, 2, new byte[12]));
        ModelTerminal terminal = new(40, 10);
        terminal.Show(painter.Frame(with).ToString());
        Assert.Equal((4, 2), Assert.Single(terminal.Pictures) is var (x, y, _) ? (x, y) : default);
        string gone = painter.Frame(without).ToString();
        for (int line = 3; line <= 5; line++) Assert.Contains($"\e[{line};5H", gone, StringComparison.Ordinal);
        Assert.Equal(6 * 3, gone.Count(c => c == ' '));
    }

    static int Count(string text, string part) => text.Split(part).Length - 1;

    [GeneratedRegex(@"\e\[[0-9;]*;(3[0-9]|4[0-9]|9[0-7]|10[0-7])[;m]")]
    private static partial Regex ColourPattern();
}
