using System.Net;
using System.Net.Sockets;
using Albumen.Client;
using Albumen.Daemon.Tls;

namespace Albumen.Daemon.Api;

/// <summary>/doors: the addresses people mount the archive at.</summary>
static class DoorRoutes
{
    const string ThisMachine = "this machine", Network = "the network";

    // A machine with more addresses than this has them for containers, and nobody mounts there.
    const int MostAddresses = 16;

    /// <param name="listening">Where the daemon listens, as the web server has it.</param>
    /// <param name="isInsecure">Passwords of other machines are taken without encryption.</param>
    /// <param name="certificate">Of the https door; null: it is off.</param>
    public static void Map(RouteGroupBuilder api, Func<IEnumerable<string>> listening, bool isInsecure, HttpsCertificate? certificate) =>
        api.MapGet("/doors", () => new Doors([.. Of(listening(), isInsecure, certificate)])).WithSummary("The addresses at which the archive can be mounted, the best first.");

    /// <summary>Those for the network first, and the encrypted ones before the others; names before addresses.</summary>
    public static IEnumerable<Door> Of(IEnumerable<string> listening, bool isInsecure, HttpsCertificate? certificate) =>
        listening.Where(url => !url.Contains("unix:", StringComparison.Ordinal)).SelectMany(url => Of(url, isInsecure, certificate)).DistinctBy(door => door.Url)
            .OrderByDescending(door => door.Reach == Network).ThenByDescending(door => door.Secure);

    static IEnumerable<Door> Of(string listening, bool isInsecure, HttpsCertificate? certificate)
    {
        bool isSecure = listening.StartsWith("https:", StringComparison.Ordinal);
        string rest = listening[(listening.IndexOf("://", StringComparison.Ordinal) + 3)..].TrimEnd('/');
        int colon = rest.LastIndexOf(':');
        (string host, string port) = (rest[..colon].Trim('[', ']'), rest[(colon + 1)..]);
        bool isAny = host is "*" or "+" or "0.0.0.0" or "::", isForOthers = isSecure || isInsecure;
        IEnumerable<string> hosts = !isAny ? [host]
            : isForOthers ? [.. Names(), .. MachineNames.Addresses().Where(address => host is not "0.0.0.0" || address.AddressFamily is AddressFamily.InterNetwork).Take(MostAddresses).Select(address => $"{address}"), "localhost"]
            : ["localhost"];
        // What the admin's certificate is for is what it is reached by, and nothing else would be trusted.
        if (isSecure && certificate is { IsOwn: false } && hosts.Any(name => !IsLocal(name))) hosts = [.. certificate.Current().Names.Where(name => !name.Contains('*') && !IsLocal(name)), .. hosts];
        return hosts.Select(name => new Door($"{(isSecure ? "https" : "http")}://{(name.Contains(':') ? $"[{name}]" : name)}:{port}/", isSecure, IsLocal(name) || !isForOthers ? ThisMachine : Network));
    }

    /// <summary>What others on the network call this machine: in full, or by multicast DNS where Avahi answers to that.</summary>
    static IEnumerable<string> Names()
    {
        string host = Dns.GetHostName();
        return IsLocal(host) ? [] : host.Contains('.') ? [host] : File.Exists("/run/avahi-daemon/socket") ? [$"{host}.local"] : [];
    }

    static bool IsLocal(string host) => host is "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
