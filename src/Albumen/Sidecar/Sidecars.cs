using System.Collections.Concurrent;
using System.Data.Common;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Microsoft.Extensions.Logging;

namespace Albumen.Sidecar;

/// <summary>Keeps the sidecars and the catalogue in step, for as long as the daemon runs: takes in what others wrote, then writes what people did here.</summary>
public sealed class Sidecars(Database catalog, JobQueue queue, Volumes volumes, SidecarReader reader, SidecarWriter writer, Mirror mirror, TimeProvider clock, ILogger<Sidecars> logger) : IDisposable
{
    static readonly TimeSpan Rest = TimeSpan.FromMinutes(1), AfterTrouble = TimeSpan.FromSeconds(15);

    readonly SemaphoreSlim _wake = new(0);

    /// <summary>Why nothing moves, in words for the admin; null while all is well.</summary>
    public string? Trouble { get; private set; }

    readonly ConcurrentDictionary<long, bool> _walked = new();

    public SidecarReader Reader => reader;
    public SidecarWriter Writer => writer;

    /// <summary>Says that a volume was walked whole, so that its mirror is looked at when all that was found is read.</summary>
    public void Walked(Volume volume)
    {
        _walked[volume.Id] = true;
        Wake();
    }

    /// <summary>Photos whose sidecars are behind, and volumes whose mirrors are still to be looked at.</summary>
    public long Left() => writer.Left() + _walked.Count;

    /// <summary>Looks at the mirrors of the volumes that were walked since the last time.</summary>
    public async Task LookAtMirrorsAsync(CancellationToken cancellationToken)
    {
        foreach (long id in _walked.Keys.ToArray())
        {
            // Before: a walk that ends meanwhile wants another look.
            if (volumes.Find(id) is { } volume) await mirror.TakeInAsync(volume, cancellationToken);
            _walked.TryRemove(id, out _);
        }
    }

    /// <summary>Says that there may be something to do.</summary>
    public void Wake()
    {
        if (_wake.CurrentCount == 0) _wake.Release();
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await writer.RetryAsync(cancellationToken);
        while (true)
            try
            {
                await reader.DrainAsync(cancellationToken);
                // An original that is not known yet has no sidecar either.
                if (!_walked.IsEmpty && !queue.IsWaiting(LocationIndex.ReadJob)) await LookAtMirrorsAsync(cancellationToken);
                await writer.DrainAsync(cancellationToken);
                Trouble = null;
                await _wake.WaitAsync(UntilNextDue(), cancellationToken);
            }
            catch (Exception error) when (error is IOException or DbException or WorkersUnavailableException or WorkerFault)
            {
                string reason = error is DbException fault ? catalog.Explain(fault).Message : error.Message;
                if (Trouble != reason) logger.Stalled(reason);
                Trouble = reason;
                await Task.Delay(AfterTrouble, clock, cancellationToken);
            }
    }

    public void Dispose() => _wake.Dispose();

    TimeSpan UntilNextDue() => queue.NextDue() is { } due
        ? TimeSpan.FromSeconds(Math.Clamp(due - clock.GetUtcNow().ToUnixTimeSeconds(), 0.2, Rest.TotalSeconds))
        : Rest;
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Sidecars are not written for the moment: {Reason} The edits are kept")]
    public static partial void Stalled(this ILogger logger, string reason);
}
