namespace Albumen.Storage;

/// <summary>The room on a file system, in bytes.</summary>
/// <param name="Available">What a file can still have: what is kept for root is not among it.</param>
public readonly record struct DiskSpace(long Used, long Available)
{
    /// <summary>All of it, with what is kept for root.</summary>
    public long Total { get; init; }

    /// <summary>Of the one that a path lies on; null where it cannot be asked.</summary>
    public static DiskSpace? Of(string path)
    {
        try
        {
            DriveInfo drive = new(path);
            return new(drive.TotalSize - drive.TotalFreeSpace, drive.AvailableFreeSpace) { Total = drive.TotalSize };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
