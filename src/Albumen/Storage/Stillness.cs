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

    /// <summary>How much older than the event a file must be to have come by a hard link. Longer than the watcher ever lags behind.</summary>
    static readonly TimeSpan Older = TimeSpan.FromSeconds(2);

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
            null => CreatedNs is not { } created || IsOlder(file, stat, created),
        };
    }

    /// <summary>Not written to in between. Inodes are not compared: on some network file systems they are made up anew each time.</summary>
    internal static bool AreSame(in FileStat stat, in FileStat other) =>
        stat.SizeInBytes == other.SizeInBytes && stat.ModifiedNs == other.ModifiedNs && stat.ChangedNs == other.ChangedNs;

    /// <summary>When the file was last written to or renamed. Its modification time can be set to anything, also to the future.</summary>
    internal static long LastChangeNs(in FileStat stat, long nowNs) => stat.ModifiedNs > nowNs ? stat.ChangedNs : Math.Max(stat.ModifiedNs, stat.ChangedNs);

    internal static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>It existed before its name came here: nobody created it there, so nobody will close it.</summary>
    static bool IsOlder(SafeFileHandle file, in FileStat stat, long created) =>
        stat.BornNs < created - Nanoseconds(Older) || (Libc.StatOf((int)file.DangerousGetHandle(), out Libc.Statx more) == 0 && more.Links > 1);
}
