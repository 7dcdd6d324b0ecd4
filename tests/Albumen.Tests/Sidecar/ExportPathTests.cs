using System.Text;
using Albumen.Sidecar;

namespace Albumen.Tests.Sidecar;

public sealed class ExportPathTests
{
    [Theory]
    [InlineData("2024/Straße & Öl.jpg", "2024/Straße & Öl.jpg")]
    [InlineData("100%.jpg", "100%.jpg")]
    [InlineData("100%25.jpg", "100%2525.jpg")]
    [InlineData("%zz%", "%zz%")]
    public void A_path_of_letters_stays_as_it_is(string path, string text)
    {
        Assert.Equal(text, ExportPath.Of(Encoding.UTF8.GetBytes(path)));
        Assert.Equal(path, ExportPath.Read(text).ToString());
    }

    [Fact]
    public void Any_bytes_come_back()
    {
        Random random = new(1);
        for (int i = 0; i < 10_000; i++)
        {
            byte[] name = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(3) switch { 0 => (byte)'%', 1 => (byte)"0123456789abcdefF"[random.Next(17)], _ => (byte)random.Next(48, 256) })];
            string text = ExportPath.Of(name);
            Assert.DoesNotContain('\uFFFD', text);
            Assert.Equal(name, ExportPath.Read(text).Bytes.ToArray());
        }
    }

    [Theory]
    [InlineData("../a.xmp")]
    [InlineData("/a.xmp")]
    [InlineData("a/%2e%2e/b.xmp")]
    [InlineData("a%2F..%2Fb.xmp")]
    [InlineData("a//b.xmp")]
    [InlineData("a%00.xmp")]
    public void A_path_that_leads_out_is_refused(string text) => Assert.Throws<FormatException>(() => ExportPath.Read(text));
}
