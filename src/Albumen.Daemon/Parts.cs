namespace Albumen.Daemon;

/// <summary>The daemon's long-running parts. One that fails takes the daemon down with it: systemd starts it again, and every job is safe to repeat.</summary>
sealed class Parts(ILogger<Parts> logger) : IDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly List<(string Name, Task Task)> _running = [];

    /// <summary>Ends when a part failed.</summary>
    public TaskCompletionSource<string> Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Told why a part fails, before the others are stopped.</summary>
    public Action<Exception> Failing { get; set; } = _ => { };

    public CancellationToken Stopping => _stop.Token;

    /// <summary>Name and state of each, for <c>/health/services</c>.</summary>
    public IEnumerable<(string Name, string State)> States => _running.Select(p => (p.Name, p.Task switch
    {
        { IsFaulted: true } => "failed",
        { IsCompleted: true } => "stopped",
        _ => "running",
    }));

    public void Start(string name, Func<CancellationToken, Task> run) => _running.Add((name, Task.Run(async () =>
    {
        try
        {
            await run(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception error)
        {
            logger.PartFailed(name, error);
            Failing(error);
            Failed.TrySetResult(name);
            throw;
        }
    })));

    /// <summary>Stops all and waits for them, a few seconds at most.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(Task.WhenAll(_running.Select(p => p.Task)), Task.Delay(TimeSpan.FromSeconds(8)));
    }

    public void Dispose() => _stop.Dispose();
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Critical, Message = "The part '{Part}' failed; stopping, so that it can be started afresh")]
    public static partial void PartFailed(this ILogger logger, string part, Exception exception);
}
