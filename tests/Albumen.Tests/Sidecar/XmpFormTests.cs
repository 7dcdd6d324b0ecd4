using System.Text;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;
using Albumen.Sidecar;

namespace Albumen.Tests.Sidecar;

/// <summary>The many forms in which RDF/XML can say one thing.</summary>
public sealed class XmpFormTests
{
    const string Prefixes = """
        xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" xmlns:q="urn:somebody"
        xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:digiKam="http://www.digikam.org/ns/1.0/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
        xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"
        xmlns:MP="http://ns.microsoft.com/photo/1.2/" xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#" xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#"
        """;

    [Theory]
    [InlineData("<rdf:Description rdf:about='' xmp:Label='old' dc:title='old'/>")]
    [InlineData("<rdf:Description xmp:Label='old'/><rdf:Description><dc:title>old</dc:title><crs:Look><q:a/></crs:Look></rdf:Description>")]
    [InlineData("<rdf:Description><xmp:Label>old</xmp:Label><xmp:Label>older</xmp:Label><dc:title xml:lang='de'>alt</dc:title></rdf:Description>")]
    [InlineData("<rdf:Description><l:Label xmlns:l='http://ns.adobe.com/xap/1.0/'>old</l:Label><d:title xmlns:d='http://purl.org/dc/elements/1.1/'><rdf:Bag><rdf:li>x</rdf:li></rdf:Bag></d:title></rdf:Description>")]
    [InlineData("<rdf:Description><xmp:Label rdf:parseType='Resource'><rdf:value>old</rdf:value><q:by>me</q:by></xmp:Label><dc:title><rdf:Alt/></dc:title></rdf:Description>")]
    [InlineData("<rdf:Description><xmp:Label><rdf:Description><rdf:value>old</rdf:value></rdf:Description></xmp:Label><dc:title rdf:resource='x:y'/></rdf:Description>")]
    [InlineData("<rdf:Description><xmp:Label><!-- red -->ol<![CDATA[d]]></xmp:Label><dc:title><rdf:Alt><rdf:li>old</rdf:li></rdf:Alt></dc:title></rdf:Description>")]
    [InlineData("<!-- nothing yet -->")]
    [InlineData("")]
    public void A_property_is_found_and_replaced_in_whatever_form_it_stands(string properties)
    {
        byte[] before = Packet(properties);
        Dictionary<Field, string?> values = Values(new() { Title = "New", Label = "Green", Tags = ["a/b", "c"], Rating = -1 });

        byte[] after = XmpMerge.Merge(before, values, null);

        Same.AssertSaid(values, Same.Read(after), Encoding.UTF8.GetString(after));
        Assert.Equal(after, XmpMerge.Merge(after, values, null));
        byte[] cleared = XmpMerge.Merge(after, values.ToDictionary(v => v.Key, _ => (string?)Field.Cleared), null);
        Same.AssertSaid(values.ToDictionary(v => v.Key, _ => (string?)null), Same.Read(cleared), Encoding.UTF8.GetString(cleared));
        if (properties.Contains("Description", StringComparison.Ordinal)) Assert.Equal(Canonical.Foreign(before), Canonical.Foreign(cleared));
    }

    [Fact]
    public void Other_languages_and_qualifiers_stay()
    {
        string merged = Encoding.UTF8.GetString(XmpMerge.Merge(Packet("""
            <rdf:Description>
             <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Dog</rdf:li><rdf:li xml:lang="de-DE">Hund</rdf:li></rdf:Alt></dc:title>
             <xmp:Label rdf:parseType="Resource"><rdf:value>Red</rdf:value><q:by>me</q:by></xmp:Label>
            </rdf:Description>
            """), Values(new() { Title = "Cat", Label = "Blue" }), null));

        Assert.Contains("""<rdf:li xml:lang="x-default">Cat</rdf:li><rdf:li xml:lang="de-DE">Hund</rdf:li>""", merged);
        Assert.Contains("""<rdf:value>Blue</rdf:value><q:by>me</q:by>""", merged);
    }

    [Fact]
    public void Keywords_of_all_three_kinds_agree()
    {
        byte[] merged = XmpMerge.Merge(Packet("""
            <rdf:Description><dc:subject><rdf:Seq><rdf:li>old</rdf:li><rdf:li q:weight="3">Dog</rdf:li></rdf:Seq></dc:subject><lr:hierarchicalSubject><rdf:Bag><rdf:li>old|er</rdf:li></rdf:Bag></lr:hierarchicalSubject></rdf:Description>
            """), Values(new() { Tags = ["Animals/Dog", "Dog", "a|b", "Animals"] }), null);

        XmpPacket packet = XmpPacket.Read(merged, []);
        Assert.Equal(["Dog", "a|b"], packet.Texts(XmpPacket.Dc, "subject").Order(StringComparer.Ordinal));
        Assert.Equal(["Animals|Dog", "Dog"], packet.Texts(XmpPacket.Lightroom, "hierarchicalSubject").Order(StringComparer.Ordinal));
        Assert.Equal(["Animals/Dog", "Dog", "a|b"], packet.Texts(XmpPacket.DigiKam, "TagsList").Order(StringComparer.Ordinal));
        Assert.Equal(["Animals/Dog", "Dog", "a|b"], Same.Read(merged).Tags!.Order(StringComparer.Ordinal));
        Assert.Contains("q:weight=\"3\"", Encoding.UTF8.GetString(merged));
    }

    [Fact]
    public void The_wrapper_comments_padding_and_edit_stacks_stay()
    {
        string text = $"""
            <?xml version="1.0" encoding="utf-16"?>
            <!-- kept -->
            <?xpacket begin="{'\uFEFF'}" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Somebody 1.0"><?q really?>
             <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
              <rdf:Description rdf:about="uuid:1" {Prefixes} xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:stRef="http://ns.adobe.com/xap/1.0/sType/ResourceRef#" xmlns:darktable="http://darktable.sf.net/"
                crs:Exposure2012="+0.35" darktable:history_end="2" xmp:MetadataDate="2020-01-01">
               <xmpMM:DerivedFrom stRef:documentID="d"/>
               <darktable:history><rdf:Seq><rdf:li darktable:params="a&#xA;b=="/></rdf:Seq></darktable:history>
               <crs:ToneCurve><rdf:Seq><rdf:li>0, 0</rdf:li></rdf:Seq></crs:ToneCurve>
              </rdf:Description>
             </rdf:RDF>
            </x:xmpmeta>
                                           
            <?xpacket end="w"?>
            """;
        byte[] before = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)];
        Dictionary<Field, string?> values = new RandomValues(7).Next(all: true);

        byte[] after = XmpMerge.Merge(before, values, null);

        string merged = Encoding.UTF8.GetString(after);
        Assert.StartsWith("""<?xml version="1.0" encoding="UTF-8"?>""", merged);
        Assert.Equal(Canonical.Foreign(before), Canonical.Foreign(after));
        Assert.Contains("params=\"a&#xA;b==\"", merged);
        Assert.Contains("xmp:MetadataDate=\"2020-01-01\"", merged);
        Assert.Equal(1, merged.Split("DerivedFrom").Length - 1);
    }

    [Fact]
    public void A_Western_European_file_becomes_UTF_8()
    {
        byte[] before = Encoding.Latin1.GetBytes("<?xml version='1.0' encoding='iso-8859-1'?>" + Encoding.UTF8.GetString(Packet("<rdf:Description><q:note>Käse</q:note><dc:title>Öl</dc:title></rdf:Description>")));
        Assert.Equal("Öl", Same.Read(before).Title);

        string merged = Encoding.UTF8.GetString(XmpMerge.Merge(before, Values(new() { Label = "Grün" }), null));

        Assert.StartsWith("<?xml version='1.0' encoding='UTF-8'?>", merged);
        Assert.Contains("<q:note>Käse</q:note>", merged);
        Assert.Contains("Grün", merged);
    }

    [Fact]
    public void A_new_sidecar_is_a_small_tidy_packet()
    {
        string made = Encoding.UTF8.GetString(XmpMerge.Merge(null, Values(new() { Title = "Oma", Rating = 4 }), null));

        Assert.Equal($"""
            <?xpacket begin="{'\uFEFF'}" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Albumen">
             <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
              <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:MicrosoftPhoto="http://ns.microsoft.com/photo/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
               <dc:title>
                <rdf:Alt>
                 <rdf:li xml:lang="x-default">Oma</rdf:li>
                </rdf:Alt>
               </dc:title>
               <xmp:Rating>4</xmp:Rating>
               <MicrosoftPhoto:Rating>75</MicrosoftPhoto:Rating>
              </rdf:Description>
             </rdf:RDF>
            </x:xmpmeta>
            <?xpacket end="w"?>

            """, made);
    }

    [Fact]
    public void New_sidecars_with_any_values_say_them_and_stay_the_same()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            Dictionary<Field, string?> values = new RandomValues(seed).Next();
            byte[] made = XmpMerge.Merge(null, values, new(100, 50));
            Same.AssertSaid(values, Same.Read(made), $"seed {seed}");
            Assert.Equal(made, XmpMerge.Merge(made, values, new(100, 50)));
        }
    }

    [Theory]
    [InlineData("exif:DateTimeOriginal='1978'", "1978", "year")]
    [InlineData("exif:DateTimeOriginal='1978-06' xmp:CreateDate='2009-01-02T03:04:05'", "1978-06", "month")]
    [InlineData("photoshop:DateCreated='1978-06-05' xmp:CreateDate='2009-01-02T03:04:05'", "1978-06-05", "day")]
    [InlineData("xmp:CreateDate='2009-01-02T03:04:05'", "2009-01-02T03:04:05", "exact")]
    public void When_it_was_taken_counts_before_when_the_file_was_made(string properties, string local, string precision)
    {
        byte[] sidecar = Packet($"<rdf:Description {properties}/>");
        CaptureTime taken = Same.Read(sidecar).Taken!;
        Assert.Equal((local, precision), (taken.Local, taken.Precision));

        byte[] cleared = XmpMerge.Merge(sidecar, new Dictionary<Field, string?> { [Field.Taken] = Field.Cleared }, null);

        Assert.Null(Same.Read(cleared).Taken);
        Assert.Equal(Canonical.Foreign(sidecar), Canonical.Foreign(cleared));
    }

    [Fact]
    public void A_date_that_another_program_corrects_is_approximate_no_more()
    {
        byte[] sidecar = XmpMerge.Merge(null, Values(new() { Taken = new("1978", null, "person", "year") { Approximate = true } }), null);
        Assert.True(Same.Read(sidecar).Taken!.Approximate);

        byte[] corrected = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(sidecar).Replace("<exif:DateTimeOriginal>1978<", "<exif:DateTimeOriginal>1978-06-05<", StringComparison.Ordinal));

        Assert.Null(Same.Read(corrected).Taken!.Approximate);
    }

    [Fact]
    public void People_can_be_taken_out_without_touching_their_faces()
    {
        Region face = new("Bob", "Face", 0.5, 0.5, 0.1, 0.1);
        byte[] sidecar = XmpMerge.Merge(null, Values(new() { Regions = [face] }), null);
        Assert.Equal(["Bob"], Same.Read(sidecar).People);

        Facts facts = Same.Read(XmpMerge.Merge(sidecar, Values(new() { People = ["Anna"] }), null));

        Assert.Equal(["Anna"], facts.People);
        Assert.Equal([face], facts.Regions);
    }

    static Dictionary<Field, string?> Values(Facts facts) => Field.All.Where(field => field.Read(facts) is not null).ToDictionary(field => field, field => field.Read(facts));

    static byte[] Packet(string properties) => Encoding.UTF8.GetBytes($"""
        <x:xmpmeta xmlns:x="adobe:ns:meta/" {Prefixes}><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{properties}</rdf:RDF></x:xmpmeta>
        """);
}
