namespace Albumen.Catalog.Metadata;

/// <summary>What a container says of its picture that decoders do not ask for.</summary>
sealed record PictureHints
{
    const int LargestThumbnailInBytes = 256 << 10;

    public static PictureHints None { get; } = new();

    /// <summary>The small JPEG the camera put into the EXIF; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Thumbnail { get; init; }

    /// <summary>Adobe RGB without a colour profile, as DCF 2.0 (3.2.3) allows: only the EXIF says so.</summary>
    public bool IsAdobeRgb { get; init; }

    /// <summary>ITU-T H.273, tables 2 and 3, as HEIF has them: primaries 9 are BT.2020 and 12 Display P3; transfer 16 is PQ, 18 HLG. Null when nothing says it.</summary>
    public (int Primaries, int Transfer)? Coding { get; init; }

    public static PictureHints Of(Evidence evidence)
    {
        PictureHints hints = new() { Coding = evidence.Coding };
        foreach (TiffBlock block in evidence.Exif)
        {
            // JPEGInterchangeFormat and its length.
            if (hints.Thumbnail.IsEmpty && block["IFD1"] is { } small && small[0x0201]?.Number is > 0 and var at && small[0x0202]?.Number is > 0 and <= LargestThumbnailInBytes and var length
                && block.Bytes.Read((long)at, (long)length) is var thumbnail && thumbnail.Span.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
                hints = hints with { Thumbnail = thumbnail };
            // Interoperability IFD, index R03; of a picture that was made smaller since, the camera's words are not believed any more.
            if (block["ExifIFD"]?[0xA002]?.Number == evidence.Width && block["ExifIFD"]?[0xA005]?.Number is > 0 and var interoperability && interoperability < block.Bytes.Length
                && TiffBlock.ReadDirectory(block.Bytes, (long)interoperability, block.IsBigEndian, "Interop")[1]?.Text == "R03")
                hints = hints with { IsAdobeRgb = true };
        }
        return hints;
    }
}
