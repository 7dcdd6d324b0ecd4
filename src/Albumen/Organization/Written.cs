namespace Albumen.Organization;

/// <summary>A word or value as somebody wrote it, quotes taken off.</summary>
/// <param name="quoted">For each character whether it stood between quotes.</param>
/// <param name="column">Where it begins, from 1.</param>
/// <param name="isQuoted">Quotes were written, perhaps around nothing.</param>
sealed class Written(string text, IReadOnlyList<bool> quoted, int column, bool isQuoted)
{
    public string Text => text;

    public int Column => column;

    public bool IsQuoted => isQuoted;

    /// <summary>It has nothing that full text could look for when this is false.</summary>
    public bool HasLetters => text.EnumerateRunes().Any(System.Text.Rune.IsLetterOrDigit);

    /// <summary>Whether it is one of the language's own words; quoted ones never are.</summary>
    public bool Is(string word) => !isQuoted && text.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>The words, and whether a <c>*</c> behind says that the last may go on.</summary>
    public (string Words, bool IsBeginning) ToWords() => text.EndsWith('*') && !quoted[^1] ? (text[..^1], true) : (text, false);

    public Pattern ToPattern() => Pattern.Of(text, i => quoted[i]);

    /// <summary>Without so many characters at its beginning and end.</summary>
    public Written Cut(int start, int end = 0) => new(text[start..^end], [.. quoted.Skip(start).Take(text.Length - start - end)], column, isQuoted);

    public QueryException Error(string what) => new(what, column);
}
