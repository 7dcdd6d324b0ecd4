using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Albumen.Native;

/// <summary>What systemd is told and what it asked for: sd_notify(3) by its socket, and the native journal protocol. Both do nothing elsewhere.</summary>
static partial class Systemd
{
    const string JournalSocket = "/run/systemd/journal/socket";

    /// <summary>True when standard error goes to the journal (systemd.exec(5), JOURNAL_STREAM).</summary>
    public static bool HasJournal => Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 } && File.Exists(JournalSocket);

    /// <summary>True when systemd started us and waits to hear from us.</summary>
    public static bool IsSupervisor => Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is { Length: > 1 };

    /// <summary>How often systemd wants to hear from us; null when it keeps no watch.</summary>
    public static TimeSpan? WatchdogInterval =>
        long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), out long microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;

    /// <summary>Sends lines such as <c>READY=1</c> or <c>STATUS=Indexing</c>.</summary>
    public static void Notify(string lines)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 1 } address) return;
        // '@' stands for the abstract namespace.
        SendTo(address[0] is '@' ? "\0" + address[1..] : address, Encoding.UTF8.GetBytes(lines));
    }

    /// <summary>Has systemd keep an open file and hand it over at the next start (sd_pid_notify_with_fds(3)).</summary>
    /// <param name="name">Without colons.</param>
    public static void Keep(string name, int file)
    {
        // Without libsystemd it is opened anew each time.
        if (IsSupervisor && SdBus.IsInstalled) _ = sd_pid_notify_with_fds(0, 0, $"FDSTORE=1\nFDNAME={name}", in file, 1);
    }

    [LibraryImport("libsystemd.so.0", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int sd_pid_notify_with_fds(int process, int unsetEnvironment, string state, in int files, uint count);

    /// <summary>Writes one entry of fields to the journal. Names are upper case; values are cut at 48 kB, because a datagram must fit.</summary>
    public static void Journal(IEnumerable<KeyValuePair<string, string>> fields)
    {
        using MemoryStream entry = new();
        foreach ((string name, string value) in fields)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(value.Length > 48_000 ? value[..48_000] : value);
            entry.Write(Encoding.ASCII.GetBytes(name));
            // A value with line breaks is written as length (64 bits, little endian) and bytes.
            entry.WriteByte((byte)'\n');
            entry.Write(BitConverter.GetBytes((long)bytes.Length));
            entry.Write(bytes);
            entry.WriteByte((byte)'\n');
        }
        SendTo(JournalSocket, entry.ToArray());
    }

    static void SendTo(string address, byte[] datagram)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.SendTo(datagram, new UnixDomainSocketEndPoint(address));
        }
        catch (SocketException)
        {
            // Nobody listens: telling systemd is a courtesy, never a reason to stop.
        }
    }
}
