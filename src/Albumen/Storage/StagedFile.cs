using Albumen.Native;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Storage;

/// <summary>
/// A file that is being received: it has no name that anybody sees until <see cref="PlainDisk.Place(StagedFile, RelativePath, bool)"/> gives it one. What is disposed of before
/// that is gone without a trace.
/// </summary>
public sealed class StagedFile : IDisposable
{
    // So much is sent to the disk at a time while the rest is still coming, so that the sync at the end is short.
    const long BatchInBytes = 1024 * 1024;

    readonly SafeFileHandle _file;
    readonly PlainDisk _disk;
    long _begun;

    internal StagedFile(PlainDisk disk, byte[] name, SafeFileHandle file) => (_disk, Name, _file) = (disk, name, file);

    /// <summary>In the staging folder.</summary>
    internal byte[] Name { get; }

    internal bool IsPlaced { get; set; }

    internal PlainDisk Disk => _disk;

    /// <summary>Where it lies on the disk until it has its name.</summary>
    internal RelativePath Path => RelativePath.Parse(PlainDisk.StagingFolder).Child(Name);

    public long SizeInBytes { get; private set; }

    /// <exception cref="FileFault">The disk is full or failing.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        SizeInBytes += bytes.Length;
        if (Libc.WriteAll(Handle, bytes) != 0) throw PlainDisk.Fault(Name);
        if (SizeInBytes - _begun < BatchInBytes) return;
        _begun = SizeInBytes;
        Libc.BeginWriting(Handle);
    }

    /// <summary>Sets the modification time (nanoseconds since 1970), or leaves that of the last byte; then waits until all of it is on the disk, and closes it.</summary>
    /// <returns>The file as it will be found.</returns>
    /// <exception cref="FileFault">The disk is full or failing.</exception>
    public FileStat Finish(long? modifiedNs)
    {
        if (modifiedNs is { } time && Libc.SetModified(Handle, time) != 0) throw PlainDisk.Fault(Name);
        while (Libc.Sync(Handle) != 0)
            if (Libc.Errno is not Libc.EINTR) throw PlainDisk.Fault(Name);
        FileStat stat = VolumeFiles.StatOf(_file);
        // Who takes it from here must see that nobody writes to it.
        _file.Dispose();
        return stat;
    }

    public void Dispose()
    {
        _file.Dispose();
        if (!IsPlaced) _disk.Discard(Name);
    }

    int Handle => (int)_file.DangerousGetHandle();
}
