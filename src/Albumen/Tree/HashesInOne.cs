using System.Security.Cryptography;

namespace Albumen.Tree;

/// <summary>Takes the <see cref="FileHashes"/> of bytes in one pass.</summary>
sealed class HashesInOne : IDisposable
{
    readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly IncrementalHash _sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
    readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        _sha256.AppendData(bytes);
        _sha1.AppendData(bytes);
        _md5.AppendData(bytes);
    }

    public FileHashes Finish() => new(ContentHash.FromBytes(_sha256.GetHashAndReset()), _sha1.GetHashAndReset(), _md5.GetHashAndReset());

    public void Dispose()
    {
        _sha256.Dispose();
        _sha1.Dispose();
        _md5.Dispose();
    }
}
