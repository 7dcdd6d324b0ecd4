using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>Paths of the tree as they are compared: each name by its key, so that a path is the same however a client writes it.</summary>
public static class TreePath
{
    /// <param name="path">Absolute, decoded.</param>
    public static string KeyOf(string path) => path.Length <= 1 ? "/" : "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(EntryName.KeyOf));

    /// <summary>The folder of a path or of its key; the root's is null.</summary>
    public static string? FolderOf(string path) => path.Length <= 1 ? null : path.LastIndexOf('/') is var at and > 0 ? path[..at] : "/";

    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>Whether the one is a folder above the other.</summary>
    public static bool IsAbove(string folder, string path) =>
        folder == "/" ? path.Length > 1 : path.Length > folder.Length && path[folder.Length] == '/' && path.StartsWith(folder, StringComparison.Ordinal);
}
