namespace Albumen.Client;

/// <summary>What became of operations of another journal, or in a dry run would.</summary>
/// <param name="Known">They were here already.</param>
/// <param name="Overruled">Changes that do not count, because the same was changed here later.</param>
/// <param name="Elsewhere">Ids of photos and clips that are not here; what was said of them is kept.</param>
public sealed record ImportedOperations(int Taken, int Known, int Overruled, IReadOnlyList<string> Elsewhere);

/// <summary>What became of names of the timeline, or in a dry run would.</summary>
/// <param name="Known">There is a name for the photo already.</param>
/// <param name="Refused">Lines that make no sense.</param>
public sealed record ImportedNames(int Taken, int Known, int Refused);

/// <summary>Sidecars of an export.</summary>
public sealed record SidecarBatch(IReadOnlyList<SidecarFile> Files);

/// <param name="Path">On the volume, as the export writes it.</param>
public sealed record SidecarFile(string Volume, string Path, byte[] Bytes);

/// <summary>What became of them, in their order.</summary>
public sealed record ImportedSidecars(IReadOnlyList<ImportedSidecar> Files);

/// <param name="End"><c>taken</c>, <c>equal</c> (it is here), <c>different</c> (another is here and stays), <c>elsewhere</c> (its photo is not here) or <c>failed</c>.</param>
public sealed record ImportedSidecar(string End, string? Reason = null);
