using System.Text;
using Albumen.Native;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>Names on a plain disk: which one a client means, whatever its case and composition, and how one is shown.</summary>
/// <remarks>The exact name is asked of the disk. Only when it is not there are the folder's names compared, from memory while the folder is unchanged.</remarks>
sealed class PlainNames(PlainDisk disk)
{
    const int LongestInBytes = 255, FoldersRemembered = 4;

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    readonly Lock _lock = new();
    readonly List<Remembered> _remembered = [];

    /// <summary>The name on disk, or null when there is none like it.</summary>
    public byte[]? Find(RelativePath folder, string name)
    {
        if (ToDisk(folder, name) is not { } exact) return null;
        if (disk.Find(folder.Child(exact)) is not null) return exact;
        if (disk.Find(folder) is not { IsFolder: true, Stat: var stat }) return null;
        lock (_lock) return Read(folder, stat).Names.GetValueOrDefault(EntryName.KeyOf(name));
    }

    /// <summary>The bytes a new name gets on disk; null when it cannot be given.</summary>
    public static byte[]? ToDisk(RelativePath folder, string name)
    {
        string composed = Glib.ToNfc(name);
        if (composed.Length == 0 || composed.Any(char.IsControl) || EntryName.KeyOf(composed).Length == 0 || (folder.IsRoot && EntryName.KeyOf(composed) == PlainDisk.StagingFolder)) return null;
        byte[] bytes = Encoding.UTF8.GetBytes(composed);
        return bytes.Length <= LongestInBytes && !composed.Contains('\uFFFD') ? bytes : null;
    }

    /// <summary>As it is, where it can be shown; what is no UTF-8 or would upset a terminal gets the nearest name that can.</summary>
    public static string Shown(byte[] onDisk)
    {
        try
        {
            string name = Strict.GetString(onDisk);
            return name.Any(char.IsControl) ? EntryName.ForFile(onDisk).Name : Glib.ToNfc(name);
        }
        catch (DecoderFallbackException)
        {
            return EntryName.ForFile(onDisk).Name;
        }
    }

    /// <summary>Tells of a change made here, so that a folder that many files are put into is not read anew for each.</summary>
    /// <param name="change">What is done to the folder.</param>
    public void Change(RelativePath folder, Action change, byte[]? added = null, byte[]? removed = null)
    {
        lock (_lock)
        {
            Remembered? before = _remembered.Find(r => r.Folder == folder);
            bool isGood = before is not null && disk.Find(folder)?.Stat is { } stat && before.IsAs(stat);
            change();
            if (before is null) return;
            _remembered.RemoveAll(r => r.Folder == folder);
            if (!isGood || disk.Find(folder)?.Stat is not { } now) return;
            if (removed is not null && before.Names.TryGetValue(EntryName.KeyOf(Shown(removed)), out byte[]? old) && old.AsSpan().SequenceEqual(removed)) before.Names.Remove(EntryName.KeyOf(Shown(removed)));
            if (added is not null) before.Names.TryAdd(EntryName.KeyOf(Shown(added)), added);
            _remembered.Add(before with { Inode = now.Inode, ModifiedNs = now.ModifiedNs });
        }
    }

    Remembered Read(RelativePath folder, FileStat stat)
    {
        if (_remembered.Find(r => r.Folder == folder) is { } known)
        {
            if (known.IsAs(stat)) return known;
            _remembered.Remove(known);
        }
        Dictionary<string, byte[]> names = [];
        foreach (byte[] name in disk.Names(folder).OrderBy(n => n, ByteOrder)) names.TryAdd(EntryName.KeyOf(Shown(name)), name);
        if (folder.IsRoot) names.Remove(PlainDisk.StagingFolder);
        Remembered read = new(folder, stat.Inode, stat.ModifiedNs, names);
        _remembered.Add(read);
        if (_remembered.Count > FoldersRemembered) _remembered.RemoveAt(0);
        return read;
    }

    static readonly Comparer<byte[]> ByteOrder = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    sealed record Remembered(RelativePath Folder, long Inode, long ModifiedNs, Dictionary<string, byte[]> Names)
    {
        public bool IsAs(FileStat stat) => (Inode, ModifiedNs) == (stat.Inode, stat.ModifiedNs);
    }
}
