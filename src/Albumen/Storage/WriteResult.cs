using System.Text.Json.Serialization;

namespace Albumen.Storage;

/// <summary>What became of one file that was to be written or removed.</summary>
[JsonDerivedType(typeof(Written), "written")]
[JsonDerivedType(typeof(Removed), "removed")]
[JsonDerivedType(typeof(Changed), "changed")]
[JsonDerivedType(typeof(Failed), "failed")]
public abstract record WriteResult
{
    /// <param name="Stat">The file that lies there now. Whoever writes to it from then on changes its times.</param>
    public sealed record Written(FileStat Stat) : WriteResult;

    public sealed record Removed : WriteResult;

    /// <summary>Something else lies there than was expected, or somebody is writing it. It was left as it is: read it again, and merge.</summary>
    /// <param name="Kept">
    /// The name, in the same folder, of one more version, where two programs wrote at the same moment; null as a rule. Nobody else looks at it: merge it and remove it. Where files have no permissions (exFAT), it may be half a file of ours, left by a crash.
    /// </param>
    public sealed record Changed(byte[]? Kept = null) : WriteResult;

    /// <param name="Message">What failed, where, and what to do.</param>
    /// <param name="IsFull">No room, so that others will fail there too.</param>
    /// <param name="IsReadOnly">Nothing may be written there.</param>
    /// <param name="IsVolumeGone">The root folder is away, or another one lies in its place.</param>
    public sealed record Failed(string Message, bool IsFull = false, bool IsReadOnly = false, bool IsVolumeGone = false) : WriteResult;
}
