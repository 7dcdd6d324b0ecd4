using System.Text;

namespace Albumen.Storage;

/// <summary>A file that is being written, as far as the watcher saw it created and not closed.</summary>
/// <param name="SinceNs">When that was noticed, in nanoseconds since 1970 UTC.</param>
/// <param name="Started">The same, as a timestamp of the clock that never jumps.</param>
public readonly record struct OpenFile(long SinceNs, long Started);

/// <summary>
/// Holds photos back while they or what belongs to them is being written: a photo and its sidecar, RAW and JPEG, the picture and the clip of
/// a live photo. Filled by a <see cref="Watcher"/>; safe to ask from any thread.
/// </summary>
/// <remarks>
/// It may be wrong in one way only: what came by a hard link, and links, pipes and sockets, were created and are never closed. Of the former,
/// whoever reads it finds that out and says so with <see cref="Close"/>; the latter are in no catalogue. Nothing is held back for longer than a day.
/// </remarks>
public sealed class SettleGate(TimeProvider clock)
{
    internal const int MostFiles = 4096;
    const int LongestExtension = 24;
    static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    readonly Lock _lock = new();
    readonly Dictionary<long, List<(byte[] Name, OpenFile Open)>> _folders = [];
    int _count;

    /// <summary>Files that are being written now.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _count;
        }
    }

    /// <summary>The files being written that this file belongs to, itself among them; mostly none.</summary>
    public IReadOnlyList<byte[]> OpenWith(long folder, ReadOnlySpan<byte> name)
    {
        List<byte[]>? found = null;
        lock (_lock)
        {
            if (!_folders.TryGetValue(folder, out List<(byte[] Name, OpenFile Open)>? files)) return [];
            ReadOnlySpan<byte> group = GroupOf(name);
            foreach ((byte[] other, OpenFile open) in files)
                if (IsFresh(open) && AreSame(GroupOf(other), group))
                    (found ??= []).Add(other);
        }
        return found ?? (IReadOnlyList<byte[]>)[];
    }

    /// <summary>Set when it is this very file that is being written.</summary>
    public OpenFile? Find(long folder, ReadOnlySpan<byte> name)
    {
        lock (_lock)
        {
            if (!_folders.TryGetValue(folder, out List<(byte[] Name, OpenFile Open)>? files)) return null;
            return At(files, name) is var at and >= 0 && IsFresh(files[at].Open) ? files[at].Open : null;
        }
    }

    internal void Open(long folder, ReadOnlySpan<byte> name) =>
        Open(folder, name, new((clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick, clock.GetTimestamp()));

    /// <summary>With the time it was opened under another name.</summary>
    internal void Open(long folder, ReadOnlySpan<byte> name, OpenFile open)
    {
        lock (_lock)
        {
            Close(folder, name);
            if (_count == MostFiles) DropOlderHalf();
            if (!_folders.TryGetValue(folder, out List<(byte[] Name, OpenFile Open)>? files)) _folders.Add(folder, files = []);
            files.Add((name.ToArray(), open));
            _count++;
        }
    }

    /// <summary>It is complete, or not there any more.</summary>
    /// <returns>What was known of it.</returns>
    public OpenFile? Close(long folder, ReadOnlySpan<byte> name)
    {
        lock (_lock)
        {
            if (!_folders.TryGetValue(folder, out List<(byte[] Name, OpenFile Open)>? files) || At(files, name) is not (>= 0 and var at)) return null;
            OpenFile open = files[at].Open;
            files.RemoveAt(at);
            _count--;
            if (files.Count == 0) _folders.Remove(folder);
            return open;
        }
    }

    internal void CloseAll(long folder)
    {
        lock (_lock)
            if (_folders.Remove(folder, out List<(byte[] Name, OpenFile Open)>? files))
                _count -= files.Count;
    }

    internal void Clear()
    {
        lock (_lock)
        {
            _folders.Clear();
            _count = 0;
        }
    }

    /// <summary>A name without what looks like extensions: <c>IMG_1</c> of <c>IMG_1.HEIC.xmp</c>, but all of <c>2024.07.14</c>.</summary>
    internal static ReadOnlySpan<byte> GroupOf(ReadOnlySpan<byte> name)
    {
        while (name.LastIndexOf((byte)'.') is var dot and > 0 && IsExtension(name[(dot + 1)..])) name = name[..dot];
        return name;
    }

    static bool IsExtension(ReadOnlySpan<byte> text)
    {
        bool hasLetter = false;
        foreach (byte letter in text)
        {
            hasLetter |= char.IsAsciiLetter((char)letter);
            if (!char.IsAsciiLetterOrDigit((char)letter) && letter != '-') return false;
        }
        return hasLetter && text.Length <= LongestExtension;
    }

    // Cameras write IMG_1.JPG, and programs img_1.xmp beside it.
    static bool AreSame(ReadOnlySpan<byte> group, ReadOnlySpan<byte> other) => group.SequenceEqual(other) || Ascii.EqualsIgnoreCase(group, other);

    static int At(List<(byte[] Name, OpenFile Open)> files, ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < files.Count; i++)
            if (name.SequenceEqual(files[i].Name)) return i;
        return -1;
    }

    bool IsFresh(OpenFile open) => clock.GetElapsedTime(open.Started) < Longest;

    /// <summary>Forgotten files are judged by their times alone.</summary>
    void DropOlderHalf()
    {
        long[] started = [.. _folders.Values.SelectMany(files => files).Select(file => file.Open.Started).Order()];
        long limit = started[started.Length / 2];
        foreach ((long folder, List<(byte[] Name, OpenFile Open)> files) in _folders.ToArray())
        {
            _count -= files.RemoveAll(file => file.Open.Started <= limit);
            if (files.Count == 0) _folders.Remove(folder);
        }
    }
}
