using System.Collections.Concurrent;
using System.Data.Common;
using Albumen.Catalog;
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
    bool _isPending;

    /// <summary>Why nothing moves, in words for the admin; null while all is well.</summary>
    public string? Trouble { get; private set; }

    readonly ConcurrentDictionary<long, long> _walked = new();

    public SidecarReader Reader => reader;
    public SidecarWriter Writer => writer;

    /// <summary>Says that a volume was walked whole, so that its mirror is looked at when all that was found is read.</summary>
    public void Walked(Volume volume)
    {
        _walked.AddOrUpdate(volume.Id, 1, (_, times) => times + 1);
        Wake();
    }

    /// <summary>Photos whose sidecars are behind, and volumes whose mirrors are still to be looked at.</summary>
    public long Left() => writer.Left() + _walked.Count;

    /// <summary>Volumes were walked whose mirrors were not looked at since.</summary>
    public bool HasMirrorsToSee => !_walked.IsEmpty;

    /// <summary>Called when mirrors were looked at, so that higher rungs can ask what changed.</summary>
    public Func<CancellationToken, Task> Committed { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called when there begins to be something to write, and when all of it is written, or cannot be for the moment.</summary>
    public Action<bool> Pending { get; set; } = static _ => { };

    /// <summary>Has what waits for a further edit written at once; <see cref="Pending"/> says when that is done.</summary>
    public async Task WriteNowAsync(CancellationToken cancellationToken)
    {
        await writer.HurryAsync(cancellationToken);
        Wake();
    }

    /// <summary>Of the volumes that were walked since the last time: looks for sidecars that are gone, and at the mirrors.</summary>
    public async Task LookAtMirrorsAsync(CancellationToken cancellationToken)
    {
        foreach (KeyValuePair<long, long> walked in _walked.ToArray())
        {
            if (volumes.Find(walked.Key) is { } volume)
            {
                await reader.MissAsync(volume, cancellationToken);
                await reader.DrainAsync(cancellationToken);
                await mirror.TakeInAsync(volume, cancellationToken);
            }
            // Not when a walk that ended meanwhile wants another look.
            _walked.TryRemove(walked);
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
        bool isStarting = true;
        while (true)
            try
            {
                if (isStarting) await writer.RetryAsync(cancellationToken);
                isStarting = false;
                // A catalogue that is made again first meets all there is: which sidecars a photo has, and what each of them says.
                bool isMeeting = queue.IsWaiting(LocationIndex.ReadJob) && NewCatalogue.IsMadeAgain(catalog);
                if (!isMeeting)
                {
                    Say(writer.HasLeft());
                    await reader.DrainAsync(cancellationToken);
                }
                // An original that is not known yet has no sidecar either.
                if (!_walked.IsEmpty && !queue.IsWaiting(LocationIndex.ReadJob))
                {
                    await LookAtMirrorsAsync(cancellationToken);
                    await Committed(cancellationToken);
                    await writer.RetryAsync(cancellationToken);
                }
                if (!isMeeting) await writer.DrainAsync(cancellationToken);
                Trouble = null;
                Say(!isMeeting && writer.HasLeft());
                await _wake.WaitAsync(UntilNextDue(), cancellationToken);
            }
            catch (Exception error) when (error is IOException or DbException or WorkersUnavailableException)
            {
                string reason = error is DbException fault ? catalog.Explain(fault).Message : error.Message;
                if (Trouble != reason) logger.Stalled(reason);
                Trouble = reason;
                Say(false);
                await Task.Delay(AfterTrouble, clock, cancellationToken);
            }
    }

    public void Dispose() => _wake.Dispose();

    void Say(bool isPending)
    {
        if (_isPending == isPending) return;
        _isPending = isPending;
        Pending(isPending);
    }

    TimeSpan UntilNextDue() => queue.NextDue(LocationIndex.SidecarJob, Journal.WriteJob) is { } due
        ? TimeSpan.FromSeconds(Math.Clamp(due - clock.GetUtcNow().ToUnixTimeSeconds(), 0.2, Rest.TotalSeconds))
        : Rest;
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Sidecars are not written for the moment: {Reason} The edits are kept")]
    public static partial void Stalled(this ILogger logger, string reason);
}
