namespace Albumen.Client;

/// <summary>Which files of photos in the trash would be removed for good, and which would not.</summary>
/// <param name="Plan">Give it back to have exactly this done: it is another for any other plan.</param>
/// <param name="Allowed">Whether the configuration allows that anything is removed.</param>
/// <param name="Photos">How many photos and clips would be purged.</param>
/// <param name="SizeInBytes">Of the files that would go, without their sidecars.</param>
/// <param name="Files">Those that would go; of each photo all or none.</param>
/// <param name="Stays">Those that would not, each with its reason.</param>
/// <param name="More">There are more than one purge takes; the next one takes them.</param>
public sealed record PurgePlan(string Plan, bool Allowed, int Photos, long SizeInBytes, IReadOnlyList<PurgeFile> Files, IReadOnlyList<PurgeFile> Stays, bool More = false);

/// <param name="Id">Of the asset.</param>
/// <param name="Path">On the machine.</param>
/// <param name="Trashed">When the photo was put into the trash.</param>
/// <param name="Reason">Why it stays; absent when it goes.</param>
/// <param name="Sidecars">Those that go with it: what speaks of other files too, or may, is none of them. Absent when there are none.</param>
public sealed record PurgeFile(string Id, string Path, long Size, string Sha256, DateTimeOffset Trashed, string? Reason = null, IReadOnlyList<PurgeSidecar>? Sidecars = null);

/// <param name="Path">On the machine.</param>
public sealed record PurgeSidecar(string Path, long Size, string Sha256);

/// <summary>Removes the files of a plan for good.</summary>
public sealed record PurgeRequest
{
    /// <summary>As the plan was asked for.</summary>
    public bool All { get; init; }

    /// <summary>What the plan said.</summary>
    public required string Plan { get; init; }
}

/// <summary>What was removed.</summary>
/// <param name="Photos">Photos and clips of which no file is left.</param>
/// <param name="Files">Their files.</param>
/// <param name="SizeInBytes">Of the files, without their sidecars.</param>
/// <param name="Failed">Files and sidecars that stay after all, each with its reason.</param>
/// <param name="Operations">Their numbers in the log.</param>
/// <param name="Sidecars">How many sidecars went with the files.</param>
public sealed record PurgeResult(int Photos, int Files, long SizeInBytes, IReadOnlyList<PurgeFile> Failed, IReadOnlyList<long> Operations, int Sidecars = 0);
