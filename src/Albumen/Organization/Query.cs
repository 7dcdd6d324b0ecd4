namespace Albumen.Organization;

/// <summary>
/// What somebody looks for: the one language of search, of edits to many photos and of smart albums. It is kept as its text; what is relative in
/// it (<c>taken:last-30-days</c>) is counted from the day on which it runs.
/// </summary>
/// <remarks>
/// <code>
/// query     = all { "OR" all }
/// all       = one { [ "AND" ] one }
/// one       = ( "NOT" | "-" ) one | "(" query ")" | field ":" value | word
/// word      = characters up to a blank or parenthesis; between double quotes these too, and "" is a quote there
/// field     = a name of <see cref="QueryFields"/>, in any case
/// number    = n | ">" n | ">=" n | "&lt;" n | "&lt;=" n | n ".." n | n ".." | ".." n | "none"
/// n         = 4 | 2.8 | 1/125 | 30s | 1:30 | 2m | 1h, as the field has it
/// time      = the same with dates; a date is 2019, 2019-07, 2019-07-14, 2019-07-14T15:30[:12], today, yesterday, -7d, -2w, -3m or -1y;
///             or last-N-days, -weeks, -months, -years (with today)
/// </code>
/// AND binds closer than OR; both, and NOT, are written in capitals. Words and the values of title, caption, person, place, camera and lens are
/// words that occur one after another in the text, whole unless a <c>*</c> ends them. The values of tag, album, label, name, path, stack and volume are
/// meant from end to end, with <c>*</c> and <c>?</c> unless quoted; a tag, album or folder stands for all below it too. Case and accents never count
/// (of a folder's name: case). What lies in the trash is found by queries that speak of it, with <c>is:trashed</c>, and by no others. A time of which only the year or month is known is that year's or month's beginning, before its first day or
/// month. Measured numbers (iso, f, focal, time, duration) are equal when they differ by half a percent at most. A word without letter or digit
/// says nothing.
/// </remarks>
public sealed class Query
{
    /// <summary>Characters.</summary>
    public const int MaxLength = 4000;
    /// <summary>Words and conditions.</summary>
    public const int MaxTerms = 250;
    /// <summary>Parentheses and NOTs in one another; SQLite's own parser holds 100 open constructs.</summary>
    public const int MaxDepth = 16;

    Query(string text, Expression root) => (Text, Root) = (text, root);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    internal Expression Root { get; }

    /// <exception cref="QueryException">It says nothing, or nothing we understand, or is too long.</exception>
    public static Query Parse(string text) => new(text, new QueryReader(text).Read());

    /// <summary>
    /// As typed into a search box. Words alone are found by the beginning of the last one too, and a parenthesis or quote that is never closed
    /// among them says nothing.
    /// </summary>
    /// <exception cref="QueryException">As for <see cref="Parse"/>.</exception>
    public static Query ForSearch(string text)
    {
        QueryReader reader = new(text, isLastOpen: true);
        try
        {
            return new(text, reader.Read());
        }
        catch (QueryException) when (PlainWords(text) is { Length: > 0 } words)
        {
            return new(text, new AllOf([.. words.Select((word, i) => new TextSays(null, word, i == words.Length - 1))]));
        }
    }

    public override string ToString() => Text;

    /// <summary>The words of a text that has nothing of the language in it but parentheses and quotes.</summary>
    static string[] PlainWords(string text)
    {
        if (text.Length > MaxLength || text.Contains(':', StringComparison.Ordinal)) return [];
        string[] words = text.Split([' ', '\t', '\r', '\n', '(', ')', '"'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length > MaxTerms || words.Any(word => word is "AND" or "OR" or "NOT" || word[0] == '-')
            ? []
            : [.. words.Where(word => word.EnumerateRunes().Any(System.Text.Rune.IsLetterOrDigit))];
    }
}
