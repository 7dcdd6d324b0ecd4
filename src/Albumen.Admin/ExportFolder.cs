using System.Formats.Tar;

namespace Albumen.Admin;

/// <summary>
/// A folder that receives an export, file by file. Each appears whole or not at all; one that is there with the same bytes is left as it is. Whatever the archive
/// says, nothing is written outside the folder, through a link or over one's target.
/// </summary>
/// <param name="isDryRun">Only compare.</param>
sealed class ExportFolder(string folder, bool isDryRun)
{
    public const string Mark = "export.json", Report = "report.json";

    const int ChunkInBytes = 128 * 1024;
    static readonly UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    readonly HashSet<string> _made = [];
    DateTimeOffset _reportedAt;

    public string Path { get; } = System.IO.Path.GetFullPath(folder).TrimEnd('/') is { Length: > 0 } path ? path : "/";

    public long New { get; private set; }
    public long Changed { get; private set; }
    public long Equal { get; private set; }

    /// <summary>Of the files that are new or changed.</summary>
    public long SizeInBytes { get; private set; }

    /// <summary>What the last file of the archive said; null while it has not come.</summary>
    public byte[]? Reported { get; private set; }

    /// <summary>Files with names that this file system cannot hold.</summary>
    public List<string> LeftOut { get; } = [];

    /// <summary>Makes the folder, if there is none.</summary>
    /// <exception cref="UsageException">Something else is in it.</exception>
    public void Prepare(bool isForced)
    {
        if (File.Exists(Path)) throw new UsageException($"{Path} is a file.");
        if (Directory.Exists(Path) && !isForced && !File.Exists(Of(Mark)) && Directory.EnumerateFileSystemEntries(Path).Any(entry => entry != Partial))
            throw new UsageException($"{Path} has something else in it than an export. Choose an empty folder, or add --force to write among it.");
        if (!isDryRun) Directory.CreateDirectory(Path, Private);
    }

    /// <summary>Takes one file of the archive.</summary>
    /// <exception cref="InvalidDataException">The archive says what no export does.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public async Task PutAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        string target = Place(entry);
        await using Stream data = entry.DataStream ?? Stream.Null;
        if (entry.Name == Report)
        {
            using MemoryStream report = new();
            await data.CopyToAsync(report, cancellationToken);
            // It says when it was made, so it differs each time; and it comes last of all, when the rest is sure.
            (Reported, _reportedAt) = (report.ToArray(), entry.ModificationTime);
            return;
        }
        try
        {
            await PutAsync(target, data, entry.ModificationTime, cancellationToken);
        }
        catch (PathTooLongException)
        {
            LeftOut.Add(entry.Name);
        }
    }

    /// <summary>Writes the report, once all the rest would outlast a power cut.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (isDryRun) return;
        Disk.Sync(Of(Mark));
        await WriteAsync(Of(Report), null, 0, Reported!, new MemoryStream(), _reportedAt, cancellationToken);
        Disk.Sync(Of(Report));
    }

    string Partial => Of(".partial");

    string Of(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Where a file belongs; the folders on the way are made.</summary>
    string Place(TarEntry entry)
    {
        if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)) throw new InvalidDataException($"'{entry.Name}' in the archive is not a file. Nothing of it was written.");
        string[] parts = entry.Name.Split('/');
        if (parts.Any(part => part is "" or "." or ".." || part.Contains('\0'))) throw new InvalidDataException($"'{entry.Name}' in the archive leads out of the folder. Nothing of it was written.");
        string at = Path;
        foreach (string part in parts[..^1])
        {
            at = System.IO.Path.Combine(at, part);
            if (!_made.Add(at)) continue;
            if (new FileInfo(at).LinkTarget is not null) throw new InvalidDataException($"{at} is a link. Remove it, or choose another folder.");
            if (!isDryRun) Directory.CreateDirectory(at, Private);
        }
        return System.IO.Path.Combine(at, parts[^1]);
    }

    async Task PutAsync(string target, Stream data, DateTimeOffset modified, CancellationToken cancellationToken)
    {
        FileInfo there = new(target);
        bool exists = there is { Exists: true, LinkTarget: null };
        // As long as both are the same nothing is written.
        await using FileStream? old = exists ? new FileStream(target, FileMode.Open, FileAccess.Read, FileShare.Read, 1) : null;
        byte[] chunk = new byte[ChunkInBytes], other = new byte[ChunkInBytes];
        long same = 0;
        int length;
        while ((length = await data.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken)) > 0 && old is not null
            && await old.ReadAtLeastAsync(other.AsMemory(0, length), length, throwOnEndOfStream: false, cancellationToken) == length
            && chunk.AsSpan(0, length).SequenceEqual(other.AsSpan(0, length))) same += length;
        if (length == 0 && old is not null && old.Length == same)
        {
            Equal++;
            return;
        }
        if (isDryRun)
        {
            SizeInBytes += same + length;
            for (; length > 0; SizeInBytes += length) length = await data.ReadAsync(chunk, cancellationToken);
        }
        else
        {
            SizeInBytes += await WriteAsync(target, old, same, chunk.AsMemory(0, length), data, modified, cancellationToken);
        }
        if (exists) Changed++;
        else New++;
    }

    /// <summary>Writes a file beside its place and gives it its name.</summary>
    /// <param name="old">What lies there; its first bytes are those of the new one.</param>
    /// <param name="begin">What follows them and was read already.</param>
    async Task<long> WriteAsync(string target, FileStream? old, long same, ReadOnlyMemory<byte> begin, Stream rest, DateTimeOffset modified, CancellationToken cancellationToken)
    {
        if (Directory.Exists(target) && new FileInfo(target).LinkTarget is null) throw new IOException($"{target} is a folder, and a file of that name is to be written.");
        File.Delete(Partial);
        long written;
        await using (FileStream file = new(Partial, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead }))
        {
            if (old is not null && same > 0)
            {
                old.Position = 0;
                byte[] chunk = new byte[ChunkInBytes];
                for (long left = same; left > 0;)
                {
                    int read = await old.ReadAsync(chunk.AsMemory(0, (int)Math.Min(left, chunk.Length)), cancellationToken);
                    if (read == 0) throw new IOException($"{target} was changed by somebody else meanwhile. Begin again.");
                    await file.WriteAsync(chunk.AsMemory(0, read), cancellationToken);
                    left -= read;
                }
            }
            await file.WriteAsync(begin, cancellationToken);
            await rest.CopyToAsync(file, cancellationToken);
            written = file.Length;
        }
        File.SetLastWriteTimeUtc(Partial, modified.UtcDateTime);
        File.Move(Partial, target, overwrite: true);
        return written;
    }
}
