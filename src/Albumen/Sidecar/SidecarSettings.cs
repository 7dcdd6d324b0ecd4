using Albumen.Storage;

namespace Albumen.Sidecar;

/// <summary>How edits leave the catalogue as XMP, and how those of other programs come in.</summary>
public sealed record SidecarSettings
{
    /// <summary>For volumes that state none of their own. Default beside.</summary>
    public Placement Placement { get; init; } = Placement.Beside;

    /// <summary>Of a sidecar that is made new; both names are read. Default <c>a.jpg.xmp</c>.</summary>
    public SidecarName Name { get; init; } = SidecarName.Full;

    /// <summary>When one field was edited here and there. Default ask.</summary>
    public ConflictRule Conflicts { get; init; } = ConflictRule.Ask;

    /// <summary>Quiet time after the last edit of a photo before its sidecar is written; default 2 s, at most 5 min: what is to wait for longer counts as due.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>What the sidecar of <c>a.jpg</c> is called.</summary>
public enum SidecarName
{
    /// <summary><c>a.jpg.xmp</c>: one for each file.</summary>
    Full,

    /// <summary><c>a.xmp</c>: one for all files of that name.</summary>
    Stem,
}

/// <summary>Which of two edits of one field stands.</summary>
public enum ConflictRule
{
    /// <summary>Neither replaces the other until a person has decided.</summary>
    Ask,
    Newest,
    Ours,
    Theirs,
}
