using System.Security.Cryptography;
using System.Text;

namespace Albumen.Daemon.WebDav;

/// <summary>The style and the script of the pages, which stand in each page whole, and the policy that allows these two and no others.</summary>
static class PageCode
{
    public static byte[] Style { get; } = Read("gallery.css");

    public static byte[] Script { get; } = Read("gallery.js");

    /// <summary>For Content-Security-Policy (Level 3, 2.3.1): nothing from elsewhere, nothing that stands in an attribute.</summary>
    public static string Policy { get; } = $"default-src 'none'; style-src {Hash(Style)}; script-src {Hash(Script)}; img-src 'self' data:; media-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    static string Hash(byte[] code) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(code))}'";

    static byte[] Read(string name)
    {
        using Stream stream = typeof(PageCode).Assembly.GetManifestResourceStream($"Albumen.Daemon.WebDav.{name}")
            ?? throw new InvalidOperationException($"{name} is not part of the program.");
        using StreamReader reader = new(stream);
        return Encoding.UTF8.GetBytes(reader.ReadToEnd());
    }
}
