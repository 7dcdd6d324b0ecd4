using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>Which methods can be used where, from <see cref="FolderRules"/>.</summary>
static class Methods
{
    static readonly (string Method, TreeOperation[] Any)[] Writing =
    [
        ("PUT", [TreeOperation.PutNew, TreeOperation.PutOver]),
        ("MKCOL", [TreeOperation.MakeFolder]),
        ("DELETE", [TreeOperation.DeleteFile, TreeOperation.DeleteFolder]),
        ("COPY", [TreeOperation.CopyWithin, TreeOperation.CopyIn]),
        ("MOVE", [TreeOperation.Rename, TreeOperation.MoveIn]),
        ("PROPPATCH", [TreeOperation.SetProperties]),
        ("LOCK", [TreeOperation.Lock]),
        ("UNLOCK", [TreeOperation.Lock]),
    ];

    static readonly string[] Reading = ["OPTIONS", "GET", "HEAD", "PROPFIND"];

    /// <summary>In a kind of folder, for all that is or could be in it.</summary>
    /// <param name="but">One that was just refused.</param>
    public static string AllowedIn(FolderKind kind, string but = "") =>
        string.Join(", ", [.. Reading, .. Writing.Where(w => w.Method != but && w.Any.Any(o => FolderRules.Allows(kind, o))).Select(w => w.Method)]);

    /// <summary>At one path: with a file, with a folder or in it, or to put something where nothing is.</summary>
    /// <param name="deletesIntoTrash">See <see cref="TreeWriter.DeletesIntoTrash"/>.</param>
    public static string AllowedAt(Spot spot, bool deletesIntoTrash)
    {
        if (spot.Node is not { } node)
            return Join(["OPTIONS"], ("PUT", Any(spot.Kind, TreeOperation.PutNew)), ("MKCOL", Any(spot.Kind, TreeOperation.MakeFolder)), ("LOCK", Any(spot.Kind, TreeOperation.Lock) && Any(spot.Kind, TreeOperation.PutNew)));
        // Whatever can be read can be copied to where it may go; but a file only where it is a photo or lies on the plain disk.
        bool isFile = !node.IsFolder, canLock = Any(spot.OwnKind, TreeOperation.Lock);
        bool isSource = isFile ? node.Asset is not null || spot.Kind == FolderKind.Inbox : node.Kind != FolderKind.Root;
        bool canLeave = isSource && spot.Kind != FolderKind.Root && Any(spot.Kind, TreeOperation.Rename, TreeOperation.MoveOut);
        return Join(Reading,
            ("PUT", isFile ? Any(spot.Kind, TreeOperation.PutOver) : Any(node.Kind, TreeOperation.PutNew)),
            ("MKCOL", !isFile && Any(node.Kind, TreeOperation.MakeFolder)),
            ("DELETE", isFile ? DeletesFiles(spot.Kind) : Any(spot.Kind, TreeOperation.DeleteFolder) || DeletesFiles(node.Kind) || Any(node.Kind, TreeOperation.DeleteFolder)),
            ("COPY", isSource),
            ("MOVE", canLeave || (!isFile && Any(node.Kind, TreeOperation.Rename, TreeOperation.MoveIn))),
            ("PROPPATCH", Any(spot.OwnKind, TreeOperation.SetProperties) || (isFile && node.Asset is not null && Any(spot.Kind, TreeOperation.SetFacts))),
            ("LOCK", canLock),
            ("UNLOCK", canLock));

        bool DeletesFiles(FolderKind kind) => Any(kind, TreeOperation.DeleteFile) || (deletesIntoTrash && Any(kind, TreeOperation.DeleteIntoTrash));
    }

    static bool Any(FolderKind kind, params ReadOnlySpan<TreeOperation> operations)
    {
        foreach (TreeOperation operation in operations)
            if (FolderRules.Allows(kind, operation)) return true;
        return false;
    }

    static string Join(string[] always, params (string Method, bool IsAllowed)[] others) => string.Join(", ", [.. always, .. others.Where(o => o.IsAllowed).Select(o => o.Method)]);
}
