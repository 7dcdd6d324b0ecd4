using System.Data.Common;
using Albumen.Catalog;

namespace Albumen.Organization;

/// <summary>What can be done to tags as such: they may exist before a photo has them, and go with all that is below them.</summary>
public static class TagFolders
{
    /// <summary>Makes a tag that no photo has yet.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Deed Create(string tag)
    {
        tag = Edit.Tag(tag);
        return (_, shelf) => new(shelf.Tags.Contains(tag) ? [] : [new(Arranged.Tags, tag, StatementKind.TagFolder, null, "true")], tag);
    }

    /// <summary>Takes a tag, and those below it, off all photos.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Deed Delete(string tag)
    {
        tag = Edit.Tag(tag);
        return (connection, shelf) =>
        {
            _ = Editor.Plan(connection, Catalog.Tags.Having(connection, [tag]), [Edit.Remove(Field.Tags, tag)], out List<StatementChange> changes);
            changes.AddRange(Below(shelf, tag).Select(folder => new StatementChange(Arranged.Tags, folder, StatementKind.TagFolder, "true", null)));
            return changes.Count > 0 ? new(changes, tag) : throw NoTag(connection, shelf, tag);
        };
    }

    /// <summary>Gives a tag, and those below it, another name; where that is in use they become one.</summary>
    /// <exception cref="FormatException">One of them is none.</exception>
    public static Deed Rename(string tag, string newTag)
    {
        (tag, newTag) = (Edit.Tag(tag), Edit.Tag(newTag));
        return (connection, shelf) =>
        {
            _ = Editor.Plan(connection, Catalog.Tags.Having(connection, [tag]), [Edit.RenameTags([tag], newTag)], out List<StatementChange> changes);
            changes.AddRange(Renamed(shelf, [tag], newTag));
            return changes.Count > 0 || tag == newTag ? new(changes, newTag) : throw NoTag(connection, shelf, tag);
        };
    }

    /// <summary>What becomes of tags that exist by themselves when these get another name.</summary>
    public static IEnumerable<StatementChange> Renamed(Shelf shelf, IReadOnlyCollection<string> tags, string newTag)
    {
        Dictionary<string, string> names = [];
        foreach (string tag in tags)
            foreach (string folder in Below(shelf, tag)) names.TryAdd(folder, newTag + folder[tag.Length..]);
        foreach (string gone in names.Keys.Except(names.Values)) yield return new(Arranged.Tags, gone, StatementKind.TagFolder, "true", null);
        foreach (string made in names.Values.Distinct().Except(shelf.Tags)) yield return new(Arranged.Tags, made, StatementKind.TagFolder, null, "true");
    }

    static ArrangeException NoTag(DbConnection connection, Shelf shelf, string tag) =>
        new(ArrangeFault.Missing, $"There is no tag {tag}.{Spelling.Meant(tag, shelf.Tags.Concat(Catalog.Tags.Names(connection)))} 'albumen tag list' shows them.");

    static IEnumerable<string> Below(Shelf shelf, string tag) => shelf.Tags.Where(folder => folder == tag || folder.StartsWith(tag + "/", StringComparison.Ordinal));
}
