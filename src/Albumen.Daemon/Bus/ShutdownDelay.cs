using Albumen.Native;
using Albumen.Sidecar;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Daemon.Bus;

/// <summary>
/// Asks login1 to wait a moment before the machine is switched off or put to sleep while sidecars are still to be written, and has them written at once when
/// that is about to happen. What cannot be written holds up nothing; the edits stand in the journal in any case.
/// </summary>
sealed class ShutdownDelay : BusPeer
{
    const string Manager = "org.freedesktop.login1.Manager", ManagerPath = "/org/freedesktop/login1";

    readonly Sidecars _sidecars;
    readonly ILogger<ShutdownDelay> _logger;
    readonly List<SafeFileHandle> _holds = [];
    bool _isPending, _isEnding, _isAsking;

    public ShutdownDelay(Sidecars sidecars, ILogger<ShutdownDelay> logger)
    {
        (_sidecars, _logger) = (sidecars, logger);
        sidecars.Pending = isPending => Post(() =>
        {
            _isPending = isPending;
            Weigh();
        });
    }

    public override string Name => "org.freedesktop.login1";

    public override string Title => "login1";

    public override string Purpose => "waits for sidecars before the machine goes down or to sleep";

    public override string Otherwise => "A machine that goes down does not wait for sidecars; they are written after the next start.";

    public override (string, string) Origin => ("systemd", "systemd-logind");

    // Of everybody but root he asks polkit, and refuses where that is not installed.
    public override string Mend => "sudo apt-get install polkitd";

    public override string? Doing => _holds.Count == 0 ? null : "would wait for sidecars that are being written";

    protected override Task MeetAsync(BusLink link)
    {
        link.Listen(ManagerPath, Manager, "PrepareForShutdown", signal => Prepare(signal.ReadFlag()));
        link.Listen(ManagerPath, Manager, "PrepareForSleep", signal => Prepare(signal.ReadFlag()));
        Weigh();
        return Task.CompletedTask;
    }

    protected override void Part()
    {
        Release();
        _isEnding = false;
    }

    /// <param name="begins">False: it is over, as after a sleep.</param>
    void Prepare(bool begins)
    {
        _isEnding = begins;
        if (begins && _isPending)
        {
            _logger.GoesDown();
            // On a thread of its own: the catalogue may be busy. What fails there keeps the sidecars from being written, too, and they say so.
            _ = Task.Run(() => _sidecars.WriteNowAsync(CancellationToken.None));
        }
        Weigh();
    }

    void Weigh()
    {
        if (!_isPending) Release();
        else if (_holds.Count == 0 && !_isAsking && !_isEnding) Do(HoldAsync);
    }

    async Task HoldAsync(BusLink link)
    {
        _isAsking = true;
        // What is let go meanwhile is what was held before, not what is being asked for.
        List<SafeFileHandle> given = [];
        try
        {
            // One by one: asked for both, login1 has polkit decide as for a closed lid, which is for people at the machine. Any service may delay the first; for
            // the second the package has a rule.
            given.Add(await AskAsync("shutdown"));
            given.Add(await AskAsync("sleep"));
        }
        catch (BusException) when (given.Count > 0)
        {
            // It sleeps without waiting, and the sidecars are written when it wakes.
        }
        finally
        {
            _isAsking = false;
            _holds.AddRange(given);
            if (!_isPending) Release();
        }

        Task<SafeFileHandle> AskAsync(string what) => link.CallAsync(ManagerPath, Manager, "Inhibit", answer => answer.ReadFile(), arguments =>
        {
            arguments.Write(what);
            arguments.Write("Albumen");
            arguments.Write("Sidecars of edited photos are being written");
            arguments.Write("delay");
        });
    }

    void Release()
    {
        foreach (SafeFileHandle hold in _holds) hold.Dispose();
        _holds.Clear();
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The machine goes down or to sleep: the sidecars that wait are written now")]
    public static partial void GoesDown(this ILogger logger);
}
