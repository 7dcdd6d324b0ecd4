using System.Text;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;

namespace Albumen.Tests.Catalog.Metadata;

/// <summary>What makers' notes and XMP say of bursts, in notes put together by hand.</summary>
public sealed class BurstNotesTests
{
    [Fact]
    public void Apple_names_the_burst()
    {
        const string id = "A1B2C3D4-0000-4000-8000-000000000001";
        // One entry: tag 0x000B, text of 37 bytes, behind the directory at 14 + 2 + 12 + 4.
        byte[] note = [.. "Apple iOS\0\0\x01MM"u8, 0, 1, 0, 0x0B, 0, 2, 0, 0, 0, 37, 0, 0, 0, 32, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(id), 0];

        Assert.Equal(new BurstShot(id), Read("Apple", note));
    }

    [Theory]
    [InlineData(2, 3, 3)]
    [InlineData(0, 0, null)]
    [InlineData(2, 0, null)]
    [InlineData(5, 1, null)]
    public void Sony_counts_the_shots_of_a_row(byte mode, byte number, int? shot)
    {
        byte[] note = [.. "SONY DSC \0\0\0"u8, 2, 0, 0x49, 0xB0, 3, 0, 1, 0, 0, 0, mode, 0, 0, 0, 0x4A, 0xB0, 3, 0, 1, 0, 0, 0, number, 0, 0, 0, 0, 0, 0, 0];

        Assert.Equal(shot is null ? null : new BurstShot(null, shot), Read("SONY", note));
    }

    [Fact]
    public void Google_names_it_in_XMP() => Assert.Equal(new BurstShot("7f3a"), XmpFacts.Burst(XmpPacket.Read(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" GCamera:BurstID="7f3a"/></rdf:RDF>"""u8, [])));

    static BurstShot? Read(string make, byte[] note)
    {
        Evidence evidence = new();
        MakerNotes.Read(TiffBlock.Read(new ForeignBytes(Wrappings.Tiff([], [(0x927C, 7, note.Length, note)], [])), [])!, make, evidence);
        return evidence.Burst;
    }
}
