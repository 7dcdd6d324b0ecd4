using System.Globalization;
using System.Text;

namespace Albumen.Admin;

/// <summary>
/// Makes text of strangers (file names, captions) safe to print: control characters, which could move the cursor or retitle the window, and
/// those that turn the direction of writing are shown as <c>\x1B</c> or <c>\u202E</c>.
/// </summary>
static class Printable
{
    public static string Show(string text)
    {
        if (!text.EnumerateRunes().Any(IsUnsafe)) return text;
        StringBuilder shown = new();
        foreach (Rune rune in text.EnumerateRunes())
            shown.Append(!IsUnsafe(rune) ? rune.ToString() : rune.Value switch
            {
                '\t' => "\\t",
                '\n' => "\\n",
                '\r' => "\\r",
                <= 0xFF => $"\\x{rune.Value:X2}",
                _ => $"\\u{rune.Value:X4}",
            });
        return shown.ToString();
    }

    // Half a surrogate pair arrives here as U+FFFD, which is harmless.
    static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune.Value is 0x61C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
