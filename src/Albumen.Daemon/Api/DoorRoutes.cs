using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Albumen.Client;

namespace Albumen.Daemon.Api;

/// <summary>/doors: the addresses people mount the archive at.</summary>
static class DoorRoutes
{
    const string ThisMachine = "this machine", Network = "the network";

    // A machine with more addresses than this has them for containers, and nobody mounts there.
    const int MostAddresses = 16;

    /// <param name="listening">Where the daemon listens, as the web server has it.</param>
    public static void Map(RouteGroupBuilder api, Func<IEnumerable<string>> listening) =>
        api.MapGet("/doors", () => new Doors([.. Of(listening())])).WithSummary("The addresses at which the archive can be mounted, the best first.");

    /// <summary>Those for the network first, and the encrypted ones before the others; names before addresses.</summary>
    public static IEnumerable<Door> Of(IEnumerable<string> listening) =>
        listening.Where(url => !url.Contains("unix:", StringComparison.Ordinal)).SelectMany(Of).DistinctBy(door => door.Url)
            .OrderByDescending(door => door.Reach == Network).ThenByDescending(door => door.Secure);

    static IEnumerable<Door> Of(string listening)
    {
        bool isSecure = listening.StartsWith("https:", StringComparison.Ordinal);
        string rest = listening[(listening.IndexOf("://", StringComparison.Ordinal) + 3)..].TrimEnd('/');
        int colon = rest.LastIndexOf(':');
        (string host, string port) = (rest[..colon].Trim('[', ']'), rest[(colon + 1)..]);
        IEnumerable<string> hosts = host switch
        {
            "*" or "+" or "0.0.0.0" or "::" => [.. Names(), .. Addresses(withSix: host is not "0.0.0.0").Take(MostAddresses), "localhost"],
            _ => [host],
        };
        return hosts.Select(name => new Door($"{(isSecure ? "https" : "http")}://{(name.Contains(':') ? $"[{name}]" : name)}:{port}/", isSecure, IsLocal(name) ? ThisMachine : Network));
    }

    /// <summary>What others on the network call this machine: in full, or by multicast DNS where Avahi answers to that.</summary>
    static IEnumerable<string> Names()
    {
        string host = Dns.GetHostName();
        return IsLocal(host) ? [] : host.Contains('.') ? [host] : File.Exists("/run/avahi-daemon/socket") ? [$"{host}.local"] : [];
    }

    static IEnumerable<string> Addresses(bool withSix) =>
        from face in NetworkInterface.GetAllNetworkInterfaces()
        where face.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown && face.NetworkInterfaceType is not NetworkInterfaceType.Loopback
        from known in face.GetIPProperties().UnicastAddresses
        let address = known.Address
        // A link-local address needs the name of an interface of the other machine.
        where address.AddressFamily is AddressFamily.InterNetwork || (withSix && address.AddressFamily is AddressFamily.InterNetworkV6 && !address.IsIPv6LinkLocal)
        orderby address.AddressFamily
        select address.ToString();

    static bool IsLocal(string host) => host is "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
