using System.Text.RegularExpressions;

namespace Albumen.Storage;

/// <summary>The one list of names that tell of a file that it is no photo to keep, or none yet: what desktops drop beside photos, and what programs call a file that they have not finished.</summary>
public static partial class PassingNames
{
    /// <summary>A desktop's own, which nobody wants to see.</summary>
    public static bool IsJunk(string name) =>
        IgnoreRules.IsJunk(name) || name.Equals("Thumbs.db", StringComparison.OrdinalIgnoreCase) || name.Equals("desktop.ini", StringComparison.OrdinalIgnoreCase)
        || name.Equals("ehthumbs.db", StringComparison.OrdinalIgnoreCase) || name == "Icon\r";

    /// <summary>That too, and whatever will get another name when it is finished, or was put aside.</summary>
    public static bool IsPassing(string name) => name.Length > 0 && (
        name[0] is '.' || name.StartsWith("~$", StringComparison.Ordinal) || name.EndsWith('~') || IsJunk(name) || SafeSave().IsMatch(name)
        || Path.GetExtension(name).ToLowerInvariant() is ".tmp" or ".temp" or ".part" or ".partial" or ".crdownload" or ".download" or ".filepart" or ".swp" or ".bak");

    /// <summary>How macOS calls a file that shall take another's place.</summary>
    [GeneratedRegex(@"\.sb-[0-9a-f]{8}-[A-Za-z0-9]{6}\z")]
    private static partial Regex SafeSave();
}
