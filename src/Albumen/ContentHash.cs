using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Albumen;

/// <summary>SHA-256 of a file's bytes: the identity of an original, wherever it lies and whatever it is called.</summary>
public readonly record struct ContentHash
{
    const int PartInBytes = 256 * 1024;

    readonly UInt128 _first, _second;

    ContentHash(ReadOnlySpan<byte> bytes) => (_first, _second) = (BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));

    /// <summary>Reads 64 hexadecimal digits, in either case.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is anything else.</exception>
    public static ContentHash Parse(string text) =>
        text.Length == 64 && text.All(char.IsAsciiHexDigit)
            ? new(Convert.FromHexString(text))
            : throw new FormatException($"'{text}' is not a SHA-256 in hexadecimal.");

    /// <summary>Takes the 32 bytes of a finished hash.</summary>
    public static ContentHash FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == SHA256.HashSizeInBytes
            ? new(bytes)
            : throw new FormatException($"A SHA-256 has 32 bytes, not {bytes.Length}.");

    /// <summary>Of all bytes of a file, read in parts.</summary>
    /// <param name="read">Told the length of each part.</param>
    /// <exception cref="IOException">The disk is failing.</exception>
    public static ContentHash Of(SafeFileHandle file, Action<int>? read = null, CancellationToken cancellationToken = default)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] part = ArrayPool<byte>.Shared.Rent(PartInBytes);
        try
        {
            int length;
            for (long at = 0; (length = RandomAccess.Read(file, part.AsSpan(0, PartInBytes), at)) > 0; at += length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(part, 0, length);
                read?.Invoke(length);
            }
            return FromBytes(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(part);
        }
    }

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[SHA256.HashSizeInBytes];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _first);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], _second);
    }

    /// <summary>Who an asset is: the first 128 bits of the hash of the first content it was seen with, so that a rebuilt catalogue gives it the same id.</summary>
    public string ToAssetUid() => ToString()[..32];

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
