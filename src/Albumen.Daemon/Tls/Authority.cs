using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Albumen.Storage;

namespace Albumen.Daemon.Tls;

/// <summary>
/// The authority that signs Albumen's own certificates, and nothing else. It is what people have their devices trust, because iOS and Android take
/// nothing less, and because it stays while the certificate follows the machine's addresses: nobody has to trust anything twice.
/// It may sign for this machine's names alone (and for addresses, which carry no other site's name), so that its key opens no other door.
/// </summary>
sealed class Authority : IDisposable
{
    // Longer than the machine lives; what clients limit are the certificates of servers.
    const int YearsGood = 20;
    // Before any clock that is right: one that is wrong, as of an empty battery, must not make an authority that is not good yet.
    static readonly DateTimeOffset Beginning = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly TimeSpan CertificateGood = TimeSpan.FromDays(820);

    readonly X509Certificate2 _certificate;

    Authority(X509Certificate2 certificate) => _certificate = certificate;

    /// <summary>What clients are to trust.</summary>
    public string Pem => _certificate.ExportCertificatePem() + "\n";

    /// <summary>The one in these files, if it may sign for these names as long as a certificate is good; else one that is made now.</summary>
    /// <param name="isNew">Whoever trusted the one before has to trust this one.</param>
    public static Authority Of(string certificateFile, string keyFile, string host, IReadOnlyList<string> names, out bool isNew)
    {
        byte[] limits = Limits(names);
        isNew = false;
        try
        {
            if (File.Exists(certificateFile))
            {
                X509Certificate2 known = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
                if (known.NotAfter - DateTime.Now > CertificateGood && known.Extensions.Any(extension => extension.Oid?.Value == NameConstraints && extension.RawData.SequenceEqual(limits))) return new(known);
            }
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException or FileNotFoundException)
        {
            // Damaged, or half of it is gone: nobody can sign with it.
        }
        isNew = true;
        using ECDsa pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(new X500DistinguishedName($"CN=\"Albumen on {host}\""), pair, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(new(NameConstraints, limits, critical: true));
        X509Certificate2 made = request.CreateSelfSigned(Beginning, Later(DateTimeOffset.UtcNow, Beginning).AddYears(YearsGood));
        AtomicWriter.Replace(keyFile, Encoding.ASCII.GetBytes(pair.ExportPkcs8PrivateKeyPem()));
        AtomicWriter.Replace(certificateFile, Encoding.ASCII.GetBytes(made.ExportCertificatePem() + "\n"));
        return new(made);
    }

    public bool HasSigned(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier is { } by
        && _certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().First().SubjectKeyIdentifierBytes.Span.SequenceEqual(by.Span);

    /// <returns>PEM.</returns>
    public string Sign(CertificateRequest request)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        // RFC 5280, 4.1.2.2: positive.
        serial[0] &= 0x7F;
        // Of a clock that is far behind, what is signed is good from when the authority is: it cannot be so before.
        DateTimeOffset from = Later(DateTimeOffset.UtcNow.AddDays(-1), _certificate.NotBefore);
        // macOS and iOS refuse certificates of servers that are good for longer than 825 days.
        using X509Certificate2 signed = request.Create(_certificate, from, from + CertificateGood, serial);
        return signed.ExportCertificatePem() + "\n";
    }

    public void Dispose() => _certificate.Dispose();

    static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    const string NameConstraints = "2.5.29.30";

    /// <summary>RFC 5280, 4.2.1.10: of DNS names only these, and what is below them.</summary>
    static byte[] Limits(IReadOnlyList<string> names)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            foreach (string name in names)
                using (writer.PushSequence())
                    writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 2));
        return writer.Encode();
    }
}
