using System.Runtime.InteropServices;

namespace Albumen.Native;

/// <summary>What the libheif that libvips uses can decode: which codecs it was built with differs from one system to the next.</summary>
static partial class Heif
{
    /// <summary>heif_compression_format.</summary>
    public const int Hevc = 1, Av1 = 4;

    public static bool CanDecode(int codec)
    {
        try
        {
            return heif_have_decoder_for_format(codec) != 0;
        }
        catch (DllNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libheif.so.1")] private static partial int heif_have_decoder_for_format(int format);
}
