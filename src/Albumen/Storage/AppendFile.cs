namespace Albumen.Storage;

/// <summary>
/// A file of lines in the state folder that only grows. What was appended durably is there after a power cut, whole; a line that a crash tore was
/// never acknowledged and is cut off when the file is opened.
/// </summary>
public sealed class AppendFile : IDisposable
{
    const int ChunkInBytes = 64 * 1024;

    FileStream _file;

    /// <exception cref="IOException">It cannot be made or opened.</exception>
    public AppendFile(string path)
    {
        // So that its name is on the disk before its first line.
        if (!File.Exists(path)) AtomicWriter.Replace(path, []);
        _file = Open(path);
        CutTornLine();
    }

    public string Path => _file.Name;

    /// <summary>In bytes.</summary>
    public long Length => _file.Length;

    /// <summary>Where what <see cref="BeginAnew"/> replaced lies now; null when nothing was.</summary>
    public string? Replaced { get; private set; }

    /// <summary>Adds whole lines, all or nothing.</summary>
    /// <param name="durable">Synced before this returns.</param>
    /// <exception cref="IOException">The disk is full or failing; the file is as it was.</exception>
    public void Append(ReadOnlySpan<byte> lines, bool durable)
    {
        long before = _file.Length;
        try
        {
            _file.Seek(0, SeekOrigin.End);
            _file.Write(lines);
            if (durable) _file.Flush(flushToDisk: true);
        }
        catch (IOException error)
        {
            CutTo(before);
            throw new IOException($"Cannot write {Path}: {error.Message} Nothing was changed.", error);
        }
    }

    /// <summary>Takes lines away that were appended for nothing.</summary>
    public void CutTo(long length)
    {
        if (_file.Length > length) _file.SetLength(length);
    }

    /// <summary>Empties it. What it held stays beside it for whoever misses it, as <c>NAME.replaced-1</c> and so on.</summary>
    /// <exception cref="IOException">The disk is full or failing; no line is lost.</exception>
    public void BeginAnew()
    {
        if (_file.Length == 0) return;
        string path = Path;
        int number = 1;
        while (File.Exists($"{path}.replaced-{number}")) number++;
        File.Move(path, $"{path}.replaced-{number}");
        Replaced = $"{path}.replaced-{number}";
        // This syncs the folder, too.
        AtomicWriter.Replace(path, []);
        _file.Dispose();
        _file = Open(path);
    }

    /// <summary>The lines from a place on, which is where a line begins, each with the place behind it and without its line feed.</summary>
    public IEnumerable<(byte[] Line, long End)> ReadFrom(long position) => Read(Path, position);

    /// <summary>The same of a file that another process may be writing.</summary>
    public static IEnumerable<(byte[] Line, long End)> Read(string path, long position)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, ChunkInBytes);
        file.Seek(position, SeekOrigin.Begin);
        byte[] chunk = new byte[ChunkInBytes];
        MemoryStream line = new();
        for (int length; (length = file.Read(chunk)) > 0;)
            for (int at = 0; at < length;)
            {
                int end = Array.IndexOf(chunk, (byte)'\n', at, length - at);
                line.Write(chunk, at, (end < 0 ? length : end) - at);
                if (end < 0) break;
                position += line.Length + 1;
                yield return (line.ToArray(), position);
                line.SetLength(0);
                at = end + 1;
            }
    }

    public void Dispose() => _file.Dispose();

    static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1);

    void CutTornLine()
    {
        byte[] chunk = new byte[ChunkInBytes];
        for (long end = _file.Length; end > 0;)
        {
            long begin = Math.Max(0, end - chunk.Length);
            _file.Seek(begin, SeekOrigin.Begin);
            _file.ReadExactly(chunk, 0, (int)(end - begin));
            if (Array.LastIndexOf(chunk, (byte)'\n', (int)(end - begin) - 1) is var last and >= 0)
            {
                CutTo(begin + last + 1);
                return;
            }
            end = begin;
        }
        CutTo(0);
    }
}
