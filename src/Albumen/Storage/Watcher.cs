using System.Globalization;
using System.Text;
using Albumen.Native;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Storage;

/// <summary>Whether changes in a folder will be noticed by themselves.</summary>
public enum WatchResult
{
    Watched,
    /// <summary>The kernel gives no more watches: see <see cref="Watcher.Trouble"/>.</summary>
    LimitReached,
    /// <summary>This folder cannot be watched, whatever the limits.</summary>
    Unwatchable,
}

/// <summary>Folders that are not watched because a limit of the kernel is too low.</summary>
/// <param name="Setting"><c>fs.inotify.max_user_watches</c> or <c>max_user_instances</c>.</param>
/// <param name="Enough">What would do.</param>
public sealed record WatchLack(int Folders, string Setting, long Limit, long Enough)
{
    /// <summary>A command line.</summary>
    public string Remedy => string.Create(CultureInfo.InvariantCulture, $"sysctl -w {Setting}={Enough}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(Folders == 1 ? "1 folder is" : $"{Folders} folders are")} not watched because the limit {Setting} ({Limit}) is reached; changes there are found by the regular scans only");
}

/// <summary>
/// Learns from the kernel which folders change, without touching a disk: one inotify instance and one thread for all volumes. It knows folders
/// by their id alone; whoever walks a volume hands them in, and is told which to list again.
/// </summary>
/// <remarks>
/// A folder is watched before it is listed, so nothing falls in between. When the kernel lost events, everything is forgotten and
/// <see cref="EverythingChanged"/> says so. A folder that is seen through two mounts at once belongs to the volume it was handed in for last.
/// </remarks>
public sealed class Watcher : IDisposable
{
    // Not IN_MODIFY, which a copy of 2 GB causes ten thousand times, and nothing that our own reading causes.
    const uint Wanted = Inotify.Created | Inotify.ClosedAfterWriting | Inotify.MovedFrom | Inotify.MovedTo | Inotify.Deleted | Inotify.Attributes
        | Inotify.SelfDeleted | Inotify.SelfMoved | Inotify.OnlyFolders | Inotify.WithoutUnlinked;

    const int UnwatchAtOnce = 1000;

    static readonly byte[][] RuleFiles = [.. IgnoreRules.RuleFiles.Append(IgnoreRules.SkipFolderMarker).Select(Encoding.ASCII.GetBytes)];

    readonly SettleGate _gate;
    readonly Lock _lock = new();
    readonly SemaphoreSlim _toldMore = new(0);
    readonly int _bell = Inotify.OpenBell();
    readonly FileStream _mounts = File.OpenRead("/proc/self/mountinfo");
    readonly Thread _thread;
    readonly Dictionary<int, Place> _places = [];
    readonly Dictionary<long, Watched> _volumes = [];
    readonly Queue<int> _unwanted = new();
    readonly List<WatchNews> _told = [];
    int _inotify = -1;
    bool _lacksInstance;
    long _overflows;
    volatile bool _isStopping;

    public Watcher(SettleGate gate)
    {
        _gate = gate;
        if (_bell < 0) throw new IOException($"No descriptor to wake the watcher with: {Libc.Describe(Libc.Errno)}");
        _thread = new Thread(Run) { IsBackground = true, Name = "watcher" };
        _thread.Start();
    }

    readonly record struct Place(Watched Volume, long Folder);

    sealed class Watched(long id)
    {
        public long Id => id;
        public int Root { get; set; } = -1;
        public Flurry Flurry { get; } = new();
        public HashSet<long> Unwatched { get; } = [];
    }

    /// <summary>Folders that are watched.</summary>
    public int Watches
    {
        get
        {
            lock (_lock) return _places.Count;
        }
    }

    /// <summary>How often events were lost since the start.</summary>
    public long Overflows => Interlocked.Read(ref _overflows);

    /// <summary>fs.inotify.max_user_watches; null where it cannot be read.</summary>
    public static long? MaxUserWatches => Limit("max_user_watches");

    /// <summary>fs.inotify.max_queued_events.</summary>
    public static long? MaxQueuedEvents => Limit("max_queued_events");

    /// <summary>Folders of a volume that got no watch because of a limit.</summary>
    public int Unwatched(long volume)
    {
        lock (_lock) return _volumes.TryGetValue(volume, out Watched? watched) ? watched.Unwatched.Count : 0;
    }

    /// <summary>For the admin, and null when all is well: why changes in some folders are noticed by scans alone, and what to type.</summary>
    public string? Trouble => Lack is { } lack ? $"{lack}. Type: {lack.Remedy}, and put that setting into /etc/sysctl.d/albumen.conf." : null;

    /// <summary>The limit of the kernel that is too low; null when none is.</summary>
    public WatchLack? Lack
    {
        get
        {
            int unwatched, watches;
            bool lacksInstance;
            lock (_lock) (unwatched, watches, lacksInstance) = (_volumes.Values.Sum(v => v.Unwatched.Count), _places.Count, _lacksInstance);
            if (unwatched == 0) return null;
            string setting = lacksInstance ? "fs.inotify.max_user_instances" : "fs.inotify.max_user_watches";
            long limit = Limit(setting[11..]) ?? watches;
            long enough = lacksInstance ? 2 * limit : (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(limit + 1, 2L * (watches + unwatched)));
            return new(unwatched, setting, limit, enough);
        }
    }

    /// <summary>Watches a folder from now on. Cheap (one system call) when it is watched already; to be called before it is listed.</summary>
    /// <param name="open">The folder, open in any way.</param>
    /// <param name="isRoot">It is the volume's root: should it go, so does the volume.</param>
    public WatchResult Watch(long volume, long folder, SafeFileHandle open, bool isRoot)
    {
        // The lock is held meanwhile, so no event is looked at before its folder is known.
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            if (!_volumes.TryGetValue(volume, out Watched? watched)) _volumes.Add(volume, watched = new(volume));
            if (!OpenInotify()) return Missed();

            int watch = Inotify.Watch(_inotify, (int)open.DangerousGetHandle(), Wanted);
            if (watch < 0) return Libc.Errno is Libc.ENOSPC or Inotify.ENOMEM or Inotify.EMFILE ? Missed() : WatchResult.Unwatchable;
            _places[watch] = new(watched, folder);
            watched.Unwatched.Remove(folder);
            if (isRoot) watched.Root = watch;
            return WatchResult.Watched;

            WatchResult Missed()
            {
                watched.Unwatched.Add(folder);
                return WatchResult.LimitReached;
            }
        }
    }

    /// <summary>Watches nothing of a volume any more, and forgets what there was to tell of it.</summary>
    public void Forget(long volume)
    {
        lock (_lock)
        {
            if (_isStopping || !_volumes.Remove(volume, out Watched? watched)) return;
            Drop(place => place.Volume == watched);
            _told.RemoveAll(news => news.VolumeId == volume);
        }
    }

    /// <summary>Watches these folders no more: they are ignored now, or were moved out of the volume. Deleted ones need no word.</summary>
    public void Forget(long volume, IReadOnlySet<long> folders)
    {
        lock (_lock)
        {
            if (_isStopping || !_volumes.TryGetValue(volume, out Watched? watched)) return;
            watched.Unwatched.ExceptWith(folders);
            Drop(place => place.Volume == watched && folders.Contains(place.Folder));
        }
    }

    /// <summary>Waits for something to tell. For one caller at a time; what happens while it is busy is told together.</summary>
    public async Task<WatchNews> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _toldMore.WaitAsync(cancellationToken);
            lock (_lock)
                if (_told.Count > 0)
                {
                    WatchNews news = _told[0];
                    _told.RemoveAt(0);
                    return news;
                }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isStopping) return;
            _isStopping = true;
        }
        Inotify.Ring(_bell);
        _thread.Join();
        if (_inotify >= 0) _ = Libc.Close(_inotify);
        _ = Libc.Close(_bell);
        _mounts.Dispose();
        _toldMore.Dispose();
    }

    void Run()
    {
        byte[] buffer = new byte[64 * 1024];
        Span<Inotify.Waiting> waiting =
        [
            new() { Wanted = Inotify.Readable },
            new() { File = _bell, Wanted = Inotify.Readable },
            // proc_pid_mountinfo(5): a change is an exceptional condition.
            new() { File = (int)_mounts.SafeFileHandle.DangerousGetHandle(), Wanted = Inotify.Urgent },
        ];
        while (!_isStopping)
        {
            int milliseconds;
            lock (_lock)
            {
                milliseconds = TellWhatIsDue();
                if (!Unwatch()) milliseconds = 0;
                waiting[0].File = _inotify;
            }
            Inotify.Wait(waiting, milliseconds);
            if (waiting[1].Found != 0) Inotify.Silence(_bell);
            if (waiting[2].Found != 0)
                lock (_lock) Tell(new MountsChanged());
            if (waiting[0].Found == 0) continue;

            // Read outside the lock, which a walk may hold at each of its folders. Nobody else closes the instance.
            int length = Inotify.Read(waiting[0].File, buffer);
            lock (_lock)
                if (length < 0) StartAnew();
                else Note(buffer.AsSpan(0, length));
        }
    }

    void Note(ReadOnlySpan<byte> events)
    {
        long now = Environment.TickCount64;
        while (!events.IsEmpty)
        {
            Inotify.Event change = Inotify.Next(ref events);
            if (change.Has(Inotify.Overflow))
            {
                Interlocked.Increment(ref _overflows);
                StartAnew();
                return;
            }
            if (!_places.TryGetValue(change.Watch, out Place place)) continue;
            Note(change, place.Volume, place.Folder, now);
            if (!place.Volume.Flurry.IsTooMuch) continue;
            place.Volume.Flurry.Clear();
            Tell(new EverythingChanged(place.Volume.Id));
        }
    }

    void Note(Inotify.Event change, Watched volume, long folder, long now)
    {
        bool isRoot = change.Watch == volume.Root;
        if (change.Has(Inotify.Ignored))
        {
            _places.Remove(change.Watch);
            _gate.CloseAll(folder);
        }
        if (change.Has(Inotify.Unmounted) || (isRoot && change.Has(Inotify.Ignored | Inotify.SelfDeleted | Inotify.SelfMoved)))
        {
            volume.Flurry.Clear();
            Tell(new VolumeUnmounted(volume.Id));
        }
        // What happens to a folder itself its parent says too, except for a change of its permissions.
        else if (change.Name.IsEmpty)
        {
            if (change.Has(Inotify.Attributes)) volume.Flurry.Folder(folder, now);
        }
        else if (IsRuleFile(change.Name)) volume.Flurry.Subtree(folder, now);
        else if (!IgnoreRules.IsJunk(RelativePath.Show(change.Name))) NoteEntry(change, volume.Flurry, folder, now);
    }

    void NoteEntry(Inotify.Event change, Flurry flurry, long folder, long now)
    {
        bool isFile = !change.Has(Inotify.IsFolder);
        if (change.Has(Inotify.MovedFrom))
        {
            // A file may get its final name while it is being written.
            flurry.Leaves(folder, change.Cookie, new(isFile ? _gate.Close(folder, change.Name) : null), now);
            return;
        }
        flurry.Folder(folder, now);
        if (change.Has(Inotify.MovedTo))
        {
            Flurry.Half half = default;
            foreach (Watched from in _volumes.Values)
                if (from.Flurry.Arrives(change.Cookie, out half))
                    break;
            if (half.OpenSince is { } open) _gate.Open(folder, change.Name, open);
            else _gate.Close(folder, change.Name);
        }
        else if (isFile && change.Has(Inotify.Created)) _gate.Open(folder, change.Name);
        else if (isFile && change.Has(Inotify.ClosedAfterWriting | Inotify.Deleted)) _gate.Close(folder, change.Name);
    }

    static bool IsRuleFile(ReadOnlySpan<byte> name)
    {
        foreach (byte[] ruleFile in RuleFiles)
            if (name.SequenceEqual(ruleFile)) return true;
        return false;
    }

    /// <returns>Milliseconds until there is more to tell; -1 when nothing is known to come.</returns>
    int TellWhatIsDue()
    {
        long now = Environment.TickCount64, next = long.MaxValue;
        foreach (Watched volume in _volumes.Values)
            if (volume.Flurry.Due is { } due)
            {
                if (due <= now) Tell(volume.Flurry.Take(volume.Id));
                else next = Math.Min(next, due);
            }
        return next == long.MaxValue ? -1 : (int)(next - now);
    }

    /// <summary>Puts news where <see cref="NextAsync"/> finds them, one for each volume.</summary>
    void Tell(WatchNews news)
    {
        int at = _told.FindIndex(told => told.VolumeId == news.VolumeId);
        if (at < 0)
        {
            _told.Add(news);
            _toldMore.Release();
            return;
        }
        _told[at] = (_told[at], news) switch
        {
            (FoldersChanged old, FoldersChanged more) when old.Folders.Count + old.Subtrees.Count + more.Folders.Count + more.Subtrees.Count > Flurry.MostFolders => new EverythingChanged(more.Volume),
            (FoldersChanged old, FoldersChanged more) => new FoldersChanged(old.Volume, old.Folders.Union(more.Folders).ToHashSet(), old.Subtrees.Union(more.Subtrees).ToHashSet()),
            (EverythingChanged, VolumeUnmounted) or (FoldersChanged, _) => news,
            (WatchNews told, _) => told,
        };
    }

    /// <summary>Events were lost, among them perhaps that watches ended. A new instance knows of none.</summary>
    void StartAnew()
    {
        if (_inotify >= 0) _ = Libc.Close(_inotify);
        _inotify = -1;
        _places.Clear();
        _unwanted.Clear();
        _gate.Clear();
        foreach (Watched volume in _volumes.Values)
        {
            volume.Root = -1;
            volume.Flurry.Clear();
            volume.Unwatched.Clear();
            Tell(new EverythingChanged(volume.Id));
        }
    }

    bool OpenInotify()
    {
        if (_inotify >= 0) return true;
        _inotify = Inotify.Open();
        _lacksInstance = _inotify < 0;
        if (_inotify >= 0) Inotify.Ring(_bell);
        return _inotify >= 0;
    }

    void Drop(Predicate<Place> isUnwanted)
    {
        foreach ((int watch, Place place) in _places)
            if (isUnwanted(place))
            {
                _places.Remove(watch);
                _gate.CloseAll(place.Folder);
                _unwanted.Enqueue(watch);
            }
        Inotify.Ring(_bell);
    }

    /// <summary>Each watch given back is an event, so this is done piece by piece by the thread that reads them: the queue must not run over.</summary>
    /// <returns>False when there is more to do.</returns>
    bool Unwatch()
    {
        for (int i = 0; i < UnwatchAtOnce; i++)
        {
            if (!_unwanted.TryDequeue(out int watch)) return true;
            // Handed in again meanwhile, the folder got the same watch.
            if (!_places.ContainsKey(watch)) _ = Inotify.Unwatch(_inotify, watch);
        }
        return false;
    }

    static long? Limit(string name)
    {
        try
        {
            return long.Parse(File.ReadAllText($"/proc/sys/fs/inotify/{name}"), CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
