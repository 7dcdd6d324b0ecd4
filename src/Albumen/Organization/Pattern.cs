using System.Text;
using Albumen.Sql;

namespace Albumen.Organization;

/// <summary>A text in which <c>*</c> stands for anything and <c>?</c> for one character, unless they were quoted. Case and accents do not count.</summary>
/// <param name="Text">As it was written, without quotes.</param>
/// <param name="Beginning">What stands before the first wildcard.</param>
/// <param name="Like">As an operand of LIKE with <c>\</c> as its escape, for folded text.</param>
sealed record Pattern(string Text, bool HasWildcards, string Beginning, string Like)
{
    public static Pattern Of(string text, Func<int, bool> isQuoted)
    {
        // Folded piece by piece, so that no position is lost where an accent goes.
        StringBuilder like = new(), piece = new();
        int first = text.Length;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('*' or '?') || isQuoted(i))
            {
                piece.Append(text[i]);
                continue;
            }
            first = Math.Min(first, i);
            Flush();
            like.Append(text[i] == '*' ? '%' : '_');
        }
        Flush();
        return new(text, first < text.Length, text[..first], like.ToString());

        void Flush()
        {
            like.Append(Folding.Fold(piece.ToString()).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal));
            piece.Clear();
        }
    }
}
