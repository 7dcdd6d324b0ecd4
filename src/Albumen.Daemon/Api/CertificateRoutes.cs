using System.Security.Cryptography.X509Certificates;
using System.Text;
using Albumen.Client;
using Albumen.Daemon.Tls;

namespace Albumen.Daemon.Api;

/// <summary>/certificate: what the https door shows; and a download of what clients are to trust, for those that have no password yet.</summary>
static class CertificateRoutes
{
    public const string Download = "/albumen.crt";

    public static void Map(WebApplication app, RouteGroupBuilder api, HttpsCertificate? https)
    {
        api.MapGet("/certificate", () => Of(https ?? throw RefusedException.NotFound("https is off, so there is no certificate.")))
            .ProducesProblem(StatusCodes.Status404NotFound).WithSummary("The certificate of the https door, and what clients have to trust.");
        if (https is not { IsOwn: true }) return;
        // It is no secret: who comes by https is shown its fellow anyway. Whoever cannot trust the way it came compares its fingerprint.
        app.MapGet(Download, () => Results.Bytes(Encoding.ASCII.GetBytes(Of(https).Authority!.Pem), "application/x-x509-ca-cert", "albumen.crt")).ExcludeFromDescription();
    }

    static Certificate Of(HttpsCertificate https)
    {
        CertificatePair pair = https.Current();
        X509Certificate2 shown = pair.Certificate;
        CertificateAuthority? authority = null;
        // Of Albumen's own, the last behind it is the authority.
        if (https.IsOwn && pair.Chain is [.., var root])
            authority = new(root.Subject, CertificatePair.Fingerprint(root), root.NotAfter, https.AuthorityFile, Pem(root));
        return new(shown.Subject, shown.Issuer, pair.Names, CertificatePair.Fingerprint(shown), shown.NotBefore, shown.NotAfter, https.Files.Certificate, https.Fault,
            string.Concat([Pem(shown), .. pair.Chain.Select(Pem)]), authority);
    }

    static string Pem(X509Certificate2 certificate) => certificate.ExportCertificatePem() + "\n";
}
