using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Albumen.Native;

namespace Albumen.Storage;

/// <summary>
/// What a file is called in the tree: legal on Windows, macOS and ext4. <see cref="Key"/> finds it again however a client writes it: two names
/// that differ only in case, composition of accents or trailing dots have the same key.
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

    /// <summary>The name of a file on disk: as it is there, as far as it is legal. Bytes that are no UTF-8 become <c>_</c>, and a suffix keeps such names apart.</summary>
    public static EntryName ForFile(ReadOnlySpan<byte> name)
    {
        string text = Encoding.UTF8.GetString(name);
        return text.Contains('\uFFFD') ? Legal(text.Replace('\uFFFD', '_')).WithSuffix(SeedOf(name)[..4]) : Legal(text);
    }

    /// <summary>The name a file gets in a folder: that on disk, unless making it legal made it another's. Adds it to those given.</summary>
    /// <param name="given">Keys and names of the folder so far.</param>
    public static EntryName ForFile(ReadOnlySpan<byte> name, Dictionary<string, string> given)
    {
        EntryName entry = ForFile(name);
        for (int length = 4; IsTaken(entry.Name); length++) entry = ForFile(name).WithSuffix(SeedOf(name)[..length]);
        if (given.ContainsKey(entry.Key)) entry = entry with { Key = TwinKeyOf(entry.Name) };
        given.Add(entry.Key, entry.Name);
        return entry;

        bool IsTaken(string wanted) => given.TryGetValue(KeyOf(wanted), out string? other) && (other == wanted || given.ContainsKey(TwinKeyOf(wanted)));
    }

    /// <summary>Whether it had to give way to another name of its folder.</summary>
    public bool IsSecond(ReadOnlySpan<byte> name) => this != ForFile(name);

    /// <summary>The nearest legal name in composed form (NFC), for views where names are ours to give.</summary>
    public static EntryName From(string text) => Legal(Glib.ToNfc(text));

    static EntryName Legal(string text)
    {
        string name = text;
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

    /// <summary>
    /// The key of a second name in a folder that a client could confuse with the first: <c>UPPER.jpg</c> beside <c>upper.jpg</c>. It is found by
    /// its exact writing only.
    /// </summary>
    public static string TwinKeyOf(string name) => $"{KeyOf(name)}\u0001{name}";

    /// <summary>The key of a name as a client sends it.</summary>
    public static string KeyOf(string name) => Glib.ToNfc(name).TrimEnd(' ', '.').ToUpperInvariant().ToLowerInvariant();

    /// <summary><c>IMG_0001.JPG</c> with suffix <c>2f9c</c> is <c>IMG_0001~2f9c.JPG</c>.</summary>
    public EntryName WithSuffix(string suffix)
    {
        string extension = ExtensionOf(Name);
        string name = $"{Cut(Name[..^extension.Length], MaxBytes - Encoding.UTF8.GetByteCount(extension) - suffix.Length - 1)}~{suffix}{extension}";
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

    /// <summary>At most so many UTF-8 bytes, the extension kept and no character torn.</summary>
    static string Shortened(string name, int bytes)
    {
        if (Encoding.UTF8.GetByteCount(name) <= bytes) return name;
        string extension = ExtensionOf(name);
        return Cut(name[..^extension.Length], bytes - Encoding.UTF8.GetByteCount(extension)) + extension;
    }

    static string Cut(string text, int bytes)
    {
        StringBuilder cut = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if ((bytes -= rune.Utf8SequenceLength) < 0) break;
            cut.Append(rune);
        }
        return cut.ToString();
    }

    /// <summary>With its dot. What is longer than 32 bytes is no extension but a sentence with a dot in it.</summary>
    static string ExtensionOf(string name) => Path.GetExtension(name) is var extension && Encoding.UTF8.GetByteCount(extension) <= 32 ? extension : "";
}
