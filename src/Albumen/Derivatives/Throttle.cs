using System.Diagnostics;

namespace Albumen.Derivatives;

/// <summary>Keeps one reading from being faster than it may.</summary>
/// <param name="bytesPerSecond">Zero is no limit.</param>
readonly struct Throttle(long bytesPerSecond)
{
    readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>Sleeps until so many bytes may have been read since the start.</summary>
    public void Wait(long bytes)
    {
        if (Left(bytes) is var left && left > TimeSpan.Zero) Thread.Sleep(left);
    }

    /// <inheritdoc cref="Wait"/>
    public Task WaitAsync(long bytes, CancellationToken cancellationToken) =>
        Left(bytes) is var left && left > TimeSpan.Zero ? Task.Delay(left, cancellationToken) : Task.CompletedTask;

    TimeSpan Left(long bytes) => bytesPerSecond == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)bytes / bytesPerSecond) - Stopwatch.GetElapsedTime(_started);
}
