namespace Albumen.Storage;

/// <summary>Where a volume's sidecars are written.</summary>
public enum Placement
{
    /// <summary>Beside the original: <c>a.jpg.xmp</c> in the folder of <c>a.jpg</c>.</summary>
    Beside,

    /// <summary>In the state folder, below <c>sidecars/VOLUME</c>, under the same path.</summary>
    Mirror,

    /// <summary>Nowhere. Edits stand in the journal alone.</summary>
    Off,
}
