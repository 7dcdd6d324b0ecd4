namespace Albumen.Storage;

/// <summary>Something a <see cref="Watcher"/> noticed. What is known of one volume is told at once: the later news holds the earlier.</summary>
public abstract record WatchNews
{
    /// <summary>Null when it may concern any volume.</summary>
    public abstract long? VolumeId { get; }
}

/// <summary>Entries came, changed or went. Both halves of a rename are told together.</summary>
/// <param name="Folders">To be listed again, by id; some may be gone.</param>
/// <param name="Subtrees">To be walked with all that lies below them, because their ignore rules changed.</param>
public sealed record FoldersChanged(long Volume, IReadOnlySet<long> Folders, IReadOnlySet<long> Subtrees) : WatchNews
{
    public override long? VolumeId => Volume;
}

/// <summary>More happened than could be noted: the volume must be walked whole. Until that walk no folder of it is watched.</summary>
public sealed record EverythingChanged(long Volume) : WatchNews
{
    public override long? VolumeId => Volume;
}

/// <summary>Its root is not where it was, or a file system in it was unmounted: the volume must be recognised before anything else is believed of it.</summary>
public sealed record VolumeUnmounted(long Volume) : WatchNews
{
    public override long? VolumeId => Volume;
}

/// <summary>Something was mounted or unmounted on this machine.</summary>
public sealed record MountsChanged : WatchNews
{
    public override long? VolumeId => null;
}
