namespace Albumen.Tests;

public class ContentHashTests
{
    const string Empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Fact]
    public void A_hash_reads_what_it_writes_in_either_case()
    {
        ContentHash hash = ContentHash.Parse(Empty.ToUpperInvariant());

        Assert.Equal(Empty, hash.ToString());
        Assert.Equal(hash, ContentHash.FromBytes(hash.ToBytes()));
        Assert.Equal(Empty[..32], hash.ToAssetUid());
    }

    [Theory]
    [InlineData("")]
    [InlineData("e3b0")]
    [InlineData("x3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void Anything_else_is_no_hash(string text) => Assert.Throws<FormatException>(() => ContentHash.Parse(text));

    [Fact]
    public void So_many_bytes_and_no_others_are_a_hash() => Assert.Throws<FormatException>(() => ContentHash.FromBytes(new byte[31]));
}
