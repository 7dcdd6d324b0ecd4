using Albumen.Admin;

namespace Albumen.Tests.Admin;

public sealed class BashLineTests
{
    const string Breaks = " \t\n\"'><=;|&(:";

    [Theory]
    [InlineData("albumen album show ", "", "albumen|album|show")]
    [InlineData("albumen album show Am", "Am", "albumen|album|show")]
    [InlineData("albumen album show Am\\ S", "Am S", "albumen|album|show")]
    [InlineData("albumen album show 'Am S", "Am S", "albumen|album|show")]
    [InlineData("albumen album show \"Am \\\"S", "Am \"S", "albumen|album|show")]
    [InlineData("albumen set 'title=a b' x$(touch y)", "y)", "albumen|set|title=a b|x$(touch")]
    [InlineData("albumen set '' ''", "", "albumen|set|")]
    public void It_reads_words_as_bash_does_and_expands_nothing(string line, string word, string before)
    {
        BashLine read = new(line, Breaks);

        Assert.Equal((word, before), (read.Word, string.Join('|', read.Before)));
    }

    [Theory]
    [InlineData("a Am", "Am See", "Am\\ See")]
    [InlineData("a 'Am", "Am See", "Am See")]
    [InlineData("a 'O", "O'B", "O'\\''B")]
    [InlineData("a \"O", "O$(x)\"`!", "O\\$(x)\\\"\\`\"'!'\"")]
    [InlineData("a O", "O'B \"x\" $(y)", "O\\'B\\ \\\"x\\\"\\ \\$\\(y\\)")]
    [InlineData("a tags+=A", "tags+=Am See", "Am\\ See")]
    [InlineData("a rating:", "rating:4", "4")]
    [InlineData("a ", "Größe/東京", "Größe/東京")]
    [InlineData("a ~", "~x", "~x")]
    [InlineData("a x", "y", null)]
    public void What_is_added_is_quoted_for_where_it_stands(string line, string value, string? added) => Assert.Equal(added, new BashLine(line, Breaks).Complete(value));
}
