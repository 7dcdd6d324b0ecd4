namespace Albumen.Storage;

/// <summary>One file to be written below a root.</summary>
/// <param name="Path">Its place.</param>
/// <param name="Expected">What lies there, by inode, size and times; null: nothing.</param>
/// <param name="Bytes">All of them.</param>
/// <param name="Like">The name of a file in the same folder whose permissions and owner a new file takes; null: private to us and our group.</param>
public sealed record FileWrite(RelativePath Path, FileStat? Expected, byte[] Bytes, byte[]? Like = null);

/// <summary>A folder to write below.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Device">What must lie there, so that nothing is written to a disk that was exchanged, or to an empty mount point.</param>
/// <param name="Inode">As <paramref name="Device"/>.</param>
public sealed record WriteRoot(string Path, ulong Device, long Inode)
{
    public WriteRoot(string path, FileStat stat) : this(path, stat.Device, stat.Inode)
    {
    }
}
