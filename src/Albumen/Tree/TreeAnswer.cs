namespace Albumen.Tree;

/// <summary>What became of a change somebody wanted to make to the tree. Nothing is changed unless it is <see cref="Done"/>.</summary>
public abstract record TreeAnswer
{
    /// <param name="IsNew">Nothing was there before.</param>
    /// <param name="Node">What is there now; null after a deletion.</param>
    public sealed record Done(bool IsNew, Node? Node) : TreeAnswer
    {
        /// <summary>What makes it durable and takes time, to be run when others may go on.</summary>
        internal Action? Afterwards { get; init; }

        /// <summary>It got another name than was asked for; the node has the real one.</summary>
        public bool IsElsewhere { get; init; }
    }

    /// <summary>Not here, and never: see <see cref="FolderRules"/>.</summary>
    /// <param name="Code">For programs, as an XML name.</param>
    /// <param name="Sentence">For people.</param>
    public sealed record Refused(string Code, string Sentence) : TreeAnswer;

    /// <summary>Nothing is at the path.</summary>
    public sealed record Missing : TreeAnswer;

    /// <summary>The folder it should lie in is not there.</summary>
    public sealed record NoParent : TreeAnswer;

    /// <summary>Something is there, and it may not be replaced, or not by this.</summary>
    public sealed record Exists : TreeAnswer;

    /// <summary>It is not any more as the caller expects it.</summary>
    public sealed record Changed : TreeAnswer;

    /// <summary>No room on the disk.</summary>
    public sealed record NoSpace : TreeAnswer;

    /// <summary>The disk fails; trying again later may help.</summary>
    public sealed record Failed(string Sentence) : TreeAnswer;

    public static Refused NameNotAllowed { get; } = new("name-not-allowed", "This name cannot be given: it has control characters, is longer than 255 bytes, or is one that Albumen needs itself.");

    public static Refused NoPhoto { get; } = new("not-a-photo", "Only photos and clips can stand in albums and tags.");

    public static Refused NotInLibrary { get; } = new("not-in-library", "It is taken in when it is ingested; until then it cannot stand in an album or a tag.");

    public static Refused NoWritableVolume { get; } = new("no-writable-volume", "These bytes are no photo that the library has, and no volume takes new ones.");

    public static Refused NoVersions { get; } = new("overwriting-is-off", "A photo stands here, and the configuration (webdav.overwrite) refuses to put others over it. Use another name.");

    public static Refused IntoItself { get; } = new("into-itself", "A folder cannot be put into itself, nor take the place of a folder it lies in.");

    public static Refused OtherKind { get; } = new("folder-and-photo", "An album cannot take the place of a photo, nor a photo that of an album. Delete what stands there first.");

    public static Refused SamePlace { get; } = new("same-place", "The source and the destination are the same.");
}
