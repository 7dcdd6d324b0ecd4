using System.Security.Cryptography;
using Albumen.Storage;

namespace Albumen.Backups;

/// <summary>A backup as it lies there.</summary>
/// <param name="Name">Of its folder.</param>
/// <param name="Path">Of its folder, absolute.</param>
/// <param name="Manifest">Null when that cannot be read.</param>
/// <param name="Fault">What makes it useless; null while nothing is known against it.</param>
public sealed record Backup(string Name, string Path, BackupManifest? Manifest, string? Fault)
{
    public string Catalog => $"{Path}/{CatalogName}";

    public string Auth => $"{Path}/{AuthName}";

    public const string CatalogName = "catalog.db", AuthName = "auth.db", LayerName = "layer", ConfigurationName = "configuration", KeysName = "tls";
}

/// <summary>The folder in which backups lie, one folder each. One that is being made has another kind of name, and gets its own when it is whole and on the disk.</summary>
/// <param name="path">Absolute.</param>
public sealed class BackupFolder(string path)
{
    /// <summary>Of the names of those made before a migration, which are counted apart.</summary>
    public const string Before = "before-";

    const string Unfinished = ".unfinished-";

    public string Path => path;

    /// <summary>All of them, the newest first; their manifests and the sizes of their files are looked at.</summary>
    public IReadOnlyList<Backup> List()
    {
        try
        {
            return Directory.Exists(path)
                ? [.. Directory.EnumerateDirectories(path).Where(folder => System.IO.Path.GetFileName(folder)[0] != '.').Select(At).OrderByDescending(backup => backup.Manifest?.Number ?? 0).ThenByDescending(backup => backup.Name, StringComparer.Ordinal)]
                : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Why nobody can say what lies in it; null: it can be listed.</summary>
    public string? Obstacle()
    {
        try
        {
            _ = Directory.GetFileSystemEntries(path);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error is DirectoryNotFoundException ? "is not there; perhaps its disk is not mounted" : $"cannot be read: {error.Message}";
        }
    }

    /// <summary>The backup in a folder, wherever that is.</summary>
    public static Backup At(string folder)
    {
        string name = System.IO.Path.GetFileName(folder), file = $"{folder}/{BackupManifest.FileName}";
        BackupManifest? manifest = null;
        try
        {
            manifest = BackupManifest.FromBytes(File.ReadAllBytes(file));
            string? wrong = manifest.Files.Where(f => !File.Exists($"{folder}/{f.Path}") || new FileInfo($"{folder}/{f.Path}").Length != f.SizeInBytes).Select(f => f.Path).FirstOrDefault();
            return new(name, folder, manifest, wrong is null ? null : $"{wrong} is not there, or not as long as it was");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            return new(name, folder, manifest, error is FileNotFoundException or DirectoryNotFoundException ? "it has no manifest" : $"its manifest cannot be read: {error.Message}");
        }
    }

    /// <summary>Reads all of a backup.</summary>
    /// <returns>What is wrong with it; null: every byte is as it was when it was made.</returns>
    public static string? Fault(Backup backup, CancellationToken cancellationToken)
    {
        if (backup.Fault is not null || backup.Manifest is null) return backup.Fault ?? "it has no manifest";
        try
        {
            foreach (BackedUpFile file in backup.Manifest.Files)
                if (HashOf($"{backup.Path}/{file.Path}", cancellationToken).ToString() != file.Sha256) return $"the bytes of {file.Path} are not what they were";
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    /// <summary>Begins one.</summary>
    /// <returns>A folder that is thrown away unless it is finished.</returns>
    /// <exception cref="IOException">It cannot be made.</exception>
    public string Begin()
    {
        AtomicWriter.MakeFolder(path);
        Sweep();
        string folder = $"{path}/{Unfinished}{Guid.NewGuid():N}";
        AtomicWriter.MakeFolder(folder);
        return folder;
    }

    /// <summary>Gives it its name. One of the same name goes.</summary>
    /// <param name="name">Null: one made of the time.</param>
    /// <exception cref="IOException">The disk is full or failing; it is as unfinished as before.</exception>
    public Backup Finish(string unfinished, BackupManifest manifest, string? name)
    {
        AtomicWriter.Replace($"{unfinished}/{BackupManifest.FileName}", manifest.ToBytes(), mode: PrivateMode);
        foreach (string folder in Directory.EnumerateDirectories(unfinished, "*", SearchOption.AllDirectories).Prepend(unfinished)) AtomicWriter.SyncPath(folder);
        string target = name is null ? TimedName.Free($"{path}/", manifest.Made) : $"{path}/{name}";
        if (!Directory.Exists(target)) AtomicWriter.Move(unfinished, target);
        else
        {
            AtomicWriter.Swap(unfinished, target);
            AtomicWriter.RemoveAll(unfinished);
        }
        return At(target);
    }

    /// <exception cref="IOException">It cannot be, and is all there.</exception>
    public static void Remove(Backup backup)
    {
        // However far this gets, what is left is no backup, and is swept.
        string going = $"{System.IO.Path.GetDirectoryName(backup.Path)}/{Unfinished}{Guid.NewGuid():N}";
        AtomicWriter.Move(backup.Path, going);
        AtomicWriter.RemoveAll(going);
    }

    /// <summary>Throws away what a crash has left; not while one is being made.</summary>
    public void Sweep()
    {
        foreach (string left in Directory.EnumerateDirectories(path, $"{Unfinished}*")) AtomicWriter.RemoveAll(left);
    }

    /// <summary>Permission bits of what nobody else is to read: octal 0640 and 0600.</summary>
    public const int MostOpenMode = 0x1A0, PrivateMode = 0x180;

    public static ContentHash HashOf(string file, CancellationToken cancellationToken)
    {
        using FileStream stream = File.OpenRead(file);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 20];
        for (int length; (length = stream.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, length);
        }
        return ContentHash.FromBytes(hash.GetHashAndReset());
    }
}
