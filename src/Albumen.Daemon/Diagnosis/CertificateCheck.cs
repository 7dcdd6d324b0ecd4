using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Albumen.Client;

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
        (string file, string key) = OwnCertificate.Files(patient.Layout, https);
        bool isOwn = https.Certificate is null;
        if (isOwn && !File.Exists(file) && patient.Running is null)
        {
            yield return Note($"There is none yet: albumend makes its own at the next start, in {file}.", patient.Restart);
            yield break;
        }
        X509Certificate2? certificate = null;
        string? fault = null;
        try
        {
            certificate = X509Certificate2.CreateFromPemFile(file, key);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            fault = error.Message;
        }
        if (certificate is null)
        {
            yield return Failed($"{file} and its key {key} cannot be used: {fault}", isOwn ? Anew(patient, file) : $"ls -l {Shell.Word(file)} {Shell.Word(key)}");
            yield break;
        }
        using (certificate)
            foreach (Symptom symptom in Judge(patient, certificate, file, isOwn)) yield return symptom;
        if ((File.GetUnixFileMode(key) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)) is var loose && loose != 0)
            yield return Failed($"Others on this machine can {(loose.HasFlag(UnixFileMode.OtherRead) ? "read" : "write")} the private key {key}.", $"sudo chmod g-w,o= {Shell.Word(key)}");
    }

    IEnumerable<Symptom> Judge(Patient patient, X509Certificate2 certificate, string file, bool isOwn)
    {
        DateTime now = DateTime.Now;
        string host = Dns.GetHostName(), until = $"{certificate.NotAfter:yyyy-MM-dd}", remedy = isOwn ? Anew(patient, file) : $"openssl x509 -in {Shell.Word(file)} -noout -dates -ext subjectAltName";
        string[] names = [.. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(ip => $"{ip}")))];
        bool isFine = true;
        if (now > certificate.NotAfter || now < certificate.NotBefore)
        {
            isFine = false;
            yield return Failed(now > certificate.NotAfter ? $"{file} was good until {until}; clients refuse it." : $"{file} is good from {certificate.NotBefore:yyyy-MM-dd} on; clients refuse it until then.", remedy);
        }
        else if (certificate.NotAfter - now < Soon)
        {
            isFine = false;
            yield return Warning($"{file} is good until {until} only.{(isOwn ? " albumend makes a new one when it is started again." : " Renew it, and restart albumend.")}", isOwn ? patient.Restart : remedy);
        }
        if (host is not "localhost" && !certificate.MatchesHostname(host) && !certificate.MatchesHostname($"{host}.local"))
        {
            isFine = false;
            yield return Warning($"{file} names {(names.Length == 0 ? "nothing" : string.Join(", ", names.Take(8)))}, and not this machine ({host}); clients that use that name refuse it.", remedy);
        }
        if (patient.Running is not null && File.GetLastWriteTime(file) > Process.GetCurrentProcess().StartTime.AddMinutes(1))
        {
            isFine = false;
            yield return Warning($"{file} was renewed after albumend was started, which still shows the old one.", patient.Restart);
        }
        if (isFine) yield return Ok($"{(isOwn ? "Albumen's own" : file)}, good until {until}, for {string.Join(", ", names.Take(8))}.{(isOwn ? " Clients must be told to trust it." : "")}");
    }

    static string Anew(Patient patient, string file) => $"sudo rm {Shell.Word(file)}; {patient.Restart}";
}
