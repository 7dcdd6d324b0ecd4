using Albumen.Admin;
using FsCheck.Fluent;

namespace Albumen.Tests.Admin.Terminal;

public sealed class TextWidthTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("Straße", 6)]
    [InlineData("e\u0301", 1)]
    [InlineData("漢字", 4)]
    [InlineData("한", 2)]
    // As macOS takes it apart.
    [InlineData("\u1112\u1161\u11AB", 2)]
    [InlineData("ﾊ", 1)]
    [InlineData("Ａ", 2)]
    [InlineData("👍", 2)]
    [InlineData("👍🏽", 2)]
    [InlineData("❤\uFE0F", 1)]
    // Each of the family by itself.
    [InlineData("👨‍👩‍👧", 6)]
    [InlineData("🇩🇪", 2)]
    [InlineData("a\u200Bb\u00ADc", 3)]
    [InlineData("\e\x7F\x9B", 0)]
    public void A_terminal_needs_so_many_columns(string text, int columns) => Assert.Equal(columns, TextWidth.Of(text));

    [Theory]
    [InlineData("2024/Sommer am See/IMG_0001.jpg", 20, "2024/Som…MG_0001.jpg")]
    [InlineData("漢字漢字漢字漢字", 9, "漢字…漢字")]
    [InlineData("short", 20, "short")]
    public void The_middle_is_left_out(string text, int columns, string cut) => Assert.Equal(cut, TextWidth.CutMiddle(text, columns));

    [Fact]
    public void What_is_cut_fits_and_nothing_is_torn() =>
        HardText.Any.Zip(Gen.Choose(-1, 40)).Holds(t =>
        {
            (string text, int columns) = (t.Item1, t.Item2);
            string cut = TextWidth.Cut(text, columns), middle = TextWidth.CutMiddle(text, columns), filled = TextWidth.Fit(text, columns);
            bool isShort = TextWidth.Of(text) <= columns;
            return TextWidth.Of(cut) <= Math.Max(0, columns) && TextWidth.Of(middle) <= Math.Max(0, columns) && TextWidth.Of(filled) == Math.Max(0, columns)
                && (isShort ? cut == text && middle == text : columns <= 0 ? cut.Length == 0 : Whole(text).StartsWith(cut[..^1], StringComparison.Ordinal) && cut[^1] == '…');
        });

    // Half a surrogate pair is shown as U+FFFD.
    static string Whole(string text) => string.Concat(text.EnumerateRunes());
}
