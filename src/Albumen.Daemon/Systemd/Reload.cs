using System.Net.Sockets;
using System.Runtime.InteropServices;
using Albumen.Configuration;
using Albumen.Daemon.Tls;

namespace Albumen.Daemon.Systemd;

/// <summary>
/// SIGHUP, which <c>systemctl reload</c> sends. A configuration that is fine is applied by a fresh start, since what this process may write was decided at its
/// own and for good; systemd keeps the doors open meanwhile. One that is not leaves everything as it is, and says why.
/// </summary>
/// <remarks>Without systemd SIGHUP means that the terminal is gone, and ends the daemon.</remarks>
sealed class Reload : IDisposable
{
    /// <summary>EX_TEMPFAIL of sysexits.h; the unit has it as RestartForceExitStatus.</summary>
    public const int ExitCode = 75;

    const string BothAnew = "sudo systemctl stop albumen.service albumen.socket; sudo systemctl start albumen.service";

    readonly Layout _layout;
    readonly Settings _running;
    readonly ILogger _logger;
    readonly TaskCompletionSource _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly PosixSignalRegistration? _signal;

    public Reload(Layout layout, Settings running, ILogger logger)
    {
        (_layout, _running, _logger) = (layout, running, logger);
        if (!Native.Systemd.IsSupervisor) return;
        _signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            Look();
        });
    }

    /// <summary>Ends when there is another configuration to start with.</summary>
    public Task Wanted => _wanted.Task;

    public void Dispose() => _signal?.Dispose();

    void Look()
    {
        Native.Systemd.Notify("RELOADING=1\nSTATUS=Reading the configuration");
        try
        {
            Settings next = ConfigurationReader.Read(_layout);
            if (next.Https is { } https && HttpsCertificate.CanRead(https)) new HttpsCertificate(_layout, https, TimeProvider.System, _logger).Begin();
            foreach (ListenAddress door in Doors(next).Except(Doors(_running)))
            {
                if (Doors(_running).Any(open => open.Port == door.Port)) throw new StartException($"{door}: systemd keeps port {door.Port} open at another address. To have it changed, type: {BothAnew}");
                OpenSockets.Bind(door).Dispose();
            }
            _logger.Reloads();
            Native.Systemd.Notify("READY=1\nSTATUS=Starting anew with the changed configuration");
            _wanted.TrySetResult();
        }
        catch (Exception error) when (error is ConfigurationException or StartException or SocketException)
        {
            string reason = error is SocketException { SocketErrorCode: var code } ? $"http: or https: cannot listen there: {error.Message}.{(code is SocketError.AccessDenied ? $" systemd can: {BothAnew}" : "")}" : error.Message;
            _logger.KeepsConfiguration(reason);
            Native.Systemd.Notify($"READY=1\nSTATUS=The configuration was not applied: {reason.Split('\n')[0]}");
        }
    }

    static ListenAddress[] Doors(Settings settings) => [.. ((ListenAddress?[])[settings.Http?.Listen, settings.Https?.Listen]).OfType<ListenAddress>()];
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The configuration was read again and is fine; starting anew with it")]
    public static partial void Reloads(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "The configuration was read again and cannot be used; going on with the one before. {Reason}")]
    public static partial void KeepsConfiguration(this ILogger logger, string reason);
}
