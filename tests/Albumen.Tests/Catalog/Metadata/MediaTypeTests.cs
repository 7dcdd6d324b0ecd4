using System.Text;
using Albumen.Catalog.Metadata;

namespace Albumen.Tests.Catalog.Metadata;

public sealed class MediaTypeTests
{
    [Theory]
    [InlineData("....ftypheic....mif1heic", "a.heic", "image/heic")]
    [InlineData("....ftypmif1....mif1avif", "a.avif", "image/avif")]
    [InlineData("....ftypcrx ....crx isom", "a.cr3", "image/x-canon-cr3")]
    [InlineData("....ftypqt  ....qt  ", "a.mov", "video/quicktime")]
    [InlineData("....ftyp3gp4....isom", "a.3gp", "video/3gpp")]
    [InlineData("....ftypM4A ....isom", "a.m4a", "audio/mp4")]
    [InlineData("....moov............", "a.mov", "video/quicktime")]
    [InlineData("RIFF....AVI LIST", "a.avi", "video/x-msvideo")]
    [InlineData("FUJIFILMCCD-RAW 0201", "a.raf", "image/x-fujifilm-raf")]
    [InlineData("IIRO....", "a.orf", "image/x-olympus-orf")]
    [InlineData("8BPS....", "a.psd", "application/vnd.adobe.photoshop")]
    [InlineData("<x:xmpmeta xmlns:x='adobe:ns:meta/'>", "a.jpg.xmp", "application/rdf+xml")]
    [InlineData("<?xml version='1.0'?><plist version='1.0'>", "a.aae", "application/vnd.apple.photos")]
    [InlineData("{\"title\":\"a\"}", "a.jpg.json", "application/json")]
    public void A_format_is_known_by_its_first_bytes(string head, string name, string mime) => Assert.Equal(mime, Sniff(head, name).Mime);

    [Theory]
    [InlineData("a.nef", "image/x-nikon-nef", MediaKind.Raw)]
    [InlineData("a.ARW", "image/x-sony-arw", MediaKind.Raw)]
    [InlineData("a.tif", "image/tiff", MediaKind.Image)]
    [InlineData("a.jpg", "image/tiff", MediaKind.Image)]
    public void The_name_decides_between_formats_that_begin_alike(string name, string mime, object kind)
    {
        MediaType type = Sniff("II*\0\b\0\0\0\0\0", name);
        Assert.Equal((mime, kind), (type.Mime, type.Kind));
    }

    [Fact]
    public void A_wrong_extension_is_noted()
    {
        Assert.True(Sniff("....ftypheic....mif1heic", "IMG_1.JPG").HasWrongExtension);
        Assert.False(Sniff("....ftypheic....mif1heic", "IMG_1.HEIF").HasWrongExtension);
        Assert.False(Sniff("....ftypheic....mif1heic", "IMG_1").HasWrongExtension);
    }

    [Fact]
    public void A_photo_that_is_none_can_be_told()
    {
        MediaType type = Sniff("not a photo at all", "a.jpg");
        Assert.Equal((MediaKind.Other, MediaKind.Image, true), (type.Kind, type.Claimed, type.IsUnrecognised));
        Assert.True(Sniff("", "clip.MOV").IsUnrecognised);
        Assert.False(Sniff("not a photo at all", "notes.txt").IsUnrecognised);
    }

    [Fact]
    public void An_SVG_is_never_a_picture_whatever_it_is_called() =>
        Assert.Equal(MediaKind.Other, Sniff("<svg xmlns='http://www.w3.org/2000/svg'/>", "a.jpg").Kind);

    static MediaType Sniff(string head, string name) => MediaType.Sniff(Encoding.Latin1.GetBytes(head), name);
}
