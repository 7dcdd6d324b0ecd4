namespace Albumen.Daemon.Bus;

/// <summary>Albumen among the other services of the machine: the list of those it deals with.</summary>
sealed class Citizen : IDisposable
{
    readonly Announcement _announcement;
    readonly bool _takesPlain;

    public Citizen(Appliance appliance, ILoggerFactory loggers)
    {
        _takesPlain = appliance.Settings.Http is { Insecure: true };
        _announcement = new(appliance.Settings.Announce, loggers.CreateLogger<Announcement>());
        Bus = new(
            [
                _announcement,
                new ShutdownDelay(appliance.Sidecars, loggers.CreateLogger<ShutdownDelay>()),
                new DiskNews(appliance.Volumes, appliance.Scanning),
                Units,
            ],
            loggers.CreateLogger<SystemBus>());
    }

    public SystemBus Bus { get; }

    public OwnUnits Units { get; } = new();

    /// <summary>Runs until cancelled.</summary>
    /// <param name="listening">Where the daemon listens, as the web server has it.</param>
    public Task RunAsync(IEnumerable<string> listening, CancellationToken cancellationToken)
    {
        _announcement.Announce(listening, _takesPlain);
        return Bus.RunAsync(cancellationToken);
    }

    public void Dispose() => Bus.Dispose();
}
