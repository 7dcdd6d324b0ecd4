using Albumen.Native;

namespace Albumen.Identity;

/// <summary>
/// What a person signs in with: 1 to 64 characters without <c>:</c> (which ends the name in Basic authentication, RFC 7617, 2),
/// <c>/</c> or control characters. <see cref="Key"/> is equal for names that differ only in case or in how an accent is composed.
/// </summary>
public readonly record struct PersonName
{
    public const int MaxLength = 64;

    PersonName(string text, string key) => (Text, Key) = (text, key);

    public string Text { get; }

    public string Key { get; }

    /// <exception cref="IdentityException">The name is not one; the message says why.</exception>
    public static PersonName Parse(string text) => Fault(text) is { } fault
        ? throw new IdentityException(IdentityFault.Invalid, $"'{text}' cannot be a user name: {fault}.")
        : From(text);

    /// <summary>The name, or null when no person can have it.</summary>
    public static PersonName? TryParse(string text) => Fault(text) is null ? From(text) : null;

    static PersonName From(string text)
    {
        string composed = Glib.ToNfc(text);
        // Upper case first: some letters have two lower-case forms (sigma) but one upper-case form.
        return new(composed, composed.ToUpperInvariant().ToLowerInvariant());
    }

    static string? Fault(string text) => text switch
    {
        "" => "it is empty",
        { Length: > MaxLength } => $"it is longer than {MaxLength} characters",
        _ when text.Any(char.IsControl) => "it holds a control character",
        _ when text.Contains(':') || text.Contains('/') => "':' and '/' are not allowed",
        _ when char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]) => "it begins or ends with a space",
        "." or ".." => "it would be mistaken for a folder",
        _ when HasLoneSurrogate(text) => "it is not valid Unicode",
        _ => null,
    };

    static bool HasLoneSurrogate(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return true;
            i++;
        }
        return false;
    }
}
