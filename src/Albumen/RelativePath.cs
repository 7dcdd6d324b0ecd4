using System.Text;

namespace Albumen;

/// <summary>
/// Where a file lies below the root of a volume: bytes, as the kernel has them, because a name on disk need not be UTF-8.
/// Never absolute, never empty between slashes, never <c>.</c> or <c>..</c>. The root itself is the empty path.
/// </summary>
public readonly struct RelativePath : IEquatable<RelativePath>, IComparable<RelativePath>
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    readonly byte[]? _bytes;

    RelativePath(byte[] bytes) => _bytes = bytes;

    public static RelativePath Root => default;

    public ReadOnlySpan<byte> Bytes => _bytes;

    public bool IsRoot => _bytes is null or { Length: 0 };

    /// <exception cref="FormatException">The path is absolute, or has an empty segment, <c>.</c>, <c>..</c> or a NUL.</exception>
    public static RelativePath FromBytes(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty) return Root;
        foreach (Range segment in path.Split((byte)'/'))
        {
            ReadOnlySpan<byte> name = path[segment];
            if (name.IsEmpty || name.SequenceEqual("."u8) || name.SequenceEqual(".."u8) || name.Contains((byte)0))
                throw new FormatException($"'{Encoding.UTF8.GetString(path)}' is not a path inside a volume.");
        }
        return new(path.ToArray());
    }

    /// <inheritdoc cref="FromBytes"/>
    public static RelativePath Parse(string path) => FromBytes(Encoding.UTF8.GetBytes(path));

    /// <summary>One name further down. <paramref name="name"/> comes from the kernel and is taken as it is.</summary>
    public RelativePath Child(ReadOnlySpan<byte> name) =>
        IsRoot ? new(name.ToArray()) : new([.. Bytes, (byte)'/', .. name]);

    public ReadOnlySpan<byte> Name => Bytes[(Bytes.LastIndexOf((byte)'/') + 1)..];

    public RelativePath Folder => Bytes.LastIndexOf((byte)'/') is var at and > 0 ? new(Bytes[..at].ToArray()) : Root;

    /// <summary>For people: UTF-8, where a byte that is none shows as <c>\xE9</c>.</summary>
    public override string ToString() => Show(Bytes);

    /// <inheritdoc cref="ToString()"/>
    public static string Show(ReadOnlySpan<byte> name)
    {
        try
        {
            return Strict.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            StringBuilder text = new();
            while (!name.IsEmpty)
            {
                if (Rune.DecodeFromUtf8(name, out Rune rune, out int length) is System.Buffers.OperationStatus.Done) text.Append(rune);
                else
                    foreach (byte odd in name[..length]) text.Append($"\\x{odd:X2}");
                name = name[length..];
            }
            return text.ToString();
        }
    }

    public bool Equals(RelativePath other) => Bytes.SequenceEqual(other.Bytes);
    public int CompareTo(RelativePath other) => Bytes.SequenceCompareTo(other.Bytes);
    public override bool Equals(object? obj) => obj is RelativePath other && Equals(other);
    public override int GetHashCode()
    {
        HashCode hash = new();
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    public static bool operator ==(RelativePath left, RelativePath right) => left.Equals(right);
    public static bool operator !=(RelativePath left, RelativePath right) => !left.Equals(right);
    public static bool operator <(RelativePath left, RelativePath right) => left.CompareTo(right) < 0;
    public static bool operator <=(RelativePath left, RelativePath right) => left.CompareTo(right) <= 0;
    public static bool operator >(RelativePath left, RelativePath right) => left.CompareTo(right) > 0;
    public static bool operator >=(RelativePath left, RelativePath right) => left.CompareTo(right) >= 0;
}
