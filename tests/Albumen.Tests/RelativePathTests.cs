namespace Albumen.Tests;

public class RelativePathTests
{
    [Theory]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("a/.")]
    [InlineData("a\0b")]
    public void What_could_lead_out_of_a_volume_is_no_path(string text) => Assert.Throws<FormatException>(() => RelativePath.Parse(text));

    [Fact]
    public void A_path_is_bytes_and_shows_those_that_are_no_text()
    {
        RelativePath path = RelativePath.Parse("Süden").Child([.. "caf"u8, 0xE9, .. "\\.jpg"u8]);

        Assert.Equal("Süden/caf\\xE9\\.jpg", path.ToString());
        Assert.Equal([.. "caf"u8, 0xE9, .. "\\.jpg"u8], path.Name.ToArray());
    }

    [Fact]
    public void A_path_knows_its_folder_and_its_name()
    {
        RelativePath path = RelativePath.Parse("a/b/c.jpg");

        Assert.Equal("a/b", path.Folder.ToString());
        Assert.Equal("c.jpg"u8.ToArray(), path.Name.ToArray());
        Assert.True(path.Folder.Folder.Folder.IsRoot);
        Assert.Equal(RelativePath.Root, RelativePath.Parse(""));
    }

    [Fact]
    public void Paths_stand_in_byte_order_and_equal_paths_are_equal()
    {
        RelativePath a = RelativePath.Parse("a"), b = RelativePath.Parse("ab"), c = RelativePath.Parse("b");

        Assert.True(a < b && b < c && c > a && a <= RelativePath.Parse("a") && a >= RelativePath.Parse("a"));
        Assert.Equal(RelativePath.Parse("a/b").GetHashCode(), RelativePath.Root.Child("a"u8).Child("b"u8).GetHashCode());
        Assert.True(RelativePath.Parse("a/b") == RelativePath.Parse("a/b") && a != b);
    }
}
