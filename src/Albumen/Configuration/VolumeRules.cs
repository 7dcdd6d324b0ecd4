using System.Globalization;
using System.Text;
using Albumen.Native;
using Albumen.Storage;

namespace Albumen.Configuration;

/// <summary>What the values of a volume may be. Every method throws <see cref="FormatException"/> with what to write instead.</summary>
static class VolumeRules
{
    const int LongestName = 64;

    /// <summary>The device names of Windows, with or without an extension: no folder there can be called so.</summary>
    static readonly HashSet<string> Devices = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL",
        "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    };

    /// <summary>A name that every system people mount Albumen on takes for a folder.</summary>
    public static string Name(string text)
    {
        if (text.Length is 0 or > LongestName) throw new FormatException($"a name has 1 to {LongestName} characters");
        foreach (Rune rune in text.EnumerateRunes())
            if (!IsAllowed(rune)) throw new FormatException($"a name has letters, digits, spaces, '-', '_' and '.', but not '{rune}'");
        if (text[0] is ' ' or '.' || text[^1] is ' ' or '.') throw new FormatException("a name does not begin or end with a space or a dot");
        if (Devices.Contains(text.Split('.')[0])) throw new FormatException("Windows knows a device of that name and cannot show the folder");
        return text;
    }

    /// <summary>An absolute path, returned without <c>.</c>, <c>..</c>, doubled slashes or one at the end.</summary>
    public static string AbsolutePath(string text)
    {
        if (text is not ['/', ..]) throw new FormatException("write an absolute path; it begins with '/'");
        return Path.GetFullPath(text) is ['/', .., '/'] full ? full.TrimEnd('/') : Path.GetFullPath(text);
    }

    /// <summary>A file that is there, as far as this process may look: what only root can see, systemd hands over.</summary>
    public static string File(string text) => System.IO.File.Exists(AbsolutePath(text)) || (Libc.Access(AbsolutePath(text), 0) != 0 && Libc.Errno is Libc.EACCES)
        ? AbsolutePath(text) : throw new FormatException("there is no such file");

    /// <summary>An IANA zone the system knows.</summary>
    public static string Timezone(string text)
    {
        // "Local" and the like are accepted by the framework but mean another thing on every machine.
        if (text.Contains('/') || text is "UTC")
            if (TimeZoneInfo.TryFindSystemTimeZoneById(text, out TimeZoneInfo? zone) && zone.HasIanaId) return text;
        string? meant = Spelling.Nearest(text, TimeZoneInfo.GetSystemTimeZones().Select(known => known.Id));
        throw new FormatException(meant is null ? "write a zone of the IANA list, such as Europe/Vienna or UTC" : $"did you mean '{meant}'?");
    }

    public static string Pattern(string text) =>
        text.Trim().Length > 0 ? text : throw new FormatException("write a pattern as in .gitignore, such as *.tmp or /Drafts/");

    /// <summary>A share, a number of files, or both with <c>or</c> between them; <c>off</c> for none.</summary>
    public static Breaker Breaker(string text)
    {
        if (text is "off") return Storage.Breaker.Off;
        Breaker breaker = Storage.Breaker.Off;
        foreach (string part in text.Split(" or ", StringSplitOptions.TrimEntries))
            breaker = part is [.. var share, '%'] && int.TryParse(share.TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out int percent) && percent is >= 0 and <= 100
                ? breaker with { Share = percent / 100.0 }
                : long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long files) ? breaker with { Files = files }
                : throw new FormatException("write a share, a number of files or both, such as '5% or 500', or off");
        return breaker;
    }

    /// <summary>The opposite of <see cref="Breaker"/>.</summary>
    public static string Written(Breaker breaker)
    {
        string? share = breaker.Share < 1 ? string.Create(CultureInfo.InvariantCulture, $"{100 * breaker.Share:0}%") : null;
        string? files = breaker.Files < long.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"{breaker.Files}") : null;
        return share is null && files is null ? "off" : string.Join(" or ", new[] { share, files }.Where(part => part is not null));
    }

    static bool IsAllowed(Rune rune) => Rune.IsLetterOrDigit(rune) || rune.Value is ' ' or '-' or '_' or '.' || Rune.GetUnicodeCategory(rune)
        // Thai and Hindi write vowels so; but a combining accent (U+0300...) makes a second spelling of one letter.
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark && rune.Value is < 0x300 or > 0x36F;
}
