using System.Text;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Sidecar;
using Albumen.Tests.Derivatives;

namespace Albumen.Tests.Sidecar;

public sealed class XmpRegionTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("albumen-xmp-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Faces_keep_their_place_in_every_orientation(int orientation)
    {
        PixelSize stored = new(700, 500, orientation);
        Region[] faces = [new("Marie", "Face", 0.307857, 0.631548, 0.198571, 0.113095), new("Pierre", "Face", 0.2, 0.3, 0.24, 0.09)];
        // As a program writes it that keeps to the standard: the frame of the picture as stored.
        byte[] sidecar = Encoding.UTF8.GetBytes(DigiKam(faces, stored.Width, stored.Height, orientation));
        Assert.Equal(faces, Same.Read(sidecar, stored).Regions!);
        Region[] wanted = [faces[0] with { Name = "Marie Curie" }, new("Irène", "Face", 0.75, 0.25, 0.125, 0.0625)];

        byte[] merged = XmpMerge.Merge(sidecar, Values(wanted), stored);

        Assert.Equal(wanted, Same.Read(merged, stored).Regions!);
        Assert.Contains("the physicist", Encoding.UTF8.GetString(merged));
        string file = Path.Combine(_folder, "a.xmp");
        File.WriteAllBytes(file, merged);
        JsonElement info = JsonDocument.Parse(Studio.Run("exiftool", "-j", "-struct", "-n", file)).RootElement[0];
        Assert.Equal(wanted.Select(r => r.ToString()), info.GetProperty("RegionInfo").GetProperty("RegionList").EnumerateArray().Select(Region));
        Assert.Equal("700x500", $"{info.GetProperty("RegionInfo").GetProperty("AppliedToDimensions").GetProperty("W")}x{info.GetProperty("RegionInfo").GetProperty("AppliedToDimensions").GetProperty("H")}");
        Assert.Equal(["0.2085715, 0.5750005, 0.198571, 0.113095", "0.6875, 0.21875, 0.125, 0.0625"], info.GetProperty("RegionInfoMP").GetProperty("Regions").EnumerateArray().Select(r => r.GetProperty("Rectangle").GetString()!));
        ILookup<string, string> exiv2 = OtherReaders.Exiv2(file);
        Assert.Equal("0.75", exiv2["Xmp.mwg-rs.Regions/mwg-rs:RegionList[2]/mwg-rs:Area/stArea:x"].Single());
        Assert.Equal("Irène", exiv2["Xmp.MP.RegionInfo/MPRI:Regions[2]/MPReg:PersonDisplayName"].Single());
    }

    /// <summary>A face at the upper left of the picture as stored, 700 x 500, and where it is when the picture is shown.</summary>
    [Theory]
    [InlineData(5, 0.2, 0.1, 0.08, 0.05)]
    [InlineData(6, 0.8, 0.1, 0.08, 0.05)]
    [InlineData(7, 0.8, 0.9, 0.08, 0.05)]
    [InlineData(8, 0.2, 0.9, 0.08, 0.05)]
    public void Areas_of_the_picture_as_shown_are_turned_back(int orientation, double x, double y, double w, double h)
    {
        PixelSize stored = new(700, 500, orientation);
        Region face = new("Marie", "Face", 0.1, 0.2, 0.05, 0.08);
        byte[] sidecar = Encoding.UTF8.GetBytes(DigiKam([face with { X = x, Y = y, W = w, H = h }], 500, 700, orientation));
        Assert.Equal([face], Same.Read(sidecar, stored).Regions!);
        Assert.Equal([face], Same.Read(sidecar, stored with { Orientation = null }).Regions!);
        Assert.Equal([face with { X = x, Y = y, W = w, H = h }], Same.Read(sidecar, stored with { Orientation = 1 }).Regions!);

        byte[] merged = XmpMerge.Merge(sidecar, Values([face, face with { Name = "Ève", X = 0.7 }]), stored);

        Assert.Equal([face, face with { Name = "Ève", X = 0.7 }], Same.Read(merged, stored).Regions!);
        Assert.Equal(merged, XmpMerge.Merge(merged, Values([face, face with { Name = "Ève", X = 0.7 }]), stored));
    }

    [Fact]
    public void A_face_in_both_lists_is_one_and_what_is_no_region_of_ours_stays()
    {
        byte[] sidecar = Encoding.UTF8.GetBytes("""
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
             xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" xmlns:MP="http://ns.microsoft.com/photo/1.2/" xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#" xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#">
             <mwg-rs:Regions><rdf:Description><mwg-rs:RegionList><rdf:Seq>
              <rdf:li><rdf:Description mwg-rs:Name="Anna" mwg-rs:Type="Face" mwg-rs:Description="left"><mwg-rs:Area stArea:x="0.5" stArea:y="0.5" stArea:w="0.2" stArea:h="0.2" stArea:unit="normalized"/></rdf:Description></rdf:li>
              <rdf:li rdf:parseType="Resource"><mwg-rs:Type>Sculpture</mwg-rs:Type><mwg-rs:Area stArea:x="0.1" stArea:y="0.1" stArea:w="0.2" stArea:h="0.2" stArea:unit="normalized"/></rdf:li>
              <rdf:li rdf:parseType="Resource"><mwg-rs:Type>Focus</mwg-rs:Type><mwg-rs:Area stArea:x="100" stArea:y="100" stArea:d="20" stArea:unit="pixel"/></rdf:li>
             </rdf:Seq></mwg-rs:RegionList></rdf:Description></mwg-rs:Regions>
             <MP:RegionInfo rdf:parseType="Resource"><MPRI:Regions><rdf:Bag>
              <rdf:li MPReg:Rectangle="0.4, 0.4, 0.2, 0.2" MPReg:PersonDisplayName="Anna" MPReg:PersonEmailDigest="x"/>
              <rdf:li MPReg:Rectangle="0.8, 0.8, 0.1, 0.1" MPReg:PersonDisplayName="Bob"/>
              <rdf:li MPReg:PersonDisplayName="Somewhere"/>
             </rdf:Bag></MPRI:Regions></MP:RegionInfo></rdf:Description></rdf:RDF></x:xmpmeta>
            """);
        Assert.Equal([new("Anna", "Face", 0.5, 0.5, 0.2, 0.2), new("Bob", "Face", 0.85, 0.85, 0.1, 0.1)], Same.Read(sidecar).Regions!);
        Assert.Equal(["Anna", "Bob", "Somewhere"], Same.Read(sidecar).People!);

        byte[] merged = XmpMerge.Merge(sidecar, Values([new("Anna", "Face", 0.55, 0.5, 0.2, 0.2)]), null);

        Assert.Equal([new("Anna", "Face", 0.55, 0.5, 0.2, 0.2)], Same.Read(merged).Regions!);
        string text = Encoding.UTF8.GetString(merged);
        Assert.Contains("mwg-rs:Description=\"left\"", text);
        Assert.Contains("PersonEmailDigest", text);
        Assert.Contains("Sculpture", text);
        Assert.Contains("stArea:d=\"20\"", text);
        Assert.DoesNotContain("Bob", text);
        string cleared = Encoding.UTF8.GetString(XmpMerge.Merge(merged, new Dictionary<Field, string?> { [Field.Regions] = null }, null));
        Assert.Contains("Sculpture", cleared);
        Assert.Contains("Somewhere", cleared);
        Assert.DoesNotContain("Anna", cleared);
    }

    static string Region(JsonElement region)
    {
        double At(string name) => region.GetProperty("Area").GetProperty(name).GetDouble();
        return new Region(region.GetProperty("Name").GetString(), region.GetProperty("Type").GetString()!, At("X"), At("Y"), At("W"), At("H")).ToString();
    }

    static Dictionary<Field, string?> Values(IReadOnlyList<Region> regions) => new() { [Field.Regions] = Field.Regions.Read(new() { Regions = regions }) };

    static string DigiKam(IEnumerable<Region> faces, int width, int height, int orientation) => $"""
        <?xpacket begin="{'\uFEFF'}" id="W5M0MpCehiHzreSzNTczkc9d"?>
        <x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
         <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
          <rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"
            xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" tiff:Orientation="{orientation}">
           <mwg-rs:Regions rdf:parseType="Resource">
            <mwg-rs:AppliedToDimensions stDim:w="{width}" stDim:h="{height}" stDim:unit="pixel"/>
            <mwg-rs:RegionList>
             <rdf:Bag>
              {string.Join("\n      ", faces.Select(f => $"""<rdf:li><rdf:Description mwg-rs:Name="{f.Name}" mwg-rs:Type="{f.Type}" mwg-rs:Description="the physicist"><mwg-rs:Area stArea:x="{f.X}" stArea:y="{f.Y}" stArea:w="{f.W}" stArea:h="{f.H}" stArea:unit="normalized"/></rdf:Description></rdf:li>"""))}
             </rdf:Bag>
            </mwg-rs:RegionList>
           </mwg-rs:Regions>
          </rdf:Description>
         </rdf:RDF>
        </x:xmpmeta>
        <?xpacket end="w"?>
        """;
}
