using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Albumen.Client;
using Albumen.Daemon.Tls;

namespace Albumen.Daemon.Diagnosis;

/// <summary>The certificate of the https door: whether it fits its key, until when it is good, for which names, and who can read the key.</summary>
sealed class CertificateCheck : PlainCheck
{
    static readonly TimeSpan Soon = TimeSpan.FromDays(21);

    public override string Name => "certificate";

    protected override IEnumerable<Symptom> Look(Patient patient, CancellationToken cancellationToken)
    {
        if (patient.Settings.Https is not { } https)
        {
            yield return Ok("https is off, so none is needed.");
            yield break;
        }
        (string file, string key) = HttpsCertificate.FilesOf(patient.Layout, https);
        bool isOwn = https.Certificate is null;
        if (isOwn && !File.Exists(file) && patient.Running is null)
        {
            yield return Note($"There is none yet: albumend makes its own at the next start, in {file}.", patient.Restart);
            yield break;
        }
        string remedy = isOwn ? Anew(patient, file) : $"ls -lL {Shell.Word(file)} {Shell.Word(key)}";
        CertificatePair? shown = patient.Running?.Certificate?.Current();
        if ((shown is null ? Fault(file, key) : patient.Running!.Certificate!.Fault) is { } fault)
            yield return Failed($"{file} and its key {key} cannot be used: {fault}.{(shown is null ? "" : $" The one that was read before is shown, good until {shown.Certificate.NotAfter:yyyy-MM-dd}.")}", remedy);
        else foreach (Symptom symptom in Judge(patient, shown ?? CertificatePair.Parse(File.ReadAllText(file), File.ReadAllText(key)), file, isOwn)) yield return symptom;
        // Of a link, such as certbot's, the mode says nothing.
        if (File.Exists(key) && (File.GetUnixFileMode(File.ResolveLinkTarget(key, returnFinalTarget: true)?.FullName ?? key) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)) is var loose && loose != 0)
            yield return Failed($"Others on this machine can {(loose.HasFlag(UnixFileMode.OtherRead) ? "read" : "write")} the private key {key}.", $"sudo chmod g-w,o= {Shell.Word(key)}");
    }

    /// <summary>Why the files cannot be used; null: they can.</summary>
    static string? Fault(string file, string key)
    {
        try
        {
            _ = CertificatePair.Parse(File.ReadAllText(file), File.ReadAllText(key));
            return null;
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return error.Message.TrimEnd('.');
        }
    }

    IEnumerable<Symptom> Judge(Patient patient, CertificatePair pair, string file, bool isOwn)
    {
        X509Certificate2 certificate = pair.Certificate;
        DateTime now = DateTime.Now;
        string host = Dns.GetHostName(), until = $"{certificate.NotAfter:yyyy-MM-dd}", remedy = isOwn ? Anew(patient, file) : $"openssl x509 -in {Shell.Word(file)} -noout -dates -ext subjectAltName";
        IReadOnlyList<string> names = pair.Names;
        bool isFine = true;
        if (now > certificate.NotAfter || now < certificate.NotBefore)
        {
            isFine = false;
            yield return Failed(now > certificate.NotAfter ? $"{file} was good until {until}; clients refuse it." : $"{file} is good from {certificate.NotBefore:yyyy-MM-dd} on; clients refuse it until then.", remedy);
        }
        else if (certificate.NotAfter - now < Soon)
        {
            isFine = false;
            yield return Warning($"{file} is good until {until} only. {(isOwn ? "albumend makes a new one when somebody connects." : "Renew it; albumend shows the new one from the next connection on.")}", remedy);
        }
        if (host is not "localhost" && !pair.IsFor(host) && !pair.IsFor($"{host}.local"))
        {
            isFine = false;
            yield return Warning($"{file} names {(names.Count == 0 ? "nothing" : string.Join(", ", names.Take(8)))}, and not this machine ({host}); clients that use that name refuse it.", remedy);
        }
        if (isFine)
            yield return Ok($"{(isOwn ? "Albumen's own" : patient.Running?.Certificate is { IsHandedOver: true } ? $"{file}, as systemd handed it over at the start," : file)}, good until {until}, for {string.Join(", ", names.Take(8))}."
                + (isOwn ? " Clients must be told to trust it: albumen mount." : ""));
    }

    static string Anew(Patient patient, string file) => patient.Running is null ? $"sudo rm {Shell.Word(file)}; {patient.Restart}" : $"sudo rm {Shell.Word(file)}";
}
