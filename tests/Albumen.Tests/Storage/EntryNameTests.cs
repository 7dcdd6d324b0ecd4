using System.Text;
using Albumen.Storage;

namespace Albumen.Tests.Storage;

public class EntryNameTests
{
    [Theory]
    [InlineData("IMG_0001.JPG", "IMG_0001.JPG")]
    [InlineData("a:b?c*.jpg", "a_b_c_.jpg")]
    [InlineData("back\\slash|\"<>.jpg", "back_slash____.jpg")]
    [InlineData("tab\there\n.jpg", "tab_here_.jpg")]
    [InlineData("dots...", "dots")]
    [InlineData("space ", "space")]
    [InlineData(" . ", " ")]
    [InlineData("...", "_")]
    [InlineData("con.jpg", "con_.jpg")]
    [InlineData("LPT1", "LPT1_")]
    [InlineData("com5.tar.gz", "com5_.tar.gz")]
    [InlineData("COM0.jpg", "COM0.jpg")]
    [InlineData("console.jpg", "console.jpg")]
    public void A_name_becomes_legal_everywhere_and_changes_no_more_than_it_must(string onDisk, string shown)
    {
        if (shown == " ") shown = "_"; // A name of spaces and dots alone has nothing left.
        Assert.Equal(shown, EntryName.ForFile(Encoding.UTF8.GetBytes(onDisk)).Name);
    }

    [Theory]
    [InlineData("IMG.jpg", "img.JPG")]
    [InlineData("Caf\u00E9.jpg", "Cafe\u0301.jpg")]
    [InlineData("\u00C9T\u00C9.jpg", "e\u0301te\u0301.jpg")]
    [InlineData("dots", "dots...")]
    [InlineData("space", "space ")]
    public void Ways_to_write_one_name_have_one_key(string one, string other) => Assert.Equal(EntryName.KeyOf(one), EntryName.KeyOf(other));

    [Theory]
    [InlineData("a.jpg", "b.jpg")]
    [InlineData("e.jpg", "\u00E9.jpg")]
    [InlineData("a.jpg", "a .jpg")]
    public void Different_names_have_different_keys(string one, string other) => Assert.NotEqual(EntryName.KeyOf(one), EntryName.KeyOf(other));

    [Fact]
    public void A_name_on_disk_keeps_its_composition_and_one_of_ours_is_composed()
    {
        Assert.Equal("e\u0301.jpg", EntryName.ForFile("e\u0301.jpg"u8).Name);
        Assert.Equal("\u00E9.jpg", EntryName.From("e\u0301.jpg").Name);
    }

    [Fact]
    public void Names_that_are_no_text_are_kept_apart_by_a_suffix()
    {
        EntryName one = EntryName.ForFile([.. "caf"u8, 0xE9, .. ".jpg"u8]), other = EntryName.ForFile([.. "caf"u8, 0xE8, .. ".jpg"u8]);

        Assert.Matches("^caf_~[0-9a-f]{4}\\.jpg$", one.Name);
        Assert.NotEqual(one.Key, other.Key);
        Assert.Equal(one, EntryName.ForFile([.. "caf"u8, 0xE9, .. ".jpg"u8]));
    }

    [Theory]
    [InlineData(300, ".jpg")]
    [InlineData(252, ".jpg")]
    [InlineData(300, "")]
    public void A_long_name_is_cut_to_255_bytes_and_keeps_its_extension(int length, string extension)
    {
        EntryName name = EntryName.From(new string('\u00E9', length / 2) + extension);

        Assert.InRange(Encoding.UTF8.GetByteCount(name.Name), 250, 255);
        Assert.EndsWith(extension, name.Name);
        Assert.DoesNotContain('\uFFFD', name.Name);
    }

    [Theory]
    [InlineData(".jpg")]
    [InlineData(". A sentence in which the first dot comes early, so that all of it could be taken for an extension")]
    [InlineData("")]
    public void A_suffix_makes_no_name_too_long(string extension)
    {
        EntryName name = EntryName.From(new string('a', 255 - extension.Length) + extension);

        Assert.Equal(255, name.Name.Length);
        Assert.InRange(name.WithSuffix("2f9c").Name.Length, 1, 255);
        Assert.Contains("~2f9c", name.WithSuffix("2f9c").Name);
    }

    [Fact]
    public void A_suffix_fits_behind_a_name_that_is_one_long_extension()
    {
        EntryName name = EntryName.From("a." + new string('b', 253)).WithSuffix("2f9c");

        Assert.InRange(name.Name.Length, 6, 255);
    }

    [Fact]
    public void The_second_of_a_name_gets_a_suffix_and_the_same_one_again()
    {
        HashSet<string> taken = ["img.jpg", "img~2f9c.jpg"];

        EntryName name = EntryName.From("IMG.jpg").Free("2f9cab", taken.Contains);

        Assert.Equal("IMG~2f9ca.jpg", name.Name);
        Assert.Equal("OTHER.jpg", EntryName.From("OTHER.jpg").Free("2f9cab", taken.Contains).Name);
        Assert.Throws<InvalidOperationException>(() => EntryName.From("x").Free("abcd", _ => true));
    }
}
