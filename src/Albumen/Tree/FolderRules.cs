using System.Collections.Frozen;

namespace Albumen.Tree;

/// <summary>What kind of folder a folder is: what may be done in it depends on that and nothing else.</summary>
public enum FolderKind
{
    /// <summary>The top of the tree, which is fixed.</summary>
    Root,
    /// <summary><c>/Albums</c> itself.</summary>
    Albums,
    Album,
    Smart,
    Timeline,
    /// <summary><c>/Tags</c> itself.</summary>
    Tags,
    Tag,
    /// <summary>People, places, ratings, quality: what the photos say.</summary>
    Computed,
    Folders,
    /// <summary>The <c>.xmp</c> files in <see cref="Folders"/>: no folder, but a kind of its own.</summary>
    Sidecar,
    Inbox,
    Trash,
    Small,
}

/// <summary>What can be done in a folder. Of a lock and of properties the folder itself is meant too.</summary>
public enum TreeOperation
{
    /// <summary>A file of a new name.</summary>
    PutNew,
    /// <summary>Other bytes for a file that is there.</summary>
    PutOver,
    MakeFolder,
    DeleteFile,
    DeleteFolder,
    /// <summary>From a folder of the same kind.</summary>
    CopyWithin,
    /// <summary>From a folder of another kind.</summary>
    CopyIn,
    /// <summary>A new name, or another folder of the same kind.</summary>
    Rename,
    /// <summary>A new name for a file in the folder it is in.</summary>
    RenameFile,
    /// <summary>From a folder of another kind.</summary>
    MoveIn,
    /// <summary>To a folder of another kind. Views that are computed keep what is moved out of them.</summary>
    MoveOut,
    /// <summary>A file that is copied or moved there, where that is possible at all.</summary>
    TakeFile,
    /// <summary>A photo or an album that is moved there from the trash.</summary>
    Restore,
    /// <summary>A photo that is deleted goes into the trash, if that is wanted (<c>webdav.delete</c>); for kinds where <see cref="DeleteFile"/> is refused.</summary>
    DeleteIntoTrash,
    Lock,
    /// <summary>What a client keeps at a path: its own properties, and the times it shows.</summary>
    SetProperties,
    /// <summary>What people say of a photo (its rating, tags, title and caption), as properties of its file.</summary>
    SetFacts,
}

/// <summary>
/// The one table: for each kind of folder, what each operation does in it. What is not here is a deed, which the writer of that kind does; everything else is
/// a refusal, with a code for programs and a sentence for people. Doors say what they can do, and why not, from here alone.
/// </summary>
public static class FolderRules
{
    static readonly TreeAnswer.Refused
        Fixed = new("root-is-fixed", "The folders at the top are always these; nothing can be put beside them or taken away."),
        Trashed = new("read-only", "What lies in the trash can be read, and moved out, which restores it; photos and albums come in by being moved here."),
        NoCopies = new("move-into-trash", "Only what is moved here goes into the trash; a copy of it would leave it where it is."),
        Purge = new("purge-needs-admin", "Nothing is removed for good from here: an admin does that with 'albumen purge'. To restore it, move it out of the trash."),
        Original = new("original-immutable", "Originals are shown as they lie on disk, and never changed, added or deleted from here."),
        Sidecar = new("sidecar-is-generated", "Sidecars are written from what is known of the photo; change that, and they follow."),
        NeedAlbum = new("files-need-an-album", "Photos are put into an album; make a folder here first."),
        NeedTag = new("files-need-a-tag", "Photos are put into the folder of a tag; make one here first."),
        Derived = new("name-is-derived", "What a photo is called here follows from its date and its file's name."),
        Days = new("computed-view", "The timeline is computed from the dates of the photos; nothing can be put into it or taken out."),
        Query = new("computed-view", "A smart album shows what its query finds; nothing can be put into it or taken out."),
        Facts = new("computed-view", "These folders are computed from what is known of the photos; nothing can be put into them or taken out."),
        Derivative = new("derivative", "These are previews, made from the originals; they can be read, and copied into albums and tags."),
        InLibrary = new("already-in-library", "What is shown elsewhere is in the archive already; the inbox is for what is not.");

    const TreeAnswer.Refused? Deed = null;

    static readonly FrozenDictionary<(FolderKind, TreeOperation), TreeAnswer.Refused> Refusals = new[]
    {
        Row(FolderKind.Root, Fixed),
        Row(FolderKind.Albums, Deed, (TreeOperation.PutNew, NeedAlbum), (TreeOperation.PutOver, NeedAlbum), (TreeOperation.TakeFile, NeedAlbum)),
        Row(FolderKind.Album, Deed),
        Row(FolderKind.Smart, Query, (TreeOperation.MoveOut, Deed), (TreeOperation.TakeFile, Deed), (TreeOperation.Restore, Deed), (TreeOperation.DeleteIntoTrash, Deed), (TreeOperation.SetFacts, Deed)),
        Row(FolderKind.Timeline, Days, (TreeOperation.MoveOut, Deed), (TreeOperation.TakeFile, Deed), (TreeOperation.Restore, Deed), (TreeOperation.DeleteIntoTrash, Deed), (TreeOperation.SetFacts, Deed)),
        Row(FolderKind.Tags, Deed, (TreeOperation.PutNew, NeedTag), (TreeOperation.PutOver, NeedTag), (TreeOperation.TakeFile, NeedTag)),
        Row(FolderKind.Tag, Deed, (TreeOperation.RenameFile, Derived)),
        Row(FolderKind.Computed, Facts, (TreeOperation.MoveOut, Deed), (TreeOperation.TakeFile, Deed), (TreeOperation.Restore, Deed), (TreeOperation.DeleteIntoTrash, Deed), (TreeOperation.SetFacts, Deed)),
        Row(FolderKind.Folders, Original, (TreeOperation.MoveOut, Deed), (TreeOperation.TakeFile, Deed), (TreeOperation.Restore, Deed), (TreeOperation.DeleteIntoTrash, Deed)),
        Row(FolderKind.Sidecar, Sidecar),
        Row(FolderKind.Inbox, Deed, (TreeOperation.CopyIn, InLibrary), (TreeOperation.MoveIn, InLibrary), (TreeOperation.Restore, InLibrary)),
        Row(FolderKind.Trash, Trashed, (TreeOperation.CopyIn, NoCopies), (TreeOperation.CopyWithin, NoCopies), (TreeOperation.DeleteFile, Purge), (TreeOperation.DeleteFolder, Purge),
            (TreeOperation.MoveIn, Deed), (TreeOperation.TakeFile, Deed), (TreeOperation.MoveOut, Deed)),
        Row(FolderKind.Small, Derivative),
    }.SelectMany(row => row).ToFrozenDictionary(cell => cell.Key, cell => cell.Value);

    /// <summary>Why an operation is not possible in a kind of folder; null when it is.</summary>
    public static TreeAnswer.Refused? Refusal(FolderKind kind, TreeOperation operation) => Refusals.GetValueOrDefault((kind, operation));

    public static bool Allows(FolderKind kind, TreeOperation operation) => Refusal(kind, operation) is null;

    /// <summary>Whether two folders are of the same kind; what lies at the top of a view is, of what lies in it.</summary>
    public static bool AreAlike(FolderKind one, FolderKind other) => Inner(one) == Inner(other);

    static FolderKind Inner(FolderKind kind) => kind switch { FolderKind.Albums => FolderKind.Album, FolderKind.Tags => FolderKind.Tag, _ => kind };

    static IEnumerable<KeyValuePair<(FolderKind, TreeOperation), TreeAnswer.Refused>> Row(
        FolderKind kind, TreeAnswer.Refused? all, params IReadOnlyList<(TreeOperation Operation, TreeAnswer.Refused? Refusal)> but)
    {
        foreach (TreeOperation operation in Enum.GetValues<TreeOperation>())
            if ((but.Any(b => b.Operation == operation) ? but.First(b => b.Operation == operation).Refusal : all) is { } refusal) yield return new((kind, operation), refusal);
    }
}
