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

    const int MostRules = 500;

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
        foreach (string line in text.Split('\n').Take(MostRules))
        {
            string pattern = line.TrimEnd('\r').TrimEnd(' ');
            if (pattern.Length is 0 or > 256 || pattern[0] == '#') continue;
            bool isException = pattern[0] == '!';
            if (isException) pattern = pattern[1..];
            bool foldersOnly = pattern.EndsWith('/');
            if (foldersOnly) pattern = pattern[..^1];
            bool isAnchored = pattern.Contains('/');
            if (pattern.TrimStart('/') is { Length: > 0 } bare) rules.Add(new(Translate(bare), isAnchored, foldersOnly, isException));
        }
        return [.. rules];
    }

    /// <summary>Wildcards: <c>*</c> and <c>?</c> within a name, <c>[a-z]</c>, <c>**</c> across folders, <c>\</c> before a literal.</summary>
    static Regex Translate(string pattern)
    {
        StringBuilder regex = new("^");
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == '*' && i + 1 < pattern.Length && pattern[i + 1] == '*')
            {
                i++;
                // "a/**/b" also means "a/b".
                if (i + 1 < pattern.Length && pattern[i + 1] == '/') { i++; regex.Append("(.*/)?"); }
                else regex.Append(".*");
            }
            else if (c == '*') regex.Append("[^/]*");
            else if (c == '?') regex.Append("[^/]");
            else if (c == '[' && pattern.IndexOf(']', i + 1) is var end && end > i + 1)
            {
                string set = pattern[(i + 1)..end];
                bool isNegated = set[0] is '!' or '^';
                regex.Append('[').Append(isNegated ? "^" : "").Append(Regex.Escape(isNegated ? set[1..] : set).Replace("]", "\\]")).Append(']');
                i = end;
            }
            else regex.Append(Regex.Escape((c == '\\' && i + 1 < pattern.Length ? pattern[++i] : c).ToString()));
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
}
