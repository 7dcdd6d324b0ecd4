using System.Text.RegularExpressions;

namespace Albumen.Catalog.Metadata;

/// <summary>
/// What an XMP sidecar says of its photo: the fields a person can state (<see cref="Field"/>) and no others. A sidecar that is damaged says nothing at
/// all: half of what somebody wrote must not pass for the whole.
/// </summary>
static partial class SidecarMetadata
{
    /// <param name="stored">The photo's size, to understand regions; null when it is not known.</param>
    /// <param name="warnings">Gets one sentence when the sidecar is damaged.</param>
    /// <param name="isDamaged">It breaks off, is no XML or no XMP, has a DTD, is not in the encoding it claims, or is larger or deeper than any sidecar.</param>
    public static Facts Read(ReadOnlyMemory<byte> xmp, PixelSize? stored, List<string> warnings, out bool isDamaged)
    {
        if (Open(xmp.Span, out string fault) is { } packet)
        {
            isDamaged = false;
            return Of(packet, stored);
        }
        isDamaged = true;
        warnings.Add($"The sidecar is damaged: {fault}");
        return new();
    }

    public static Facts Of(XmpPacket xmp, PixelSize? stored) => new()
    {
        Title = XmpFacts.Cut(xmp.Text(XmpPacket.Dc, "title")),
        Caption = XmpFacts.Cut(xmp.Text(XmpPacket.Dc, "description")),
        Rating = XmpFacts.Rating(xmp),
        Label = XmpFacts.Cut(xmp.Text(XmpPacket.Xmp, "Label")),
        Tags = XmpFacts.Cut(XmpFacts.Tags(xmp, [])),
        Taken = Taken(xmp),
        Gps = XmpFacts.Gps(xmp),
        Place = XmpFacts.Place(xmp),
        People = XmpFacts.Cut(XmpFacts.People(xmp)),
        Regions = XmpRegions.Read(xmp, stored),
        Favourite = Flag(xmp, "Favourite"),
        Archived = Flag(xmp, "Archived"),
        Hidden = Flag(xmp, "Hidden"),
        Stack = XmpFacts.Cut(xmp.Text(XmpPacket.Albumen, "Stack")),
        Trashed = Moment.Read(xmp.Text(XmpPacket.Albumen, "Trashed")),
    };

    static XmpPacket? Open(ReadOnlySpan<byte> bytes, out string fault)
    {
        fault = "it is empty";
        if (bytes.IsEmpty) return null;
        try
        {
            List<string> warnings = [];
            // What the wrapper says is of no importance here, nor whether its mark of the byte order survived.
            XmpPacket packet = XmpPacket.Parse(Wrapper().Replace(XmpText.DecodeStrictly(bytes), ""), warnings, isStrict: true);
            fault = packet.IsDamaged ? warnings[0] : "it holds no XMP";
            return packet is { IsDamaged: false, HasRdf: true } ? packet : null;
        }
        catch (FormatException error)
        {
            fault = error.Message;
            return null;
        }
    }

    /// <summary>
    /// When it was taken before when the file was made, however precise they are: a scan of 2009 can show 1978. <c>albumen:DateUnknown</c> says that
    /// <c>xmp:CreateDate</c> is not the capture time; <c>albumen:DateApproximate</c> names the date that is about right, so that it says nothing of another.
    /// </summary>
    static CaptureTime? Taken(XmpPacket xmp)
    {
        CaptureTime? taken = CaptureTimes.Read(xmp.Text(XmpPacket.Exif, "DateTimeOriginal"), "XMP-exif:DateTimeOriginal")
            ?? CaptureTimes.Read(xmp.Text(XmpPacket.Photoshop, "DateCreated"), "XMP-photoshop:DateCreated");
        if (taken is null && Flag(xmp, "DateUnknown") is not true) taken = CaptureTimes.Read(xmp.Text(XmpPacket.Xmp, "CreateDate"), "XMP-xmp:CreateDate");
        return taken is not null && xmp.Text(XmpPacket.Albumen, "DateApproximate") is { } about && (about == taken.Local || about == "True")
            ? taken with { Approximate = true }
            : taken;
    }

    static bool? Flag(XmpPacket xmp, string name) => bool.TryParse(xmp.Text(XmpPacket.Albumen, name), out bool value) ? value : null;

    [GeneratedRegex(@"<\?xpacket begin[^>]*\?>")]
    private static partial Regex Wrapper();
}
