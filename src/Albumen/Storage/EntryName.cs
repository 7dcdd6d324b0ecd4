using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Albumen.Native;

namespace Albumen.Storage;

/// <summary>
/// What a file is called in the tree: NFC, and legal on Windows, macOS and ext4. <see cref="Key"/> is what makes it unique in its folder:
/// two names that a client could confuse (other case, decomposed accents, trailing dots) have the same key.
/// </summary>
public readonly record struct EntryName(string Name, string Key)
{
    const int MaxBytes = 255;
    static readonly SearchValues<char> Illegal = SearchValues.Create("<>:\"/\\|?*");
    static readonly HashSet<string> Reserved =
    [
        "CON", "PRN", "AUX", "NUL",
        .. Enumerable.Range(1, 9).SelectMany(n => new[] { $"COM{n}", $"LPT{n}" }),
    ];

    /// <summary>The name a file on disk gets. Bytes that are no UTF-8 become <c>_</c>, and a suffix keeps such names apart.</summary>
    public static EntryName ForFile(ReadOnlySpan<byte> name)
    {
        string text = Encoding.UTF8.GetString(name);
        return text.Contains('\uFFFD') ? From(text.Replace('\uFFFD', '_')).WithSuffix(SuffixOf(name)) : From(text);
    }

    /// <summary>The nearest legal name.</summary>
    public static EntryName From(string text)
    {
        string name = Glib.ToNfc(text);
        if (name.AsSpan().ContainsAny(Illegal) || name.Any(char.IsControl))
            name = string.Concat(name.Select(c => char.IsControl(c) || Illegal.Contains(c) ? '_' : c));
        name = name.TrimEnd(' ', '.');
        if (name.Length == 0) name = "_";
        int dot = name.IndexOf('.');
        if (Reserved.Contains((dot < 0 ? name : name[..dot]).ToUpperInvariant()))
            name = dot < 0 ? name + "_" : name.Insert(dot, "_");
        name = Shortened(name, MaxBytes);
        return new(name, KeyOf(name));
    }

    /// <summary>The key of a name as a client sends it.</summary>
    public static string KeyOf(string name) => Glib.ToNfc(name).TrimEnd(' ', '.').ToUpperInvariant().ToLowerInvariant();

    /// <summary><c>IMG_0001.JPG</c> with suffix <c>2f9c</c> is <c>IMG_0001~2f9c.JPG</c>.</summary>
    public EntryName WithSuffix(string suffix)
    {
        string extension = Path.GetExtension(Name);
        string name = $"{Shortened(Path.GetFileNameWithoutExtension(Name), MaxBytes - Encoding.UTF8.GetByteCount(extension) - suffix.Length - 1)}~{suffix}{extension}";
        return new(name, KeyOf(name));
    }

    /// <summary>The first of this name and its suffixed forms that is free; <paramref name="seed"/> (hexadecimal) says which suffix it gets, so the same file gets the same name again.</summary>
    public EntryName Free(string seed, Func<string, bool> isTaken)
    {
        if (!isTaken(Key)) return this;
        for (int length = 4; length <= seed.Length; length++)
            if (WithSuffix(seed[..length]) is var candidate && !isTaken(candidate.Key))
                return candidate;
        throw new InvalidOperationException($"No name is free for '{Name}'.");
    }

    /// <summary>A seed for suffixes from the bytes of a name on disk.</summary>
    public static string SeedOf(ReadOnlySpan<byte> name) => Convert.ToHexStringLower(SHA256.HashData(name));

    static string SuffixOf(ReadOnlySpan<byte> name) => SeedOf(name)[..4];

    /// <summary>At most so many UTF-8 bytes, the extension kept and no character torn.</summary>
    static string Shortened(string name, int bytes)
    {
        if (Encoding.UTF8.GetByteCount(name) <= bytes) return name;
        string extension = Path.GetExtension(name);
        if (Encoding.UTF8.GetByteCount(extension) > 32) extension = "";
        int room = bytes - Encoding.UTF8.GetByteCount(extension);
        StringBuilder stem = new();
        foreach (Rune rune in name.AsSpan(0, name.Length - extension.Length).EnumerateRunes())
        {
            if ((room -= rune.Utf8SequenceLength) < 0) break;
            stem.Append(rune);
        }
        return stem + extension;
    }
}
