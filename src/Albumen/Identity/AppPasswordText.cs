using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Albumen.Identity;

/// <summary>
/// A password that Albumen made: five groups of four, <c>k7mq-x2h0-9vtc-4s8p-dn3e</c>. The first group is the selector and is stored in
/// clear; the other four hold 80 random bits.
/// </summary>
/// <remarks>The alphabet is Crockford's Base32: no i, l, o or u, so what is misread or typed in capitals still means the same.</remarks>
public sealed class AppPasswordText
{
    const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    const int Groups = 5, LettersInGroup = 4;

    AppPasswordText(string text) => Text = text;

    /// <summary>As it was shown: lower case, with hyphens.</summary>
    public string Text { get; }

    public string Selector => Text[..LettersInGroup];

    /// <summary>A new one, from the system's random source.</summary>
    public static AppPasswordText Random() =>
        new(string.Join('-', Enumerable.Range(0, Groups).Select(_ => RandomNumberGenerator.GetString(Alphabet, LettersInGroup))));

    /// <summary>Reads what somebody typed: any case, with or without hyphens and spaces, with 0 and O, 1, I and L taken for each other.</summary>
    public static bool TryParse(string typed, [NotNullWhen(true)] out AppPasswordText? password)
    {
        password = null;
        // Longer than with a space after every letter: not typed by a person.
        if (typed.Length > 2 * Groups * LettersInGroup) return false;

        Span<char> letters = stackalloc char[Groups * LettersInGroup];
        int count = 0;
        foreach (char c in typed)
        {
            if (c is '-' or ' ') continue;
            char letter = char.ToLowerInvariant(c) switch { 'o' => '0', 'i' or 'l' => '1', var other => other };
            if (count == letters.Length || !Alphabet.Contains(letter)) return false;
            letters[count++] = letter;
        }
        if (count < letters.Length) return false;

        string text = letters.ToString();
        password = new(string.Join('-', text.Chunk(LettersInGroup).Select(group => new string(group))));
        return true;
    }

    /// <summary>Hidden, lest it end in a log.</summary>
    public override string ToString() => $"{Selector}-****";
}
