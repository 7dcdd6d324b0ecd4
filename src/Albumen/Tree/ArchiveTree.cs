using Albumen.Derivatives;
using Albumen.Sql;
using Albumen.Storage;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tree;

/// <summary>
/// The archive as folders: every door (WebDAV, API, command line) is a thin layer over these three questions. What is at this path, what is in
/// this folder, and what are the bytes of this file, always for one person. Client text never reaches the file system: it only finds keys in the catalogue.
/// </summary>
public sealed class ArchiveTree(Database catalog, Volumes volumes, DerivativeStore derivatives)
{
    readonly IReadOnlyList<View> _views = View.All(volumes);

    /// <summary>What a path names, or null. Names are found whatever their case and composition; the node has the stored name.</summary>
    /// <param name="path">Absolute, decoded, with or without a slash at its end.</param>
    public Node? Find(string path, Viewer viewer)
    {
        _ = viewer;
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0) return Root;
        string key = EntryName.KeyOf(names[0]);
        using Database.Reader reader = catalog.Read();
        return _views.FirstOrDefault(v => EntryName.KeyOf(v.Name) == key)?.Find(new TreeReader(reader.Connection), names.AsSpan(1));
    }

    /// <summary>A page of a folder's children.</summary>
    /// <param name="after">Null for the first page, then <see cref="Page.Next"/>.</param>
    /// <param name="withFacts">Also what is known of each photo.</param>
    public Page List(Node folder, string? after, int most, bool withFacts, Viewer viewer)
    {
        _ = viewer;
        if (folder.Path == "/") return new([.. _views.Select(v => v.Top)], null);
        using Database.Reader reader = catalog.Read();
        return View.Of(_views, folder).List(new TreeReader(reader.Connection), folder, new(after, most, withFacts));
    }

    /// <summary>Opens a file's bytes for reading.</summary>
    /// <returns>The open file and the node as it is now: when the file changed since it was indexed, its length and ETag are those of the moment.</returns>
    /// <exception cref="FileFault">It cannot be read now: <see cref="FileFault.IsGone"/> where it is not there any more.</exception>
    public (SafeFileHandle File, Node Node) Open(Node file, Viewer viewer)
    {
        _ = viewer;
        switch (file.Source)
        {
            case DerivativeFile small:
                try
                {
                    SafeFileHandle handle = File.OpenHandle(derivatives.PathOf(small.Hash, small.Kind));
                    return (handle, file with { SizeInBytes = RandomAccess.GetLength(handle) });
                }
                catch (IOException error) when (error is FileNotFoundException or DirectoryNotFoundException)
                {
                    throw new DerivativeGoneException(small.ContentId);
                }
            case DiskFile disk:
                return Open(file, disk);
            case ContentFile content:
                return OpenAny(file, content.ContentId);
            default:
                throw new InvalidOperationException($"{file.Path} is a folder.");
        }
    }

    static Node Root { get; } = new() { Path = "/", IsFolder = true, Modified = Rows.Started, Source = new StaticFolder() };

    static (SafeFileHandle, Node) Open(Node node, DiskFile disk)
    {
        using VolumeFiles files = new(disk.Volume.Settings.Path);
        SafeFileHandle handle = files.OpenRead(disk.Path, out FileStat stat);
        return (handle, stat.SizeInBytes == disk.SizeInBytes && stat.ModifiedNs == disk.ModifiedNs ? node : node with
        {
            SizeInBytes = stat.SizeInBytes,
            Modified = Rows.Time(stat.ModifiedNs),
            ETag = Rows.WeakETag(stat.SizeInBytes, stat.ModifiedNs),
            Hash = null,
        });
    }

    /// <summary>One content may lie in many places; the first that still holds it as it was read is good.</summary>
    (SafeFileHandle, Node) OpenAny(Node node, long contentId)
    {
        FileFault? fault = null;
        using Database.Reader reader = catalog.Read();
        foreach (DiskFile place in new TreeReader(reader.Connection).Places(contentId, volumes))
            try
            {
                (SafeFileHandle handle, Node found) = Open(node, place);
                if (found.Hash is not null) return (handle, found);
                handle.Dispose();
            }
            catch (FileFault error)
            {
                fault = error;
            }
        throw fault ?? new FileFault(RelativePath.FromBytes(System.Text.Encoding.UTF8.GetBytes(node.Name)), Native.Libc.ENOENT);
    }
}

/// <summary>A small version was deleted from the cache; it can be made again from its content.</summary>
public sealed class DerivativeGoneException(long contentId) : IOException("This small version is being made again; try again in a moment.")
{
    public long ContentId => contentId;
}
