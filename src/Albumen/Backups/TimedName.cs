using System.Globalization;

namespace Albumen.Backups;

/// <summary>Names that say when something was made.</summary>
public static class TimedName
{
    /// <summary>A path that nobody has yet: with the time behind it, and a number where that is taken.</summary>
    public static string Free(string path, DateTimeOffset time)
    {
        string name = path + time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture), free = name;
        for (int n = 2; Path.Exists(free); n++) free = $"{name}.{n}";
        return free;
    }
}
