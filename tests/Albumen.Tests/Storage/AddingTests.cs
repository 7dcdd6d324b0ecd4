using System.Security.Cryptography;
using Albumen.Storage;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tests.Storage;

/// <summary>New originals take their place whole, durable and over nothing.</summary>
public sealed class AddingTests : IDisposable
{
    static readonly DateTimeOffset Then = new(1969, 7, 20, 20, 17, 40, 250, TimeSpan.Zero);

    readonly string _folder = Directory.CreateTempSubdirectory("albumen-adding-").FullName, _received = Path.GetTempFileName();
    readonly byte[] _bytes = RandomNumberGenerator.GetBytes((5 << 20) + 7);

    public AddingTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, AtomicWriter.Staging.ToString()));
        File.WriteAllBytes(_received, _bytes);
    }

    string Staging => Path.Combine(_folder, AtomicWriter.Staging.ToString());

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        File.Delete(_received);
    }

    [Fact]
    public void A_file_is_added_with_its_time_and_the_folders_it_needs()
    {
        WriteResult.Written added = Assert.IsType<WriteResult.Written>(Add("2024/2024-07-14/Ördög.jpg"));

        string path = Path.Combine(_folder, "2024/2024-07-14/Ördög.jpg");
        Assert.Equal(_bytes, File.ReadAllBytes(path));
        Assert.Equal(Then, new DateTimeOffset(File.GetLastWriteTimeUtc(path)));
        Assert.Equal((_bytes.Length, (Then - DateTimeOffset.UnixEpoch).Ticks * 100), (added.Stat.SizeInBytes, added.Stat.ModifiedNs));
        Assert.Empty(Directory.GetFileSystemEntries(Staging));
    }

    [Fact]
    public void What_lies_there_is_never_replaced()
    {
        File.WriteAllText(Path.Combine(_folder, "a.jpg"), "old");

        Assert.IsType<WriteResult.Changed>(Add("a.jpg"));

        Assert.Equal("old", File.ReadAllText(Path.Combine(_folder, "a.jpg")));
        Assert.Empty(Directory.GetFileSystemEntries(Staging));
    }

    [Fact]
    public void Other_bytes_than_were_received_are_not_added()
    {
        WriteResult.Failed failed = Assert.IsType<WriteResult.Failed>(Add("a.jpg", ContentHash.FromBytes(SHA256.HashData("other"u8))));

        Assert.Equal($"Cannot add {_folder}/a.jpg: its bytes changed while they were copied. Send it again.", failed.Message);
        Assert.Equal([".albumen"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
        Assert.Empty(Directory.GetFileSystemEntries(Staging));
    }

    [Fact]
    public void Nothing_is_added_behind_a_link_or_to_another_disk()
    {
        using TemporaryFolder elsewhere = new();
        Directory.CreateSymbolicLink(Path.Combine(_folder, "away"), elsewhere.Path);

        Assert.IsType<WriteResult.Failed>(Add("away/a.jpg"));
        Assert.True(Assert.IsType<WriteResult.Failed>(Add("a.jpg", root: new(_folder, 1, 2))).IsVolumeGone);

        Assert.Empty(Directory.GetFileSystemEntries(elsewhere.Path));
    }

    [Fact]
    public void What_a_crash_left_is_swept_and_nothing_else()
    {
        File.WriteAllText(Path.Combine(Staging, "abc.partial"), "half");
        File.WriteAllText(Path.Combine(Staging, "notes.txt"), "not ours");
        File.WriteAllText(Path.Combine(_folder, "b.partial"), "an original");

        AtomicWriter.SweepStaging(Root);

        Assert.Equal(["notes.txt"], Directory.GetFileSystemEntries(Staging).Select(Path.GetFileName));
        Assert.True(File.Exists(Path.Combine(_folder, "b.partial")));
    }

    WriteRoot Root
    {
        get
        {
            using VolumeFiles files = new(_folder);
            return new(_folder, files.StatRoot());
        }
    }

    WriteResult Add(string path, ContentHash? hash = null, WriteRoot? root = null)
    {
        using SafeFileHandle received = File.OpenHandle(_received);
        return AtomicWriter.Add(root ?? Root, RelativePath.Parse(path), received, hash ?? ContentHash.FromBytes(SHA256.HashData(_bytes)), (Then - DateTimeOffset.UnixEpoch).Ticks * 100);
    }

    sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("albumen-elsewhere-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
