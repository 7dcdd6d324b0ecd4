using System.Xml.Linq;
using Albumen.Catalog.Metadata;

namespace Albumen.Sidecar;

/// <summary>The names of the properties we write, and the prefixes everybody knows them by.</summary>
static class XmpNames
{
    public static readonly XNamespace Rdf = XmpPacket.Rdf;
    public static readonly XName Root = Rdf + "RDF", Description = Rdf + "Description", Item = Rdf + "li", Bag = Rdf + "Bag", Seq = Rdf + "Seq", Alt = Rdf + "Alt";
    public static readonly XName About = Rdf + "about", ParseType = Rdf + "parseType", Value = Rdf + "value", Resource = Rdf + "resource";
    public static readonly XName Language = XNamespace.Xml + "lang";

    public static readonly XName Title = In(XmpPacket.Dc, "title"), Caption = In(XmpPacket.Dc, "description"), Subject = In(XmpPacket.Dc, "subject");
    public static readonly XName Rating = In(XmpPacket.Xmp, "Rating"), Label = In(XmpPacket.Xmp, "Label"), CreateDate = In(XmpPacket.Xmp, "CreateDate");
    public static readonly XName MicrosoftRating = In(XmpPacket.MicrosoftPhoto, "Rating");
    public static readonly XName HierarchicalSubject = In(XmpPacket.Lightroom, "hierarchicalSubject"), TagsList = In(XmpPacket.DigiKam, "TagsList");
    public static readonly XName DateTimeOriginal = In(XmpPacket.Exif, "DateTimeOriginal"), DateCreated = In(XmpPacket.Photoshop, "DateCreated");
    public static readonly XName Latitude = In(XmpPacket.Exif, "GPSLatitude"), Longitude = In(XmpPacket.Exif, "GPSLongitude");
    public static readonly XName Altitude = In(XmpPacket.Exif, "GPSAltitude"), AltitudeRef = In(XmpPacket.Exif, "GPSAltitudeRef");
    public static readonly XName Country = In(XmpPacket.Photoshop, "Country"), State = In(XmpPacket.Photoshop, "State"), City = In(XmpPacket.Photoshop, "City");
    public static readonly XName Location = In(XmpPacket.IptcCore, "Location"), PersonInImage = In(XmpPacket.IptcExt, "PersonInImage");

    public static readonly XName Orientation = In(XmpPacket.Tiff, "Orientation");
    public static readonly XName Regions = In(XmpPacket.MwgRegions, "Regions"), RegionList = In(XmpPacket.MwgRegions, "RegionList");
    public static readonly XName AppliedToDimensions = In(XmpPacket.MwgRegions, "AppliedToDimensions"), Width = In(XmpPacket.Dimensions, "w"), Height = In(XmpPacket.Dimensions, "h"), DimensionUnit = In(XmpPacket.Dimensions, "unit");
    public static readonly XName RegionName = In(XmpPacket.MwgRegions, "Name"), RegionType = In(XmpPacket.MwgRegions, "Type"), RegionArea = In(XmpPacket.MwgRegions, "Area");
    public static readonly XName X = In(XmpPacket.Area, "x"), Y = In(XmpPacket.Area, "y"), W = In(XmpPacket.Area, "w"), H = In(XmpPacket.Area, "h"), AreaUnit = In(XmpPacket.Area, "unit");
    public static readonly XName MicrosoftRegionInfo = In(XmpPacket.MicrosoftRegions, "RegionInfo"), MicrosoftRegions = In(XmpPacket.MicrosoftRegionInfo, "Regions");
    public static readonly XName Rectangle = In(XmpPacket.MicrosoftRegion, "Rectangle"), PersonDisplayName = In(XmpPacket.MicrosoftRegion, "PersonDisplayName");

    public static readonly XName Favourite = In(XmpPacket.Albumen, "Favourite"), Archived = In(XmpPacket.Albumen, "Archived"), Hidden = In(XmpPacket.Albumen, "Hidden"), Stack = In(XmpPacket.Albumen, "Stack"), Trashed = In(XmpPacket.Albumen, "Trashed");
    public static readonly XName DateApproximate = In(XmpPacket.Albumen, "DateApproximate"), DateUnknown = In(XmpPacket.Albumen, "DateUnknown"), NotShown = In(XmpPacket.Albumen, "NotShown");

    /// <summary>A namespace by its usual prefix, for a file that has none for it yet.</summary>
    public static readonly IReadOnlyDictionary<XNamespace, string> Prefixes = new Dictionary<XNamespace, string>
    {
        [Rdf] = "rdf",
        [XmpPacket.Dc] = "dc",
        [XmpPacket.Xmp] = "xmp",
        [XmpPacket.MicrosoftPhoto] = "MicrosoftPhoto",
        [XmpPacket.Lightroom] = "lr",
        [XmpPacket.DigiKam] = "digiKam",
        [XmpPacket.Exif] = "exif",
        [XmpPacket.Photoshop] = "photoshop",
        [XmpPacket.IptcCore] = "Iptc4xmpCore",
        [XmpPacket.IptcExt] = "Iptc4xmpExt",
        [XmpPacket.MwgRegions] = "mwg-rs",
        [XmpPacket.Area] = "stArea",
        [XmpPacket.Dimensions] = "stDim",
        [XmpPacket.MicrosoftRegions] = "MP",
        [XmpPacket.MicrosoftRegionInfo] = "MPRI",
        [XmpPacket.MicrosoftRegion] = "MPReg",
        [XmpPacket.Albumen] = "albumen",
    };

    static XName In(string space, string name) => XNamespace.Get(space) + name;
}
