namespace Albumen.Storage;

/// <summary>SQL for where a folder is shown: the entry names from a volume's root down to it, joined by slashes. The root's is the volume's name.</summary>
static class EntryPath
{
    /// <param name="folder">The column with the folder's id.</param>
    public static string Of(string folder) => $"""
        (WITH RECURSIVE up (parent, path) AS (
           SELECT parent_id, entry_name FROM folder WHERE id = {folder}
           UNION ALL
           SELECT p.parent_id, p.entry_name || '/' || up.path FROM up JOIN folder p ON p.id = up.parent)
         SELECT path FROM up WHERE parent IS NULL)
        """;
}
