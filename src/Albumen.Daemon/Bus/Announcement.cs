using System.Net;
using System.Net.Sockets;
using System.Text;
using Albumen.Configuration;
using Albumen.Native;

namespace Albumen.Daemon.Bus;

/// <summary>
/// Has Avahi announce the doors that other machines can reach (DNS-SD, RFC 6763), so that file managers show the archive by itself. A door for this machine
/// alone is never announced. Whoever else has the name already keeps it.
/// </summary>
/// <param name="settings">Null: nothing is announced.</param>
sealed class Announcement(AnnounceSettings? settings, ILogger<Announcement> logger) : BusPeer
{
    const string Server = "org.freedesktop.Avahi.Server", Group = "org.freedesktop.Avahi.EntryGroup", Collision = "org.freedesktop.Avahi.CollisionError";

    // avahi-common/defs.h: AvahiServerState, AvahiEntryGroupState, AVAHI_IF_UNSPEC.
    const int ServerRuns = 2, Established = 2, Collided = 3, AnyInterface = -1;
    const int MostNames = 100;

    IReadOnlyList<AnnouncedDoor> _doors = [];
    string? _group, _name, _announced;
    int _turn;

    public override string Name => "org.freedesktop.Avahi";

    public override string Title => "Avahi";

    public override string Purpose => "announces the archive to file managers in the network";

    public override string Otherwise => "The archive is not announced in the network, and is mounted by its address.";

    public override (string, string) Origin => ("avahi-daemon", "avahi-daemon");

    public override string Doing => settings is null ? "announces nothing, because 'announce' is off"
        : _doors.Count == 0 ? "has nothing to announce, because only this machine may use the doors"
        : _announced is { } name ? $"announces '{name}' in the network"
        : "is asked to announce the archive in the network";

    /// <summary>To be said before the bus is joined.</summary>
    /// <param name="listening">Where the daemon listens, as the web server has it.</param>
    /// <param name="takesPlain">Others may sign in without encryption; else a door without it refuses them.</param>
    public void Announce(IEnumerable<string> listening, bool takesPlain) => _doors = settings is null ? [] : [.. AnnouncedDoor.Of(listening).Where(door => takesPlain || door.IsEncrypted)];

    protected override async Task MeetAsync(BusLink link)
    {
        if (_doors.Count == 0) return;
        link.Listen("/", Server, "StateChanged", signal =>
        {
            // Under the old name of the machine it is announced no more.
            if (signal.ReadInt32() == ServerRuns) Do(AnnounceAsync);
            else Do(WithdrawAsync);
        });
        // Groups are told of their own state alone.
        link.Listen(null, Group, "StateChanged", signal =>
        {
            if (signal.Path == _group) Hear(signal.ReadInt32());
        });
        if (await link.CallAsync("/", Server, "GetState", answer => answer.ReadInt32()) == ServerRuns) await AnnounceAsync(link);
    }

    protected override void Part()
    {
        _turn++;
        (_group, _name, _announced) = (null, null, null);
    }

    async Task AnnounceAsync(BusLink link)
    {
        string host = await link.CallAsync("/", Server, "GetHostName", answer => answer.ReadText());
        await AnnounceAsync(link, Fit(settings!.Name.Replace(AnnounceSettings.Host, host, StringComparison.Ordinal)));
    }

    async Task AnnounceAsync(BusLink link, string name)
    {
        int turn = await WithdrawAsync(link);
        for (int i = 0; i < MostNames; i++)
        {
            string group = await link.CallAsync("/", Server, "EntryGroupNew", answer => answer.ReadText());
            if (turn != _turn)
            {
                await link.CallAsync(group, Group, "Free");
                return;
            }
            // What it says of itself may come before the answer.
            (_group, _name) = (group, name);
            try
            {
                foreach (AnnouncedDoor door in _doors) await AddAsync(link, group, name, door);
                await link.CallAsync(group, Group, "Commit");
                return;
            }
            catch (BusException error) when (error.Name == Collision && turn == _turn)
            {
                await link.CallAsync(group, Group, "Free");
                name = await AlternativeAsync(link, name);
            }
        }
    }

    static Task AddAsync(BusLink link, string group, string name, AnnouncedDoor door) => link.CallAsync(group, Group, "AddService", arguments =>
    {
        arguments.Write(AnyInterface);
        arguments.Write(door.Protocol);
        arguments.Write(0u);
        arguments.Write(name);
        arguments.Write(door.Type);
        // The domain and the host are Avahi's own.
        arguments.Write("");
        arguments.Write("");
        arguments.Write(door.Port);
        arguments.Write([Encoding.UTF8.GetBytes("path=/")]);
    });

    static Task<string> AlternativeAsync(BusLink link, string name) =>
        link.CallAsync("/", Server, "GetAlternativeServiceName", answer => answer.ReadText(), arguments => arguments.Write(name));

    /// <returns>The number of this turn; a later one makes all earlier ones stop.</returns>
    async Task<int> WithdrawAsync(BusLink link)
    {
        int turn = ++_turn;
        string? group = _group;
        (_group, _announced) = (null, null);
        if (group is not null) await link.CallAsync(group, Group, "Free");
        return turn;
    }

    void Hear(int state)
    {
        if (state == Established && _announced != _name)
        {
            _announced = _name;
            logger.Announced(_name!, string.Join(", ", _doors));
        }
        else if (state == Collided) Do(async link => await AnnounceAsync(link, await AlternativeAsync(link, _name!)));
    }

    /// <summary>Cut off between two characters where it is too long.</summary>
    static string Fit(string name)
    {
        int length = 0, bytes = 0;
        foreach (Rune rune in name.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > AnnounceSettings.LongestNameInBytes) break;
            length += rune.Utf16SequenceLength;
        }
        return name[..length];
    }
}

/// <summary>A door that other machines can reach.</summary>
/// <param name="Type">Of the service: <c>_webdavs._tcp</c>.</param>
/// <param name="Protocol">As avahi-common/address.h has it: AVAHI_PROTO_INET, AVAHI_PROTO_INET6 or both.</param>
sealed record AnnouncedDoor(string Type, ushort Port, int Protocol)
{
    const string Encrypted = "_webdavs._tcp";
    const int Four = 0, Six = 1, Both = -1;

    /// <param name="listening">Where the daemon listens, as the web server has it; <c>[::]</c> is every address of both kinds.</param>
    public static IEnumerable<AnnouncedDoor> Of(IEnumerable<string> listening)
    {
        foreach (string url in listening)
        {
            if (url.Contains("unix:", StringComparison.Ordinal)) continue;
            Uri door = new(url);
            if (!IPAddress.TryParse(door.IdnHost, out IPAddress? address) || IPAddress.IsLoopback(address)) continue;
            yield return new(door.Scheme is "https" ? Encrypted : "_webdav._tcp", (ushort)door.Port,
                address.Equals(IPAddress.IPv6Any) ? Both : address.AddressFamily is AddressFamily.InterNetworkV6 ? Six : Four);
        }
    }

    public bool IsEncrypted => Type == Encrypted;

    public override string ToString() => $"{Type} port {Port}";
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Announced in the network as '{Name}': {Doors}")]
    public static partial void Announced(this ILogger logger, string name, string doors);
}
