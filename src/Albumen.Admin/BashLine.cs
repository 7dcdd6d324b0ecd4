using System.Text;

namespace Albumen.Admin;

/// <summary>
/// A line somebody types in bash, read as bash reads it, without expanding anything: nothing in it is ever run. Says which words stand there, and writes what can be
/// added, quoted so that bash takes it for that very word.
/// </summary>
sealed class BashLine
{
    /// <summary>Characters that mean themselves wherever they stand in a word.</summary>
    const string Plain = "_./,:=@%+-";

    readonly string _replaced;
    readonly char _quote;
    readonly int _openedAt;

    /// <param name="line">Up to the cursor, with the program's name.</param>
    /// <param name="breaks">COMP_WORDBREAKS: behind these, readline replaces only the rest of a word.</param>
    public BashLine(string line, string breaks)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool isWord = false;
        char quote = '\0';
        int from = 0;
        for (int at = 0; at < line.Length; at++)
        {
            char c = line[at];
            if (quote == '\'' && c != '\'') word.Append(c);
            else if (c == '\\' && at + 1 < line.Length && (quote == '\0' || line[at + 1] is '$' or '`' or '"' or '\\')) (isWord, _) = (true, word.Append(line[++at]));
            else if (c == quote) quote = '\0';
            else if (quote != '\0') word.Append(c);
            else if (c is '\'' or '"')
            {
                (quote, isWord) = (c, true);
                _openedAt = at + 1;
            }
            else if (c is ' ' or '\t')
            {
                if (isWord) words.Add(word.ToString());
                (isWord, _, from) = (false, word.Clear(), at + 1);
            }
            else
            {
                (isWord, _) = (true, word.Append(c));
                if (breaks.Contains(c)) from = at + 1;
            }
        }
        (Before, Word, _quote) = (words, word.ToString(), quote);
        // In an open quote readline replaces what stands in it.
        int replacedFrom = quote == '\0' ? from : _openedAt;
        (Kept, _replaced) = (line[..replacedFrom], line[replacedFrom..]);
    }

    /// <summary>The line up to where <see cref="Complete"/> replaces it.</summary>
    public string Kept { get; }

    /// <summary>The words before it, the program's name first.</summary>
    public IReadOnlyList<string> Before { get; }

    /// <summary>As much as there is of the last word, which may be nothing.</summary>
    public string Word { get; }

    /// <summary>What readline puts in the place of the end of the line; null when it cannot become this value, because it is written otherwise.</summary>
    public string? Complete(string value) => value.StartsWith(Word, StringComparison.Ordinal) ? _replaced + Quoted(value[Word.Length..]) : null;

    string Quoted(string text)
    {
        StringBuilder quoted = new();
        foreach (char c in text)
            quoted.Append(_quote switch
            {
                '\'' => c == '\'' ? @"'\''" : $"{c}",
                // A backslash before it would stay.
                '"' when c == '!' => "\"'!'\"",
                '"' => c is '$' or '`' or '"' or '\\' ? $"\\{c}" : $"{c}",
                _ => c > '\x7F' || char.IsAsciiLetterOrDigit(c) || Plain.Contains(c) ? $"{c}" : $"\\{c}",
            });
        return quoted.ToString();
    }
}
