using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Albumen.Daemon.Tls;

/// <summary>A certificate, what leads from it to its authority, and its private key: what a server shows.</summary>
sealed class CertificatePair
{
    readonly SslStreamCertificateContext _context;

    CertificatePair(X509Certificate2 certificate, X509Certificate2Collection chain)
    {
        (Certificate, Chain) = (certificate, chain);
        // Offline: an authority's server is not asked for what is missing in the file.
        _context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>What stood behind it in its file, the certificate itself not among them.</summary>
    public X509Certificate2Collection Chain { get; }

    public IReadOnlyList<string> Names =>
        [.. Certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(ip => $"{ip}")))];

    /// <summary>What one handshake goes by.</summary>
    public SslServerAuthenticationOptions Options => new()
    {
        ServerCertificateContext = _context,
        // RFC 8996: what is older than 1.2 must not be used.
        EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls12 | System.Security.Authentication.SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
    };

    /// <param name="certificate">PEM, the server's own first.</param>
    /// <param name="key">PEM, without a password.</param>
    /// <exception cref="CryptographicException">This is something else, or they do not belong together.</exception>
    public static CertificatePair Parse(string certificate, string key)
    {
        try
        {
            X509Certificate2Collection all = [];
            all.ImportFromPem(certificate);
            X509Certificate2 own = X509Certificate2.CreateFromPem(certificate, key);
            return new(own, [.. all.Where(other => other.Thumbprint != own.Thumbprint)]);
        }
        catch (ArgumentException error)
        {
            throw new CryptographicException($"the key is that of another certificate ({error.Message})", error);
        }
    }

    /// <summary>As certificates are compared by eye: SHA-256, <c>3F:9C:...</c></summary>
    public static string Fingerprint(X509Certificate2 certificate) => string.Join(':', certificate.GetCertHash(HashAlgorithmName.SHA256).Select(part => part.ToString("X2")));

    /// <summary>Whether a client that connects to that name or address is content.</summary>
    public bool IsFor(string name) => Certificate.MatchesHostname(name, allowWildcards: true, allowCommonName: false);

    public bool IsFor(IPAddress address) => IsFor(address.ToString());
}
