namespace Albumen.Client;

/// <summary>A page of what lies in several places, with a plan. Nothing is deleted, by Albumen or by asking.</summary>
/// <param name="Keep">The rule the plan follows: <c>oldest</c>, <c>best</c> or <c>preferred-path</c>.</param>
/// <param name="Items">The groups that waste most come first.</param>
/// <param name="Total">Groups in all.</param>
/// <param name="Reclaimable">Bytes that would be free if one file of each group were kept.</param>
/// <param name="Next">Give it as <c>after</c> for the next page; absent after the last.</param>
public sealed record DuplicatePlan(string Keep, IReadOnlyList<DuplicateGroup> Items, long Total, long Reclaimable, string? Next = null);

/// <summary>A page of photos that look alike, with a plan. Nothing is deleted, by Albumen or by asking.</summary>
/// <param name="Distance">Of the 64 bits of their looks so many may differ.</param>
/// <param name="Items">The groups that waste most come first.</param>
/// <param name="Total">Groups in all.</param>
/// <param name="Reclaimable">Bytes that would be free if one photo of each group were kept.</param>
/// <param name="LeftOut">Photos without structure (one colour, black), which look like nothing.</param>
/// <param name="Next">Give it as <c>after</c> for the next page; absent after the last.</param>
public sealed record NearDuplicatePlan(int Distance, IReadOnlyList<NearDuplicateGroup> Items, long Total, long Reclaimable, long LeftOut, string? Next = null);

/// <summary>Photos that look like the first of them.</summary>
/// <param name="Count">How many they are.</param>
/// <param name="Reclaimable">Bytes that would be free if only the first were kept.</param>
/// <param name="Reason">What speaks for the one to keep.</param>
/// <param name="Photos">The one to keep first; of more than 200 the first 200.</param>
public sealed record NearDuplicateGroup(int Count, long Reclaimable, string Reason, IReadOnlyList<NearDuplicate> Photos);

/// <param name="Plan"><c>keep</c> or <c>spare</c> (could go).</param>
/// <param name="Asset">Its id.</param>
/// <param name="Path">In the tree: the copy that a careful person would keep; absent when none is there.</param>
/// <param name="Kind"><c>image</c> or <c>raw</c>.</param>
/// <param name="Mime">Media type, from the bytes.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Width">As stored, in pixels; 0 when it is not known.</param>
/// <param name="Height">As stored, in pixels; 0 when it is not known.</param>
/// <param name="Distance">Bits by which it looks different from the one to keep.</param>
public sealed record NearDuplicate(string Plan, string Asset, string? Path, string Kind, string Mime, long Size, int Width, int Height, int Distance);

/// <summary>A photo or clip whose bytes lie in more than one file.</summary>
/// <param name="Asset">Its id.</param>
/// <param name="Kind"><c>image</c>, <c>raw</c> or <c>video</c>.</param>
/// <param name="Mime">Media type, from the bytes.</param>
/// <param name="Size">Of one copy, in bytes.</param>
/// <param name="Reclaimable">Bytes that would be free if only one file were kept.</param>
/// <param name="Reason">What speaks for the one to keep.</param>
/// <param name="Places">The one to keep first.</param>
public sealed record DuplicateGroup(
    string Asset, string Sha256, string Kind, string Mime, long Size, long Reclaimable, string Reason, IReadOnlyList<DuplicatePlace> Places);

/// <param name="Plan"><c>keep</c>, <c>spare</c> (could go), or <c>hard-link</c>: another name of a file in this list, which frees nothing by itself.</param>
/// <param name="Path">In the tree: <c>/Folders/photos/2024/a.jpg</c>.</param>
/// <param name="Volume">The volume's name.</param>
/// <param name="Online">Whether the volume can be read now.</param>
/// <param name="Modified">The file's modification time.</param>
/// <param name="LinkOf">For a hard link: the path of the first name of the same file.</param>
public sealed record DuplicatePlace(string Plan, string Path, string Volume, bool Online, DateTimeOffset Modified, string? LinkOf = null);
