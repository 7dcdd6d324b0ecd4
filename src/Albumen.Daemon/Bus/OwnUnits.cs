using System.Diagnostics;
using Albumen.Client;
using Albumen.Native;

namespace Albumen.Daemon.Bus;

/// <summary>
/// What systemd says of the unit that runs this process, whatever that is called, and of its sockets and timers. What was heard last is served; who asks has it
/// asked anew, and does not wait for it.
/// </summary>
sealed class OwnUnits : BusPeer
{
    const string Manager = "org.freedesktop.systemd1.Manager", ManagerPath = "/org/freedesktop/systemd1", Properties = "org.freedesktop.DBus.Properties";
    const string Service = ".service", Timer = ".timer";
    static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(2);

    readonly Lock _lock = new();
    volatile IReadOnlyList<Unit> _known = [];
    Task _asking = Task.CompletedTask;
    long _asked;

    public override string Name => "org.freedesktop.systemd1";

    public override string Title => "systemd";

    public override string Purpose => "says how albumend's own units are";

    public override string Otherwise => "How albumend's own units are is not shown.";

    public override (string, string) Origin => ("systemd", "dbus");

    /// <summary>As they were when last heard of, the service first; none where systemd did not start this process. Has them asked anew.</summary>
    public IReadOnlyList<Unit> Known
    {
        get
        {
            _ = AskAsync();
            return _known;
        }
    }

    /// <summary>As they are now, for somebody who has the time.</summary>
    public async Task<IReadOnlyList<Unit>> AskedAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync().WaitAsync(patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            // What is known does.
        }
        return _known;
    }

    protected override Task MeetAsync(BusLink link) => LookAsync(link);

    protected override void Part() => _known = [];

    Task AskAsync()
    {
        lock (_lock)
        {
            if (Link is null || !_asking.IsCompleted || (_asked != 0 && Stopwatch.GetElapsedTime(_asked) < GoodFor)) return _asking;
            _asked = Stopwatch.GetTimestamp();
            TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Post(() =>
            {
                if (Link is null) answered.SetResult();
                else Do(async link =>
                {
                    try
                    {
                        await LookAsync(link);
                    }
                    finally
                    {
                        answered.SetResult();
                    }
                });
            });
            return _asking = answered.Task;
        }
    }

    async Task LookAsync(BusLink link)
    {
        string path;
        try
        {
            path = await link.CallAsync(ManagerPath, Manager, "GetUnitByPID", answer => answer.ReadText(), arguments => arguments.Write((uint)Environment.ProcessId));
        }
        catch (BusException error) when (error.Name is "org.freedesktop.systemd1.NoUnitForPID")
        {
            _known = [];
            return;
        }
        IReadOnlyDictionary<string, object> unit = await UnitAsync(link, path);
        // A shell in somebody's session lies in a unit too, which is not ours.
        if (unit.GetValueOrDefault("Id") is not string name || !name.EndsWith(Service, StringComparison.Ordinal)) return;
        IReadOnlyDictionary<string, object> service = await PropertiesAsync(link, path, "org.freedesktop.systemd1.Service", "MainPID", "NRestarts", "MemoryCurrent");
        if (service.GetValueOrDefault("MainPID") is not ulong pid || pid != (ulong)Environment.ProcessId) return;

        List<Unit> known =
        [
            Of(unit) with
            {
                Restarts = service.GetValueOrDefault("NRestarts") is ulong restarts ? (long)restarts : null,
                // UINT64_MAX: not counted.
                MemoryInBytes = service.GetValueOrDefault("MemoryCurrent") is ulong and not ulong.MaxValue and var memory ? (long)memory : null,
            },
        ];
        string stem = name[..^Service.Length];
        IReadOnlyList<string> triggers = unit.GetValueOrDefault("TriggeredBy") as IReadOnlyList<string> ?? [];
        foreach (string other in await link.CallAsync(ManagerPath, Manager, "ListUnitsByPatterns", Paths, arguments =>
        {
            arguments.Write((string[])[]);
            arguments.Write([$"{stem}*.socket", $"{stem}*{Timer}", .. triggers]);
        })) known.Add(await OtherAsync(link, other));
        _known = known;
    }

    static async Task<Unit> OtherAsync(BusLink link, string path)
    {
        Unit unit = Of(await UnitAsync(link, path));
        if (!unit.Name.EndsWith(Timer, StringComparison.Ordinal)) return unit;
        return unit with { Next = Time((await PropertiesAsync(link, path, "org.freedesktop.systemd1.Timer", "NextElapseUSecRealtime")).GetValueOrDefault("NextElapseUSecRealtime")) };
    }

    static Unit Of(IReadOnlyDictionary<string, object> unit) => new(
        unit.GetValueOrDefault("Id") as string ?? "?", unit.GetValueOrDefault("ActiveState") as string ?? "?", unit.GetValueOrDefault("SubState") as string ?? "?",
        unit.GetValueOrDefault("ActiveState") is "active" ? Time(unit.GetValueOrDefault("ActiveEnterTimestamp")) : null, unit.GetValueOrDefault("NeedDaemonReload") is true);

    /// <summary>Microseconds since 1970; 0 and UINT64_MAX are never.</summary>
    static DateTimeOffset? Time(object? microseconds) =>
        microseconds is ulong and not (0 or ulong.MaxValue) and var time ? DateTimeOffset.FromUnixTimeMilliseconds((long)(time / 1000)) : null;

    static Task<IReadOnlyDictionary<string, object>> UnitAsync(BusLink link, string path) =>
        PropertiesAsync(link, path, "org.freedesktop.systemd1.Unit", "Id", "ActiveState", "SubState", "ActiveEnterTimestamp", "NeedDaemonReload", "TriggeredBy");

    static Task<IReadOnlyDictionary<string, object>> PropertiesAsync(BusLink link, string path, string face, params string[] wanted) =>
        link.CallAsync(path, Properties, "GetAll", answer => answer.ReadProperties(wanted), arguments => arguments.Write(face));

    // a(ssssssouso): name, description, load, active and sub state, followed unit, path, and its job.
    static List<string> Paths(BusMessage units)
    {
        List<string> paths = [];
        for (units.Enter('a', "(ssssssouso)"); units.Enter('r', "ssssssouso"); units.Leave())
        {
            units.Skip("ssssss");
            paths.Add(units.ReadText());
            units.Skip("uso");
        }
        units.Leave();
        return paths;
    }
}
