using System.Diagnostics;

namespace Albumen.Derivatives;

/// <summary>Keeps the reading of a file to a number of bytes a second, by sleeping after what was too fast. 0 is no limit.</summary>
sealed class ReadThrottle(long bytesPerSecond)
{
    readonly long _started = Stopwatch.GetTimestamp();
    long _read;

    /// <summary>To be called after each piece that was read.</summary>
    public void Pace(int bytes)
    {
        if (bytesPerSecond <= 0) return;
        _read += bytes;
        TimeSpan ahead = TimeSpan.FromSeconds((double)_read / bytesPerSecond) - Stopwatch.GetElapsedTime(_started);
        if (ahead > TimeSpan.Zero) Thread.Sleep(ahead);
    }
}
