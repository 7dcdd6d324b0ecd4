using System.Data.Common;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Storage;
using Dapper;

namespace Albumen.Tree;

/// <summary>Notes in which folders of People, Places, Ratings, Tags and the trash each photo stands, when it gets its place in the timeline. No other code writes <c>facet</c>.</summary>
static class Facets
{
    /// <summary>The view of them, as <c>facet.view</c> has it.</summary>
    public const string Tags = "Tags";

    /// <summary>The view of what lies in the trash: of those photos the other views show nothing, whatever is noted.</summary>
    public const string Trash = "Trash";

    /// <summary>Between the folders of a key: what is below a folder stands right behind it, before <c>folder b</c>.</summary>
    public const char Below = '\u0001';

    /// <summary>Follows the keys of a folder and all below it.</summary>
    public const char Behind = '\u0002';

    const int MonthLength = 7;

    /// <summary>Replaces what was noted of an asset, in the caller's transaction.</summary>
    public static void Note(DbConnection connection, long asset, KeptName place)
    {
        Forget(connection, asset);
        Facts facts = JsonSerializer.Deserialize(connection.QuerySingle<string>("SELECT facts FROM asset WHERE id = @asset", new { asset }), FactsJson.Default.Facts)!;
        foreach ((string view, string key, string path) in Of(facts))
            connection.Execute("""
                INSERT INTO facet (view, key, folder, entry_key, asset_id, path) VALUES (@view, @key, @Folder, @EntryKey, @asset, @path) ON CONFLICT DO NOTHING
                """, new { view, key, place.Folder, place.EntryKey, asset, path });
    }

    public static void Forget(DbConnection connection, long asset) => connection.Execute("DELETE FROM facet WHERE asset_id = @asset", new { asset });

    /// <summary>The key and the shown path of a tag; null when no folder can be called so.</summary>
    public static (string Key, string Path)? OfTag(string tag) => Of(tag.Split('/'));

    /// <summary>Where a photo of which this is known stands.</summary>
    internal static IEnumerable<(string View, string Key, string Path)> Of(Facts facts)
    {
        foreach (string tag in facts.Tags ?? [])
            if (OfTag(tag) is var (key, path)) yield return (Tags, key, path);
        foreach (string name in facts.People ?? [])
            if (Of([name]) is var (key, path)) yield return ("People", key, path);
        if (facts.Place is { } place && Of([place.Country, place.Region, place.Town]) is var (where, shown)) yield return ("Places", where, shown);
        if (facts.Rating is >= 1 and <= 5) yield return ("Ratings", $"{facts.Rating}", $"{facts.Rating}");
        if (facts.Trashed is { } since) yield return (Trash, since[..MonthLength], since[..MonthLength]);
    }

    static (string Key, string Path)? Of(IEnumerable<string?> names)
    {
        EntryName[] entries = [.. names.OfType<string>().Select(name => name.Trim()).Where(name => name.Length > 0).Select(EntryName.From)];
        return entries.Length == 0 ? null : (string.Join(Below, entries.Select(e => e.Key)), string.Join('/', entries.Select(e => e.Name)));
    }
}
