using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;

namespace Albumen.Storage;

/// <summary>
/// What a scan leaves out: the droppings of NAS and desktop systems, and what <c>.albumenignore</c> and <c>.ppignore</c> files and the
/// configuration say, in the language of gitignore(5). A folder that holds a <c>.nomedia</c> is left out whole.
/// </summary>
public sealed class IgnoreRules
{
    /// <summary>Files that carry rules; the one named later decides when both say something.</summary>
    public static readonly string[] RuleFiles = [".ppignore", ".albumenignore"];

    public const string SkipFolderMarker = ".nomedia";

    const int MostRules = 500, LongestPattern = 256;

    // Thumbnails and trash of Synology, QNAP, Windows, macOS and freedesktop.org; file system and NAS snapshots; sync tools; our own folder.
    static readonly FrozenSet<string> Junk = FrozenSet.Create(
        "@eaDir", "#recycle", "@Recycle", "@Recently-Snapshot", "#snapshot", ".snapshot", ".snapshots", ".zfs", "~snapshot", "$RECYCLE.BIN",
        "System Volume Information", "lost+found", ".albumen", ".stfolder", ".stversions", ".sync", ".DS_Store", ".AppleDouble",
        ".Spotlight-V100", ".fseventsd", ".TemporaryItems", ".apdisk", ".metadata_never_index", ".VolumeIcon.icns", "Thumbs.db", "desktop.ini", ".directory",
        SkipFolderMarker, RuleFiles[0], RuleFiles[1]);

    readonly IgnoreRules? _outer;
    readonly int _depth;
    readonly Rule[] _rules;

    IgnoreRules(IgnoreRules? outer, int depth, Rule[] rules) => (_outer, _depth, _rules) = (outer, depth, rules);

    /// <summary>The rules at the root of a volume.</summary>
    /// <param name="patterns">From the configuration.</param>
    public static IgnoreRules For(IEnumerable<string> patterns) => new IgnoreRules(null, 0, []).Within(RelativePath.Root, string.Join('\n', patterns));

    /// <summary>These rules and those of a rule file in <paramref name="folder"/>.</summary>
    public IgnoreRules Within(RelativePath folder, string ruleFile) =>
        Parse(ruleFile) is { Length: > 0 } rules ? new(this, folder.IsRoot ? 0 : folder.ToString().Length + 1, rules) : this;

    /// <summary>True when somebody wrote rules, so that a file seen before may be left out now.</summary>
    public bool AreOwn => _outer is not null;

    /// <summary>Names no scan ever takes in, whatever the rules say.</summary>
    public static bool IsJunk(string name) =>
        name.StartsWith("._", StringComparison.Ordinal) || name.StartsWith(".Trash", StringComparison.Ordinal) || Junk.Contains(name);

    public bool Ignores(RelativePath folder, ReadOnlySpan<byte> name, bool isFolder)
    {
        string shown = RelativePath.Show(name);
        if (IsJunk(shown)) return true;
        if (!AreOwn) return false;

        string path = folder.IsRoot ? shown : $"{folder}/{shown}";
        for (IgnoreRules? rules = this; rules is not null; rules = rules._outer)
            for (int i = rules._rules.Length - 1; i >= 0; i--)
            {
                Rule rule = rules._rules[i];
                // Without a slash a pattern speaks of names at any depth (gitignore(5), PATTERN FORMAT).
                if ((isFolder || !rule.FoldersOnly) && rule.Pattern.IsMatch(rule.IsAnchored ? path.AsSpan(rules._depth) : shown)) return !rule.IsException;
            }
        return false;
    }

    readonly record struct Rule(Regex Pattern, bool IsAnchored, bool FoldersOnly, bool IsException);

    static Rule[] Parse(string text)
    {
        List<Rule> rules = [];
        foreach (string line in text.TrimStart('\uFEFF').Split('\n').Take(MostRules))
        {
            string pattern = WithoutTrailingSpaces(line.TrimEnd('\r'));
            if (pattern.Length is 0 or > LongestPattern || pattern[0] == '#') continue;
            bool isException = pattern[0] == '!';
            if (isException) pattern = pattern[1..];
            bool foldersOnly = pattern.EndsWith('/');
            if (foldersOnly) pattern = pattern[..^1];
            bool isAnchored = pattern.Contains('/');
            if (pattern.TrimStart('/') is { Length: > 0 } bare && Translate(bare) is { } regex) rules.Add(new(regex, isAnchored, foldersOnly, isException));
        }
        return [.. rules];
    }

    /// <summary>A space at the end counts only behind a backslash.</summary>
    static string WithoutTrailingSpaces(string line)
    {
        int end = line.Length;
        while (end > 0 && line[end - 1] == ' ' && (end == 1 || line[end - 2] != '\\')) end--;
        return line[..end];
    }

    /// <summary>Wildcards: <c>*</c> and <c>?</c> within a name, <c>[a-z]</c>, <c>**</c> across folders, <c>\</c> before a literal.</summary>
    /// <returns>Null when the pattern can match nothing: a bracket or a backslash without its end.</returns>
    static Regex? Translate(string pattern)
    {
        StringBuilder regex = new("^");
        for (int i = 0; i < pattern.Length; i++)
            switch (pattern[i])
            {
                case '*':
                    int first = i;
                    while (i + 1 < pattern.Length && pattern[i + 1] == '*') i++;
                    bool isWhole = i == first + 1 && (first == 0 || pattern[first - 1] == '/') && (i + 1 == pattern.Length || pattern[i + 1] == '/');
                    if (!isWhole) regex.Append("[^/]*");
                    else if (++i == pattern.Length) regex.Append(".+");
                    // "a/**/b" also means "a/b".
                    else regex.Append("(.*/)?");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '[':
                    if (ReadSet(pattern, ref i) is not { } set) return null;
                    regex.Append(set);
                    break;
                case '\\' when ++i == pattern.Length:
                    return null;
                default:
                    regex.Append(Regex.Escape(pattern[i].ToString()));
                    break;
            }
        // Without backtracking no pattern can be slow, whoever wrote the rule file.
        const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline;
        try
        {
            return new Regex(regex.Append('$').ToString(), Options);
        }
        catch (ArgumentException)
        {
            // A range such as [z-a] means nothing; the line then stands for just what it says.
            return new Regex($"^{Regex.Escape(pattern)}$", Options);
        }
    }

    /// <summary>A set such as <c>[!a-z]</c> as glob(7) has it; it never means a slash.</summary>
    /// <param name="at">Its opening bracket, then its closing one.</param>
    static string? ReadSet(string pattern, ref int at)
    {
        StringBuilder set = new();
        int i = at + 1;
        bool isNegated = i < pattern.Length && pattern[i] is '!' or '^';
        if (isNegated) i++;
        for (int first = i; i < pattern.Length; i++)
        {
            if (pattern[i] == ']' && i > first)
            {
                at = i;
                return isNegated ? $"[^/{set}]" : $"[{set}-[/]]";
            }
            if (pattern.AsSpan(i).StartsWith("[:"))
            {
                int end = pattern.IndexOf(":]", i, StringComparison.Ordinal);
                if (end < 0 || !Classes.TryGetValue(pattern[(i + 2)..end], out string? members)) return null;
                set.Append(members);
                i = end + 1;
                continue;
            }
            if (ReadMember(pattern, ref i) is not { } from) return null;
            char to = from;
            if (i + 2 < pattern.Length && pattern[i + 1] == '-' && pattern[i + 2] != ']')
            {
                i += 2;
                if (ReadMember(pattern, ref i) is not { } last) return null;
                to = last;
            }
            // From z to a lies nothing but z itself.
            set.Append($"\\u{(int)from:X4}-\\u{(int)Math.Max(from, to):X4}");
        }
        return null;
    }

    static char? ReadMember(string pattern, ref int at) => pattern[at] != '\\' ? pattern[at] : ++at < pattern.Length ? pattern[at] : null;

    static readonly FrozenDictionary<string, string> Classes = new Dictionary<string, string>
    {
        ["alpha"] = "A-Za-z",
        ["digit"] = "0-9",
        ["alnum"] = "A-Za-z0-9",
        ["upper"] = "A-Z",
        ["lower"] = "a-z",
        ["xdigit"] = "0-9A-Fa-f",
        ["space"] = "\\s",
    }.ToFrozenDictionary();
}
