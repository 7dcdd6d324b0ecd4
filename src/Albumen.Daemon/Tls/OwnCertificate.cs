using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Albumen.Configuration;
using Albumen.Storage;

namespace Albumen.Daemon.Tls;

/// <summary>
/// The certificate Albumen makes for itself where the admin gave none: for this machine's names and addresses, signed by its <see cref="Authority"/>.
/// It is made anew before it ends, and when a name or an address is missing in it, as after another lease of DHCP; its key stays.
/// </summary>
static class OwnCertificate
{
    static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    public static (string Certificate, string Key) Files(Layout layout) => (Path.Combine(Folder(layout), "albumen.crt"), Path.Combine(Folder(layout), "albumen.key"));

    /// <summary>What clients are to trust.</summary>
    public static string AuthorityFile(Layout layout) => Path.Combine(Folder(layout), "authority.crt");

    /// <summary>Sees to it that there is a good one.</summary>
    /// <returns>A sentence on why one was made; null: the one there was is good.</returns>
    public static string? Keep(Layout layout)
    {
        (string file, string key) = Files(layout);
        IReadOnlyList<string> names = MachineNames.Dns();
        IPAddress[] addresses = [IPAddress.Loopback, IPAddress.IPv6Loopback, .. MachineNames.Addresses()];
        Directory.CreateDirectory(Folder(layout));
        using Authority authority = Authority.Of(AuthorityFile(layout), Path.Combine(Folder(layout), "authority.key"), names[0], names, out bool isNew);
        if (Fault(file, key, authority, names, addresses) is not { } fault) return null;
        Make(file, key, authority, names, addresses);
        return isNew ? $"{fault}; clients must be told to trust {AuthorityFile(layout)}" : fault;
    }

    static string Folder(Layout layout) => Path.Combine(layout.StateFolder, "tls");

    /// <summary>Why another one is needed; null: it is not.</summary>
    static string? Fault(string file, string key, Authority authority, IReadOnlyList<string> names, IPAddress[] addresses)
    {
        if (!File.Exists(file) || !File.Exists(key)) return "there was none";
        CertificatePair pair;
        try
        {
            pair = CertificatePair.Parse(File.ReadAllText(file), File.ReadAllText(key));
        }
        catch (CryptographicException error)
        {
            return $"the one there was cannot be used: {error.Message}";
        }
        using X509Certificate2 known = pair.Certificate;
        if (!authority.HasSigned(known)) return "the one there was is of another authority";
        if (known.NotAfter - DateTime.Now < Soon || known.NotBefore > DateTime.Now) return $"the one there was is good until {known.NotAfter:yyyy-MM-dd}";
        string[] missing = [.. names.Where(name => !pair.IsFor(name)), .. addresses.Where(address => !pair.IsFor(address)).Select(address => $"{address}")];
        return missing.Length == 0 ? null : $"this machine is also {string.Join(", ", missing)} now";
    }

    static void Make(string file, string keyFile, Authority authority, IReadOnlyList<string> names, IPAddress[] addresses)
    {
        // Who remembers the key of this server goes on knowing it.
        using ECDsa key = KeyIn(keyFile) ?? NewKey(keyFile);
        CertificateRequest request = new(new X500DistinguishedName($"CN=\"{names[0]}\""), key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder alternatives = new();
        foreach (string name in names) alternatives.AddDnsName(name);
        foreach (IPAddress address in addresses) alternatives.AddIpAddress(address);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        // serverAuth, RFC 5280, 4.2.1.12
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1")], critical: false));
        // The authority behind it: a client that was given this file alone can trust it too.
        AtomicWriter.Replace(file, Encoding.ASCII.GetBytes(authority.Sign(request) + authority.Pem));
    }

    static ECDsa? KeyIn(string file)
    {
        if (!File.Exists(file)) return null;
        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(file));
            return key;
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            key.Dispose();
            return null;
        }
    }

    static ECDsa NewKey(string file)
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        AtomicWriter.Replace(file, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        return key;
    }
}
