using Albumen.Backups;
using Albumen.Storage;

namespace Albumen.Daemon;

/// <summary>
/// The file of a database with what SQLite keeps beside it, while nobody has it open, and how another takes its place: the copy has a name of its own when it is whole and on the
/// disk; only then what is there is set aside. Killed at any point it leaves what was there, or a copy that <see cref="Finish"/> puts in its place.
/// </summary>
sealed class DatabaseFile(string path)
{
    const string Damaged = ".damaged-", Ready = ".replacement";

    /// <summary>So that a copy is never what fills the disk.</summary>
    const long Reserve = 16 << 20;

    // The log comes first: with another database under its name SQLite would take it into that.
    static readonly IReadOnlyList<string> Parts = ["-wal", "-shm", ""];

    /// <summary>What its name, and those of all that belongs to it, end with; what has to go first comes first.</summary>
    public static IReadOnlyList<string> Suffixes { get; } = [.. Parts, Ready, AtomicWriter.PartialSuffix];

    /// <summary>Whether a replacement of it was interrupted.</summary>
    public bool IsUnfinished => File.Exists(path + Ready);

    /// <summary>Those in a folder that were set aside.</summary>
    public static IEnumerable<string> SetAsideIn(string folder) => Directory.EnumerateFiles(folder, $"*.db{Damaged}*").Where(Recovery.IsSetAside);

    /// <summary>Gives all its parts other names.</summary>
    /// <returns>That of the file; null: it was not there.</returns>
    /// <exception cref="IOException">The disk is failing.</exception>
    public string? SetAside()
    {
        string aside = TimedName.Free(path + Damaged, DateTimeOffset.UtcNow);
        foreach (string suffix in Parts)
            if (File.Exists(path + suffix)) AtomicWriter.Move(path + suffix, aside + suffix);
        return File.Exists(aside) ? aside : null;
    }

    /// <summary>Puts a copy of another in its place.</summary>
    /// <returns>Where the file lies now that was there; null: there was none.</returns>
    /// <exception cref="IOException">There is no room, or a disk is failing.</exception>
    public string? ReplaceWith(string other)
    {
        long needed = new FileInfo(other).Length;
        if (DiskSpace.Of(Path.GetDirectoryName(path)!) is { } space && space.Available < needed + Reserve)
            throw new IOException($"there is no room for it: {needed / 1e6:0} MB are needed, {space.Available / 1e6:0} MB are free, and {Reserve / 1e6:0} MB of that are left for what is written next.");
        RemoveRemains();
        AtomicWriter.CopyFile(other, path + AtomicWriter.PartialSuffix, null, BackupFolder.MostOpenMode, CancellationToken.None);
        AtomicWriter.Move(path + AtomicWriter.PartialSuffix, path + Ready);
        return Finish();
    }

    /// <summary>Puts the copy that is ready in its place.</summary>
    /// <inheritdoc cref="ReplaceWith"/>
    public string? Finish()
    {
        string? aside = SetAside();
        AtomicWriter.Move(path + Ready, path);
        return aside;
    }

    /// <summary>Of a copy that was interrupted.</summary>
    public void RemoveRemains() => AtomicWriter.RemoveAll(path + AtomicWriter.PartialSuffix);
}
