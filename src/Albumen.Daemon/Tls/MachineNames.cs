using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Albumen.Daemon.Tls;

/// <summary>What others call this machine: its names, and the addresses that stay with it for a while.</summary>
static class MachineNames
{
    // if_inet6 in proc(5), flags of rtnetlink(7): temporary (RFC 8981), no longer preferred, not yet proved to be unique.
    const int Passing = 0x01 | 0x20 | 0x40;

    /// <summary>Its own name, the same without a domain, that by multicast DNS, and what it calls itself.</summary>
    public static IReadOnlyList<string> Dns()
    {
        string host = System.Net.Dns.GetHostName().ToLowerInvariant(), label = host.Split('.')[0];
        return [.. ((string[])[host, label, $"{label}.local", "localhost"]).Where(name => Uri.CheckHostName(name) is UriHostNameType.Dns).Distinct()];
    }

    /// <summary>Those of all interfaces that are up, IPv4 first, without loopback. A link-local one needs the name of an interface of the other machine.</summary>
    public static IReadOnlyList<IPAddress> Addresses()
    {
        HashSet<IPAddress> passing = PassingAddresses();
        return
        [
            .. from face in NetworkInterface.GetAllNetworkInterfaces()
               where face.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown && face.NetworkInterfaceType is not NetworkInterfaceType.Loopback
               from known in face.GetIPProperties().UnicastAddresses
               let address = known.Address
               where address.AddressFamily is AddressFamily.InterNetwork ? !address.ToString().StartsWith("169.254.", StringComparison.Ordinal)
                   : address.AddressFamily is AddressFamily.InterNetworkV6 && !address.IsIPv6LinkLocal && !passing.Contains(address)
               orderby address.AddressFamily
               select address,
        ];
    }

    /// <summary>IPv6 addresses that are another every day, for connections from here.</summary>
    static HashSet<IPAddress> PassingAddresses()
    {
        try
        {
            return
            [
                .. from line in File.ReadLines("/proc/net/if_inet6")
                   let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                   where fields.Length == 6 && (int.Parse(fields[4], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & Passing) != 0
                   select new IPAddress(Convert.FromHexString(fields[0])),
            ];
        }
        catch (IOException)
        {
            // A kernel without IPv6.
            return [];
        }
    }
}
