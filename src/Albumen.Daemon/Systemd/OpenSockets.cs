using System.Net;
using System.Net.Sockets;
using Albumen.Configuration;
using Albumen.Native;

namespace Albumen.Daemon.Systemd;

/// <summary>
/// The listening sockets that systemd keeps while albumend is started anew (sd_listen_fds(3)): who connects meanwhile waits and is not refused. Each door takes
/// the one that listens where it should. A door for which there is none, because it was configured after systemd had opened them, opens its own and has systemd
/// keep that as well (FileDescriptorStoreMax= in systemd.service(5)).
/// </summary>
static class OpenSockets
{
    // SD_LISTEN_FDS_START
    const int First = 3, Backlog = 512;

    /// <summary>How systemd calls those that it keeps for us; those that its socket unit opened have the name of that.</summary>
    const string OurName = "door-";

    static readonly Dictionary<int, (EndPoint Place, string Name)> Waiting = [];

    /// <summary>To be called first of all: no child of this process may get them, or they would listen on when we do not.</summary>
    public static void TakeOver()
    {
        if (Environment.GetEnvironmentVariable("LISTEN_PID") != $"{Environment.ProcessId}" || !int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), out int count)) return;
        string[] names = (Environment.GetEnvironmentVariable("LISTEN_FDNAMES") ?? "").Split(':');
        for (int file = First; file < First + count; file++)
        {
            if (!Companion.CloseOnExecute(file)) continue;
            // Kept open: the object does not own it.
            using Socket socket = new(new SafeSocketHandle(file, ownsHandle: false));
            if (socket.LocalEndPoint is { } place) Waiting[file] = (place, names.ElementAtOrDefault(file - First) ?? "");
        }
    }

    /// <summary>Before this program executes itself anew: the next one finds them as we did.</summary>
    public static void PassOn()
    {
        foreach (int file in Waiting.Keys) _ = Companion.CloseOnExecute(file, false);
    }

    /// <summary>Whether one listens at this socket file, which is systemd's to make and remove.</summary>
    public static bool Has(string socketFile) => Waiting.Values.Any(waiting => Is(waiting.Place, socketFile));

    /// <summary>The one that listens there; null where there is none. It is the caller's from now on.</summary>
    public static ulong? Take(string socketFile) => Take(place => Is(place, socketFile));

    /// <inheritdoc cref="Take(string)"/>
    public static ulong? Take(ListenAddress address) => address.Port == 0 ? null : Take(place => place is IPEndPoint ip && ip.Port == address.Port && address.Host switch
    {
        ListenAddress.AnyHost => ip.Address.Equals(IPAddress.IPv6Any) || ip.Address.Equals(IPAddress.Any),
        "localhost" => IPAddress.IsLoopback(ip.Address),
        _ => ip.Address.Equals(IPAddress.Parse(address.Host)),
    });

    /// <summary>Opens one that systemd keeps from now on. It is the caller's.</summary>
    /// <returns>Null where there is no systemd that would, or it cannot be opened: whoever opens it then says why.</returns>
    public static ulong? Open(ListenAddress address)
    {
        if (address.Port == 0 || !Native.Systemd.IsSupervisor) return null;
        try
        {
            Socket socket = Bind(address);
            socket.Listen(Backlog);
            Native.Systemd.Keep($"{OurName}{address.Port}", (int)socket.Handle);
            ulong file = (ulong)socket.Handle;
            // Not closed with this object.
            socket.SafeHandle.SetHandleAsInvalid();
            return file;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>A socket at that address, which may be one that the machine gets later.</summary>
    /// <exception cref="SocketException">Another program listens there, or this one may not.</exception>
    public static Socket Bind(ListenAddress address)
    {
        // ip(7), ipv6(7)
        const int Ip = 0, IpFreeBind = 15, Ipv6 = 41, Ipv6FreeBind = 78;
        IPAddress ip = address.Host switch
        {
            ListenAddress.AnyHost => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any,
            "localhost" => IPAddress.Loopback,
            _ => IPAddress.Parse(address.Host),
        };
        Socket socket = new(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            bool isFour = ip.AddressFamily is AddressFamily.InterNetwork;
            if (ip.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            else socket.SetRawSocketOption(isFour ? Ip : Ipv6, isFour ? IpFreeBind : Ipv6FreeBind, BitConverter.GetBytes(1));
            socket.Bind(new IPEndPoint(ip, address.Port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// What no door took: the configuration changed since they were opened. Ours are closed; at those of the socket unit each connection is closed until
    /// cancelled, so that nobody waits there for ever.
    /// </summary>
    public static Task RefuseAsync(CancellationToken cancellationToken) => Task.WhenAll(Waiting.Select(async waiting =>
    {
        (int file, (_, string name)) = waiting;
        bool isOurs = name.StartsWith(OurName, StringComparison.Ordinal);
        using Socket socket = new(new SafeSocketHandle(file, ownsHandle: isOurs));
        if (isOurs) Native.Systemd.Notify($"FDSTOREREMOVE=1\nFDNAME={name}");
        else while (true) (await socket.AcceptAsync(cancellationToken)).Dispose();
    }));

    static bool Is(EndPoint place, string socketFile) => place is UnixDomainSocketEndPoint && place.ToString() == socketFile;

    static ulong? Take(Predicate<EndPoint> isMeant)
    {
        foreach ((int file, (EndPoint place, _)) in Waiting)
            if (isMeant(place))
            {
                Waiting.Remove(file);
                return (ulong)file;
            }
        return null;
    }
}
