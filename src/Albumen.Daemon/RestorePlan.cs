using Albumen.Backups;
using Albumen.Configuration;
using Albumen.Native;

namespace Albumen.Daemon;

/// <summary>What a restore does about one file of the backup.</summary>
/// <param name="From">Null: what is there stays.</param>
/// <param name="What">For the admin.</param>
/// <param name="Hash">Of the file in the backup.</param>
sealed record RestoreStep(string? From, string To, string What, ContentHash Hash)
{
    /// <summary>The admin's own file, outside of the state folder.</summary>
    public bool IsConfiguration { get; init; }
}

/// <summary>
/// Holds a backup against what is there, of which nothing need be readable. A journal that goes on where that of the backup ends stays, and so does configuration that somebody wrote.
/// </summary>
static class RestorePlan
{
    public static IReadOnlyList<RestoreStep> Of(Layout layout, Backup backup) =>
        [.. backup.Manifest!.Files.Select(file => Step(layout, $"{backup.Path}/{file.Path}", file)).OfType<RestoreStep>()];

    static RestoreStep? Step(Layout layout, string from, BackedUpFile file)
    {
        string name = Path.GetFileName(file.Path);
        ContentHash hash = ContentHash.Parse(file.Sha256);
        switch (file.Path.Split('/'))
        {
            case [Backup.CatalogName or Backup.AuthName]:
                return new(from, $"{layout.StateFolder}/{name}", "", hash);
            case [Backup.LayerName, _] when name.EndsWith(".jsonl", StringComparison.Ordinal):
                return Journal(from, $"{layout.LayerFolder}/{name}", file, hash);
            case [Backup.LayerName, _]:
                return new(from, $"{layout.LayerFolder}/{name}", "", hash);
            case [Backup.KeysName, _]:
                string key = $"{Recovery.KeysFolder(layout)}/{name}";
                return IsSame(key, hash) ? null : new(from, key, "", hash);
            case [Backup.ConfigurationName, .. var rest]:
                return Configuration(from, rest is ["conf.d", _] ? $"{layout.ConfigurationFolder}/{name}" : layout.ConfigurationFile, hash);
            default:
                return null;
        }
    }

    static RestoreStep Journal(string from, string there, BackedUpFile file, ContentHash hash)
    {
        const string Adopted = "what it has and this has not, 'albumen import-layer' takes over";
        try
        {
            return GrowingFiles.Compare(there, from) switch
            {
                Continuation.Later when File.Exists(there) => new(null, there, new FileInfo(there).Length == file.SizeInBytes ? "it is the same" : "it goes on where that of the backup ends; what was done since is done again at the next start", hash),
                Continuation.Other => new(from, there, $"the one there says something else; {Adopted}", hash),
                _ => new(from, there, "", hash),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new(from, there, $"the one there cannot be read; {Adopted}", hash);
        }
    }

    static RestoreStep? Configuration(string from, string place, ContentHash hash)
    {
        if (IsSame(place, hash)) return null;
        bool isThere = Path.Exists(place);
        if (isThere && SetsNothing(place) && SetsNothing(from)) return null;
        if (isThere && !SetsNothing(place)) return new(null, place, $"it differs from {from}", hash) { IsConfiguration = true };
        if (!CanWrite(Path.GetDirectoryName(place)!)) return new(null, place, $"this user may not write it; the backup has {from}", hash) { IsConfiguration = true };
        return new(from, place, isThere ? "the one there sets nothing" : "", hash) { IsConfiguration = true };
    }

    /// <summary>As the configuration that the package brings: comments, blanks, and names of sections without a key.</summary>
    static bool SetsNothing(string file)
    {
        try
        {
            return File.ReadLines(file).All(line => line.Trim() is "" or ['#', ..] || (char.IsAsciiLetter(line[0]) && line.TrimEnd().IndexOf(':') == line.TrimEnd().Length - 1));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>What cannot be read is not.</summary>
    static bool IsSame(string file, ContentHash hash)
    {
        try
        {
            return File.Exists(file) && BackupFolder.HashOf(file, CancellationToken.None) == hash;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    static bool CanWrite(string folder)
    {
        // access(2): W_OK | X_OK
        const int WriteAndEnter = 3;
        while (!Directory.Exists(folder)) folder = Path.GetDirectoryName(folder)!;
        return Libc.Access(folder, WriteAndEnter) == 0;
    }
}
