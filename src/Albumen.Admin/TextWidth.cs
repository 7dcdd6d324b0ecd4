using System.Globalization;
using System.Text;

namespace Albumen.Admin;

/// <summary>How many columns text takes in a terminal: none for what combines, two for what is wide (Unicode Standard Annex 11), one for the rest.</summary>
static class TextWidth
{
    // First and last of what is wide or full-width, emoji included; in order.
    static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115F), (0x231A, 0x231B), (0x2329, 0x232A), (0x23E9, 0x23EC), (0x23F0, 0x23F0), (0x23F3, 0x23F3), (0x25FD, 0x25FE), (0x2614, 0x2615), (0x2648, 0x2653), (0x267F, 0x267F),
        (0x2693, 0x2693), (0x26A1, 0x26A1), (0x26AA, 0x26AB), (0x26BD, 0x26BE), (0x26C4, 0x26C5), (0x26CE, 0x26CE), (0x26D4, 0x26D4), (0x26EA, 0x26EA), (0x26F2, 0x26F3), (0x26F5, 0x26F5),
        (0x26FA, 0x26FA), (0x26FD, 0x26FD), (0x2705, 0x2705), (0x270A, 0x270B), (0x2728, 0x2728), (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755), (0x2757, 0x2757), (0x2795, 0x2797),
        (0x27B0, 0x27B0), (0x27BF, 0x27BF), (0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55), (0x2E80, 0x303E), (0x3041, 0x33FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA000, 0xA4CF),
        (0xA960, 0xA97F), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE10, 0xFE19), (0xFE30, 0xFE6F), (0xFF00, 0xFF60), (0xFFE0, 0xFFE6), (0x16FE0, 0x18CFF), (0x1AFF0, 0x1B2FF), (0x1F004, 0x1F004),
        (0x1F0CF, 0x1F0CF), (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A), (0x1F200, 0x1F320), (0x1F32D, 0x1F335), (0x1F337, 0x1F37C), (0x1F37E, 0x1F393), (0x1F3A0, 0x1F3CA), (0x1F3CF, 0x1F3D3),
        (0x1F3E0, 0x1F3F0), (0x1F3F4, 0x1F3F4), (0x1F3F8, 0x1F43E), (0x1F440, 0x1F440), (0x1F442, 0x1F4FC), (0x1F4FF, 0x1F53D), (0x1F54B, 0x1F54E), (0x1F550, 0x1F567), (0x1F57A, 0x1F57A),
        (0x1F595, 0x1F596), (0x1F5A4, 0x1F5A4), (0x1F5FB, 0x1F64F), (0x1F680, 0x1F6C5), (0x1F6CC, 0x1F6CC), (0x1F6D0, 0x1F6D2), (0x1F6D5, 0x1F6D7), (0x1F6DC, 0x1F6DF), (0x1F6EB, 0x1F6EC),
        (0x1F6F4, 0x1F6FC), (0x1F7E0, 0x1F7EB), (0x1F7F0, 0x1F7F0), (0x1F90C, 0x1F93A), (0x1F93C, 0x1F945), (0x1F947, 0x1F9FF), (0x1FA70, 0x1FAFF), (0x20000, 0x3FFFD),
    ];

    public static int Of(string text)
    {
        int width = 0;
        foreach (Rune rune in text.EnumerateRunes()) width += Of(rune);
        return width;
    }

    public static int Of(Rune rune)
    {
        if (rune.Value is (>= 0x20 and < 0x7F) or (>= 0xA0 and < 0x300 and not 0xAD)) return 1;
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.Control) return 0;
        // Vowels and finals of a Korean syllable that was taken apart, as macOS writes names; the shades of a skin.
        if (rune.Value is (>= 0x1160 and <= 0x11FF) or (>= 0xD7B0 and <= 0xD7FF) or (>= 0x1F3FB and <= 0x1F3FF)) return 0;
        int low = 0, high = Wide.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (rune.Value < Wide[middle].First) high = middle - 1;
            else if (rune.Value > Wide[middle].Last) low = middle + 1;
            else return 2;
        }
        return 1;
    }

    /// <summary>
    /// Whether it goes with the character before it. What makes one emoji of several, or another kind of the same, does not: terminals disagree on how wide that is, so each is shown by itself.
    /// </summary>
    public static bool Combines(Rune rune) =>
        Of(rune) == 0 && rune.Value is not ((>= 0xFE00 and <= 0xFE0F) or (>= 0x1F3FB and <= 0x1F3FF) or (>= 0xE0100 and <= 0xE01EF))
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.Control);

    /// <summary>The text in at most so many columns; what is too long ends in an ellipsis.</summary>
    public static string Cut(string text, int width)
    {
        if (Of(text) <= width) return text;
        if (width <= 0) return "";
        StringBuilder cut = new();
        int used = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (used + Of(rune) > width - 1) break;
            cut.Append(rune.ToString());
            used += Of(rune);
        }
        return cut.Append('…').ToString();
    }

    /// <summary>The same, but the middle is left out, because of a path the end tells most.</summary>
    public static string CutMiddle(string text, int width)
    {
        if (Of(text) <= width) return text;
        if (width < 4) return Cut(text, width);
        Rune[] runes = [.. text.EnumerateRunes()];
        int tail = runes.Length, used = 0, room = (width - 1) * 3 / 5;
        while (tail > 0 && used + Of(runes[tail - 1]) <= room) used += Of(runes[--tail]);
        // What combines does not begin the tail.
        while (tail < runes.Length && Of(runes[tail]) == 0) tail++;
        string head = Cut(text, width - used);
        return head + string.Concat(runes[tail..].Select(r => r.ToString()));
    }

    /// <summary>Filled up with blanks to that many columns, or cut to them.</summary>
    public static string Fit(string text, int width)
    {
        return PadRight(Cut(text, width), width);
    }

    public static string PadRight(string text, int width) => text + new string(' ', Math.Max(0, width - Of(text)));

    public static string PadLeft(string text, int width) => new string(' ', Math.Max(0, width - Of(text))) + text;

    /// <summary>Breaks between words where it can.</summary>
    public static IEnumerable<string> Wrap(string text, int columns)
    {
        if (columns < 1) yield break;
        StringBuilder line = new();
        int used = -1;
        foreach (string word in text.Split(' '))
        {
            int needed = Of(word);
            // Blanks before a word are an indent, and stay; between two words a new line takes the place of one.
            if (used >= 0 && used + 1 + needed <= columns)
            {
                line.Append(' ');
                used++;
            }
            else if (used >= 0)
            {
                yield return line.ToString();
                line.Clear();
                used = 0;
            }
            else used = 0;
            if (used + needed <= columns)
            {
                line.Append(word);
                used += needed;
                continue;
            }
            // A word that is longer than a line; what is wider than the whole line is left out.
            foreach (Rune rune in word.EnumerateRunes())
            {
                int width = Of(rune);
                if (width > columns) continue;
                if (used + width > columns)
                {
                    yield return line.ToString();
                    line.Clear();
                    used = 0;
                }
                line.Append(rune.ToString());
                used += width;
            }
        }
        yield return line.ToString();
    }
}
