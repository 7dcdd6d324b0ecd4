using Albumen.Admin;

namespace Albumen.Tests.Admin;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("Straße 12/ß.jpg", "Straße 12/ß.jpg")]
    [InlineData("😀.jpg", "😀.jpg")]
    [InlineData("a\u001B[2Jb", "a\\x1B[2Jb")]
    [InlineData("a\tb\nc\rd", "a\\tb\\nc\\rd")]
    [InlineData("\u009B31m", "\\x9B31m")]
    [InlineData("gpj.\u202Eexe", "gpj.\\u202Eexe")]
    public void Names_are_shown_without_their_effects(string name, string shown) => Assert.Equal(shown, Printable.Show(name));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.00 kB")]
    [InlineData(4_123_456, "4.12 MB")]
    [InlineData(999_999, "1.00 MB")]
    [InlineData(54_321_000_000, "54.3 GB")]
    public void Sizes_have_three_digits(long bytes, string shown) => Assert.Equal(shown, Words.Size(bytes));
}
