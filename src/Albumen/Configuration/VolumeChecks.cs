using Albumen.Storage;

namespace Albumen.Configuration;

/// <summary>A volume and where in which file its name and path were written.</summary>
sealed record PlacedVolume(VolumeSettings Settings, Place Name, Place Path);

/// <summary>What can only be judged when the volumes of all files are known.</summary>
static class VolumeChecks
{
    /// <summary>Two volumes of one name, one inside the other, or one that holds Albumen's own files (which would then index themselves).</summary>
    public static void NoteConflicts(IReadOnlyList<PlacedVolume> volumes, Layout layout, List<ConfigurationError> errors)
    {
        List<(PlacedVolume Volume, string RealPath)> earlier = [];
        (string What, string RealPath)[] own = [("state", RealPath.Of(layout.StateFolder)), ("cache", RealPath.Of(layout.CacheFolder))];
        foreach (PlacedVolume volume in volumes)
        {
            string real = RealPath.Of(volume.Settings.Path);
            foreach ((PlacedVolume other, string otherReal) in earlier)
            {
                if (volume.Settings.Name.Equals(other.Settings.Name, StringComparison.OrdinalIgnoreCase))
                    errors.Add(volume.Name.Error($"a volume is called '{other.Settings.Name}' already, in {other.Name.File}:{other.Name.Line}"));
                if (RealPath.Overlap(real, otherReal))
                    errors.Add(volume.Path.Error($"{volume.Settings.Path} and the volume '{other.Settings.Name}' ({other.Settings.Path}) overlap; every photo would count twice"));
            }
            foreach ((string what, string folder) in own)
                if (RealPath.Overlap(real, folder))
                    errors.Add(volume.Path.Error($"{volume.Settings.Path} overlaps Albumen's own {what} folder {folder}"));
            earlier.Add((volume, real));
        }
    }

    /// <summary>Volumes that cannot be seen now: mounted later, they come to life by themselves.</summary>
    public static IEnumerable<ConfigurationError> Absent(IEnumerable<PlacedVolume> volumes) =>
        from volume in volumes
        let path = volume.Settings.Path
        where !Directory.Exists(path)
        select volume.Path.Error(File.Exists(path)
            ? $"{path} is not a folder, so the volume '{volume.Settings.Name}' is offline"
            : $"{path} does not exist (or Albumen may not see it), so the volume '{volume.Settings.Name}' is offline");
}

/// <summary>Follows symbolic links, as <c>realpath -m</c> does, so that two names of one folder are seen to be one.</summary>
static class RealPath
{
    // As many as Linux follows before it says ELOOP (path_resolution(7)).
    const int MostLinks = 40;

    /// <param name="path">Absolute; what does not exist is taken as written.</param>
    public static string Of(string path)
    {
        Stack<string> ahead = new(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        string real = "";
        int links = 0;
        while (ahead.TryPop(out string? name))
        {
            if (name is ".") continue;
            if (name is "..")
            {
                real = real[..Math.Max(0, real.LastIndexOf('/'))];
                continue;
            }
            string next = $"{real}/{name}";
            if (links < MostLinks && Target(next) is { } target)
            {
                links++;
                if (target is ['/', ..]) real = "";
                foreach (string part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse()) ahead.Push(part);
            }
            else real = next;
        }
        return real is "" ? "/" : real;
    }

    /// <summary>Whether one of the two real paths is the other or lies below it.</summary>
    public static bool Overlap(string a, string b) => IsWithin(a, b) || IsWithin(b, a);

    public static bool IsWithin(string inner, string outer) => outer is "/" || inner == outer || inner.StartsWith($"{outer}/", StringComparison.Ordinal);

    static string? Target(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
