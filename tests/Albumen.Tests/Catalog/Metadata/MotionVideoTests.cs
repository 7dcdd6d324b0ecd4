using System.Buffers.Binary;
using System.Text;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;

namespace Albumen.Tests.Catalog.Metadata;

public sealed class MotionVideoTests
{
    static readonly byte[] Clip = [0, 0, 0, 16, .. "ftypmp42"u8, 0, 0, 0, 0, .. new byte[84]];

    static readonly byte[] Picture = [0xFF, 0xD8, .. new byte[498]];

    [Fact]
    public void A_directory_of_items_counts_from_the_end() => Assert.Equal(new MotionClip(500, 100), Find([.. Picture, .. Clip, .. new byte[30]], """
        xmlns:Container="http://ns.google.com/photos/1.0/container/" xmlns:Item="http://ns.google.com/photos/1.0/container/item/"><Container:Directory><rdf:Seq>
        <rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="image/jpeg" Item:Semantic="Primary" Item:Length="0" Item:Padding="0"/></rdf:li>
        <rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="video/mp4" Item:Semantic="MotionPhoto" Item:Length="100"/></rdf:li>
        <rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="image/jpeg" Item:Semantic="GainMap" Item:Length="30"/></rdf:li></rdf:Seq></Container:Directory>
        """));

    [Fact]
    public void The_older_form_says_how_far_from_the_end_it_begins() =>
        Assert.Equal(new MotionClip(500, 100), Find([.. Picture, .. Clip], """xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" GCamera:MicroVideo="1" GCamera:MicroVideoOffset="100">"""));

    [Fact]
    public void A_clip_that_was_cut_off_is_none() =>
        Assert.Null(Find([.. Picture, .. new byte[100]], """xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" GCamera:MotionPhoto="1" GCamera:MicroVideoOffset="100">"""));

    [Theory]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("99999999999999999999")]
    [InlineData("700")]
    public void A_length_that_makes_no_sense_finds_none(string length) =>
        Assert.Null(Find([.. Picture, .. Clip], $"""xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" GCamera:MicroVideoOffset="{length}">"""));

    [Fact]
    public void A_Samsung_has_it_in_the_table_at_the_end()
    {
        byte[] block = [0, 0, 0x30, 0x0A, .. Little(16), .. "MotionPhoto_Data"u8, .. Clip];
        byte[] table = [.. "SEFH"u8, .. Little(106), .. Little(1), 0, 0, 0x30, 0x0A, .. Little(block.Length), .. Little(block.Length)];

        Assert.Equal(new MotionClip(500 + 24, 100), Find([.. Picture, .. block, .. table, .. Little(table.Length), .. "SEFT"u8], ">"));
        Assert.Null(Find([.. Picture, .. block, .. table, .. Little(1 << 30), .. "SEFT"u8], ">"));
    }

    [Fact]
    public void A_HEIC_has_it_in_a_box() =>
        Assert.Equal(new MotionClip(24, 100), MotionVideo.Find(new ForeignBytes((byte[])[0, 0, 0, 16, .. "ftypheic"u8, 0, 0, 0, 0, 0, 0, 0, 108, .. "mpvd"u8, .. Clip]), XmpPacket.Of([]), hasBoxes: true));

    static MotionClip? Find(byte[] bytes, string description) => MotionVideo.Find(new(bytes), XmpPacket.Read(Encoding.UTF8.GetBytes(
        $"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" {description}</rdf:Description></rdf:RDF></x:xmpmeta>"""), []), hasBoxes: false);

    static byte[] Little(int number)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }
}
