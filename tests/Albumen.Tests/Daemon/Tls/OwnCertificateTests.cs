using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Albumen.Configuration;
using Albumen.Daemon.Tls;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Daemon.Tls;

public sealed class OwnCertificateTests : IDisposable
{
    const string SignedForOthers = "permitted subtree violation";

    readonly Layout _layout = Layout.Below(Directory.CreateTempSubdirectory("albumen-tls-").FullName);

    string Folder => Path.Combine(_layout.StateFolder, "tls");

    CertificatePair Pair => CertificatePair.Parse(File.ReadAllText(OwnCertificate.Files(_layout).Certificate), File.ReadAllText(OwnCertificate.Files(_layout).Key));

    public void Dispose() => Directory.Delete(_layout.StateFolder[..^"/var/lib/albumen".Length], recursive: true);

    [Fact]
    public async Task It_is_for_every_name_and_address_of_this_machine_and_as_systems_want_it()
    {
        Assert.NotNull(OwnCertificate.Keep(_layout));

        CertificatePair pair = Pair;
        foreach (string name in (string[])[Dns.GetHostName(), "localhost", .. MachineNames.Dns()]) await IsTrustedAsync("-verify_hostname", name);
        foreach (IPAddress address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback, .. MachineNames.Addresses()]) await IsTrustedAsync("-verify_ip", $"{address}");
        Assert.Contains($"{Dns.GetHostName().Split('.')[0]}.local", pair.Names, StringComparer.OrdinalIgnoreCase);
        // Apple, support article 103769.
        Assert.True(pair.Certificate.NotAfter - pair.Certificate.NotBefore <= TimeSpan.FromDays(825));
        Assert.Contains(pair.Certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>(), usage => usage.Value == "1.3.6.1.5.5.7.3.1");
        // What iOS and Android take for an authority, and what they do not.
        Assert.True(pair.Chain.Single().Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.False(pair.Certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.All(Directory.GetFiles(Folder), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void One_that_is_good_is_kept()
    {
        OwnCertificate.Keep(_layout);
        string[] before = [.. Directory.GetFiles(Folder).Order().Select(File.ReadAllText)];

        Assert.Null(OwnCertificate.Keep(_layout));

        Assert.Equal(before, Directory.GetFiles(Folder).Order().Select(File.ReadAllText));
    }

    [Fact]
    public async Task Of_a_new_address_it_is_made_anew_with_the_same_key_and_by_the_same_authority()
    {
        OwnCertificate.Keep(_layout);
        byte[] key = Pair.Certificate.GetPublicKey();
        string authority = await File.ReadAllTextAsync(OwnCertificate.AuthorityFile(_layout), TestContext.Current.CancellationToken);
        // As it was when the machine had no address yet.
        SignFor(MachineNames.Dns()[0]);

        string reason = OwnCertificate.Keep(_layout)!;

        Assert.Contains("127.0.0.1", reason);
        Assert.Equal(key, Pair.Certificate.GetPublicKey());
        Assert.Equal(authority, await File.ReadAllTextAsync(OwnCertificate.AuthorityFile(_layout), TestContext.Current.CancellationToken));
        Assert.DoesNotContain("trust", reason);
        await IsTrustedAsync("-verify_ip", "127.0.0.1");
    }

    [Theory]
    [InlineData("albumen.crt", "nothing at all")]
    [InlineData("albumen.key", "nothing at all")]
    [InlineData("albumen.crt", null)]
    [InlineData("albumen.key", null)]
    [InlineData("authority.crt", "nothing at all")]
    [InlineData("authority.key", null)]
    public async Task What_is_damaged_or_gone_is_made_anew(string file, string? instead)
    {
        OwnCertificate.Keep(_layout);
        if (instead is null) File.Delete(Path.Combine(Folder, file));
        else await File.WriteAllTextAsync(Path.Combine(Folder, file), instead, TestContext.Current.CancellationToken);

        string? reason = OwnCertificate.Keep(_layout);

        Assert.NotNull(reason);
        Assert.Equal(file.StartsWith("authority", StringComparison.Ordinal), reason.Contains("clients must be told to trust", StringComparison.Ordinal));
        await IsTrustedAsync("-verify_hostname", "localhost");
        Assert.Null(OwnCertificate.Keep(_layout));
    }

    [Fact]
    public async Task Its_authority_cannot_speak_for_other_sites()
    {
        OwnCertificate.Keep(_layout);
        SignFor("www.example.com");

        (int code, string output) = await VerifyAsync("-verify_hostname", "www.example.com");

        Assert.True(code != 0 && output.Contains(SignedForOthers, StringComparison.Ordinal), output);
    }

    [Fact]
    public void A_machine_that_is_called_otherwise_now_has_an_authority_for_that()
    {
        Directory.CreateDirectory(Folder);
        using (Authority other = Authority.Of(OwnCertificate.AuthorityFile(_layout), Path.Combine(Folder, "authority.key"), "other", ["other", "localhost"], out bool isNew)) Assert.True(isNew);
        using (Authority same = Authority.Of(OwnCertificate.AuthorityFile(_layout), Path.Combine(Folder, "authority.key"), "other", ["other", "localhost"], out bool isNew)) Assert.False(isNew);

        Assert.Contains("clients must be told to trust", OwnCertificate.Keep(_layout)!);
        Assert.Contains(MachineNames.Dns()[0], Pair.Certificate.Issuer);
    }

    /// <summary>Puts another certificate of the same authority and key in place of the one there is.</summary>
    void SignFor(string name)
    {
        IReadOnlyList<string> names = MachineNames.Dns();
        using Authority authority = Authority.Of(OwnCertificate.AuthorityFile(_layout), Path.Combine(Folder, "authority.key"), names[0], names, out _);
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(OwnCertificate.Files(_layout).Key));
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder alternatives = new();
        alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        File.WriteAllText(OwnCertificate.Files(_layout).Certificate, authority.Sign(request) + authority.Pem);
    }

    async Task IsTrustedAsync(params string[] words)
    {
        (int code, string output) = await VerifyAsync(words);
        Assert.True(code == 0, $"{string.Join(' ', words)}: {output}");
    }

    /// <summary>Asks OpenSSL, as a client that trusts the authority and nobody else.</summary>
    Task<(int Code, string Output)> VerifyAsync(params string[] words)
    {
        Assert.SkipUnless(Clients.Has("openssl"), "openssl is not installed");
        return Clients.RunAsync("sh", ["-c", "exec openssl verify \"$@\" 2>&1", "sh", "-CAfile", OwnCertificate.AuthorityFile(_layout), "-x509_strict", "-purpose", "sslserver", .. words, OwnCertificate.Files(_layout).Certificate]);
    }
}
