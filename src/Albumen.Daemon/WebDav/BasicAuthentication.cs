using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Albumen.Identity;

namespace Albumen.Daemon.WebDav;

/// <summary>Basic authentication with app passwords (RFC 7617), in UTF-8.</summary>
sealed class BasicAuthentication(SignIn signIn, ILogger logger)
{
    const string Challenge = "Basic realm=\"Albumen\", charset=\"UTF-8\"";
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    int _warned;

    /// <summary>Who asks. Null when that is nobody we know; the answer is then written already.</summary>
    public async Task<Person?> IdentifyAsync(HttpContext context)
    {
        if (Read(context.Request.Headers.Authorization) is not var (name, password))
        {
            await ChallengeAsync(context, "Sign in with your name and an app password (albumen app-password create NAME).");
            return null;
        }
        IPAddress? address = context.Connection.RemoteIpAddress;
        if (!context.Request.IsHttps && address is not null && !IPAddress.IsLoopback(address) && Interlocked.Exchange(ref _warned, 1) == 0) logger.PasswordInClear(address);
        switch (await signIn.WithPasswordAsync(name, password, address, context.RequestAborted))
        {
            case SignInResult.Accepted { Person: var person }:
                return person;
            case SignInResult.Paused { RetryAfter: var wait }:
                context.Response.Headers.RetryAfter = $"{Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds))}";
                await DavError.SendAsync(context, StatusCodes.Status429TooManyRequests, "", "Too many wrong passwords; wait a little.");
                return null;
            default:
                await ChallengeAsync(context, "The name or the app password is wrong.");
                return null;
        }
    }

    static Task ChallengeAsync(HttpContext context, string message)
    {
        context.Response.Headers.WWWAuthenticate = Challenge;
        return DavError.SendAsync(context, StatusCodes.Status401Unauthorized, "", message);
    }

    static (string Name, string Password)? Read(string? header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out AuthenticationHeaderValue? value) || value is not { Parameter: { } parameter }
            || !value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) return null;
        try
        {
            string pair = Strict.GetString(Convert.FromBase64String(parameter));
            int colon = pair.IndexOf(':');
            return colon < 0 ? null : (pair[..colon], pair[(colon + 1)..]);
        }
        catch (Exception error) when (error is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A password came over plain http from {Address}: everyone on the way can read it. Use https, or let http listen on 127.0.0.1 only")]
    public static partial void PasswordInClear(this ILogger logger, IPAddress address);
}
