using System.Security.Cryptography;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>Bytes on their way into the tree: written beside and hashed in the same pass. What is disposed of before it was put somewhere leaves nothing.</summary>
public sealed class Upload : IDisposable
{
    readonly StagedFile _file;
    readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly IncrementalHash _sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
    readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    readonly IncrementalHash? _sha512;
    FileHashes? _hashes;

    /// <param name="withSha512">For a client that sends one to be checked; it is not kept.</param>
    internal Upload(StagedFile file, bool withSha512) => (_file, _sha512) = (file, withSha512 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA512) : null);

    public long SizeInBytes => _file.SizeInBytes;

    /// <summary>Of all bytes; to be asked after the last.</summary>
    public FileHashes Hashes => _hashes ??= new(ContentHash.FromBytes(_sha256.GetHashAndReset()), _sha1.GetHashAndReset(), _md5.GetHashAndReset());

    public byte[]? Sha512() => _sha512?.GetHashAndReset();

    internal StagedFile File => _file;

    /// <summary>The file as it lies on the disk, once it is finished.</summary>
    internal FileStat Stat { get; private set; }

    /// <exception cref="FileFault">The disk is full or failing.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        _file.Write(bytes);
        _sha256.AppendData(bytes);
        _sha1.AppendData(bytes);
        _md5.AppendData(bytes);
        _sha512?.AppendData(bytes);
    }

    /// <inheritdoc cref="StagedFile.Finish"/>
    public void Finish(DateTimeOffset? modified) => Stat = _file.Finish(modified is { } time ? Rows.Nanoseconds(time) : null);

    public void Dispose()
    {
        _file.Dispose();
        _sha256.Dispose();
        _sha1.Dispose();
        _md5.Dispose();
        _sha512?.Dispose();
    }
}
