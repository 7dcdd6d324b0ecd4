using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Albumen.Configuration;
using Albumen.Storage;

namespace Albumen.Daemon;

/// <summary>The certificate of the https door: the admin's, or one Albumen makes for itself at the first start and keeps.</summary>
static class OwnCertificate
{
    /// <exception cref="StartException">The configured files cannot be read or do not fit.</exception>
    public static X509Certificate2 Load(Layout layout, HttpsSettings settings)
    {
        (string certificate, string key) = Files(layout, settings);
        if (settings.Certificate is null && !IsGood(certificate)) Make(Path.GetDirectoryName(certificate)!, certificate, key);
        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"Cannot use the certificate {certificate} with the key {key}: {error.Message}");
        }
    }

    /// <summary>Where they lie, or would.</summary>
    public static (string Certificate, string Key) Files(Layout layout, HttpsSettings settings)
    {
        string folder = Path.Combine(layout.StateFolder, "tls");
        return (settings.Certificate ?? Path.Combine(folder, "albumen.crt"), settings.Key ?? Path.Combine(folder, "albumen.key"));
    }

    /// <summary>There, and good for another month.</summary>
    static bool IsGood(string certificate)
    {
        if (!File.Exists(certificate)) return false;
        using X509Certificate2 made = X509Certificate2.CreateFromPem(File.ReadAllText(certificate));
        return made.NotAfter > DateTime.Now.AddDays(30);
    }

    static void Make(string folder, string certificate, string key)
    {
        string host = Dns.GetHostName();
        using ECDsa pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={host}", pair, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(host);
        if (!host.Contains('.')) names.AddDnsName($"{host}.local");
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        // serverAuth, RFC 5280, 4.2.1.12
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1")], false));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        // macOS refuses certificates valid for longer than 825 days.
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(820));
        Directory.CreateDirectory(folder);
        AtomicWriter.Replace(key, Encoding.ASCII.GetBytes(pair.ExportPkcs8PrivateKeyPem()));
        AtomicWriter.Replace(certificate, Encoding.ASCII.GetBytes(made.ExportCertificatePem()));
    }
}
