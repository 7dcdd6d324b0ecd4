using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>Which methods a folder's kind allows, from <see cref="FolderRules"/>.</summary>
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

    /// <param name="deletesIntoTrash">See <see cref="TreeWriter.DeletesIntoTrash"/>.</param>
    public static string AllowedIn(FolderKind kind, bool deletesIntoTrash = false) => string.Join(", ",
    [
        "OPTIONS", "GET", "HEAD", "PROPFIND",
        .. Writing.Where(w => w.Any.Any(o => FolderRules.Allows(kind, o)) || (w.Method is "DELETE" && deletesIntoTrash && FolderRules.Allows(kind, TreeOperation.DeleteIntoTrash))).Select(w => w.Method),
    ]);
}
