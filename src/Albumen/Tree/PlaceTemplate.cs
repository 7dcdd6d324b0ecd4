using System.Text;
using Albumen.Catalog;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>What is known of a file that gets a place.</summary>
/// <param name="Name">As it was put into the inbox.</param>
/// <param name="Taken">Null when nothing tells.</param>
/// <param name="User">Who sent it; empty when it came by other means.</param>
/// <param name="Folder">Where in the inbox it lay, with slashes; empty at the top.</param>
public sealed record Newcomer(string Name, CaptureTime? Taken, Camera? Camera, string User, string Folder);

/// <summary>
/// Where on a volume new originals go: names with slashes between, in which words in braces stand for what is known of each file. What is not known is left
/// out, and so is a folder that nothing is left of.
/// </summary>
public sealed record PlaceTemplate
{
    /// <summary>Every word, and whether it follows from the date.</summary>
    public static readonly IReadOnlyDictionary<string, bool> Words = new Dictionary<string, bool>
    {
        ["volume"] = false,
        ["yyyy"] = true,
        ["mm"] = true,
        ["dd"] = true,
        ["yyyy-mm"] = true,
        ["yyyy-mm-dd"] = true,
        ["name"] = false,
        ["stem"] = false,
        ["ext"] = false,
        ["make"] = false,
        ["model"] = false,
        ["user"] = false,
        ["folder"] = false,
    };

    const string Volume = "{volume}/";
    const int Longest = 1000;

    readonly string _text;

    PlaceTemplate(string text) => _text = text;

    /// <exception cref="FormatException">It says what to write instead.</exception>
    public static PlaceTemplate Parse(string text) => Parse(text, isDated: true);

    /// <summary>For files without a date.</summary>
    /// <inheritdoc cref="Parse(string)"/>
    public static PlaceTemplate ParseUndated(string text) => Parse(text, isDated: false);

    /// <summary>The place of a file below the volume's root. Every name is one that all systems allow.</summary>
    public RelativePath Of(Newcomer file)
    {
        List<string> names = [];
        string[] parts = _text[Volume.Length..].Split('/');
        foreach (string part in parts)
        {
            bool isName = ReferenceEquals(part, parts[^1]);
            string filled = Fill(part, file, out bool hasGap);
            // Between what is not known stands nothing that would have to be between something.
            if (hasGap && !isName) filled = filled.Trim(' ', '-', '_', '.');
            names.AddRange(filled.Split('/').Select(name => name.Trim()).Where(name => name.Length > 0).Select(Legal));
        }
        return RelativePath.Parse(string.Join('/', names));
    }

    public override string ToString() => _text;

    static PlaceTemplate Parse(string text, bool isDated)
    {
        if (!text.StartsWith(Volume, StringComparison.Ordinal)) throw new FormatException($"it begins with {Volume}, the first writable volume that is there");
        if (text.Length > Longest) throw new FormatException($"it has at most {Longest} characters");
        if (text.Any(char.IsControl) || text.Contains('\\')) throw new FormatException("it has no control characters and no backslash");
        foreach (string part in text.Split('/'))
        {
            if (part.Trim() is "" or "." or "..") throw new FormatException("between two slashes stands a name, and not '.' or '..'");
            foreach (string word in WordsIn(part))
            {
                if (!Words.TryGetValue(word, out bool isOfDate))
                    throw new FormatException($"there is no {{{word}}}" + (Spelling.Nearest(word, Words.Keys) is { } meant ? $"; did you mean {{{meant}}}?" : $"; known are {string.Join(' ', Words.Keys.Select(w => $"{{{w}}}"))}"));
                if (isOfDate && !isDated) throw new FormatException($"{{{word}}} is not known of a file without a date");
                if (word is "volume" && part != Volume[..^1]) throw new FormatException("{volume} stands alone, and only at the beginning");
            }
        }
        if (text.LastIndexOf("{volume}", StringComparison.Ordinal) > 0) throw new FormatException("{volume} stands alone, and only at the beginning");
        string last = text[(text.LastIndexOf('/') + 1)..];
        if (!last.Contains("{name}", StringComparison.Ordinal) && !(last.Contains("{stem}", StringComparison.Ordinal) && last.EndsWith(".{ext}", StringComparison.Ordinal)))
            throw new FormatException("it ends with the file's name: {name}, or {stem} and .{ext} with something between");
        if (last.Contains("{folder}", StringComparison.Ordinal)) throw new FormatException("{folder} is no part of a file's name");
        return new(text);
    }

    static IEnumerable<string> WordsIn(string part)
    {
        for (int at = 0; at < part.Length; at++)
        {
            if (part[at] == '}') throw new FormatException("a '}' has no '{' before it");
            if (part[at] != '{') continue;
            int end = part.IndexOf('}', at);
            if (end < 0) throw new FormatException("a '{' has no '}' behind it");
            yield return part[(at + 1)..end];
            at = end;
        }
    }

    static string Fill(string part, Newcomer file, out bool hasGap)
    {
        hasGap = false;
        StringBuilder filled = new();
        for (int at = 0; at < part.Length; at++)
        {
            if (part[at] != '{')
            {
                filled.Append(part[at]);
                continue;
            }
            int end = part.IndexOf('}', at);
            string word = part[(at + 1)..end], value = ValueOf(word, file);
            hasGap |= value.Length == 0;
            filled.Append(word is "folder" ? value : value.Replace('/', '_'));
            at = end;
        }
        return filled.ToString();
    }

    static string ValueOf(string word, Newcomer file)
    {
        string date = file.Taken?.Local ?? "";
        return word switch
        {
            "yyyy" => Part(0, 4),
            "mm" => Part(5, 2),
            "dd" => Part(8, 2),
            // As much as is known: 1978 and 1978-06, too.
            "yyyy-mm" => date[..Math.Min(date.Length, 7)],
            "yyyy-mm-dd" => date[..Math.Min(date.Length, 10)],
            "name" => file.Name,
            "stem" => Path.GetFileNameWithoutExtension(file.Name),
            "ext" => Path.GetExtension(file.Name).TrimStart('.'),
            "make" => file.Camera?.Make?.Trim() ?? "",
            "model" => file.Camera?.Model?.Trim() ?? "",
            "user" => file.User,
            "folder" => file.Folder,
            _ => throw new ArgumentOutOfRangeException(nameof(word), word, null),
        };

        string Part(int from, int length) => date.Length >= from + length ? date.Substring(from, length) : "";
    }

    /// <summary>One that scans do not leave out, either.</summary>
    static string Legal(string name)
    {
        string legal = EntryName.From(name is "." or ".." ? name.Replace('.', '_') : name).Name;
        return IgnoreRules.IsJunk(legal) ? "_" + legal.TrimStart('.') : legal;
    }
}
