using System.Text;
using Albumen.Native;

namespace Albumen.Sql;

/// <summary>Text as it is compared when neither case nor accents count: as full text compares it (fts5, unicode61 with remove_diacritics 2).</summary>
static class Folding
{
    /// <summary>Stands between texts whose words do not follow one another.</summary>
    public const char Border = '\u001F';

    /// <summary>Without case and accents: <c>Žižkov</c> is <c>zizkov</c>.</summary>
    public static string Fold(string text)
    {
        if (Ascii.IsValid(text)) return text.ToLowerInvariant();
        // The marks that unicode61 takes for accents.
        const char First = '\u0300', Last = '\u0331';
        StringBuilder folded = new(text.Length);
        foreach (char c in Glib.ToNfd(text))
            if (c is < First or > Last) folded.Append(char.ToLowerInvariant(c));
        return folded.ToString();
    }

    /// <summary>Its words, folded, each between blanks: so a search for whole words is one for a piece of text.</summary>
    public static string Words(string text)
    {
        StringBuilder words = new(" ", text.Length + 2);
        foreach (Rune rune in Fold(text).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune)) words.Append(rune);
            else if (rune.Value == Border) words.Append(' ').Append(Border).Append(' ');
            else if (words[^1] != ' ') words.Append(' ');
        }
        if (words[^1] != ' ') words.Append(' ');
        return words.ToString();
    }
}
