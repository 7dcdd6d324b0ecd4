using Albumen.Native;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Storage;

/// <summary>What must hold of a file before it is read, so that no half-copied photo is taken for a whole one.</summary>
/// <param name="Known">As the catalogue has it.</param>
/// <param name="Settle">For so long it must not have been written to; zero when that is known already.</param>
/// <param name="CreatedNs">Set when the watcher saw it created and not closed, and when: nanoseconds since 1970 UTC.</param>
public sealed record Stillness(FileStat Known, TimeSpan Settle, long? CreatedNs)
{
    /// <summary>A program may keep a file open that it wrote long ago; a copy that pauses is seldom silent for so long.</summary>
    static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(10);

    /// <summary>Longer than the watcher ever lags behind what it tells of.</summary>
    static readonly TimeSpan Lag = TimeSpan.FromSeconds(2);

    static readonly TimeSpan LongQuiet = TimeSpan.FromMinutes(1);

    /// <summary>True when the file may be read.</summary>
    /// <param name="file">Open for reading only.</param>
    /// <param name="stat">What it is now.</param>
    internal bool IsKeptBy(SafeFileHandle file, in FileStat stat, DateTimeOffset now)
    {
        if (!AreSame(stat, Known)) return false;
        long nowNs = Nanoseconds(now - DateTimeOffset.UnixEpoch), age = nowNs - LastChangeNs(stat, nowNs);
        // An age below zero means a clock that was set back: nothing can be said before the file was looked at twice.
        if (Settle > TimeSpan.Zero && age < Nanoseconds(Settle)) return false;

        return Lease.IsOpenForWriting((int)file.DangerousGetHandle()) switch
        {
            false => true,
            true => CreatedNs is null && age >= Nanoseconds(LongestHold),
            null => CreatedNs is not { } created || CameWhole(stat, LinksTo(file), created, age),
        };
    }

    /// <summary>Not written to in between. Inodes are not compared: on some network file systems they are made up anew each time.</summary>
    internal static bool AreSame(in FileStat stat, in FileStat other) =>
        stat.SizeInBytes == other.SizeInBytes && stat.ModifiedNs == other.ModifiedNs && stat.ChangedNs == other.ChangedNs;

    /// <summary>When the file was last written to or renamed. Its modification time can be set to anything, also to the future.</summary>
    internal static long LastChangeNs(in FileStat stat, long nowNs) => stat.ModifiedNs > nowNs ? stat.ChangedNs : Math.Max(stat.ModifiedNs, stat.ChangedNs);

    internal static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>
    /// It was written before its name came here, by a hard link; so nobody will close it. When that was only a moment before, and nothing was
    /// written since, a minute must pass.
    /// </summary>
    internal static bool CameWhole(in FileStat stat, uint links, long createdNs, long ageNs) =>
        links > 1 || stat.BornNs < createdNs - Nanoseconds(Lag) || (stat.SizeInBytes > 0 && stat.ModifiedNs <= createdNs && ageNs >= Nanoseconds(LongQuiet));

    static uint LinksTo(SafeFileHandle file) => Libc.StatOf((int)file.DangerousGetHandle(), out Libc.Statx stat) == 0 ? stat.Links : 0;
}
