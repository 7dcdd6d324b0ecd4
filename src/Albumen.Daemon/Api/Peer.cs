using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Albumen.Daemon.Api;

/// <summary>Who is at the other end of the Unix socket, as the kernel has it (unix(7)).</summary>
/// <param name="Groups">The supplementary ones; <paramref name="Gid"/> is the first.</param>
sealed record Peer(uint Uid, uint Gid, IReadOnlyList<uint> Groups)
{
    const int SolSocket = 1, SoPeerCred = 17, SoPeerGroups = 59;

    // NGROUPS_MAX is 65536; nobody's list is that long, and a longer one only means that it is not looked at.
    const int MaxGroups = 4096;

    public static Peer Of(Socket socket)
    {
        // struct ucred: pid, uid, gid.
        Span<byte> credentials = stackalloc byte[12];
        socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        return new(
            BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(credentials[8..]),
            GroupsOf(socket));
    }

    public bool IsIn(uint group) => Gid == group || Groups.Contains(group);

    static uint[] GroupsOf(Socket socket)
    {
        byte[] buffer = new byte[MaxGroups * sizeof(uint)];
        try
        {
            int length = socket.GetRawSocketOption(SolSocket, SoPeerGroups, buffer);
            return MemoryMarshal.Cast<byte, uint>(buffer.AsSpan(0, length)).ToArray();
        }
        catch (SocketException)
        {
            return [];
        }
    }
}

/// <summary>The number of a group of this machine (group(5)).</summary>
static class UnixGroup
{
    /// <returns>Null when there is no such group.</returns>
    public static uint? Find(string name)
    {
        try
        {
            return File.ReadLines("/etc/group").Select(line => line.Split(':')).FirstOrDefault(fields => fields.Length > 2 && fields[0] == name) is { } found
                && uint.TryParse(found[2], out uint gid) ? gid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}

/// <summary>What a user of this machine is called (passwd(5)).</summary>
static class UnixUser
{
    // A user who is renamed is so after the next start.
    static readonly ConcurrentDictionary<uint, string> Names = new();

    /// <returns><c>user 1234</c> for one that is not in /etc/passwd.</returns>
    public static string NameOf(uint uid) => Names.GetOrAdd(uid, static uid => Find(uid) ?? $"user {uid}");

    static string? Find(uint uid)
    {
        try
        {
            return File.ReadLines("/etc/passwd").Select(line => line.Split(':')).FirstOrDefault(fields => fields.Length > 2 && fields[2] == $"{uid}")?[0];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
