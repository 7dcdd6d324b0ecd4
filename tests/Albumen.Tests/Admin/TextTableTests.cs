using Albumen.Admin;

namespace Albumen.Tests.Admin;

public sealed class TextTableTests
{
    [Theory]
    [InlineData("a.jpg", 5)]
    [InlineData("写真.jpg", 8)]
    [InlineData("e\u0301te\u0301", 3)]
    [InlineData("한글", 4)]
    [InlineData("\u1112\u1161\u11ab", 2)]
    [InlineData("👍🏽", 2)]
    [InlineData("🇦🇹", 2)]
    [InlineData("❤", 1)]
    [InlineData("ｆｕｌｌ", 8)]
    [InlineData("ﾊﾝ", 2)]
    [InlineData("", 0)]
    public void Text_is_as_wide_as_it_looks(string text, int cells) => Assert.Equal(cells, TextWidth.Of(text));

    [Theory]
    [InlineData("/Folders/photos/2024/Sommer am See/IMG_0001.jpg", 20, "/Folders…MG_0001.jpg")]
    [InlineData("写真写真写真写真.jpg", 11, "写真…真.jpg")]
    [InlineData("e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301", 4, "e\u0301e\u0301…e\u0301")]
    [InlineData("short", 5, "short")]
    public void What_is_cut_shows_its_beginning_and_its_end(string text, int cells, string cut)
    {
        Assert.Equal(cut, TextWidth.CutMiddle(text, cells));
        Assert.True(TextWidth.Of(cut) <= cells);
    }

    [Fact]
    public void Words_go_on_in_the_next_line()
    {
        Assert.Equal(["It cannot be", "read: a disk", "error"], TextWidth.Wrap("It cannot be read: a disk error", 12));
        Assert.Equal(["写真写", "真"], TextWidth.Wrap("写真写真", 7));
        Assert.Equal(["a", "b…"], TextWidth.Wrap("a b…", 3));
    }

    [Fact]
    public void Numbers_stand_right_and_paths_give_way()
    {
        TextTable table = new(["Path", "Size", "Taken"],
        [
            ["/Folders/photos/2024/Sommer am See/IMG_0001.jpg", "4.12 MB", "2024-07-14 15:30"],
            ["/Folders/写真/夏.jpg", "12 B", ""],
        ]);

        Assert.Equal(
        [
            "Path                    Size  Taken",
            "/Folders…G_0001.jpg  4.12 MB  2024-07-14 15:30",
            "/Folders/…真/夏.jpg     12 B",
        ], table.Lines(46, hasHeader: true, isBold: false));
    }

    [Fact]
    public void Sentences_go_on_below_themselves()
    {
        TextTable table = new(["What", "Finding"], [["volume", "The disk is away; plug it in, or remove it from albumen.yaml."]]);

        Assert.Equal(
        [
            "What    Finding",
            "volume  The disk is away; plug it in,",
            "        or remove it from",
            "        albumen.yaml.",
        ], table.Lines(38, hasHeader: true, isBold: false));
    }

    [Fact]
    public void What_cannot_be_narrow_enough_becomes_blocks()
    {
        TextTable table = new(["Volume", "Begun", "Finished", "Files", "Path"], [["photos", "2024-07-14 15:30", "2024-07-14 16:30", "1,234", "/srv/photos"], ["b", "", "", "0", "/b"]]);

        Assert.Equal(
        [
            "photos",
            "  Begun     2024-07-14 15:30",
            "  Finished  2024-07-14 16:30",
            "  Files     1,234",
            "  Path      /srv/photos",
            "",
            "b",
            "  Files     0",
            "  Path      /b",
        ], table.Lines(40, hasHeader: true, isBold: false));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(81)]
    [InlineData(120)]
    [InlineData(300)]
    public void No_line_is_wider_than_the_terminal(int width)
    {
        Random random = new(width);
        string[] words = ["写真", "e\u0301te\u0301", "👨‍👩‍👧", "/Folders/photos/2024/Sommer am See/IMG_0001.jpg", "4.12 MB", "1,234", "2024-07-14 15:30:12", "It cannot be read: a disk error", "3f9c81aa00b1", new string('x', 400), ""];
        for (int i = 0; i < 300; i++)
        {
            int columns = random.Next(1, 12);
            string[][] rows = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => Enumerable.Range(0, columns).Select(_ => words[random.Next(words.Length)]).ToArray())];
            TextTable table = new([.. Enumerable.Range(0, columns).Select(c => $"H{c}")], rows);
            Assert.All(table.Lines(width, hasHeader: true, isBold: false), line => Assert.True(TextWidth.Of(line) <= width, line));
        }
    }
}
