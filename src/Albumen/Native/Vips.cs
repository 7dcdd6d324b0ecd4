using System.Numerics;
using System.Runtime.InteropServices;

namespace Albumen.Native;

/// <summary>
/// The few libvips calls that turn an original into its small pictures. For worker processes only: the bytes are foreign.
/// Operations take C varargs ended by a null pointer; integers and pointers only, never a double.
/// </summary>
static unsafe partial class Vips
{
    const string Library = "libvips.so.42", GObject = "libgobject-2.0.so.0", GLib = "libglib-2.0.so.0";
    const int SizeDown = 2;
    // VipsInterpretation.
    const int BlackAndWhite = 1, Cmyk = 15, Srgb = 22;
    // libheif looks where a file ends.
    const string EndWasSought = "source: bad seek";
    const string IccProfile = "icc-profile-data";

    /// <summary>Starts libvips for one picture at a time, without a cache, and with only the loaders that are fuzzed upstream, plus JPEG XL and those that are asked for.</summary>
    /// <exception cref="DllNotFoundException">libvips is not installed.</exception>
    public static void Start(bool svg = false, bool pdf = false)
    {
        if (vips_init("albumend") != 0) throw new PictureException(Error());
        vips_concurrency_set(1);
        vips_cache_set_max(0);
        // An SVG, PDF or Magick script named .jpg would be rendered otherwise.
        vips_block_untrusted_set(1);
        vips_operation_block_set("VipsForeignLoadJxl", 0);
        if (svg) vips_operation_block_set("VipsForeignLoadSvg", 0);
        if (pdf) vips_operation_block_set("VipsForeignLoadPdf", 0);
    }

    public static string Version => $"{vips_version(0)}.{vips_version(1)}.{vips_version(2)}";

    /// <summary>Whether this libvips was built with a loader.</summary>
    public static bool Has(string loader) => vips_type_find("VipsForeignLoad", loader) != 0;

    /// <summary>The bytes of a file for libvips, which takes what it needs of them. They must stay where they are until this is disposed.</summary>
    public static Source FromMemory(byte* bytes, long length) => new(Require(vips_source_new_from_memory(bytes, (nuint)length)));

    /// <inheritdoc cref="FromMemory"/>
    /// <param name="file">A descriptor nobody else reads from, because its position is shared.</param>
    public static Source FromFile(int file) => new(Require(vips_source_new_from_descriptor(file)));

    /// <summary>What the header alone says of a picture.</summary>
    /// <param name="IsSrgb">No colour profile, or one that is sRGB anyway: converting it would cost a third of the decode and change nothing.</param>
    /// <param name="IsJpeg">It can be decoded at a half, a quarter or an eighth of its size.</param>
    /// <param name="IsWhole">It can only be decoded as a whole, not line by line.</param>
    public readonly record struct Header(int Width, int Height, bool IsSrgb, bool IsJpeg, bool IsWhole)
    {
        public long Pixels => (long)Width * Height;
    }

    /// <exception cref="PictureException">No loader takes it.</exception>
    public static Header HeaderOf(Source source)
    {
        nint image = Open(source, "");
        bool isSrgb = vips_image_get_interpretation(image) != Cmyk && (vips_image_get_typeof(image, IccProfile) == 0
            || (vips_image_get_blob(image, IccProfile, out byte* profile, out nuint length) == 0 && NamesSrgb(new(profile, (int)length))));
        string loader = vips_image_get_string(image, "vips-loader", out nint name) == 0 ? Marshal.PtrToStringUTF8(name)! : "";
        bool isJpeg = loader.StartsWith("jpegload", StringComparison.Ordinal);
        bool isWhole = !(isJpeg || loader.StartsWith("pngload", StringComparison.Ordinal) || loader.StartsWith("tiffload", StringComparison.Ordinal))
            || vips_image_get_typeof(image, "interlaced") != 0;
        Header header = new(vips_image_get_width(image), vips_image_get_height(image), isSrgb, isJpeg, isWhole);
        g_object_unref(image);
        return header;
    }

    /// <summary>ICC.1:2022, 9.2.41: the description is ASCII in version 2 profiles and UTF-16 in version 4.</summary>
    static bool NamesSrgb(ReadOnlySpan<byte> profile) =>
        profile.Length < 8192 && (profile.IndexOf("sRGB IEC61966"u8) >= 0 || profile.IndexOf("\0s\0R\0G\0B\0 \0I\0E\0C"u8) >= 0);

    /// <summary>One decode: upright, sRGB, at most <paramref name="longestSideInPixels"/> on its longer side, never enlarged, in memory.</summary>
    /// <param name="orientation">EXIF 0x0112, where another file says it; null: as this one says.</param>
    /// <param name="profile">The colour profile of a picture that brings none; empty: sRGB.</param>
    /// <exception cref="PictureException">The bytes are no picture, or a broken one.</exception>
    public static Picture Shrink(Source source, Header header, int longestSideInPixels, int? orientation = null, ReadOnlySpan<byte> profile = default)
    {
        int halvings = header.IsJpeg ? Math.Min(3, BitOperations.Log2((uint)(Math.Max(header.Width, header.Height) / longestSideInPixels))) : 0;
        if (halvings == 0 && orientation is null && profile.IsEmpty)
        {
            int failed = header.IsSrgb
                ? vips_thumbnail_source(source.Handle, out nint lazy, longestSideInPixels, "height", longestSideInPixels, "size", SizeDown, 0)
                : vips_thumbnail_source(source.Handle, out lazy, longestSideInPixels, "height", longestSideInPixels, "size", SizeDown, "export_profile", "srgb", 0);
            return failed == 0 ? InMemory(lazy) : throw new PictureException(Error());
        }
        // A JPEG decodes to a half, a quarter or an eighth in a fraction of the time (ITU-T T.81 leaves it to the decoder how many coefficients
        // it uses). libvips alone would keep twice the pixels for its filter, which at this size is not to be seen.
        nint opened = Open(source, halvings == 0 ? "" : $"[shrink={1 << halvings}]");
        try
        {
            if (orientation is { } turned) vips_image_set_int(opened, "orientation", turned);
            bool hasProfile = vips_image_get_typeof(opened, IccProfile) != 0;
            if (!profile.IsEmpty && !hasProfile)
                fixed (byte* bytes = profile) vips_image_set_blob_copy(opened, IccProfile, bytes, (nuint)profile.Length);
            return Shrink(opened, header.IsSrgb && (profile.IsEmpty || hasProfile), longestSideInPixels);
        }
        finally
        {
            g_object_unref(opened);
        }
    }

    /// <inheritdoc cref="Shrink(Source, Header, int, int?, ReadOnlySpan{byte})"/>
    public static Picture Shrink(ReadOnlySpan<byte> encoded, int longestSideInPixels)
    {
        fixed (byte* bytes = encoded)
        {
            using Source source = FromMemory(bytes, encoded.Length);
            return Shrink(source, HeaderOf(source), longestSideInPixels);
        }
    }

    /// <summary>One decode of a picture that is upright: as large as fits into a box, never enlarged, in memory.</summary>
    /// <exception cref="PictureException">The bytes are no picture, or a broken one.</exception>
    public static Picture Fit(ReadOnlySpan<byte> encoded, int widthInPixels, int heightInPixels)
    {
        fixed (byte* bytes = encoded)
        {
            using Source source = FromMemory(bytes, encoded.Length);
            Header header = HeaderOf(source);
            long longest = Math.Max(header.Width, header.Height);
            // Rounded down, so that the other side fits too.
            return Shrink(source, header, (int)Math.Max(1, Math.Min(longest, Math.Min(longest * widthInPixels / header.Width, longest * heightInPixels / header.Height))));
        }
    }

    /// <summary>A smaller copy of a picture that is decoded already.</summary>
    public static Picture Shrink(Picture picture, int longestSideInPixels) => Shrink(picture.Handle, isSrgb: true, longestSideInPixels);

    static Picture Shrink(nint image, bool isSrgb, int longestSideInPixels)
    {
        int failed = isSrgb
            ? vips_thumbnail_image(image, out nint lazy, longestSideInPixels, "height", longestSideInPixels, "size", SizeDown, 0)
            : vips_thumbnail_image(image, out lazy, longestSideInPixels, "height", longestSideInPixels, "size", SizeDown, "export_profile", "srgb", 0);
        return failed == 0 ? InMemory(lazy) : throw new PictureException(Error());
    }

    /// <summary>A copy, turned as EXIF 0x0112 says.</summary>
    public static Picture Turned(Picture picture, int orientation)
    {
        if (vips_copy(picture.Handle, out nint copy, 0) != 0) throw new PictureException(Error());
        vips_image_set_int(copy, "orientation", orientation);
        int failed = vips_autorot(copy, out nint lazy, 0);
        g_object_unref(copy);
        return failed == 0 ? InMemory(lazy) : throw new PictureException(Error());
    }

    /// <summary>The middle of a picture, in the proportions of another.</summary>
    public static Picture Cropped(Picture picture, Picture proportions)
    {
        (long width, long height) = (vips_image_get_width(picture.Handle), vips_image_get_height(picture.Handle));
        (long across, long down) = (vips_image_get_width(proportions.Handle), vips_image_get_height(proportions.Handle));
        (int cutWidth, int cutHeight) = ((int)Math.Max(1, Math.Min(width, height * across / down)), (int)Math.Max(1, Math.Min(height, width * down / across)));
        return vips_extract_area(picture.Handle, out nint lazy, (int)(width - cutWidth) / 2, (int)(height - cutHeight) / 2, cutWidth, cutHeight, 0) == 0
            ? InMemory(lazy)
            : throw new PictureException(Error());
    }

    // "access" 1 is VIPS_ACCESS_SEQUENTIAL.
    static nint Open(Source source, string options) => Require(vips_image_new_from_source(source.Handle, options, "access", 1, 0));

    /// <summary>Red, green and blue, or grey, a byte each, as <see cref="Pixels"/> has them.</summary>
    public static Picture FromPixels(ReadOnlySpan<byte> samples, int width, int height)
    {
        int bands = samples.Length / (width * height);
        nint plain;
        fixed (byte* bytes = samples) plain = Require(vips_image_new_from_memory_copy(bytes, (nuint)samples.Length, width, height, bands, 0));
        int failed = vips_copy(plain, out nint image, "interpretation", bands < 3 ? BlackAndWhite : Srgb, 0);
        g_object_unref(plain);
        return failed == 0 ? new(image) : throw new PictureException(Error());
    }

    /// <summary>JPEG without metadata; transparency becomes white.</summary>
    public static byte[] ToJpeg(Picture picture, int quality)
    {
        nint opaque = 0;
        try
        {
            if (vips_image_hasalpha(picture.Handle) != 0)
            {
                double white = 255;
                nint background = vips_array_double_new(&white, 1);
                int failed = vips_flatten(picture.Handle, out opaque, "background", background, 0);
                vips_area_unref(background);
                if (failed != 0) throw new PictureException(Error());
            }
            return vips_jpegsave_buffer(opaque != 0 ? opaque : picture.Handle, out byte* bytes, out nuint length, "Q", quality, "strip", 1, "optimize_coding", 1, 0) == 0
                ? Taken(bytes, length)
                : throw new PictureException(Error());
        }
        finally
        {
            if (opaque != 0) g_object_unref(opaque);
        }
    }

    /// <summary>WebP; transparency stays, and so does metadata: libvips 8.14 ignores <c>strip</c> here.</summary>
    public static byte[] ToWebP(Picture picture, int quality) =>
        vips_webpsave_buffer(picture.Handle, out byte* bytes, out nuint length, "Q", quality, "effort", 2, 0) == 0
            ? Taken(bytes, length)
            : throw new PictureException(Error());

    /// <summary>The samples of a picture of 8 bits.</summary>
    public static Pixels PixelsOf(Picture picture)
    {
        byte* bytes = vips_image_write_to_memory(picture.Handle, out nuint length);
        return bytes is null ? throw new PictureException(Error()) : new(bytes, checked((int)length), vips_image_get_width(picture.Handle), vips_image_get_height(picture.Handle));
    }

    static Picture InMemory(nint lazy)
    {
        // Pixels are computed here, so a broken file fails here and nowhere later.
        nint decoded = vips_image_copy_memory(lazy);
        g_object_unref(lazy);
        return new(Require(decoded));
    }

    static byte[] Taken(byte* bytes, nuint length)
    {
        byte[] copy = new ReadOnlySpan<byte>(bytes, checked((int)length)).ToArray();
        g_free(bytes);
        return copy;
    }

    /// <summary>What decoders complained of since the last call although they went on, such as an end that came too early; null when of nothing.</summary>
    public static string? TakeComplaint() => Error() is { Length: > 0 } text && !text.StartsWith(EndWasSought, StringComparison.Ordinal) ? text : null;

    static nint Require(nint handle) => handle != 0 ? handle : throw new PictureException(Error());

    static string Error()
    {
        string text = Marshal.PtrToStringUTF8(vips_error_buffer()) ?? "";
        vips_error_clear();
        return string.Join("; ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().Take(3));
    }

    /// <summary>Where libvips reads an encoded picture from.</summary>
    public sealed class Source(nint handle) : IDisposable
    {
        internal nint Handle => handle;

        public void Dispose() => g_object_unref(handle);
    }

    /// <summary>A decoded picture; frees its pixels when disposed.</summary>
    public sealed class Picture(nint handle) : IDisposable
    {
        internal nint Handle => handle;

        public int LongestSideInPixels => Math.Max(vips_image_get_width(handle), vips_image_get_height(handle));

        public void Dispose() => g_object_unref(handle);
    }

    /// <summary>Samples, row by row from the top left, a pixel's side by side; freed when disposed.</summary>
    public sealed class Pixels(byte* bytes, int length, int width, int height) : IDisposable
    {
        public int Width => width;
        public int Height => height;
        /// <summary>Samples of a pixel: 1 and 2 are grey, 3 and 4 colour; of 2 and 4 the last is opacity.</summary>
        public int Bands => length / (width * height);
        public ReadOnlySpan<byte> Bytes => new(bytes, length);

        public void Dispose() => g_free(bytes);
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] private static partial int vips_init(string program);
    [LibraryImport(Library)] private static partial int vips_version(int part);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] private static partial nuint vips_type_find(string basis, string nickname);
    [LibraryImport(Library)] private static partial void vips_concurrency_set(int threads);
    [LibraryImport(Library)] private static partial void vips_cache_set_max(int operations);
    [LibraryImport(Library)] private static partial void vips_block_untrusted_set(int on);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] private static partial void vips_operation_block_set(string name, int on);
    [LibraryImport(Library)] private static partial nint vips_error_buffer();
    [LibraryImport(Library)] private static partial void vips_error_clear();
    [LibraryImport(Library)] private static partial nint vips_source_new_from_descriptor(int file);
    [LibraryImport(Library)] private static partial nint vips_source_new_from_memory(byte* bytes, nuint length);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint vips_image_new_from_source(nint source, string options, string name1, int value1, nint end);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] private static partial nuint vips_image_get_typeof(nint image, string name);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] private static partial int vips_image_get_blob(nint image, string name, out byte* bytes, out nuint length);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] private static partial int vips_image_get_string(nint image, string name, out nint text);
    [LibraryImport(Library)] private static partial int vips_image_get_interpretation(nint image);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] private static partial void vips_image_set_int(nint image, string name, int value);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] private static partial void vips_image_set_blob_copy(nint image, string name, byte* bytes, nuint length);
    [LibraryImport(Library)] private static partial int vips_copy(nint image, out nint result, nint end);
    [LibraryImport(Library)] private static partial int vips_autorot(nint image, out nint result, nint end);
    [LibraryImport(Library)] private static partial int vips_extract_area(nint image, out nint result, int left, int top, int width, int height, nint end);
    [LibraryImport(Library)] private static partial int vips_image_get_width(nint image);
    [LibraryImport(Library)] private static partial int vips_image_get_height(nint image);
    [LibraryImport(Library)] private static partial int vips_image_hasalpha(nint image);
    [LibraryImport(Library)] private static partial nint vips_image_new_from_memory_copy(byte* bytes, nuint length, int width, int height, int bands, int format);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] private static partial int vips_copy(nint image, out nint result, string name1, int value1, nint end);
    [LibraryImport(Library)] private static partial nint vips_image_copy_memory(nint image);
    [LibraryImport(Library)] private static partial byte* vips_image_write_to_memory(nint image, out nuint length);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int vips_thumbnail_source(nint source, out nint result, int width, string name1, int value1, string name2, int value2, string name3, string value3, nint end);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int vips_thumbnail_source(nint source, out nint result, int width, string name1, int value1, string name2, int value2, nint end);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int vips_thumbnail_image(nint image, out nint result, int width, string name1, int value1, string name2, int value2, nint end);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int vips_thumbnail_image(nint image, out nint result, int width,
        string name1, int value1, string name2, int value2, string name3, string value3, nint end);
    [LibraryImport(Library)] private static partial nint vips_array_double_new(double* values, int count);
    [LibraryImport(Library)] private static partial void vips_area_unref(nint area);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int vips_flatten(nint image, out nint result, string name1, nint value1, nint end);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int vips_jpegsave_buffer(nint image, out byte* bytes, out nuint length, string name1, int value1, string name2, int value2, string name3, int value3, nint end);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int vips_webpsave_buffer(nint image, out byte* bytes, out nuint length, string name1, int value1, string name2, int value2, nint end);
    [LibraryImport(GObject)] private static partial void g_object_unref(nint instance);
    [LibraryImport(GLib)] private static partial void g_free(byte* memory);
}

/// <summary>A picture could not be decoded or encoded; the message is libvips' own.</summary>
sealed class PictureException(string message) : Exception(message);
