using System.Net.Security;
using System.Security.Cryptography;
using Albumen.Configuration;
using Albumen.Native;

namespace Albumen.Daemon.Tls;

/// <summary>
/// The certificate that the https door shows: the admin's, or Albumen's own. Its files are looked at again when somebody connects, so a renewed one
/// counts at once and no connection is dropped for it. Files that are broken, or half written, change nothing: the last good pair is shown on.
/// </summary>
sealed class HttpsCertificate(Layout layout, HttpsSettings settings, TimeProvider clock, ILogger logger)
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(2), OwnEvery = TimeSpan.FromMinutes(1);

    readonly Lock _lock = new();
    (string Certificate, string Key) _read;
    CertificatePair? _current;
    long _lookedAt, _keptAt;
    bool _isHandedOver;

    /// <summary>The admin gave none.</summary>
    public bool IsOwn => settings.Certificate is null;

    public (string Certificate, string Key) Files => FilesOf(layout, settings);

    /// <summary>What clients of Albumen's own are to trust.</summary>
    public string AuthorityFile => OwnCertificate.AuthorityFile(layout);

    /// <summary>It came through systemd (LoadCredential), because the daemon's user cannot read the files themselves.</summary>
    public bool IsHandedOver => _isHandedOver;

    /// <summary>What is wrong with the files, so that an older pair is shown; null: nothing.</summary>
    public string? Fault { get; private set; }

    public static (string Certificate, string Key) FilesOf(Layout layout, HttpsSettings settings) =>
        settings is { Certificate: { } certificate, Key: { } key } ? (certificate, key) : OwnCertificate.Files(layout);

    /// <summary>Whether this process can judge the admin's files: a key that only root can read, systemd hands over at the start.</summary>
    public static bool CanRead(HttpsSettings settings)
    {
        // access(2): R_OK
        const int ReadIt = 4;
        return settings is not { Certificate: { } certificate, Key: { } key } || ((string[])[certificate, key]).All(file => Libc.Access(file, ReadIt) == 0 || Libc.Errno is not Libc.EACCES);
    }

    /// <exception cref="StartException">There is nothing to show.</exception>
    public void Begin()
    {
        Look();
        if (_current is null) throw new StartException($"Cannot use the certificate {Files.Certificate} with the key {Files.Key}: {Fault}");
    }

    /// <summary>The pair that counts now.</summary>
    public CertificatePair Current()
    {
        lock (_lock)
        {
            if (clock.GetElapsedTime(_lookedAt) >= Every) Look();
            return _current!;
        }
    }

    public ValueTask<SslServerAuthenticationOptions> Handshake() => ValueTask.FromResult(Current().Options);

    void Look()
    {
        string? cannotKeep = IsOwn ? KeepOwn() : null;
        try
        {
            (string Certificate, string Key) found = Read();
            if (found != _read || _current is null)
            {
                CertificatePair pair = CertificatePair.Parse(found.Certificate, found.Key);
                if (_current is not null && !IsOwn) logger.Renewed(Files.Certificate, pair.Certificate.NotAfter);
                (_current, _read) = (pair, found);
            }
            if (cannotKeep is not null && cannotKeep != Fault) logger.CannotKeep(Files.Certificate, cannotKeep);
            Fault = cannotKeep;
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            if (_current is not null && error.Message != Fault) logger.Unusable(Files.Certificate, Files.Key, error.Message);
            Fault = cannotKeep ?? error.Message;
        }
        _lookedAt = clock.GetTimestamp();
    }

    /// <returns>Why it cannot be kept right, as on a full disk: what there is may be good all the same.</returns>
    string? KeepOwn()
    {
        if (_current is not null && clock.GetElapsedTime(_keptAt) < OwnEvery && File.Exists(Files.Certificate)) return Fault;
        _keptAt = clock.GetTimestamp();
        try
        {
            if (OwnCertificate.Keep(layout) is { } reason) logger.Made(Files.Certificate, reason);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    (string, string) Read()
    {
        try
        {
            (string, string) texts = (File.ReadAllText(Files.Certificate), File.ReadAllText(Files.Key));
            _isHandedOver = false;
            return texts;
        }
        // Once the files could be read, what systemd handed over at the start is older than what is shown.
        catch (Exception error) when (error is IOException or UnauthorizedAccessException && HttpsSettings.Credential is not null && (_current is null || _isHandedOver))
        {
            (string certificate, string key) = HttpsSettings.Credential.Value;
            (string, string) texts = (File.ReadAllText(certificate), File.ReadAllText(key));
            _isHandedOver = true;
            return texts;
        }
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Made the certificate {File} anew: {Reason}")]
    public static partial void Made(this ILogger logger, string file, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The certificate {File} was renewed, and is shown from now on; it is good until {Until:yyyy-MM-dd}")]
    public static partial void Renewed(this ILogger logger, string file, DateTime until);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot make the certificate {File} anew: {Fault}. The one there is is shown")]
    public static partial void CannotKeep(this ILogger logger, string file, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot use the certificate {File} with the key {Key}: {Fault}. The one before is shown until they are right")]
    public static partial void Unusable(this ILogger logger, string file, string key, string fault);
}
