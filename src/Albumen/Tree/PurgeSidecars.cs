using System.Text;
using Albumen.Sidecar;
using Albumen.Storage;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tree;

/// <summary>
/// Which sidecars go with the photos of a plan, by what lies on the disk: the one that has a photo's whole name, byte for byte, and <c>.xmp</c> in any case of letters;
/// one that has only its stem (<c>a.xmp</c>) if every other file of that stem goes too, read or not, photo or not; and the mirrored one. All others stay.
/// </summary>
sealed class PurgeSidecars(SidecarFiles files)
{
    /// <summary>The same files with their sidecars. One that speaks of several stands with the last of them.</summary>
    public List<PurgeFile> With(IReadOnlyList<PurgeFile> goes)
    {
        List<PurgeSidecar>[] found = [.. goes.Select(_ => new List<PurgeSidecar>())];
        foreach (IGrouping<Volume, (int Index, PurgeFile File)> ofVolume in goes.Index().GroupBy(f => f.Item.Volume))
        {
            using VolumeFiles? beside = Open(ofVolume.Key.Settings.Path), mirror = Open(files.MirrorRoot(ofVolume.Key));
            foreach (IGrouping<RelativePath, (int Index, PurgeFile File)> ofFolder in ofVolume.GroupBy(f => f.File.Path.Folder))
                if (beside is not null) Look(beside, ofVolume.Key, ofFolder.Key, ofFolder.ToDictionary(f => f.File.Path, f => f.Index), found);
            foreach ((int index, PurgeFile file) in ofVolume)
                if (mirror is not null && Mirrored(mirror, file) is { } sidecar) found[index].Add(sidecar);
        }
        return [.. goes.Select((file, i) => file with { Sidecars = found[i] })];
    }

    /// <summary>Whether, now that its photo has gone, no file lies there that the sidecar speaks of.</summary>
    /// <exception cref="FileFault">Nobody can tell.</exception>
    public static bool IsLeftAlone(PurgeFile file, PurgeSidecar sidecar)
    {
        if (sidecar.IsMirror) return true;
        using VolumeFiles there = new(file.Volume.Settings.Path);
        List<FolderEntry> entries = there.List(file.Path.Folder, out _);
        byte[] of = Of(sidecar.Path.Name);
        return IsWhole(of) && file.Path.Name.SequenceEqual(of) ? !entries.Exists(e => e.Name.AsSpan().SequenceEqual(of)) : !ByStem(entries).ContainsKey(Key(of));
    }

    /// <param name="goes">The photos of the folder that go, and their places in the plan.</param>
    static void Look(VolumeFiles beside, Volume volume, RelativePath folder, Dictionary<RelativePath, int> goes, List<PurgeSidecar>[] found)
    {
        List<FolderEntry> entries;
        try
        {
            entries = beside.List(folder, out _);
        }
        catch (FileFault)
        {
            // They stay.
            return;
        }
        ILookup<string, int> going = goes.ToLookup(g => Encoding.Latin1.GetString(StemOf(g.Key.Name)), g => g.Value);
        Dictionary<string, List<byte[]>> all = ByStem(entries);
        foreach (FolderEntry entry in entries.Where(e => e.Kind is EntryKind.File && IsSidecar(e.Name)))
        {
            byte[] of = Of(entry.Name);
            if (!IsWhole(of) || !goes.TryGetValue(folder.Child(of), out int last))
            {
                List<RelativePath> others = [.. all.GetValueOrDefault(Key(of), []).Select(other => folder.Child(other))];
                if (!going.Contains(Encoding.Latin1.GetString(of)) || !others.TrueForAll(goes.ContainsKey)) continue;
                last = others.Select(other => goes[other]).Concat(going[Encoding.Latin1.GetString(of)]).Max();
            }
            RelativePath path = folder.Child(entry.Name);
            if (Read(beside, path) is var (stat, hash)) found[last].Add(new(path, $"{volume.Settings.Path}/{path}", IsMirror: false, stat, hash));
        }
    }

    PurgeSidecar? Mirrored(VolumeFiles mirror, PurgeFile file)
    {
        RelativePath path = file.Path.Folder.Child([.. file.Path.Name, .. ".xmp"u8]), there = SidecarFiles.MirrorPath(path);
        return Read(mirror, there) is var (stat, hash) ? new(path, $"{files.MirrorRoot(file.Volume)}/{there}", IsMirror: true, stat, hash) : null;
    }

    static (FileStat Stat, ContentHash Hash)? Read(VolumeFiles files, RelativePath path)
    {
        try
        {
            using SafeFileHandle file = files.OpenRead(path, out FileStat stat);
            return (stat with { BornNs = null }, ContentHash.Of(file));
        }
        catch (IOException)
        {
            // It stays.
            return null;
        }
    }

    static VolumeFiles? Open(string root)
    {
        try
        {
            return new(root);
        }
        catch (FileFault)
        {
            return null;
        }
    }

    /// <summary>Whatever lies in the folder and is no sidecar, by all that a sidecar of it may be called: of <c>a.b.jpg</c> that is a, a.b and a.b.jpg.</summary>
    static Dictionary<string, List<byte[]>> ByStem(List<FolderEntry> entries)
    {
        Dictionary<string, List<byte[]>> found = [];
        foreach (FolderEntry entry in entries.Where(e => !IsSidecar(e.Name)))
        {
            string key = Key(entry.Name);
            for (int end = key.Length; end > 0; end = key.LastIndexOf('.', end - 1))
            {
                if (!found.TryGetValue(key[..end], out List<byte[]>? same)) found.Add(key[..end], same = []);
                same.Add(entry.Name);
            }
        }
        return found;
    }

    /// <summary>What the sidecar is named after.</summary>
    static byte[] Of(ReadOnlySpan<byte> sidecar) => sidecar[..^4].ToArray();

    /// <summary>A name with its extension; without one it may as well be the stem of others.</summary>
    static bool IsWhole(ReadOnlySpan<byte> name) => name.LastIndexOf((byte)'.') > 0;

    static ReadOnlySpan<byte> StemOf(ReadOnlySpan<byte> name) => name.LastIndexOf((byte)'.') is var dot and > 0 ? name[..dot] : name;

    static bool IsSidecar(ReadOnlySpan<byte> name) => name.Length > 4 && Ascii.EqualsIgnoreCase(name[^4..], ".xmp"u8);

    static string Key(ReadOnlySpan<byte> name) => EntryName.KeyOf(RelativePath.Show(name));
}
