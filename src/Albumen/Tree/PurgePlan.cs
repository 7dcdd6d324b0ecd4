using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>One file of a photo in the trash, as it lies on its volume now.</summary>
/// <param name="Asset">Of the photo.</param>
/// <param name="Trashed">When the photo was put into the trash.</param>
/// <param name="Why">Why it stays; null: it goes.</param>
public sealed record PurgeFile(string Asset, Volume Volume, long FolderId, RelativePath Path, FileStat Stat, ContentHash? Hash, string Trashed, string? Why = null)
{
    /// <summary>On the machine.</summary>
    public string FullPath => $"{Volume.Settings.Path}/{Path}";

    /// <summary>Those that go when it has gone.</summary>
    public IReadOnlyList<PurgeSidecar> Sidecars { get; init; } = [];
}

/// <summary>A sidecar that goes with the last photo it speaks of.</summary>
/// <param name="Path">Where it lies, or would lie, beside its original.</param>
/// <param name="FullPath">On the machine.</param>
/// <param name="IsMirror">It lies in the mirror, not on the volume.</param>
public sealed record PurgeSidecar(RelativePath Path, string FullPath, bool IsMirror, FileStat Stat, ContentHash Hash);

/// <summary>Which files of the trash would be removed for good, and which would not, and why.</summary>
/// <param name="Goes">By photo; of each photo all files or none.</param>
/// <param name="HasMore">There are more than one purge takes.</param>
public sealed record PurgePlan(IReadOnlyList<PurgeFile> Goes, IReadOnlyList<PurgeFile> Stays, bool HasMore)
{
    /// <summary>Another for any other plan: what is done is what was shown. Hexadecimal.</summary>
    public string Digest { get; } = DigestOf(Goes);

    static string DigestOf(IReadOnlyList<PurgeFile> files)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (PurgeFile file in files)
        {
            FileStat stat = file.Stat;
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{file.Asset} {file.Hash} {stat.Device} {stat.Inode} {stat.SizeInBytes} {stat.ModifiedNs} {stat.ChangedNs} {file.Volume.Id} ")));
            hash.AppendData(file.Path.Bytes);
            hash.AppendData([0]);
            foreach (PurgeSidecar sidecar in file.Sidecars) hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{sidecar.FullPath} {sidecar.Hash} {sidecar.Stat.Inode} {sidecar.Stat.ChangedNs}\0")));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>A file as the catalogue knows it.</summary>
sealed record PurgeRow
{
    // With properties, not parameters: of columns that are computed SQLite cannot say the types.
    public string Uid { get; init; } = "";
    public string Trashed { get; init; } = "";
    public long VolumeId { get; init; }
    public long FolderId { get; init; }
    public byte[] Path { get; init; } = [];
    public byte[] Name { get; init; } = [];
    public long SizeInBytes { get; init; }
    public long ModifiedNs { get; init; }
    public long ChangedNs { get; init; }
    public long Inode { get; init; }
    public byte[] Sha256 { get; init; } = [];
    /// <summary>It was written to since it was read.</summary>
    public long IsChanged { get; init; }
    /// <summary>Its photo was purged since it was put into the trash.</summary>
    public long Goes { get; init; }
}
