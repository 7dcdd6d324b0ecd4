using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>How much may be received still: what uploads under way were admitted with is theirs, and what our own databases need is nobody's.</summary>
sealed class UploadRoom(PlainDisk disk)
{
    long _promised;

    /// <param name="sizeInBytes">0 where nobody has told.</param>
    public bool Has(long sizeInBytes) => disk.Space() is not (_, var available) || sizeInBytes <= available - TreeWriter.ReserveInBytes - Interlocked.Read(ref _promised);

    /// <summary>Whether nothing is left even for what was promised room.</summary>
    public bool IsUsedUp => disk.Space() is { Available: < TreeWriter.ReserveInBytes };

    /// <param name="bytes">Less than 0 when they have come, or will not.</param>
    public void Promise(long bytes) => Interlocked.Add(ref _promised, bytes);
}
