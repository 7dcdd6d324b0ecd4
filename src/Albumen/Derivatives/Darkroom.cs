using System.Diagnostics;
using System.Numerics;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;
using Albumen.Native;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Derivatives;

/// <summary>An original as decoders take it.</summary>
/// <param name="bytes">All of it in memory; null when it is too large for that, and read from the file.</param>
/// <param name="stream">The same bytes.</param>
/// <param name="path">The same file for a child process, whatever its name is made of.</param>
sealed unsafe class Original(byte* bytes, Stream stream, string path, MediaType type, Facts facts, PictureHints hints)
{
    public byte* Bytes => bytes;
    public Stream Stream => stream;
    public string Path => path;
    public MediaType Type => type;
    public Facts Facts => facts;
    public PictureHints Hints => hints;
}

/// <summary>Makes a picture of an original. Each format has a decoder that is asked first, and others that are asked when that fails.</summary>
/// <param name="megapixelLimit">What announces more is not decoded.</param>
sealed unsafe class Darkroom(int megapixelLimit, string heavyLock)
{
    /// <summary>An embedded preview of so many pixels on its longer side does: developing the sensor's data takes twenty times as long.</summary>
    const int EnoughPixels = 1000;

    const int LargestPreviewInBytes = 64 << 20;

    /// <summary>Bits of a look in which two pictures of the same may differ: the small one in the file is another rendering, of other proportions.</summary>
    const int AlikeBits = 20;

    /// <summary>Only one worker at a time decodes a picture of so many pixels: where the decoder holds it whole, or many of its lines.</summary>
    const long HeavyPixels = 24_000_000, HeavyPixelsByLine = 50_000_000;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>The one decode. What the first decoder will not open is given to the next.</summary>
    /// <exception cref="PictureException">None of them opens it; the message is that of the first.</exception>
    public Vips.Picture Develop(Original original, int side)
    {
        if (original.Type.Kind is MediaKind.Raw) return DevelopRaw(original, side);
        try
        {
            return Open(original, side);
        }
        catch (PictureException) when (Frame.MayRead(original.Type.Mime))
        {
            if (SecondOpinion(original, side) is { } second) return second;
            throw;
        }
    }

    /// <summary>The same picture by another decoder; null when there is none that takes it.</summary>
    public static Vips.Picture? SecondOpinion(Original original, int side)
    {
        if (original.Type.Kind is not MediaKind.Image) return null;
        try
        {
            using Vips.Picture frame = Vips.Shrink(Frame.Of(original.Path, side), side);
            return Vips.Turned(frame, TurnsByItself(original.Type) ? 1 : original.Facts.Orientation ?? 1);
        }
        catch (PictureException)
        {
            return null;
        }
    }

    /// <summary>Whether these are two pictures of the same.</summary>
    public static bool AreAlike(Analysis one, Analysis other) => one.HasLook == other.HasLook && BitOperations.PopCount((ulong)(one.Look ^ other.Look)) <= AlikeBits;

    /// <summary>What the small picture in the file looks like, upright and without the black bars some cameras give it; null when there is none that can be read.</summary>
    /// <param name="whole">The picture it belongs to, which has the right proportions.</param>
    public static Analysis? LookOfThumbnail(Original original, Vips.Picture whole)
    {
        if (original.Hints.Thumbnail.IsEmpty || original.Type.Mime is not "image/jpeg") return null;
        try
        {
            using Vips.Picture small = Vips.Shrink(original.Hints.Thumbnail.Span, Analysis.LongestSideInPixels);
            using Vips.Picture upright = Vips.Turned(small, original.Facts.Orientation ?? 1);
            using Vips.Picture cropped = Vips.Cropped(upright, whole);
            return Analysis.Of(cropped);
        }
        catch (PictureException)
        {
            return null;
        }
    }

    Vips.Picture Open(Original original, int side)
    {
        // A descriptor of its own: libvips moves its position.
        using SafeFileHandle? again = original.Bytes is null ? File.OpenHandle(original.Path) : null;
        using Vips.Source source = again is null ? Vips.FromMemory(original.Bytes, original.Stream.Length) : Vips.FromFile((int)again.DangerousGetHandle());
        Vips.Header header = Vips.HeaderOf(source);
        RefuseBeyondLimit(header.Width, header.Height);
        using FileStream? turn = (header.IsWhole ? header.Pixels > HeavyPixels : !header.IsJpeg && header.Pixels > HeavyPixelsByLine) ? AwaitTurn() : null;
        ReadOnlySpan<byte> profile = original.Hints switch
        {
            { IsAdobeRgb: true } => RgbProfile.AdobeRgb,
            { Coding: (12, not (HighDynamicRange.Pq or HighDynamicRange.Hlg)) } => RgbProfile.DisplayP3,
            _ => default,
        };
        Vips.Picture picture = Vips.Shrink(source, header, side, profile: profile);
        if (original.Hints.Coding is not (_, HighDynamicRange.Pq or HighDynamicRange.Hlg) || !header.IsSrgb) return picture;
        using (picture) return HighDynamicRange.ToSrgb(picture, original.Hints.Coding.Value.Transfer);
    }

    /// <summary>The camera's own preview when it is large enough, else the sensor's data, else whatever small picture there is.</summary>
    Vips.Picture DevelopRaw(Original original, int side)
    {
        RawPreview? preview = RawPreview.In(original.Stream);
        int longest = Math.Max(original.Facts.Width ?? 0, original.Facts.Height ?? 0);
        if (preview is { } large && (large.LongestSideInPixels >= EnoughPixels || large.LongestSideInPixels * 2 >= longest) && TryOpen(original, large, side) is { } picture) return picture;

        using Vips.Picture? small = preview is { } found ? TryOpen(original, found, side) : null;
        try
        {
            RefuseBeyondLimit(original.Facts.Width ?? 0, original.Facts.Height ?? 0);
            using FileStream? turn = AwaitTurn();
            using Vips.Picture developed = LibRaw.Develop(original.Path, side);
            Analysis look = Analysis.Of(developed);
            if (!look.IsPlain && (small is null || AreAlike(Analysis.Of(small), look))) return Vips.Shrink(developed, side);
            return small is not null ? Vips.Shrink(small, side) : throw new PictureException("The data of the sensor are missing or empty");
        }
        catch (PictureException error)
        {
            if (small is not null) return Vips.Shrink(small, side);
            try
            {
                // An old DNG or NEF has uncompressed small pictures, as any TIFF.
                return Open(original, side);
            }
            catch (PictureException)
            {
                throw error;
            }
        }
    }

    static Vips.Picture? TryOpen(Original original, RawPreview preview, int side)
    {
        try
        {
            byte[]? read = null;
            if (original.Bytes is null)
            {
                if (preview.Length > LargestPreviewInBytes) return null;
                read = new byte[preview.Length];
                original.Stream.Position = preview.Offset;
                original.Stream.ReadExactly(read);
            }
            fixed (byte* copy = read)
            {
                using Vips.Source source = Vips.FromMemory(read is null ? original.Bytes + preview.Offset : copy, preview.Length);
                Vips.Header header = Vips.HeaderOf(source);
                // Some cameras turn the preview, most only say how.
                bool isTurned = original.Facts is { Width: { } width, Height: { } height, Orientation: >= 5 } && width > height && preview.Width < preview.Height;
                return Vips.Shrink(source, header, side, isTurned ? 1 : original.Facts.Orientation ?? 1, original.Hints.IsAdobeRgb ? RgbProfile.AdobeRgb : default);
            }
        }
        catch (Exception error) when (error is PictureException or EndOfStreamException)
        {
            return null;
        }
    }

    void RefuseBeyondLimit(int width, int height)
    {
        if ((long)width * height > megapixelLimit * 1_000_000L)
            throw new PictureException($"It announces {width} x {height} pixels, more than the limit of {megapixelLimit} megapixels");
    }

    /// <summary>Waits until no other worker holds a large picture. Let go when disposed, or when this process ends.</summary>
    /// <returns>Null when that takes too long: memory is not worth a photo.</returns>
    FileStream? AwaitTurn()
    {
        const int WouldBlock = 11;
        for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < Patience; Thread.Sleep(50))
            try
            {
                return new(heavyLock, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 1);
            }
            catch (IOException error) when (error.HResult == WouldBlock)
            {
                // Another worker has it.
            }
            catch (UnauthorizedAccessException)
            {
                throw new IOException($"Cannot write {heavyLock}: permission denied.");
            }
        return null;
    }

    /// <summary>Formats whose orientation ffmpeg follows, or of which it is the container's business and not that of the EXIF.</summary>
    static bool TurnsByItself(MediaType type) => type.Mime is "image/jpeg" or "image/avif" or "image/heic" or "image/heif";
}
