namespace Albumen.Storage;

/// <summary>A copy of a file or folder that has no name yet. What is disposed of before it has one is gone without a trace.</summary>
/// <param name="name">In the staging folder.</param>
/// <param name="files">Each file and its copy, as they were found.</param>
public sealed class StagedCopy(PlainDisk disk, byte[] name, IReadOnlyList<(FileStat From, FileStat To)> files) : IDisposable
{
    bool _isPlaced;

    public IReadOnlyList<(FileStat From, FileStat To)> Files => files;

    /// <summary>Gives it the name of what lies there, and the name that is disposed of to that.</summary>
    /// <inheritdoc cref="PlainDisk.Exchange(byte[], RelativePath)"/>
    public bool Exchange(RelativePath target) => disk.Exchange(name, target);

    /// <summary>Gives it its name.</summary>
    /// <exception cref="FileFault">The folder above is gone, or something is there.</exception>
    public void Place(RelativePath target)
    {
        disk.Place(name, target);
        _isPlaced = true;
    }

    public void Dispose()
    {
        if (!_isPlaced) disk.Discard(name);
    }
}
