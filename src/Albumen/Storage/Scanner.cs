using System.Text;
using Albumen.Sql;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Storage;

/// <summary>
/// Walks a volume breadth first and notes what differs from the last walk: one <c>statx</c> a file, two queries a folder, nothing read.
/// New and changed files become jobs in the order of the walk, which is the same every time, so an interrupted scan goes on where it was.
/// </summary>
/// <remarks>
/// Only a folder that was listed to its end can say that a file is gone. An unreadable folder keeps what was known of it and is a problem;
/// a fault of the volume as a whole ends the scan and changes nothing more.
/// </remarks>
public sealed class Scanner(Database catalog, ScanSettings settings, TimeProvider clock, ILogger<Scanner> logger)
{
    const int ChangesPerTransaction = 2000;
    const long RuleFileLimitInBytes = 64 * 1024;
    static readonly byte[] SkipFolderMarker = Encoding.ASCII.GetBytes(IgnoreRules.SkipFolderMarker);
    static readonly byte[][] RuleFiles = [.. IgnoreRules.RuleFiles.Select(Encoding.ASCII.GetBytes)];

    /// <param name="progress">Called after each folder.</param>
    /// <exception cref="FileFault">The volume as a whole cannot be read.</exception>
    /// <exception cref="EmptyVolumeException">It held files and now holds nothing.</exception>
    public async Task<ScanSummary> ScanAsync(Volume volume, IVolumeFiles files, Action<ScanSummary> progress, CancellationToken cancellationToken)
    {
        using Database.Reader reader = catalog.Read();
        using LocationIndex index = new(reader.Connection);
        FileStat root = files.StatRoot();
        if (files.List(RelativePath.Root, out _).TrueForAll(e => IgnoreRules.IsJunk(RelativePath.Show(e.Name))) && index.HasAnythingIn(volume.Id)) throw new EmptyVolumeException(volume.Name);

        await using Walk walk = new(files, index, logger);
        walk.Start(index.Root(volume.Id), volume, root);
        while (await walk.NextAsync())
        {
            if (walk.Changes.Count >= ChangesPerTransaction) await FlushAsync();
            progress(walk.Summary);
            cancellationToken.ThrowIfCancellationRequested();
        }
        await FlushAsync();
        return walk.Summary;

        async Task FlushAsync()
        {
            if (walk.Changes.Count == 0) return;
            await catalog.WriteAsync(connection =>
            {
                // What is marked missing must be missing from this volume, not from another one mounted over it meanwhile.
                FileStat now = files.StatRoot();
                if (now.Device != root.Device || now.Inode != root.Inode) throw new FileFault(RelativePath.Root, Native.Libc.ESTALE);
                using LocationIndex writer = new(connection);
                writer.Apply(volume.Id, walk.Changes, clock.GetUtcNow().ToUnixTimeSeconds(), settings.Settle);
            }, cancellationToken);
            walk.Changes.Clear();
        }
    }

    /// <summary>One walk: the folders still to see, and the changes found since they were last written.</summary>
    sealed class Walk(IVolumeFiles files, LocationIndex index, ILogger logger) : IAsyncDisposable
    {
        readonly Queue<(KnownFolder Folder, IgnoreRules Rules, bool IsNew)> _folders = new();
        readonly List<KnownFolder> _knownFolders = [];
        // Names given in the folder that is looked at, by key; read only when it has something new.
        Dictionary<string, string>? _given;
        // The next folder is listed while this one is compared: the kernel works on the one, SQLite on the other.
        Task<Listing>? _ahead;
        long _lastFolderId;

        public ScanSummary Summary { get; } = new();
        public List<Change> Changes { get; } = [];

        public void Start(KnownFolder? known, Volume volume, FileStat root)
        {
            _lastFolderId = index.LastFolderId();
            KnownFolder folder = known ?? new(++_lastFolderId, RelativePath.Root, root.ModifiedNs, IsMissing: false);
            if (known is null) Changes.Add(new FolderAppeared(folder, null, EntryName.From(volume.Name)));
            _folders.Enqueue((folder, IgnoreRules.For(volume.Settings.Exclude), known is null));
        }

        /// <summary>Looks at one folder; false when none is left.</summary>
        public async Task<bool> NextAsync()
        {
            if (!_folders.TryDequeue(out (KnownFolder Folder, IgnoreRules Rules, bool IsNew) next)) return false;
            (KnownFolder folder, IgnoreRules rules, bool isNew) = next;
            Listing listing;
            try
            {
                listing = _ahead is null ? List(folder) : await _ahead;
            }
            catch (FileFault fault) when (!fault.IsVolume && !folder.Path.IsRoot)
            {
                // Gone since its parent was listed: the next scan sees that. Otherwise unreadable, and what lies below stays as it was.
                if (!fault.IsGone) Summary.Unreadable.Add((folder.Path, fault.Message));
                listing = default;
            }
            _ahead = _folders.TryPeek(out (KnownFolder Folder, IgnoreRules, bool) after) ? Task.Run(() => List(after.Folder)) : null;
            if (listing.Entries is { } entries) Look(folder, rules, isNew, entries, listing.Self);
            return true;
        }

        /// <summary>Nothing is listed any more when this returns.</summary>
        public async ValueTask DisposeAsync()
        {
            if (_ahead is not null) await _ahead.ContinueWith(static listing => _ = listing.Exception, TaskScheduler.Default);
        }

        readonly record struct Listing(List<FolderEntry>? Entries, FileStat Self);

        Listing List(KnownFolder folder)
        {
            List<FolderEntry> entries = files.List(folder.Path, out FileStat self);
            return new(entries, self);
        }

        void Look(KnownFolder folder, IgnoreRules rules, bool isNew, List<FolderEntry> entries, FileStat self)
        {
            Summary.Folders++;
            if (folder.IsMissing || folder.ModifiedNs != self.ModifiedNs) Changes.Add(new FolderSeen(folder.Id, self.ModifiedNs));
            _given = isNew ? [] : null;
            _knownFolders.Clear();
            if (!isNew) index.ReadFolders(folder.Id, _knownFolders);
            if (entries.Exists(e => e.Name.AsSpan().SequenceEqual(SkipFolderMarker))) entries = [];
            Compare(folder, entries, WithRuleFiles(rules, folder.Path, entries));
        }

        /// <summary>Both sides are in byte order, so one pass finds what came, changed and went.</summary>
        void Compare(KnownFolder folder, List<FolderEntry> entries, IgnoreRules rules)
        {
            KnownFiles known = index.FilesOf(folder.Id);
            int d = 0;
            foreach (FolderEntry entry in entries)
            {
                int order = -1;
                while (!known.IsAtEnd && (order = known.Name.SequenceCompareTo(entry.Name)) < 0) FileIsGone();
                bool isKnown = !known.IsAtEnd && order == 0;
                // A file seen before was not ignored then; the rules are asked again only when there are any.
                bool isIgnored = (!isKnown || rules.AreOwn) && rules.Ignores(folder.Path, entry.Name, entry.Kind is EntryKind.Folder);
                if (isIgnored || entry.Kind is EntryKind.Link or EntryKind.Other)
                {
                    if (!isIgnored) Summary.Skipped++;
                    if (isKnown) FileIsGone();
                    continue;
                }
                if (entry.Kind is EntryKind.Folder && entry.Fault == 0)
                {
                    if (isKnown) FileIsGone();
                    while (d < _knownFolders.Count && _knownFolders[d].Path.Name.SequenceCompareTo(entry.Name) < 0) FolderIsGone(_knownFolders[d++]);
                    if (d < _knownFolders.Count && _knownFolders[d].Path.Name.SequenceEqual(entry.Name)) _folders.Enqueue((_knownFolders[d++], rules, false));
                    else _folders.Enqueue((Appeared(folder, entry), rules, true));
                    continue;
                }
                if (entry.Fault != 0)
                {
                    // Not even its kind is known: whatever it was stays as it was.
                    while (d < _knownFolders.Count && _knownFolders[d].Path.Name.SequenceCompareTo(entry.Name) < 0) FolderIsGone(_knownFolders[d++]);
                    if (d < _knownFolders.Count && _knownFolders[d].Path.Name.SequenceEqual(entry.Name)) d++;
                    Summary.Unreadable.Add((folder.Path.Child(entry.Name), Native.Libc.Describe(entry.Fault)));
                }
                else See(folder, entry, isKnown ? known : null);
                if (isKnown) known.MoveNext();
            }
            while (!known.IsAtEnd) FileIsGone();
            while (d < _knownFolders.Count) FolderIsGone(_knownFolders[d++]);

            void FileIsGone()
            {
                if (!known.IsMissing)
                {
                    Summary.Gone++;
                    Changes.Add(new FileGone(folder.Id, known.Name.ToArray()));
                }
                known.MoveNext();
            }

            void FolderIsGone(KnownFolder sub)
            {
                if (sub.IsMissing) return;
                Summary.Gone++;
                Changes.Add(new FolderGone(sub.Path));
            }
        }

        void See(KnownFolder folder, FolderEntry entry, KnownFiles? known)
        {
            Summary.Files++;
            Summary.Bytes += entry.Stat.SizeInBytes;
            bool isSame = known is { IsRead: true } && known.IsAs(entry.Stat);
            if (isSame && !known!.IsMissing) return;

            Summary.Changed++;
            if (known is null) Changes.Add(new FileAppeared(folder.Id, entry.Name, entry.Stat, Named(folder, entry.Name)));
            else if (isSame) Changes.Add(new FileReturned(folder.Id, entry.Name));
            else Changes.Add(new FileChanged(folder.Id, entry.Name, entry.Stat));
        }

        KnownFolder Appeared(KnownFolder parent, FolderEntry entry)
        {
            KnownFolder folder = new(++_lastFolderId, parent.Path.Child(entry.Name), 0, IsMissing: false);
            Changes.Add(new FolderAppeared(folder, parent.Id, Named(parent, entry.Name)));
            return folder;
        }

        /// <summary>The name a new entry gets, once and for ever: that on disk, unless making it legal made it another's.</summary>
        EntryName Named(KnownFolder folder, byte[] name)
        {
            _given ??= new(index.Entries(folder.Id));
            EntryName entry = EntryName.ForFile(name);
            for (int length = 4; IsTaken(entry.Name); length++) entry = EntryName.ForFile(name).WithSuffix(EntryName.SeedOf(name)[..length]);
            if (_given.ContainsKey(entry.Key)) entry = entry with { Key = EntryName.TwinKeyOf(entry.Name) };
            _given.Add(entry.Key, entry.Name);
            return entry;

            bool IsTaken(string wanted) => _given.TryGetValue(EntryName.KeyOf(wanted), out string? given) && (given == wanted || _given.ContainsKey(EntryName.TwinKeyOf(wanted)));
        }

        IgnoreRules WithRuleFiles(IgnoreRules rules, RelativePath folder, List<FolderEntry> entries)
        {
            foreach (byte[] ruleFile in RuleFiles)
                if (entries.Exists(e => e.Kind is EntryKind.File && e.Name.AsSpan().SequenceEqual(ruleFile)))
                    rules = rules.Within(folder, ReadRules(folder.Child(ruleFile)));
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
    public long Gone { get; set; }
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
