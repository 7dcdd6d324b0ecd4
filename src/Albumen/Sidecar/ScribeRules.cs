using System.Text;
using Albumen.Storage;

namespace Albumen.Sidecar;

/// <summary>What the scribe may touch at all, whoever asks: sidecars below the configured volumes, and the copies of the layer files there.</summary>
static class ScribeRules
{
    /// <summary>Where the copies of the layer files lie in a volume.</summary>
    public static readonly RelativePath LayerFolder = RelativePath.Parse($"{VolumeIdentity.MarkerFolder}/layer");

    /// <summary>The path to write to or remove; null and the reason when it is refused.</summary>
    public static RelativePath? Allowed(IReadOnlyCollection<string> roots, string root, byte[] bytes, out string reason)
    {
        reason = $"Refused to write to {root}/{RelativePath.Show(bytes)}: ";
        RelativePath path;
        try
        {
            path = RelativePath.FromBytes(bytes);
        }
        catch (FormatException)
        {
            reason += "it leads out of the volume.";
            return null;
        }
        if (!roots.Contains(root)) reason += "no volume of the configuration lies there.";
        else if (IsSidecar(path.Name) || IsLayerFile(path)) return path;
        else reason += "it is neither a sidecar (.xmp) nor a layer file.";
        return null;
    }

    /// <summary>The path of an original to remove; null and the reason when it is refused. What Albumen keeps in a volume is none.</summary>
    /// <param name="roots">The volumes from which originals may be removed.</param>
    public static RelativePath? AllowedToPurge(IReadOnlyCollection<string> roots, string root, byte[] bytes, out string reason)
    {
        reason = $"Refused to remove {root}/{RelativePath.Show(bytes)}: ";
        RelativePath path;
        try
        {
            path = RelativePath.FromBytes(bytes);
        }
        catch (FormatException)
        {
            reason += "it leads out of the volume.";
            return null;
        }
        if (!roots.Contains(root)) reason += "when albumend was started, its configuration did not allow that for this volume.";
        // Some file systems take either case for the same.
        else if (path.IsRoot || path.ToString().StartsWith(VolumeIdentity.MarkerFolder + "/", StringComparison.OrdinalIgnoreCase)) reason += "it is no original.";
        else return path;
        return null;
    }

    public static bool IsLayerFile(RelativePath path) => path.Folder == LayerFolder && (path.Name.EndsWith(".json"u8) || path.Name.EndsWith(".jsonl"u8));

    static bool IsSidecar(ReadOnlySpan<byte> name) => name.Length > 4 && Ascii.EqualsIgnoreCase(name[^4..], ".xmp"u8);
}
