using System.Globalization;

namespace Albumen.Processing;

/// <summary>
/// Says when it is the backlog's turn. Work that nobody waits for holds back in quiet hours, while somebody is being served, and while others on
/// this machine are short of something. Only quiet hours hold it for long: the rest slows it down and cannot starve it.
/// </summary>
public sealed class Courtesy(IoSettings settings, Pressure pressure, TimeProvider clock)
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
        // The wall's clock may be set meanwhile.
        QuietStep = TimeSpan.FromSeconds(30);

    readonly Lock _lock = new();
    int _serving, _insisting;
    long _servedAt, _reasonAt, _pressureAt;
    DateTimeOffset _liftedUntil;
    string? _reason, _over;

    /// <summary>How fast the backlog may read, all together; 0 is as fast as it goes.</summary>
    public long BytesPerSecond => settings.BytesPerSecond;

    /// <summary>When the quiet hours end, as long as they are and nobody insists; null otherwise.</summary>
    public DateTimeOffset? QuietUntil => Quiet() is { } until && Volatile.Read(ref _insisting) == 0 && !IsLifted(until) ? until : null;

    /// <summary>Why the backlog waits or is slow, in words for the admin; null while it may run.</summary>
    public string? Reason
    {
        get
        {
            if (QuietUntil is { } until) return $"quiet hours until {until.ToString("HH:mm", CultureInfo.InvariantCulture)}";
            lock (_lock) return _reason is not null && clock.GetElapsedTime(_reasonAt) < ReasonKept ? _reason : null;
        }
    }

    /// <summary>Waits until it is the turn of a piece of work; through quiet hours, too.</summary>
    /// <param name="priority">Above 0 somebody waits for it, and it is its turn at once.</param>
    public async Task TurnAsync(long priority, CancellationToken cancellationToken)
    {
        while (!await TryTurnAsync(priority, cancellationToken)) await UntilQuietEndsAsync(cancellationToken);
    }

    /// <summary>The same for those who have something else to do in quiet hours.</summary>
    /// <returns>False in quiet hours.</returns>
    public async Task<bool> TryTurnAsync(long priority, CancellationToken cancellationToken)
    {
        if (priority > 0) return true;
        long started = clock.GetTimestamp();
        while (true)
        {
            if (QuietUntil is not null) return false;
            TimeSpan waited = clock.GetElapsedTime(started);
            string? reason = waited < ServingBound && IsServing() ? "somebody is being served" : waited < PressureBound ? Over() : null;
            if (reason is null) return true;
            lock (_lock) (_reason, _reasonAt) = (reason, clock.GetTimestamp());
            await Task.Delay(Step, clock, cancellationToken);
        }
    }

    /// <summary>Returns at once when it is not quiet.</summary>
    async Task UntilQuietEndsAsync(CancellationToken cancellationToken)
    {
        while (QuietUntil is { } until)
        {
            TimeSpan left = until - clock.GetUtcNow();
            await Task.Delay(left < QuietStep ? left > Step ? left : Step : QuietStep, clock, cancellationToken);
        }
    }

    /// <summary>Somebody is being served, until this is disposed.</summary>
    public IDisposable Serve()
    {
        Interlocked.Increment(ref _serving);
        Volatile.Write(ref _servedAt, clock.GetTimestamp());
        return new Ending(() => Interlocked.Decrement(ref _serving));
    }

    /// <summary>Somebody asked for the backlog to be worked off and waits for it: there are no quiet hours until this is disposed.</summary>
    public IDisposable Insist()
    {
        Interlocked.Increment(ref _insisting);
        return new Ending(() => Interlocked.Decrement(ref _insisting));
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
