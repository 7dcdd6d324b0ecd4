using System.Runtime.InteropServices;
using System.Text;

namespace Albumen.Native;

/// <summary>Unicode normalization (Unicode Standard Annex 15) from GLib, which libvips brings: without ICU, .NET leaves text as it is.</summary>
static unsafe partial class Glib
{
    const string Library = "libglib-2.0.so.0";
    const int Nfd = 0, Nfc = 1;

    /// <summary>Canonical composition, so that a name typed on macOS equals the same name typed elsewhere.</summary>
    public static string ToNfc(string text) => Normalize(text, Nfc);

    /// <summary>Canonical decomposition, in which accents stand by themselves.</summary>
    public static string ToNfd(string text) => Normalize(text, Nfd);

    static string Normalize(string text, int mode)
    {
        if (Ascii.IsValid(text)) return text;
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        fixed (byte* bytes = utf8)
        {
            byte* normal = g_utf8_normalize(bytes, utf8.Length, mode);
            if (normal is null) return text;
            string result = Marshal.PtrToStringUTF8((nint)normal)!;
            g_free(normal);
            return result;
        }
    }

    [LibraryImport(Library)] private static partial byte* g_utf8_normalize(byte* text, nint length, int mode);
    [LibraryImport(Library)] private static partial void g_free(byte* memory);
}
