using System.Security.Cryptography;

namespace Albumen;

/// <summary>SHA-256 of a file's bytes: the identity of an original, wherever it lies and whatever it is called.</summary>
public readonly record struct ContentHash
{
    readonly string _hex;

    ContentHash(string hex) => _hex = hex;

    /// <summary>Reads 64 hexadecimal digits, in either case.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is anything else.</exception>
    public static ContentHash Parse(string text) =>
        text.Length == 64 && text.All(char.IsAsciiHexDigit)
            ? new(text.ToLowerInvariant())
            : throw new FormatException($"'{text}' is not a SHA-256 in hexadecimal.");

    /// <summary>Takes the 32 bytes of a finished hash.</summary>
    public static ContentHash FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == SHA256.HashSizeInBytes
            ? new(Convert.ToHexStringLower(bytes))
            : throw new FormatException($"A SHA-256 has 32 bytes, not {bytes.Length}.");

    public byte[] ToBytes() => Convert.FromHexString(_hex);

    /// <summary>Who an asset is: the first 128 bits of the hash of the first content it was seen with, so that a rebuilt catalogue gives it the same id.</summary>
    public string ToAssetUid() => _hex[..32];

    public override string ToString() => _hex;
}
