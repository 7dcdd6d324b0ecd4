using System.Globalization;

namespace Albumen.Processing;

/// <summary>
/// Says when it is the backlog's turn. Work that nobody waits for holds back in quiet hours, while an admin has paused it, while somebody is being served, and
/// while others on this machine are short of something. Only quiet hours and a pause hold it for long: the rest slows it down and cannot starve it.
/// </summary>
/// <param name="pause">Null where nobody can pause it.</param>
public sealed class Courtesy(IoSettings settings, Pressure pressure, TimeProvider clock, Pause? pause = null)
{
    static readonly TimeSpan
        // A turn waits no longer than this for those who are served.
        ServingBound = TimeSpan.FromSeconds(2),
        // Nor than this under pressure: a file every few seconds and worker.
        PressureBound = TimeSpan.FromSeconds(5),
        // Whoever is served for longer copies files; that is no reason to stand still.
        Interactive = TimeSpan.FromSeconds(5),
        Step = TimeSpan.FromMilliseconds(50),
        PressureKept = TimeSpan.FromSeconds(1),
        ReasonKept = TimeSpan.FromSeconds(3),
        // The wall's clock may be set meanwhile, and a pause end.
        QuietStep = TimeSpan.FromSeconds(30),
        PauseStep = TimeSpan.FromSeconds(1);

    readonly Lock _lock = new();
    // Who insists since the last pause: who speaks last counts.
    readonly HashSet<Ending> _beyondPause = [];
    int _serving, _insisting;
    long _servedAt, _reasonAt, _pressureAt;
    DateTimeOffset _liftedUntil;
    string? _reason, _over;

    /// <summary>How fast the backlog may read, all together; 0 is as fast as it goes.</summary>
    public long BytesPerSecond => settings.BytesPerSecond;

    /// <summary>When the quiet hours end, as long as they are and nobody insists; null otherwise.</summary>
    public DateTimeOffset? QuietUntil => Quiet() is { } until && Volatile.Read(ref _insisting) == 0 && !IsLifted(until) ? until : null;

    /// <summary>What an admin has paused; null when nothing is, or somebody insists since.</summary>
    public PausedWork? Paused
    {
        get
        {
            if (pause?.Now is not { } paused) return null;
            lock (_lock) return _beyondPause.Count == 0 ? paused : null;
        }
    }

    /// <summary>When quiet hours or a pause end that hold the backlog back, at the earliest; the end of time for a pause without one. Null when it may run.</summary>
    public DateTimeOffset? HeldUntil => Paused is { } paused ? paused.Until ?? DateTimeOffset.MaxValue : QuietUntil;

    /// <summary>Why the backlog waits or is slow, in words for the admin; null while it may run.</summary>
    public string? Reason
    {
        get
        {
            if (Paused is { } paused) return paused.Until is { } end ? $"paused by an admin until {Show(end)}" : "paused by an admin until resumed (albumen jobs resume)";
            if (QuietUntil is { } until) return $"quiet hours until {until.ToString("HH:mm", CultureInfo.InvariantCulture)}";
            lock (_lock) return _reason is not null && clock.GetElapsedTime(_reasonAt) < ReasonKept ? _reason : null;
        }
    }

    /// <summary>Waits until it is the turn of a piece of work; through quiet hours and a pause, too.</summary>
    /// <param name="priority">From <see cref="JobQueue.Awaited"/> on somebody waits for it, and it is its turn at once.</param>
    public async Task TurnAsync(long priority, CancellationToken cancellationToken)
    {
        while (!await TryTurnAsync(priority, cancellationToken)) await UntilReleasedAsync(cancellationToken);
    }

    /// <summary>The same for those who have something else to do meanwhile.</summary>
    /// <returns>False in quiet hours and while it is paused.</returns>
    public Task<bool> TryTurnAsync(long priority, CancellationToken cancellationToken) => TryTurnAsync(priority, () => HeldUntil is not null, cancellationToken);

    /// <summary>The same for what people have just brought, which a pause does not hold.</summary>
    /// <returns>False in quiet hours.</returns>
    public Task<bool> TryTurnOfArrivalAsync(CancellationToken cancellationToken) => TryTurnAsync(JobQueue.Normal, () => QuietUntil is not null, cancellationToken);

    /// <summary>From now on the backlog is paused, also for those who insist at this moment.</summary>
    /// <inheritdoc cref="Pause.BeginAsync"/>
    public async Task<PausedWork> PauseAsync(TimeSpan? duration, CancellationToken cancellationToken)
    {
        PausedWork paused = await pause!.BeginAsync(duration, cancellationToken);
        lock (_lock) _beyondPause.Clear();
        return paused;
    }

    /// <summary>It may run again.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken) => pause!.EndAsync(cancellationToken);

    async Task<bool> TryTurnAsync(long priority, Func<bool> isHeld, CancellationToken cancellationToken)
    {
        if (priority >= JobQueue.Awaited) return true;
        long started = clock.GetTimestamp();
        while (true)
        {
            if (isHeld()) return false;
            TimeSpan waited = clock.GetElapsedTime(started);
            string? reason = waited < ServingBound && IsServing() ? "somebody is being served" : waited < PressureBound ? Over() : null;
            if (reason is null) return true;
            lock (_lock) (_reason, _reasonAt) = (reason, clock.GetTimestamp());
            await Task.Delay(Step, clock, cancellationToken);
        }
    }

    /// <summary>Returns at once when it is not held.</summary>
    async Task UntilReleasedAsync(CancellationToken cancellationToken)
    {
        while (HeldUntil is { } until)
        {
            TimeSpan left = until - clock.GetUtcNow(), most = Paused is null ? QuietStep : PauseStep;
            await Task.Delay(left < most ? left > Step ? left : Step : most, clock, cancellationToken);
        }
    }

    /// <summary>The time by the wall's clock, with the day where it is another one.</summary>
    string Show(DateTimeOffset time)
    {
        DateTimeOffset local = TimeZoneInfo.ConvertTime(time, clock.LocalTimeZone), now = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), clock.LocalTimeZone);
        return local.ToString(local.Date == now.Date ? "HH:mm" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
    }

    /// <summary>Somebody is being served, until this is disposed.</summary>
    public IDisposable Serve()
    {
        Interlocked.Increment(ref _serving);
        Volatile.Write(ref _servedAt, clock.GetTimestamp());
        return new Ending(() => Interlocked.Decrement(ref _serving));
    }

    /// <summary>Somebody asked for the backlog to be worked off and waits for it: there are no quiet hours until this is disposed, and no pause but one that begins later.</summary>
    public IDisposable Insist()
    {
        Interlocked.Increment(ref _insisting);
        Ending? ending = null;
        ending = new Ending(() =>
        {
            Interlocked.Decrement(ref _insisting);
            lock (_lock) _beyondPause.Remove(ending!);
        });
        lock (_lock) _beyondPause.Add(ending);
        return ending;
    }

    /// <summary>Somebody asked for it and does not wait: the quiet hours of this moment do not count, those that follow do.</summary>
    public void LiftQuiet()
    {
        if (Quiet() is not { } until) return;
        lock (_lock) _liftedUntil = until;
    }

    DateTimeOffset? Quiet() => settings.QuietHours.Until(clock.GetUtcNow(), clock.LocalTimeZone);

    bool IsLifted(DateTimeOffset until)
    {
        lock (_lock) return until <= _liftedUntil;
    }

    bool IsServing() => Volatile.Read(ref _serving) > 0 && clock.GetElapsedTime(Volatile.Read(ref _servedAt)) < Interactive;

    string? Over()
    {
        if (settings.Pressure == 0) return null;
        lock (_lock)
        {
            if (_pressureAt == 0 || clock.GetElapsedTime(_pressureAt) >= PressureKept) (_over, _pressureAt) = (pressure.Over(settings.Pressure), clock.GetTimestamp());
            return _over;
        }
    }

    sealed class Ending(Action end) : IDisposable
    {
        Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
