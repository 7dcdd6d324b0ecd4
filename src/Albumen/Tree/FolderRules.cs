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
    /// <summary>From a folder of another kind.</summary>
    MoveIn,
    Lock,
    SetProperties,
}

/// <summary>
/// The one table: for each kind of folder, what each operation does in it. Null is a deed, which the writer of that kind does; everything else is
/// a refusal, with a code for programs and a sentence for people. Doors say what they can do, and why not, from here alone.
/// </summary>
public static class FolderRules
{
    static readonly TreeAnswer.Refused
        Fixed = new("root-is-fixed", "The folders at the top are always these; nothing can be put beside them or taken away."),
        ReadOnly = new("read-only", "The archive can be read here, not changed."),
        Original = new("original-immutable", "Originals are shown as they lie on disk, and never changed, added or deleted from here."),
        Computed = new("computed-view", "The timeline is computed from the dates of the photos; nothing can be put into it or taken out."),
        Derivative = new("derivative", "These are previews, made from the originals; they can be read only."),
        InLibrary = new("already-in-library", "What is shown elsewhere is in the archive already; the inbox is for what is not.");

    const TreeAnswer.Refused? Deed = null;

    static readonly FrozenDictionary<FolderKind, Row> Table = new Dictionary<FolderKind, Row>
    {
        [FolderKind.Root] = Row.Of(Fixed),
        [FolderKind.Albums] = Row.Of(ReadOnly),
        [FolderKind.Album] = Row.Of(ReadOnly),
        [FolderKind.Smart] = Row.Of(ReadOnly),
        [FolderKind.Timeline] = Row.Of(Computed),
        [FolderKind.Tags] = Row.Of(ReadOnly),
        [FolderKind.Tag] = Row.Of(ReadOnly),
        [FolderKind.Computed] = Row.Of(ReadOnly),
        [FolderKind.Folders] = Row.Of(Original),
        [FolderKind.Inbox] = new(
            PutNew: Deed, PutOver: Deed, MakeFolder: Deed, DeleteFile: Deed, DeleteFolder: Deed,
            CopyWithin: Deed, CopyIn: InLibrary, Rename: Deed, MoveIn: InLibrary, Lock: Deed, SetProperties: Deed),
        [FolderKind.Trash] = Row.Of(ReadOnly),
        [FolderKind.Small] = Row.Of(Derivative),
    }.ToFrozenDictionary();

    /// <summary>Why an operation is not possible in a kind of folder; null when it is.</summary>
    public static TreeAnswer.Refused? Refusal(FolderKind kind, TreeOperation operation)
    {
        Row row = Table[kind];
        return operation switch
        {
            TreeOperation.PutNew => row.PutNew,
            TreeOperation.PutOver => row.PutOver,
            TreeOperation.MakeFolder => row.MakeFolder,
            TreeOperation.DeleteFile => row.DeleteFile,
            TreeOperation.DeleteFolder => row.DeleteFolder,
            TreeOperation.CopyWithin => row.CopyWithin,
            TreeOperation.CopyIn => row.CopyIn,
            TreeOperation.Rename => row.Rename,
            TreeOperation.MoveIn => row.MoveIn,
            TreeOperation.Lock => row.Lock,
            TreeOperation.SetProperties => row.SetProperties,
            _ => throw new ArgumentOutOfRangeException(nameof(operation)),
        };
    }

    public static bool Allows(FolderKind kind, TreeOperation operation) => Refusal(kind, operation) is null;

    sealed record Row(
        TreeAnswer.Refused? PutNew, TreeAnswer.Refused? PutOver, TreeAnswer.Refused? MakeFolder, TreeAnswer.Refused? DeleteFile, TreeAnswer.Refused? DeleteFolder,
        TreeAnswer.Refused? CopyWithin, TreeAnswer.Refused? CopyIn, TreeAnswer.Refused? Rename, TreeAnswer.Refused? MoveIn, TreeAnswer.Refused? Lock, TreeAnswer.Refused? SetProperties)
    {
        public static Row Of(TreeAnswer.Refused all) => new(all, all, all, all, all, all, all, all, all, all, all);
    }
}
