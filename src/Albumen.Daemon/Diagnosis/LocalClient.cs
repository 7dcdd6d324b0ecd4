using System.Net.Security;

namespace Albumen.Daemon.Diagnosis;

/// <summary>Speaks to this machine alone, so whose certificate it is need not be proved.</summary>
static class LocalClient
{
    public static HttpClient Make() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(3),
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, errors) => !errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) },
    })
    { Timeout = TimeSpan.FromSeconds(5) };
}
