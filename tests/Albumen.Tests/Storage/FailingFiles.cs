using Albumen.Storage;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tests.Storage;

/// <summary>A volume on a disk that fails where it is told to, with an errno; all else is the kernel's.</summary>
sealed class FailingFiles(string root) : IVolumeFiles
{
    readonly VolumeFiles _disk = new(root);

    /// <summary>Folders that cannot be listed.</summary>
    public Dictionary<string, int> Listing { get; } = [];

    /// <summary>Entries whose statx fails; as on file systems without <c>d_type</c>, what they are is then unknown.</summary>
    public Dictionary<string, int> Asking { get; } = [];

    /// <summary>Files that cannot be opened.</summary>
    public Dictionary<string, int> Opening { get; } = [];

    public FileStat StatRoot() => Fail(Listing, RelativePath.Root) ?? _disk.StatRoot();

    public VolumeIdentity Identify() => _disk.Identify();

    public FileStat? StatFolder(RelativePath folder) => _disk.StatFolder(folder);

    public List<FolderEntry> List(RelativePath folder, out FileStat self, Action<SafeFileHandle>? opened = null)
    {
        _ = Fail(Listing, folder);
        return [.. _disk.List(folder, out self, opened).Select(entry =>
            Asking.TryGetValue(folder.Child(entry.Name).ToString(), out int errno) ? new(entry.Name, EntryKind.File, default, errno) : entry)];
    }

    public SafeFileHandle OpenRead(RelativePath path, out FileStat stat)
    {
        _ = Fail(Opening, path);
        return _disk.OpenRead(path, out stat);
    }

    public void Dispose() => _disk.Dispose();

    static FileStat? Fail(Dictionary<string, int> faults, RelativePath path) =>
        faults.TryGetValue(path.ToString(), out int errno) ? throw new FileFault(path, errno) : null;
}
