using System.Collections.Concurrent;
using System.Diagnostics;
using Albumen.Native;

namespace Albumen.Daemon.Bus;

/// <summary>
/// Albumen on the machine's message bus: knows which of its peers are there, and tells them when they come and go. All of it is a courtesy: without libsystemd,
/// without a bus, or while it is away, the archive is served as well, and nobody waits for it. One thread owns the connection.
/// </summary>
sealed class SystemBus : SynchronizationContext, IDisposable
{
    const string Bus = "org.freedesktop.DBus", BusPath = "/org/freedesktop/DBus";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromMinutes(1), Steady = TimeSpan.FromSeconds(10);

    readonly ILogger<SystemBus> _logger;
    readonly int _bell = Inotify.OpenBell();
    readonly ConcurrentQueue<(SendOrPostCallback Act, object? State)> _posted = new();
    volatile bool _isOver;
    // Nothing is said of the peers before it is known of each whether it is there.
    int _unasked;

    public SystemBus(IReadOnlyList<BusPeer> peers, ILogger<SystemBus> logger)
    {
        if (_bell < 0) throw new IOException($"No descriptor to wake the bus with: {Libc.Describe(Libc.Errno)}");
        (Peers, _logger) = (peers, logger);
        foreach (BusPeer peer in peers) peer.Join(this);
    }

    public IReadOnlyList<BusPeer> Peers { get; }

    /// <summary>Why there is no bus; null while there is one.</summary>
    public string? Lack { get; private set; } = "it was not looked for yet";

    /// <summary>Runs until cancelled, or where there is no libsystemd.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!SdBus.IsInstalled)
        {
            Lack = "libsystemd is not installed";
            _isOver = true;
            _posted.Clear();
            _logger.NoBus(Lack);
            return;
        }
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            try
            {
                Run(cancellationToken);
                ended.SetResult();
            }
            catch (Exception error)
            {
                ended.SetException(error);
            }
        })
        { IsBackground = true, Name = "bus" };
        await using CancellationTokenRegistration stop = cancellationToken.Register(() => Inotify.Ring(_bell));
        thread.Start();
        await ended.Task;
    }

    /// <summary>From any thread: has something done on that of the bus.</summary>
    public void Post(Action act) => Post(static act => ((Action)act!)(), act);

    /// <summary>What was waited for on the thread of the bus goes on there.</summary>
    public override void Post(SendOrPostCallback d, object? state)
    {
        // Without a bus for good nobody would ever do it.
        if (_isOver) return;
        _posted.Enqueue((d, state));
        Inotify.Ring(_bell);
    }

    public void Refused(BusPeer peer, string reason) => _logger.Refused(peer.Title, reason, peer.Otherwise);

    public void Dispose() => Libc.Close(_bell);

    void Run(CancellationToken stop)
    {
        SetSynchronizationContext(this);
        TimeSpan pause = FirstPause;
        bool isKnown = false;
        while (!stop.IsCancellationRequested)
        {
            bool wasThere = false;
            long started = Stopwatch.GetTimestamp();
            string lack = Serve(() =>
            {
                isKnown = wasThere = true;
                Lack = null;
            }, stop);
            if (stop.IsCancellationRequested) break;
            Lack = lack;
            if (wasThere) _logger.BusLost(lack);
            else if (!isKnown) _logger.NoBus(lack);
            isKnown = true;
            if (wasThere && Stopwatch.GetElapsedTime(started) > Steady) pause = FirstPause;
            for (long from = Stopwatch.GetTimestamp(); !stop.IsCancellationRequested && pause - Stopwatch.GetElapsedTime(from) is { Ticks: > 0 } left;)
                Wait(new() { File = -1 }, (int)Math.Ceiling(left.TotalMilliseconds));
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Serves one connection until it is lost.</summary>
    /// <returns>Why it was.</returns>
    string Serve(Action ready, CancellationToken stop)
    {
        try
        {
            using SdBus bus = SdBus.OpenSystem();
            try
            {
                for (bool isReady = false; !stop.IsCancellationRequested;)
                {
                    while (bus.Process()) { }
                    if (!isReady && bus.IsReady)
                    {
                        isReady = true;
                        ready();
                        Meet(bus);
                        continue;
                    }
                    Wait(bus.Waiting, bus.MostToWait);
                }
            }
            finally
            {
                foreach (BusPeer peer in Peers)
                {
                    peer.Disappear();
                    peer.CanBeStarted = false;
                }
            }
            return "";
        }
        catch (BusException error)
        {
            return error.Message;
        }
    }

    /// <summary>Waits for the bus, or for something that is posted, and does that.</summary>
    void Wait(Inotify.Waiting file, int milliseconds)
    {
        if (_posted.IsEmpty)
        {
            Span<Inotify.Waiting> both = [file, new() { File = _bell, Wanted = Inotify.Readable }];
            Inotify.Wait(both, milliseconds);
        }
        Inotify.Silence(_bell);
        while (_posted.TryDequeue(out (SendOrPostCallback Act, object? State) posted)) posted.Act(posted.State);
    }

    void Meet(SdBus bus)
    {
        _unasked = Peers.Count;
        bus.Call(Bus, BusPath, Bus, "ListActivatableNames", null, reply =>
        {
            if (reply is not { Error: null } names) return;
            IReadOnlyList<string> known = names.ReadTexts();
            foreach (BusPeer peer in Peers) peer.CanBeStarted = known.Contains(peer.Name);
        }, Patience);
        foreach (BusPeer peer in Peers)
        {
            // Listened to first, so that nothing falls in between.
            bus.Listen($"type='signal',sender='{Bus}',path='{BusPath}',interface='{Bus}',member='NameOwnerChanged',arg0='{peer.Name}'", signal =>
            {
                signal.Skip("ss");
                Know(bus, peer, signal.ReadText());
            });
            bus.Call(Bus, BusPath, Bus, "GetNameOwner", arguments => arguments.Write(peer.Name), reply =>
            {
                if (reply is not { } answer) return;
                Know(bus, peer, answer.Error is null ? answer.ReadText() : "");
                if (--_unasked == 0) _logger.OnBus(List(Peers.Where(p => p.Link is not null)), List(Peers.Where(p => p.Link is null)));
            }, Patience);
        }

        static string List(IEnumerable<BusPeer> peers) => string.Join(", ", peers.Select(peer => peer.Title).DefaultIfEmpty("nobody"));
    }

    /// <param name="owner">Who has the peer's name now; empty when nobody has.</param>
    void Know(SdBus bus, BusPeer peer, string owner)
    {
        if (owner == (peer.Link?.Owner ?? "")) return;
        bool wasThere = peer.Link is not null;
        if (owner.Length > 0) peer.Appear(new(bus, owner));
        else peer.Disappear();
        if (_unasked > 0 || wasThere == owner.Length > 0) return;
        if (wasThere) _logger.Gone(peer.Title, peer.Otherwise);
        else _logger.Back(peer.Title);
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Without a system bus ({Reason}); the archive is served as well. It is looked for again")]
    public static partial void NoBus(this ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The system bus is gone ({Reason}); the archive is served as well. It is looked for again")]
    public static partial void BusLost(this ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "On the system bus; there: {There}; not there: {Missing}")]
    public static partial void OnBus(this ILogger logger, string there, string missing);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Peer} is on the system bus")]
    public static partial void Back(this ILogger logger, string peer);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Peer} is gone from the system bus. {Otherwise}")]
    public static partial void Gone(this ILogger logger, string peer, string otherwise);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Peer} refuses: {Reason}. {Otherwise}")]
    public static partial void Refused(this ILogger logger, string peer, string reason, string otherwise);
}
