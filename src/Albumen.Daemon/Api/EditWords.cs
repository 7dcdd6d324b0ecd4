using System.Text;
using Albumen.Client;

namespace Albumen.Daemon.Api;

/// <summary>Puts into words what somebody changes, as it would be typed behind <c>albumen</c>: that is how the log shows it.</summary>
static class EditWords
{
    const int NamesShown = 4, LongestWord = 200;

    public static string Of(EditRequest request)
    {
        List<string> words = [];
        if (request.Set is { Count: > 0 } set) words.AddRange(["set", .. set]);
        if (request.Shift is { } shift) words.AddRange(["date", "shift", shift]);
        if (request.Zone is { } zone) words.AddRange(["date", "zone", zone]);
        if (request.RenameTags is { } rename)
            words.AddRange(rename.From is [var old] ? ["tag", "rename", old, rename.To] : ["tag", "merge", .. rename.From, "--into", rename.To]);
        return Of([.. words, .. Selected(request.Query, [.. request.Paths ?? [], .. request.Assets ?? []], request.Recursive, request.Stacks)]);
    }

    /// <summary>Which photos are meant.</summary>
    public static IEnumerable<string> Selected(string? query, IReadOnlyList<string> names, bool isRecursive, bool withStacks = false)
    {
        List<string> words = [.. names.Take(NamesShown)];
        if (names.Count > NamesShown) words.Add("...");
        if (isRecursive) words.Add("--recursive");
        if (withStacks) words.Add("--stacks");
        if (query is not null) words.AddRange(["--query", query]);
        return words;
    }

    public static string Of(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>As a shell takes it for one word.</summary>
    static string Quote(string word)
    {
        if (word.Length > LongestWord) word = word[..LongestWord] + "...";
        StringBuilder plain = new();
        // One line in a terminal and in a table.
        foreach (char c in word) plain.Append(char.IsControl(c) ? ' ' : c);
        word = plain.ToString();
        if (word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || "_-+=/.,:~@%!".Contains(c))) return word;
        // rating='4 or 5' reads better than 'rating=4 or 5'.
        int sign = word.IndexOf('=') + 1;
        if (sign > 1 && !word[..sign].All(c => char.IsAsciiLetter(c) || c is '+' or '-' or '=')) sign = 0;
        return $"{word[..sign]}'{word[sign..].Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
