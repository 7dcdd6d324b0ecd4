using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Albumen.Tests.Daemon.Tls;

/// <summary>What an admin may have: a root, an authority below it, and certificates for localhost from that, in PEM files of their own.</summary>
sealed class OfficeAuthority : IDisposable
{
    static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    readonly X509Certificate2 _root, _between;

    public OfficeAuthority()
    {
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256), betweenKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _root = Request("CN=Office root", rootKey, isAuthority: true).CreateSelfSigned(Now.AddDays(-2), Now.AddYears(5));
        using X509Certificate2 between = Request("CN=Office authority", betweenKey, isAuthority: true).Create(_root, Now.AddDays(-2), Now.AddYears(3), [1, 2, 3]);
        _between = between.CopyWithPrivateKey(betweenKey);
    }

    public string Root => _root.ExportCertificatePem();

    /// <returns>PEM of the certificate with its chain, and of its key.</returns>
    public (string Chain, string Key) Issue(string name)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        names.AddDnsName("localhost");
        names.AddDnsName(Dns.GetHostName());
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 made = request.Create(_between.SubjectName, X509SignatureGenerator.CreateForECDsa(_between.GetECDsaPrivateKey()!), Now.AddDays(-1), Now.AddDays(90), RandomNumberGenerator.GetBytes(8));
        return ($"{made.ExportCertificatePem()}\n{_between.ExportCertificatePem()}\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    public void Dispose()
    {
        _root.Dispose();
        _between.Dispose();
    }

    static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        CertificateRequest request = new(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }
}
