using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen certificate</c>: what the https door shows, and what devices have to trust.</summary>
sealed class CertificateVerb : Verb
{
    readonly Option<bool> _pem = new("--pem") { Description = "Print what devices are to trust, to be saved as a file: the authority of Albumen's own certificate, or the chain of yours." };

    public CertificateVerb() : base("certificate", "Shows the certificate of the https door: for which names it is, until when, and its fingerprint to compare with what a device says.")
    {
        Options.Add(_pem);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("certificate", "Names, dates and fingerprints."),
        new("certificate --pem > albumen.crt", "A file for devices that are to trust it."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.Certificate];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        if (await daemon.CertificateAsync(cancellationToken) is not { } certificate)
        {
            screen.Error("https is off, so there is no certificate. Write 'https: on' into the configuration, and restart albumend.");
            return Exit.Failed;
        }
        if (line.GetValue(Json)) screen.Json(certificate, ApiJson.Default.Certificate);
        else if (line.GetValue(_pem)) screen.Line((certificate.Authority?.Pem ?? certificate.Pem).TrimEnd('\n'));
        else Show(certificate, screen);
        return Exit.Done;
    }

    static void Show(Certificate certificate, Screen screen)
    {
        screen.Pairs(
        [
            ("For", string.Join(", ", certificate.Names)), ("Subject", certificate.Subject), ("Signed by", certificate.Issuer),
            ("Good", $"{Day(certificate.NotBefore)} to {Day(certificate.NotAfter)}"), ("SHA-256", certificate.Fingerprint), ("File", certificate.Path),
            ("Trouble", certificate.Fault is { } fault ? $"{fault} An earlier one is shown." : null),
            ("To trust", certificate.Authority?.Path), ("  good until", certificate.Authority is { } authority ? Day(authority.NotAfter) : null), ("  SHA-256", certificate.Authority?.Fingerprint),
        ]);
        if (certificate.Authority is not null) screen.Remark("Devices that trust the last of these trust this certificate and each that follows it: 'albumen mount' says how they come to.");
    }

    static string Day(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
