namespace Albumen.Client;

/// <param name="To"><c>beside</c> or <c>mirror</c>.</param>
public sealed record RelocateRequest(string To, bool DryRun = false);

/// <summary>What a move of sidecars came to.</summary>
/// <param name="Moved">How many lie in the other place now, or would.</param>
/// <param name="Configured">Where new ones are written, by the configuration.</param>
public sealed record RelocateAnswer(int Moved, IReadOnlyList<LeftSidecar> Left, string Configured);

/// <summary>A sidecar that was not moved.</summary>
public sealed record LeftSidecar(string Path, string Reason);
