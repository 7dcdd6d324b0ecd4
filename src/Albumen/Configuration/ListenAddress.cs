using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Albumen.Configuration;

/// <summary>An address and port to accept connections at.</summary>
/// <param name="Host"><c>*</c> (every address), <c>localhost</c> (both loopback addresses), or an IPv4 or IPv6 address without brackets.</param>
/// <param name="Port">0: the system picks a free one.</param>
public sealed record ListenAddress(string Host, int Port)
{
    public const string AnyHost = "*";

    /// <summary>Reads <c>127.0.0.1:1850</c>, <c>[::1]:1850</c>, <c>localhost:1850</c>, <c>*:1851</c>.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is anything else; the message says what is wanted.</exception>
    public static ListenAddress Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            throw new FormatException("""write ADDRESS:PORT, such as "127.0.0.1:1850" or "*:1851", with a port from 0 to 65535""");
        if (host is AnyHost or "localhost") return new(host, port);
        if (host is ['[', .. var inner, ']'] && IPAddress.TryParse(inner, out IPAddress? six) && six.AddressFamily is AddressFamily.InterNetworkV6)
            return new(six.ToString(), port);

        // IPAddress.TryParse alone takes "1" and "0x7f.1" for addresses too.
        if (host.Count(c => c is '.') == 3 && IPAddress.TryParse(host, out IPAddress? four) && four.AddressFamily is AddressFamily.InterNetwork
            && four.ToString() == host)
            return new(host, port);
        throw new FormatException(host.Contains(':')
            ? $"write an IPv6 address in brackets, such as \"[::1]:{port}\""
            : $"'{host}' is no address of this machine: write * (all), localhost, an IPv4 address or an IPv6 address in brackets");
    }

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
