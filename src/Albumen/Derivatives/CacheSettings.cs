namespace Albumen.Derivatives;

/// <summary>How large the cache of small versions may become.</summary>
public sealed record CacheSettings
{
    /// <summary>Null, the default: as large as it needs to be.</summary>
    public long? SizeInBytes { get; init; }
}
