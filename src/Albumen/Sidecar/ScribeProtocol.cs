using System.Text.Json.Serialization;
using Albumen.Storage;

namespace Albumen.Sidecar;

/// <summary>What the daemon asks of the scribe: a frame with this as JSON, then frames with the bytes of the files, one behind the other.</summary>
/// <param name="Root">As in the scribe's arguments.</param>
/// <param name="Files">To be written.</param>
/// <param name="Removal">To be removed instead.</param>
/// <param name="Purge">An original to be removed instead.</param>
sealed record ScribeRequest(string Root, ulong Device, long Inode, IReadOnlyList<ScribeFile> Files, ScribeRemoval? Removal = null, ScribePurge? Purge = null)
{
    /// <summary>Of the bytes behind it.</summary>
    public const int LongestFrameInBytes = 8 << 20;

    public const long MostInBytes = 256 << 20;
}

/// <inheritdoc cref="FileWrite"/>
sealed record ScribeFile(byte[] Path, FileStat? Expected, int Length, byte[]? Like);

/// <param name="Sha256">Hexadecimal; of the bytes the file has.</param>
sealed record ScribeRemoval(byte[] Path, string Sha256);

/// <param name="Expected">The file as it was when an admin was shown it.</param>
/// <param name="Sha256">Hexadecimal; of the bytes the file has.</param>
sealed record ScribePurge(byte[] Path, FileStat Expected, string Sha256);

/// <summary>One frame of JSON, in the order of the files.</summary>
sealed record ScribeAnswer(IReadOnlyList<WriteResult> Results);

[JsonSerializable(typeof(ScribeRequest))]
[JsonSerializable(typeof(ScribeAnswer))]
sealed partial class ScribeJson : JsonSerializerContext;
