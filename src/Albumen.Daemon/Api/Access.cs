using System.Net.Sockets;
using Albumen.Catalog;
using Albumen.Client;
using Albumen.Identity;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Albumen.Daemon.Api;

/// <summary>
/// Who may use the API. On the Unix socket: root, the daemon's own user, and the members of the group albumen. Over the network: an admin,
/// with an app password as bearer token (RFC 6750).
/// </summary>
sealed class Access(SignIn signIn)
{
    const string Group = "albumen";

    // Read once: a member who is added later has to log in again anyway, but the group itself is made by the package before the daemon starts.
    readonly uint? _group = UnixGroup.Find(Group);

    /// <summary>Null when the caller may; otherwise the refusal.</summary>
    public async Task<Refusal?> CheckAsync(HttpContext context)
    {
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { AddressFamily: AddressFamily.Unix } socket)
        {
            Peer peer = Peer.Of(socket);
            context.Features.Set(new Author(UnixUser.NameOf(peer.Uid), context.Request.Headers[AlbumenClient.DoorHeader] == "cli" ? "cli" : "api"));
            return peer.Uid == 0 || peer.Uid == Native.Libc.EffectiveUserId() || (_group is { } group && peer.IsIn(group))
                ? null
                : new(StatusCodes.Status403Forbidden, "Not allowed", $"User {peer.Uid} is neither root nor in the group {Group}. 'sudo adduser NAME {Group}' adds somebody, who then logs in again.");
        }
        return await CheckTokenAsync(context);
    }

    async Task<Refusal?> CheckTokenAsync(HttpContext context)
    {
        const string Scheme = "Bearer ";
        string? header = context.Request.Headers.Authorization;
        if (header is null || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"Albumen\"";
            return new(StatusCodes.Status401Unauthorized, "Sign in", "The API wants the app password of an admin: 'Authorization: Bearer k7mq-...'.");
        }
        switch (await signIn.WithTokenAsync(header[Scheme.Length..].Trim(), context.Connection.RemoteIpAddress, context.RequestAborted))
        {
            case SignInResult.Accepted { Person: { IsAdmin: true } admin }:
                context.Features.Set(new Author(admin.Name, "api"));
                return null;
            case SignInResult.Accepted { Person: var person }:
                return new(StatusCodes.Status403Forbidden, "Not allowed", $"{person.Name} is not an admin; the API over the network is for admins.");
            case SignInResult.Paused { RetryAfter: var wait }:
                int seconds = (int)Math.Ceiling(wait.TotalSeconds);
                context.Response.Headers.RetryAfter = $"{seconds}";
                return new(StatusCodes.Status429TooManyRequests, "Too many wrong passwords", $"Try again in {seconds} seconds.");
            default:
                context.Response.Headers.WWWAuthenticate = "Bearer realm=\"Albumen\", error=\"invalid_token\"";
                return new(StatusCodes.Status401Unauthorized, "Sign in", "This app password is not known, or was revoked.");
        }
    }
}

/// <summary>Who asks, as <see cref="Access"/> found out.</summary>
static class Asking
{
    public static Author Author(this HttpContext context) => context.Features.GetRequiredFeature<Author>();
}

/// <summary>No, with the reason, as it is sent (RFC 9457).</summary>
sealed record Refusal(int Status, string Title, string Detail);
