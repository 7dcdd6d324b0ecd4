using System.Security.Cryptography;

namespace Albumen.Tree;

/// <summary>Takes the <see cref="FileHashes"/> of bytes in one pass.</summary>
sealed class HashesInOne : IDisposable
{
    const int WorthAThread = 128 * 1024;

    readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly IncrementalHash _sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
    readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);

    public void Add(ReadOnlyMemory<byte> bytes)
    {
        // MD5 takes as long as the two others, for which processors have instructions.
        if (bytes.Length >= WorthAThread) Parallel.Invoke(Others, Md5);
        else
        {
            Others();
            Md5();
        }

        void Md5() => _md5.AppendData(bytes.Span);

        void Others()
        {
            _sha256.AppendData(bytes.Span);
            _sha1.AppendData(bytes.Span);
        }
    }

    public FileHashes Finish() => new(ContentHash.FromBytes(_sha256.GetHashAndReset()), _sha1.GetHashAndReset(), _md5.GetHashAndReset());

    public void Dispose()
    {
        _sha256.Dispose();
        _sha1.Dispose();
        _md5.Dispose();
    }
}
