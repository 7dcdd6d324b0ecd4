using System.Data.Common;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Sql;
using Dapper;

namespace Albumen.Organization;

/// <summary>
/// What can be done to tags by their folders. Of a folder the <em>key</em> is known, which several ways to write a tag may share: <c>Dog</c> and <c>dog</c>.
/// Whatever is taken away is taken away in each of them; what is added is written as it is in use.
/// </summary>
/// <param name="keyOf">The key of the folder a tag is shown in; null when it is shown in none. Below a folder's key come a separator and more.</param>
public sealed class Tagging(Func<string, string?> keyOf, char below)
{
    /// <summary>Gives photos a tag, and takes them out of the trash.</summary>
    /// <param name="tag">As it is to be written where it is new.</param>
    public Deed Add(string tag, IReadOnlyCollection<string> assets) => (connection, shelf) =>
    {
        Edit add = Edit.Add(Field.Tags, Written(connection, shelf, tag));
        List<StatementChange> changes = Changes(connection, assets, [add], out int selected);
        return new([.. changes, .. Trash.Restoring(connection, assets)], tag, selected);
    };

    /// <summary>Gives the photos of folders their tags, all at once.</summary>
    /// <param name="tag">Of the folder itself; those in it have theirs below that.</param>
    public Deed Add(string tag, PhotoFolder folder) => (connection, shelf) =>
    {
        Dictionary<string, List<string>> tags = [];
        List<StatementChange> changes = [];
        Collect(folder, Written(connection, shelf, tag));
        // A photo that gets several gets them in one statement.
        foreach (var alike in tags.GroupBy(t => string.Join('\n', t.Value), t => t.Key)) changes.AddRange(Changes(connection, [.. alike], [.. alike.Key.Split('\n').Select(t => Edit.Add(Field.Tags, t))], out _));
        changes.AddRange(Trash.Restoring(connection, tags.Keys));
        return new(changes, tag);

        void Collect(PhotoFolder from, string its)
        {
            if (from.Photos.Count == 0 && !shelf.Tags.Contains(its)) changes.Add(new(Arranged.Tags, its, StatementKind.TagFolder, null, "true"));
            foreach ((string asset, _) in from.Photos)
            {
                if (!tags.TryGetValue(asset, out List<string>? so)) tags.Add(asset, so = []);
                if (!so.Contains(its)) so.Add(its);
            }
            foreach (PhotoFolder inner in from.Folders) Collect(inner, $"{its}/{Edit.Tag(inner.Name)}");
        }
    };

    /// <summary>Takes a tag off photos, and perhaps gives them another.</summary>
    public Deed Remove(string key, IReadOnlyCollection<string> assets, string? instead = null) => (connection, shelf) =>
    {
        Edit[] edits = instead is null ? [Without(tag => keyOf(tag) == key)] : [Without(tag => keyOf(tag) == key), Edit.Add(Field.Tags, Written(connection, shelf, instead))];
        return new(Changes(connection, assets, edits, out int selected), instead ?? key, selected);
    };

    /// <summary>Takes a tag, and those below it, off all photos.</summary>
    public Deed Delete(string key) => (connection, shelf) =>
    {
        List<StatementChange> changes = Changes(connection, Having(connection, key), [Without(tag => IsIn(tag, key))]);
        changes.AddRange(shelf.Tags.Where(tag => IsIn(tag, key)).Select(tag => new StatementChange(Arranged.Tags, tag, StatementKind.TagFolder, "true", null)));
        return new(changes, key);
    };

    /// <summary>Gives a tag, and those below it, another name; where that is in use they become one.</summary>
    public Deed Rename(string key, string newTag) => (connection, shelf) =>
    {
        newTag = Edit.Tag(newTag);
        int levels = key.Count(c => c == below) + 1;
        List<StatementChange> changes = Changes(connection, Having(connection, key), [new(Field.Tags, facts => Json([.. (facts.Tags ?? []).Select(New).Distinct()]))]);
        Dictionary<string, string> folders = shelf.Tags.Where(tag => IsIn(tag, key)).ToDictionary(tag => tag, New);
        changes.AddRange(folders.Keys.Except(folders.Values).Select(gone => new StatementChange(Arranged.Tags, gone, StatementKind.TagFolder, "true", null)));
        changes.AddRange(folders.Values.Distinct().Except(shelf.Tags).Select(made => new StatementChange(Arranged.Tags, made, StatementKind.TagFolder, null, "true")));
        return new(changes, newTag);

        string New(string tag) => IsIn(tag, key) ? string.Join('/', [newTag, .. tag.Split('/').Skip(levels)]) : tag;
    };

    bool IsIn(string tag, string key) => keyOf(tag) is { } its && (its == key || its.StartsWith(key + below, StringComparison.Ordinal));

    /// <summary>Makes a tag that no photo has yet.</summary>
    public Deed Create(string tag) => (connection, shelf) => TagFolders.Create(Written(connection, shelf, tag))(connection, shelf);

    /// <summary>A tag as it, or what it lies in, is written where that is in use already.</summary>
    string Written(DbConnection connection, Shelf shelf, string tag)
    {
        string[] levels = Edit.Tag(tag).Split('/');
        for (int known = levels.Length; known > 0; known--)
            if (keyOf(string.Join('/', levels.Take(known))) is { } key && Used(connection, shelf, key) is { } used) return string.Join('/', [.. used.Split('/').Take(known), .. levels.Skip(known)]);
        return string.Join('/', levels);
    }

    /// <summary>A tag that has this key or lies below one that has it, as it is written; null when there is none.</summary>
    string? Used(DbConnection connection, Shelf shelf, string key)
    {
        IEnumerable<string> used = shelf.Tags;
        if (connection.QueryFirstOrDefault<string?>("""
            SELECT a.facts FROM facet f JOIN asset a ON a.id = f.asset_id WHERE f.view = 'Tags' AND f.key >= @key AND f.key < @end LIMIT 1
            """, new { key, end = key + (char)(below + 1) }) is { } facts) used = used.Concat(JsonSerializer.Deserialize(facts, FactsJson.Default.Facts)!.Tags ?? []);
        return used.FirstOrDefault(tag => IsIn(tag, key));
    }

    /// <summary>The photos that have a tag, or one below it.</summary>
    List<(long, string)> Having(DbConnection connection, string key) => connection.Query<(long, string)>("""
        SELECT DISTINCT a.id, a.uid FROM facet f JOIN asset a ON a.id = f.asset_id WHERE f.view = 'Tags' AND f.key >= @key AND f.key < @end AND (f.key = @key OR f.key >= @below) ORDER BY a.id
        """, new { key, below = key + below, end = key + (char)(below + 1) }).AsList();

    static Edit Without(Func<string, bool> isMeant) => new(Field.Tags, facts => Json([.. (facts.Tags ?? []).Where(tag => !isMeant(tag))]));

    static List<StatementChange> Changes(DbConnection connection, IReadOnlyList<(long, string)> assets, IReadOnlyList<Edit> edits)
    {
        _ = Editor.Plan(connection, assets, edits, out List<StatementChange> changes);
        return changes;
    }

    static List<StatementChange> Changes(DbConnection connection, IReadOnlyCollection<string> assets, IReadOnlyList<Edit> edits, out int unchanged)
    {
        List<(long, string)> found = connection.Query<(long, string)>($"SELECT a.id, a.uid FROM {Dialect.JsonItems("@uids")} u CROSS JOIN asset a ON a.uid = u.value", new { uids = Dialect.JsonArray(assets) }).AsList();
        List<StatementChange> changes = Changes(connection, found, edits);
        unchanged = found.Count - changes.Count(c => c.Kind == StatementKind.Person);
        return changes;
    }

    static string Json(IReadOnlyList<string> tags) => tags.Count == 0 ? Field.Cleared : JsonSerializer.Serialize(tags, FactsJson.Default.IReadOnlyListString);
}
