using System.Security.Cryptography;
using Albumen.Native;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>Bytes on their way into the tree: written beside and hashed in the same pass. What is disposed of before it was put somewhere leaves nothing.</summary>
public sealed class Upload : IDisposable
{
    const long AskEvery = 64 * 1024 * 1024;

    readonly StagedFile _file;
    readonly HashesInOne _taken = new();
    readonly IncrementalHash? _sha512;
    readonly UploadRoom? _room;
    readonly long _told;
    long _promised, _asked;
    FileHashes? _hashes;

    /// <param name="withSha512">For a client that sends one to be checked; it is not kept.</param>
    /// <param name="room">Where it is asked now and then whether more may come; null for what is limited otherwise.</param>
    /// <param name="promised">How many bytes will come; 0 when nobody has told.</param>
    internal Upload(StagedFile file, bool withSha512, UploadRoom? room = null, long promised = 0)
    {
        (_file, _sha512, _room, _promised, _told) = (file, withSha512 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA512) : null, room, promised, promised);
        room?.Promise(promised);
    }

    public long SizeInBytes => _file.SizeInBytes;

    /// <summary>Of all bytes; to be asked after the last.</summary>
    public FileHashes Hashes => _hashes ??= _taken.Finish();

    public byte[]? Sha512() => _sha512?.GetHashAndReset();

    internal StagedFile File => _file;

    /// <summary>The file as it lies on the disk, once it is finished.</summary>
    internal FileStat Stat { get; private set; }

    /// <summary>The client has said when the file was modified.</summary>
    internal bool IsDated { get; private set; }

    /// <exception cref="FileFault">The disk is full or failing.</exception>
    public void Write(ReadOnlyMemory<byte> bytes)
    {
        _file.Write(bytes.Span);
        _taken.Add(bytes);
        _sha512?.AppendData(bytes.Span);
        if (_room is null) return;
        Keep(Math.Max(0, _promised - bytes.Length));
        if (SizeInBytes - _asked < AskEvery) return;
        _asked = SizeInBytes;
        if (SizeInBytes <= _told ? _room.IsUsedUp : !_room.Has(0)) throw new FileFault(_file.Path, Libc.ENOSPC);
    }

    void Keep(long promised)
    {
        _room?.Promise(promised - _promised);
        _promised = promised;
    }

    /// <inheritdoc cref="StagedFile.Finish"/>
    public void Finish(DateTimeOffset? modified) => (Stat, IsDated) = (_file.Finish(modified is { } time ? Rows.Nanoseconds(time) : null), modified is not null);

    public void Dispose()
    {
        Keep(0);
        _file.Dispose();
        _taken.Dispose();
        _sha512?.Dispose();
    }
}
