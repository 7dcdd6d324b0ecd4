using System.Net;
using Albumen.Configuration;
using Albumen.Daemon.WebDav;

namespace Albumen.Daemon;

/// <summary>
/// Keeps passwords off the network where nothing encrypts them: over plain http other machines are refused before they are asked for one, unless
/// the admin wrote <c>insecure: on</c>.
/// </summary>
static class PlainHttpGuard
{
    // What is answered to anybody, without a password.
    static readonly PathString[] Public = ["/health", "/openapi.json", Api.CertificateRoutes.Download];

    public static void UsePlainHttpGuard(this IApplicationBuilder app, Settings settings, ILogger logger)
    {
        if (settings.Http is not { Insecure: false }) return;
        int warned = 0;
        string instead = settings.Https is { } https ? $"Use https, at port {https.Listen.Port}." : "The admin can open https for you ('https: on').";
        app.Use(async (context, next) =>
        {
            if (!IsExposed(context) || Public.Any(path => context.Request.Path.StartsWithSegments(path)))
            {
                await next(context);
                return;
            }
            if (Interlocked.Exchange(ref warned, 1) == 0) logger.Refused(context.Connection.RemoteIpAddress!);
            await DavError.SendAsync(context, StatusCodes.Status403Forbidden, "", $"Nothing is encrypted here, so passwords from other machines are not taken. {instead}");
        });
    }

    /// <summary>Others on the network could read along.</summary>
    public static bool IsExposed(HttpContext context) =>
        !context.Request.IsHttps && context.Connection.RemoteIpAddress is { } from && !IPAddress.IsLoopback(from) && !from.Equals(context.Connection.LocalIpAddress);
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Address} came over plain http, where everyone on the way could read its password, and was refused. Use https, or write 'insecure: on' below http: if the network is yours alone")]
    public static partial void Refused(this ILogger logger, IPAddress address);
}
