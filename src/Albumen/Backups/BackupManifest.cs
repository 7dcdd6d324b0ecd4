using System.Text.Json;
using System.Text.Json.Serialization;

namespace Albumen.Backups;

/// <summary>What a backup is made of: <c>manifest.json</c> in its folder. It is written last, so a folder without it is no backup.</summary>
/// <param name="Format">Of this file.</param>
/// <param name="Number">Each is one more than any that was there when it was made: which of two is the newer one does not depend on a clock.</param>
/// <param name="Reason">Why it was made.</param>
/// <param name="Albumen">The version that wrote the databases.</param>
/// <param name="CatalogSchema">Of catalog.db.</param>
/// <param name="AuthSchema">Of auth.db.</param>
/// <param name="Operations">How many the catalogue knows.</param>
/// <param name="Files">All of it but the manifest.</param>
public sealed record BackupManifest(int Format, long Number, BackupReason Reason, string Albumen, long CatalogSchema, long AuthSchema, DateTimeOffset Made, long Operations, IReadOnlyList<BackedUpFile> Files)
{
    public const int NewestFormat = 1;

    public const string FileName = "manifest.json";

    [JsonIgnore]
    public long SizeInBytes => Files.Sum(file => file.SizeInBytes);

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, BackupJson.Default.BackupManifest);

    /// <exception cref="FormatException">It is not a manifest that this Albumen understands.</exception>
    public static BackupManifest FromBytes(ReadOnlySpan<byte> bytes)
    {
        try
        {
            BackupManifest? manifest = JsonSerializer.Deserialize(bytes, BackupJson.Default.BackupManifest);
            if (manifest is not { Format: > 0, Files: not null, Albumen: not null }) throw new FormatException("it is not a manifest");
            if (manifest.Format > NewestFormat) throw new FormatException($"it was written by a newer Albumen ({manifest.Albumen})");
            // It may come from anywhere, and says where files are put.
            if (manifest.Files.Any(file => file is not { Path.Length: > 0, Sha256: not null })) throw new FormatException("it does not say of each file what it is");
            if (manifest.Files.FirstOrDefault(file => file.Path[0] == '/' || file.Path.Split('/').Any(part => part is "" or "." or "..") || file.Path.Contains('\0')) is { } strange)
                throw new FormatException($"'{strange.Path}' is no place in a backup");
            return manifest;
        }
        catch (JsonException error)
        {
            throw new FormatException($"it is not JSON of a manifest: {error.Message}", error);
        }
    }
}

/// <param name="Path">In the folder of the backup: <c>catalog.db</c>, <c>layer/journal.jsonl</c>, <c>configuration/albumen.yaml</c>.</param>
/// <param name="SizeInBytes">Of the file.</param>
/// <param name="Sha256">Of its bytes.</param>
public sealed record BackedUpFile(string Path, long SizeInBytes, string Sha256);

/// <summary>Why a backup was made.</summary>
public enum BackupReason
{
    [JsonStringEnumMemberName("schedule")] Schedule,
    [JsonStringEnumMemberName("asked")] Asked,
    /// <summary>A new version was about to change the databases.</summary>
    [JsonStringEnumMemberName("migration")] Migration,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(BackupManifest))]
sealed partial class BackupJson : JsonSerializerContext;
