using System.Data.Common;
using Albumen.Catalog;
using Albumen.Storage;
using Dapper;

namespace Albumen.Organization;

/// <summary>All albums, smart albums and tags that exist by themselves, as they were after one operation. They are few; the photos in them are not held.</summary>
/// <remarks>
/// Copies of the journal that were edited apart may say what one alone never would: two albums of one name in one place, an album in itself. Whatever they say, each
/// album has a place and a name of its own here, the same wherever the journals agree.
/// </remarks>
public sealed class Shelf
{
    readonly Dictionary<string, Album> _albums = [];
    readonly Dictionary<string, SmartAlbum> _smart = [];

    Shelf(DbConnection connection)
    {
        var statements = connection.Query<(string Id, long Kind, string Field, string Value)>("""
            SELECT asset, kind, field, value FROM statement WHERE kind = 5 AND field > '' UNION ALL SELECT asset, kind, field, value FROM statement WHERE kind = 7
            UNION ALL SELECT asset, kind, field, value FROM statement WHERE kind = 8 AND field > '' ORDER BY 2, 1, 3
            """).ToLookup(s => s.Kind);
        Dictionary<string, string?> parents = [];
        foreach ((string id, Dictionary<string, string> said) in Subjects(statements[(long)StatementKind.Album]))
        {
            if (!said.TryGetValue(Arranged.Name, out string? name)) continue;
            _albums.Add(id, new(
                id, said.GetValueOrDefault(Arranged.Title, name), name, EntryName.KeyOf(name), said.GetValueOrDefault(Arranged.Description),
                said.GetValueOrDefault(Arranged.Cover), said.GetValueOrDefault(Arranged.Order, Arranged.Orders[0]), said.GetValueOrDefault(Arranged.Trashed)));
            parents.Add(id, said.GetValueOrDefault(Arranged.Parent));
        }
        foreach (string id in _albums.Keys) Unwind(id, parents);
        foreach (IGrouping<string, string> together in _albums.Keys.ToLookup(id => parents[id] ?? ""))
        {
            HashSet<string> given = [];
            // UUIDv7: the older one keeps the name; those in the trash give way.
            foreach (string id in together.OrderBy(id => _albums[id].Trashed is not null).ThenBy(id => id, StringComparer.Ordinal))
            {
                EntryName free = new EntryName(_albums[id].Name, _albums[id].Key).Free(SeedOf(id), given.Contains);
                given.Add(free.Key);
                _albums[id] = _albums[id] with { Name = free.Name, Key = free.Key };
            }
        }
        foreach ((string id, string? parent) in parents) _albums[id].Parent = parent is null ? null : _albums[parent];
        ILookup<string, Album> children = _albums.Values.Where(a => a.Trashed is null).OrderBy(a => a.Key, StringComparer.Ordinal).ToLookup(a => a.Parent?.Id ?? "");
        foreach (Album album in _albums.Values) album.Children = [.. children[album.Id]];
        Top = [.. children[""]];

        HashSet<string> smart = [];
        foreach ((string id, Dictionary<string, string> said) in Subjects(statements[(long)StatementKind.Smart]))
        {
            if (!said.TryGetValue(Arranged.Name, out string? name) || !said.TryGetValue(Arranged.Query, out string? query)) continue;
            EntryName free = new EntryName(name, EntryName.KeyOf(name)).Free(SeedOf(id), smart.Contains);
            smart.Add(free.Key);
            _smart.Add(id, new(id, said.GetValueOrDefault(Arranged.Title, name), free.Name, free.Key, query, said.GetValueOrDefault(Arranged.Description)));
        }
        Smart = [.. _smart.Values.OrderBy(s => s.Key, StringComparer.Ordinal)];
        Tags = [.. statements[(long)StatementKind.TagFolder].Select(s => s.Field)];
    }

    /// <summary>The albums at the top, in the order of their keys; those in the trash are not among them.</summary>
    public IReadOnlyList<Album> Top { get; }

    /// <summary>All of them, those in the trash too, in no order.</summary>
    public IReadOnlyCollection<Album> Albums => _albums.Values;

    /// <summary>In the order of their keys.</summary>
    public IReadOnlyList<SmartAlbum> Smart { get; }

    /// <summary>Tags that exist even without photos.</summary>
    public IReadOnlyList<string> Tags { get; }

    public static Shelf Read(DbConnection connection) => new(connection);

    /// <summary>By its id.</summary>
    public Album? Album(string id) => _albums.GetValueOrDefault(id);

    /// <summary>By the names of folders from the top, however they are written; null when there is none, or it lies in the trash.</summary>
    public Album? At(ReadOnlySpan<string> names)
    {
        Album? album = null;
        foreach (string name in names)
        {
            string key = EntryName.KeyOf(name);
            if ((album = Inside(album).FirstOrDefault(a => a.Key == key)) is null) return null;
        }
        return album;
    }

    /// <summary>The albums in one, or those at the top.</summary>
    public IReadOnlyList<Album> Inside(Album? album) => album?.Children ?? Top;

    /// <summary>By the name of its folder, however it is written, or its id.</summary>
    public SmartAlbum? SmartAt(string name) => Smart.FirstOrDefault(s => s.Key == EntryName.KeyOf(name)) ?? _smart.GetValueOrDefault(name);

    /// <summary>The random end of a UUIDv7 comes first: of two made at about the same time the beginnings are alike.</summary>
    static string SeedOf(string id) => id[16..] + id[..16];

    static IEnumerable<(string Id, Dictionary<string, string> Said)> Subjects(IEnumerable<(string Id, long Kind, string Field, string Value)> statements) =>
        statements.GroupBy(s => s.Id).Select(of => (of.Key, of.ToDictionary(s => s.Field, s => Arranged.Text(s.Value))));

    /// <summary>What lies in nothing, or in itself, lies at the top.</summary>
    void Unwind(string id, Dictionary<string, string?> parents)
    {
        HashSet<string> above = [id];
        for (string at = id; parents[at] is { } parent; at = parent)
        {
            if (_albums.ContainsKey(parent) && above.Add(parent)) continue;
            // The oldest of those that lie in one another.
            string highest = _albums.ContainsKey(parent) ? above.Where(a => IsInItself(a, parents)).Min(StringComparer.Ordinal)! : at;
            parents[highest] = null;
            return;
        }
    }

    bool IsInItself(string id, Dictionary<string, string?> parents)
    {
        string at = id;
        for (int steps = 0; steps <= _albums.Count && parents[at] is { } parent && _albums.ContainsKey(parent); steps++)
            if ((at = parent) == id) return true;
        return false;
    }
}

/// <summary>The <see cref="Shelf"/> as it is now, read again only when something of it changed.</summary>
/// <param name="journal">Knows where it stands without asking; null where somebody else writes it.</param>
public sealed class Shelves(Journal? journal = null)
{
    Kept? _last;

    public Shelf Now(DbConnection connection)
    {
        long mark = (journal?.Head(connection) ?? JournalHead.Read(connection)).Arranged;
        if (_last is { } last && last.Mark == mark) return last.Shelf;
        Shelf shelf = Shelf.Read(connection);
        // Two readers may read it twice.
        _last = new(mark, shelf);
        return shelf;
    }

    sealed record Kept(long Mark, Shelf Shelf);
}
