using System.Net;
using System.Net.Sockets;
using Albumen.Configuration;
using Albumen.Native;

namespace Albumen.Daemon.Systemd;

/// <summary>
/// The listening sockets that systemd opened and keeps while albumend is started anew (sd_listen_fds(3)): who connects meanwhile waits and is not refused.
/// Each door takes the one that listens where it should; a door for which there is none opens its own.
/// </summary>
static class OpenSockets
{
    // SD_LISTEN_FDS_START
    const int First = 3;

    static readonly Dictionary<int, EndPoint> Waiting = [];

    /// <summary>To be called first of all: no child of this process may get them, or they would listen on when we do not.</summary>
    public static void TakeOver()
    {
        if (Environment.GetEnvironmentVariable("LISTEN_PID") != $"{Environment.ProcessId}" || !int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), out int count)) return;
        for (int file = First; file < First + count; file++)
        {
            if (!Companion.CloseOnExecute(file)) continue;
            // Kept open: the object does not own it.
            using Socket socket = new(new SafeSocketHandle(file, ownsHandle: false));
            if (socket.LocalEndPoint is { } place) Waiting[file] = place;
        }
    }

    /// <summary>Before this program executes itself anew: the next one finds them as we did.</summary>
    public static void PassOn()
    {
        foreach (int file in Waiting.Keys) _ = Companion.CloseOnExecute(file, false);
    }

    /// <summary>Whether one listens at this socket file, which is systemd's to make and remove.</summary>
    public static bool Has(string socketFile) => Waiting.Values.Any(place => Is(place, socketFile));

    /// <summary>The one that listens there; null where there is none. It is the caller's from now on.</summary>
    public static ulong? Take(string socketFile) => Take(place => Is(place, socketFile));

    /// <inheritdoc cref="Take(string)"/>
    public static ulong? Take(ListenAddress address) => address.Port == 0 ? null : Take(place => place is IPEndPoint ip && ip.Port == address.Port && address.Host switch
    {
        ListenAddress.AnyHost => ip.Address.Equals(IPAddress.IPv6Any) || ip.Address.Equals(IPAddress.Any),
        "localhost" => IPAddress.IsLoopback(ip.Address),
        _ => ip.Address.Equals(IPAddress.Parse(address.Host)),
    });

    /// <summary>Until cancelled, closes each connection to those that no door took: the configuration changed since systemd opened them, and nobody shall wait there for ever.</summary>
    public static Task RefuseAsync(CancellationToken cancellationToken) => Task.WhenAll(Waiting.Keys.Select(async file =>
    {
        using Socket socket = new(new SafeSocketHandle(file, ownsHandle: false));
        while (true) (await socket.AcceptAsync(cancellationToken)).Dispose();
    }));

    static bool Is(EndPoint place, string socketFile) => place is UnixDomainSocketEndPoint && place.ToString() == socketFile;

    static ulong? Take(Predicate<EndPoint> isMeant)
    {
        foreach ((int file, EndPoint place) in Waiting)
            if (isMeant(place))
            {
                Waiting.Remove(file);
                return (ulong)file;
            }
        return null;
    }
}
