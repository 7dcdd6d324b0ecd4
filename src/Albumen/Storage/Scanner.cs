using System.Data.Common;
using System.Text;
using Albumen.Native;
using Albumen.Sql;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Storage;

/// <summary>How a volume is looked at.</summary>
public sealed record ScanOrder
{
    /// <summary>Only these folders, without those below them that are known already; null for the whole volume.</summary>
    public IReadOnlyCollection<long>? Folders { get; init; }

    /// <summary>With <see cref="Folders"/>: these too, with all below them.</summary>
    public IReadOnlyCollection<long> Subtrees { get; init; } = [];

    /// <summary>The admin said that what is gone is gone: nothing is held back.</summary>
    public bool IsConfirmed { get; init; }

    /// <summary>The admin said so of an empty volume.</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>Called with each folder's id while it is open, before its first entry is read, and whether it is the root.</summary>
    public Action<long, SafeFileHandle, bool>? Watch { get; init; }

    /// <summary>Called after each folder.</summary>
    public Action<ScanSummary> Progress { get; init; } = static _ => { };
}

/// <summary>
/// Walks a volume breadth first and notes what differs from the last walk: one <c>statx</c> a file, two queries a folder, nothing read.
/// New and changed files become jobs in the order of the walk, which is the same every time, so an interrupted scan goes on where it was.
/// </summary>
/// <remarks>
/// Only a folder that was listed to its end can say that a file is gone, and what that means is decided when the walk is over: moved, missing,
/// or too much at once. An unreadable folder keeps what was known of it and is a problem; a fault of the volume as a whole ends the scan.
/// </remarks>
public sealed class Scanner(Database catalog, ScanSettings settings, TimeProvider clock, ILogger<Scanner> logger)
{
    const int ChangesPerTransaction = 2000;
    const long RuleFileLimitInBytes = 64 * 1024;
    // Given ahead of the transaction that writes them; shared by the walks of several volumes.
    long _lastFolderId;
    readonly Turns _turns = new();

    static readonly byte[] SkipFolderMarker = Encoding.ASCII.GetBytes(IgnoreRules.SkipFolderMarker);
    static readonly byte[][] RuleFiles = [.. IgnoreRules.RuleFiles.Select(Encoding.ASCII.GetBytes)];

    /// <exception cref="FileFault">The volume as a whole cannot be read.</exception>
    /// <exception cref="EmptyVolumeException">It held files and now holds nothing.</exception>
    public async Task<ScanSummary> ScanAsync(Volume volume, IVolumeFiles files, ScanOrder order, CancellationToken cancellationToken)
    {
        using Turns.Turn turn = await _turns.TakeAsync(volume.Id, cancellationToken);
        using Database.Reader reader = catalog.Read();
        using LocationIndex index = new(reader.Connection);
        FileStat root = files.StatRoot();
        // A disk pulled out since it was opened can still be read, and would be taken for one that lies elsewhere.
        if (files.StatFolder(RelativePath.Root) is not { } open || (open.Device, open.Inode) != (root.Device, root.Inode)) throw new FileFault(RelativePath.Root, Libc.ESTALE);
        // A fresh or unmounted disk may hold what systems drop everywhere (lost+found, @eaDir).
        if (!order.MayBeEmpty && files.List(RelativePath.Root, out _).TrueForAll(e => IgnoreRules.IsJunk(RelativePath.Show(e.Name))) && index.HasAnythingIn(volume.Id))
            throw new EmptyVolumeException(volume.Name);

        KeepAhead(index);
        await using Walk walk = new(volume, files, root, index, order, NewFolderId, logger);
        walk.Start();
        while (await walk.NextAsync())
        {
            if (walk.Changes.Count >= ChangesPerTransaction) await FlushAsync();
            if (turn.IsWanted)
            {
                await walk.ForgetAheadAsync();
                await FlushAsync();
                turn.Dispose();
                await turn.EnterAsync(CancellationToken.None);
            }
            order.Progress(walk.Summary);
            cancellationToken.ThrowIfCancellationRequested();
        }
        await FlushAsync();
        await ResolveAsync();
        if (walk.Summary.Gone > 0) walk.Summary.MissingFolders = index.MissingFolders(volume.Id);
        return walk.Summary;

        async Task FlushAsync()
        {
            if (walk.Changes.Count == 0) return;
            await WriteAsync(writer => writer.Apply(volume.Id, walk.Changes, clock.GetUtcNow(), settings.Settle));
            walk.Changes.Clear();
        }

        Task ResolveAsync() => !index.HasUnseenIn(volume.Id) && walk.GaveWay.Count == 0 ? Task.CompletedTask : WriteAsync(writer =>
        {
            walk.Summary.Vanished = writer.Resolve(volume.Id, clock.GetUtcNow().ToUnixTimeSeconds(), order.IsConfirmed ? static _ => long.MaxValue : settings.Breaker.Limit);
            writer.NameAgain(walk.GaveWay);
        });

        Task WriteAsync(Action<LocationIndex> work) => catalog.WriteAsync(connection =>
        {
            // What is marked missing must be missing from this volume, not from another one mounted over it meanwhile.
            FileStat now = files.StatRoot();
            if (now.Device != root.Device || now.Inode != root.Inode) throw new FileFault(RelativePath.Root, Libc.ESTALE);
            using LocationIndex writer = new(connection);
            work(writer);
        }, cancellationToken);
    }

    /// <summary>Writes down a file that was added to a volume just now, together with what else is known of it; a walk that is under way gives way for that.</summary>
    /// <param name="isThere">Asked once more at the last moment, because the volume may be another by then.</param>
    /// <param name="note">Takes the id of its folder, in the same transaction.</param>
    /// <returns>What was noted, and the folders that no walk has seen yet; null when the volume was never walked, or is another.</returns>
    public async Task<(T Noted, IReadOnlyList<long> Folders)?> AddAsync<T>(
        Volume volume, RelativePath path, FileStat stat, Func<bool> isThere, Func<DbConnection, long, T> note, CancellationToken cancellationToken)
    {
        using Turns.Turn turn = await _turns.TakeAsync(volume.Id, cancellationToken);
        return await catalog.WriteAsync<(T, IReadOnlyList<long>)?>(connection =>
        {
            if (!isThere()) return null;
            using LocationIndex index = new(connection);
            KeepAhead(index);
            List<long> made = [];
            return index.Add(volume.Id, path, stat, NewFolderId, made) is { } folder ? (note(connection, folder), made) : null;
        }, cancellationToken);
    }

    /// <summary>Does something with the files of a volume while no walk writes down what lies there.</summary>
    public async Task<T> AloneAsync<T>(Volume volume, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        using Turns.Turn turn = await _turns.TakeAsync(volume.Id, cancellationToken);
        return await work();
    }

    long NewFolderId() => Interlocked.Increment(ref _lastFolderId);

    void KeepAhead(LocationIndex index)
    {
        long inUse = index.LastFolderId();
        for (long last = Volatile.Read(ref _lastFolderId); last < inUse; last = Volatile.Read(ref _lastFolderId)) Interlocked.CompareExchange(ref _lastFolderId, inUse, last);
    }

    /// <summary>A folder whose turn will come.</summary>
    /// <param name="Descends">Its known subfolders follow.</param>
    readonly record struct Step(KnownFolder Folder, IgnoreRules Rules, bool IsNew, bool Descends)
    {
        /// <summary>The name it gets anew, because it was missing.</summary>
        public EntryName? Name { get; init; }
    }

    /// <summary>One walk: the folders still to see, and the changes found since they were last written.</summary>
    sealed class Walk(Volume volume, IVolumeFiles files, FileStat root, LocationIndex index, ScanOrder order, Func<long> newFolderId, ILogger logger) : IAsyncDisposable
    {
        /// <summary>So many folders may have a bad sector before the disk as a whole is given up.</summary>
        const int MostBadFolders = 20;

        readonly Queue<Step> _folders = new();
        readonly List<KnownFolder> _knownFolders = [];
        readonly HashSet<long> _moved = [];
        // Names given in the folder that is looked at, by key; read only when it has something new.
        Dictionary<string, string>? _given;
        // The next folder is listed while this one is compared: the kernel works on the one, SQLite on the other.
        Task<Listing>? _ahead;
        int _badFolders;
        bool _isFirst, _hadGuests;

        public ScanSummary Summary { get; } = new();
        public List<Change> Changes { get; } = [];
        /// <summary>Files whose name was taken when they appeared, perhaps by one that is gone.</summary>
        public List<(long Folder, byte[] Name)> GaveWay { get; } = [];

        public void Start()
        {
            KnownFolder? known = index.Root(volume.Id);
            _isFirst = known is null;
            IgnoreRules rules = IgnoreRules.For(volume.Settings.Exclude);
            if (known is not null && order.Folders is { } folders)
            {
                Begin(rules, folders.Except(order.Subtrees), descends: false);
                Begin(rules, order.Subtrees, descends: true);
                return;
            }
            KnownFolder folder = known ?? new(newFolderId(), RelativePath.Root, 0, null, null, IsElsewhere: false, IsMissing: false, IsUnseen: false, "");
            if (known is null) Changes.Add(new FolderAppeared(folder, null, EntryName.From(volume.Name)));
            _folders.Enqueue(new(folder, rules, known is null, Descends: true));
        }

        void Begin(IgnoreRules rules, IEnumerable<long> ids, bool descends)
        {
            foreach (KnownFolder folder in ids.Select(id => index.Folder(volume.Id, id)).OfType<KnownFolder>().Where(f => !f.IsMissing).OrderBy(f => f.Path))
            {
                // What ignores it now is found when the folder above is looked at, whose rule files tell.
                IgnoreRules within = Above(folder.Path).Aggregate(rules, (outer, above) => WithRuleFiles(outer, above, RuleFiles));
                _folders.Enqueue(new(folder, within, IsNew: false, descends));
            }
        }

        /// <summary>The folders above one, from the root down.</summary>
        static Stack<RelativePath> Above(RelativePath path)
        {
            Stack<RelativePath> above = new();
            while (!path.IsRoot) above.Push(path = path.Folder);
            return above;
        }

        /// <summary>Looks at one folder; false when none is left.</summary>
        public async Task<bool> NextAsync()
        {
            if (!_folders.TryDequeue(out Step step)) return false;
            KnownFolder folder = step.Folder;
            Listing listing;
            try
            {
                listing = _ahead is null ? List(folder) : await _ahead;
            }
            catch (FileFault fault) when (!folder.Path.IsRoot && (!fault.IsVolume || (fault.MayBeOneSector && IsDiskAlive())))
            {
                // Gone since its parent was listed: the next scan sees that. Otherwise unreadable, and what lies below stays as it was.
                if (!fault.IsGone) Summary.Unreadable.Add((folder.Path, fault.Message));
                listing = default;
            }
            _ahead = _folders.TryPeek(out Step after) ? Task.Run(() => List(after.Folder)) : null;
            if (listing.Entries is { } entries) Look(step, entries, listing.Self);
            return true;
        }

        /// <summary>Somebody else writes to the catalogue now: what was listed before that is listed again after it, and no folder is taken to be new.</summary>
        public async Task ForgetAheadAsync()
        {
            if (_ahead is not null) await _ahead.ContinueWith(static listing => _ = listing.Exception, TaskScheduler.Default);
            _ahead = null;
            _hadGuests = true;
        }

        /// <summary>Nothing is listed any more when this returns.</summary>
        public async ValueTask DisposeAsync()
        {
            if (_ahead is not null) await _ahead.ContinueWith(static listing => _ = listing.Exception, TaskScheduler.Default);
        }

        readonly record struct Listing(List<FolderEntry>? Entries, FileStat Self);

        Listing List(KnownFolder folder)
        {
            List<FolderEntry> entries = files.List(folder.Path, out FileStat self, order.Watch is { } watch ? open => watch(folder.Id, open, folder.Path.IsRoot) : null);
            return new(entries, self);
        }

        /// <summary>After an I/O error in one folder: the others can still be read.</summary>
        bool IsDiskAlive()
        {
            if (++_badFolders > MostBadFolders) return false;
            try
            {
                _ = files.List(RelativePath.Root, out _);
                return true;
            }
            catch (FileFault)
            {
                return false;
            }
        }

        void Look(Step step, List<FolderEntry> entries, FileStat self)
        {
            (KnownFolder folder, IgnoreRules rules, bool isNew, _) = step;
            isNew &= !_hadGuests;
            Summary.Folders++;
            bool isElsewhere = self.Device != root.Device;
            if (!isNew && folder.IsElsewhere != isElsewhere && !order.IsConfirmed && index.HasAnythingBelow(volume.Id, folder.Path))
            {
                Summary.Unreadable.Add((folder.Path, isElsewhere
                    ? "Another file system is mounted over it now"
                    : "The file system that was mounted there is not mounted now"));
                return;
            }
            _given = isNew ? [] : null;
            if (folder.IsAbsent || folder.ModifiedNs != self.ModifiedNs || folder.Inode != self.Inode || folder.BornNs != self.BornNs || folder.IsElsewhere != isElsewhere)
                Changes.Add(new FolderSeen(folder.Id, self, isElsewhere, step.Name));
            _knownFolders.Clear();
            if (!isNew) index.ReadFolders(folder, _knownFolders);
            bool isLeftOut = entries.Exists(e => e.Name.AsSpan().SequenceEqual(SkipFolderMarker));
            if (isLeftOut) entries = [];
            Compare(step with { Rules = WithRuleFiles(rules, folder.Path, RuleFiles.Where(rule => entries.Exists(e => e.Kind is EntryKind.File && e.Name.AsSpan().SequenceEqual(rule)))) }, entries, isLeftOut);
        }

        /// <summary>Both sides are in byte order, so one pass finds what came, changed and went.</summary>
        /// <param name="areLeftOut">What is not among the entries is there all the same.</param>
        void Compare(Step step, List<FolderEntry> entries, bool areLeftOut)
        {
            (KnownFolder folder, IgnoreRules rules, _, _) = step;
            KnownFiles known = index.FilesOf(folder.Id);
            int d = 0, unasked = 0;
            for (int i = 0; i < entries.Count; i++)
            {
                FolderEntry entry = entries[i];
                int order = -1;
                while (!known.IsAtEnd && (order = known.Name.SequenceCompareTo(entry.Name)) < 0) FileIsGone(areLeftOut);
                while (d < _knownFolders.Count && _knownFolders[d].Path.Name.SequenceCompareTo(entry.Name) < 0) FolderIsGone(_knownFolders[d++], areLeftOut);
                bool isKnown = !known.IsAtEnd && order == 0;
                KnownFolder? knownFolder = d < _knownFolders.Count && _knownFolders[d].Path.Name.SequenceEqual(entry.Name) ? _knownFolders[d++] : null;
                // A file seen before was not ignored then; the rules are asked again only when there are any.
                bool isIgnored = (!isKnown || rules.AreOwn) && rules.Ignores(folder.Path, entry.Name, entry.Kind is EntryKind.Folder);
                if (isIgnored || entry.Kind is EntryKind.Link or EntryKind.Other)
                {
                    if (!isIgnored) Summary.Skipped++;
                    if (isKnown) FileIsGone(isIgnored);
                    FolderIsGone(knownFolder, isIgnored);
                }
                else if (entry.Fault != 0)
                {
                    // It is there, whatever it is. One of them says enough of a folder whose entries may not be asked.
                    if (unasked++ == 0 && entry.Fault is not Libc.ENOENT) Summary.Unreadable.Add((folder.Path.Child(entry.Name), Libc.Describe(entry.Fault)));
                    if (isKnown) known.MoveNext();
                }
                else if (entry.Kind is EntryKind.Folder)
                {
                    if (isKnown) FileIsGone(isLeftOut: false);
                    if (knownFolder is not { } same) _folders.Enqueue(Appeared(folder, entry, rules));
                    else if (step.Descends || same.IsAbsent) _folders.Enqueue(new(same, rules, IsNew: false, Descends: true) { Name = same.IsMissing ? Named(folder, entry.Name) : null });
                }
                else
                {
                    FolderIsGone(knownFolder, isLeftOut: false);
                    See(folder, entry, isKnown ? known : null, entries, i);
                    if (isKnown) known.MoveNext();
                }
            }
            while (!known.IsAtEnd) FileIsGone(areLeftOut);
            while (d < _knownFolders.Count) FolderIsGone(_knownFolders[d++], areLeftOut);

            void FileIsGone(bool isLeftOut)
            {
                if (!known.IsMissing && (!known.IsUnseen || isLeftOut))
                {
                    Summary.Gone++;
                    Changes.Add(new FileGone(folder.Id, known.Name.ToArray(), isLeftOut));
                }
                known.MoveNext();
            }

            void FolderIsGone(KnownFolder? sub, bool isLeftOut)
            {
                if (sub is not { IsMissing: false } gone || (gone.IsUnseen && !isLeftOut) || _moved.Contains(gone.Id)) return;
                Summary.Gone++;
                Changes.Add(new FolderGone(gone.Path, isLeftOut));
            }
        }

        void See(KnownFolder folder, FolderEntry entry, KnownFiles? known, List<FolderEntry> entries, int at)
        {
            Summary.Files++;
            Summary.Bytes += entry.Stat.SizeInBytes;
            bool isSame = known is not null && known.IsAs(entry.Stat);
            if (isSame && !known!.IsMissing && !known.IsUnseen)
            {
                if (!known.IsRead) Changes.Add(new FileWaits(folder.Id, entry.Name, QuietSince(entries, at)));
                return;
            }

            Summary.Changed++;
            EntryName? again = known is { IsMissing: true } ? Named(folder, entry.Name) : null;
            if (known is null) Changes.Add(new FileAppeared(folder.Id, entry.Name, entry.Stat, Named(folder, entry.Name), QuietSince(entries, at)));
            else if (isSame && known.IsRead) Changes.Add(new FileReturned(folder.Id, entry.Name, again));
            else Changes.Add(new FileChanged(folder.Id, entry.Name, entry.Stat, again, QuietSince(entries, at)));
        }

        /// <summary>When a file or one of its group was last written to: photo, sidecar and clip that share a name wait for each other.</summary>
        static long QuietSince(List<FolderEntry> entries, int at)
        {
            ReadOnlySpan<byte> name = entries[at].Name, group = SettleGate.GroupOf(name);
            if (group.Length == name.Length) return Written(entries[at]);
            group = name[..(group.Length + 1)];
            long written = Written(entries[at]);
            // In byte order those of one group stand together.
            for (int i = at - 1; i >= 0 && entries[i].Name.AsSpan().StartsWith(group); i--) written = Math.Max(written, Written(entries[i]));
            for (int i = at + 1; i < entries.Count && entries[i].Name.AsSpan().StartsWith(group); i++) written = Math.Max(written, Written(entries[i]));
            return written;

            static long Written(FolderEntry entry) => Math.Max(entry.Stat.ModifiedNs, entry.Stat.ChangedNs);
        }

        /// <summary>A folder of a new name: perhaps one that was renamed, which brings along all that is known of it.</summary>
        Step Appeared(KnownFolder parent, FolderEntry entry, IgnoreRules rules)
        {
            RelativePath path = parent.Path.Child(entry.Name);
            if (!_isFirst)
                foreach ((KnownFolder before, long? parentId) in index.FoldersByInode(volume.Id, entry.Stat.Inode))
                {
                    // An inode number is used again soon; together with the birth it is the same folder. And nothing may lie where it was: a folder that
                    // was made there anew goes on as the one known at that path, and its former files are followed one by one.
                    if (before.BornNs is null || _moved.Contains(before.Id) || files.StatFolder(path) is not { } stat || stat.BornNs != before.BornNs || stat.Inode != before.Inode
                        || files.StatFolder(before.Path) is not null) continue;
                    if (parentId == parent.Id) (_given ??= index.Entries(parent.Id)).Remove(before.Key);
                    _moved.Add(before.Id);
                    Summary.MovedFolders++;
                    Changes.Add(new FolderMoved(before.Id, path, parent.Id, Named(parent, entry.Name)));
                    return new(before with { Path = path, IsMissing = false, IsUnseen = false }, rules, IsNew: false, Descends: true);
                }
            KnownFolder folder = new(newFolderId(), path, 0, null, null, parent.IsElsewhere, IsMissing: false, IsUnseen: false, "");
            Changes.Add(new FolderAppeared(folder, parent.Id, Named(parent, entry.Name)));
            return new(folder, rules, IsNew: true, Descends: true);
        }

        /// <summary>The name a new entry gets, once and for ever.</summary>
        EntryName Named(KnownFolder folder, byte[] name)
        {
            EntryName entry = EntryName.ForFile(name, _given ??= index.Entries(folder.Id));
            if (entry.IsSecond(name)) GaveWay.Add((folder.Id, name));
            return entry;
        }

        IgnoreRules WithRuleFiles(IgnoreRules rules, RelativePath folder, IEnumerable<byte[]> ruleFiles)
        {
            foreach (byte[] ruleFile in ruleFiles) rules = rules.Within(folder, ReadRules(folder.Child(ruleFile)));
            return rules;
        }

        string ReadRules(RelativePath path)
        {
            try
            {
                using SafeFileHandle file = files.OpenRead(path, out FileStat stat);
                byte[] text = new byte[Math.Min(stat.SizeInBytes, RuleFileLimitInBytes)];
                return Encoding.UTF8.GetString(text, 0, RandomAccess.Read(file, text, 0));
            }
            catch (FileFault fault) when (fault.IsGone)
            {
                return "";
            }
            catch (IOException fault)
            {
                logger.RulesUnreadable(path.ToString(), fault);
                return "";
            }
        }
    }
}

/// <summary>What a scan has seen so far. <c>Skipped</c>: symbolic links, FIFOs, sockets, devices.</summary>
public sealed class ScanSummary
{
    public long Files { get; set; }
    public long Folders { get; set; }
    public long Bytes { get; set; }
    public long Changed { get; set; }
    /// <summary>Not found at their place.</summary>
    public long Gone { get; set; }
    /// <summary>Folders that have another name or parent.</summary>
    public long MovedFolders { get; set; }
    /// <summary>With <see cref="Gone"/>: the folders of the volume that need no watch any more, by id.</summary>
    public IReadOnlySet<long> MissingFolders { get; set; } = new HashSet<long>();
    /// <summary>What became of the files that were not found.</summary>
    public Vanished Vanished { get; set; }
    public long Skipped { get; set; }
    public List<(RelativePath Path, string Reason)> Unreadable { get; } = [];
}

/// <summary>A library folder that held files is empty now: more likely a disk that is not mounted than an archive thrown away.</summary>
public sealed class EmptyVolumeException(string volume) : IOException(
    $"The folder of volume '{volume}' is empty but held files before; it looks as if its disk is not mounted.");

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot read the ignore rules {Path}; going on without them")]
    public static partial void RulesUnreadable(this ILogger logger, string path, Exception exception);
}
