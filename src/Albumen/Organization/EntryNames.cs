using System.Data.Common;
using Albumen.Catalog;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Organization;

/// <summary>The names photos have in one album. Each is decided once: a second <c>IMG_0001.JPG</c> becomes <c>IMG_0001~2f9c.JPG</c> and stays that, whatever goes before it.</summary>
/// <remarks>However many photos come, it asks twice at most. The plus before a column keeps SQLite from looking through a whole album for each photo.</remarks>
sealed class EntryNames(DbConnection connection, Album album)
{
    /// <summary>Those of these assets that are not in the album, in their order, with the names of their files.</summary>
    public List<(string Uid, string Name)> New(IReadOnlyList<string> uids) => connection.Query<(string, string)>($"""
        SELECT a.uid, a.name FROM {Dialect.JsonItems("@uids")} u JOIN asset a ON a.uid = u.value
        WHERE NOT EXISTS (SELECT 1 FROM statement s WHERE {Dialect.Json("s.value", "asset")} = u.value AND +s.asset = @album AND s.kind = 6) ORDER BY u.key
        """, new { uids = Dialect.JsonArray(uids), album = album.Id }).AsList();

    /// <summary>Their entries, under free names.</summary>
    public List<StatementChange> Enter(IReadOnlyList<(string Uid, string Name)> photos, string added)
    {
        List<(string Uid, EntryName Name, EntryName Second)> wanted = [.. photos.Select(p => (p.Uid, Name: EntryName.From(p.Name))).Select(p => (p.Uid, p.Name, p.Name.WithSuffix(p.Uid[..SuffixLength])))];
        HashSet<string> given = [.. Taken([.. wanted.SelectMany(w => (string[])[.. Neighbours(w.Name.Key), .. Neighbours(w.Second.Key)])]), .. album.Children.Select(a => a.Key)];
        List<StatementChange> changes = [];
        foreach ((string uid, EntryName name, EntryName second) in wanted)
        {
            EntryName free = IsFree(name) ? name : IsFree(second) ? second
                // Looked up only where four digits were not enough, which nobody will ever see.
                : name.Free(uid, key => Neighbours(key).Any(given.Contains) || Taken(Neighbours(key)).Count > 0);
            given.Add(free.Key);
            changes.Add(new(album.Id, free.Key, StatementKind.Entry, null, new AlbumEntry(free.Name, uid, added).ToJson()));
        }
        return changes;

        bool IsFree(EntryName name) => !Neighbours(name.Key).Any(given.Contains);
    }

    /// <summary>One photo's entry under this name. A photo that is in the album under another one gets this one too, and loses that; one that lies in the trash is taken out of it.</summary>
    public List<StatementChange> Put(string asset, EntryName wanted, bool replaces, string added)
    {
        List<(string Key, string Value)> there = connection.Query<(string, string)>($"""
            SELECT field, value FROM statement WHERE asset = @album AND kind = 6 AND field IN (SELECT value FROM {Dialect.JsonItems("@keys")})
            UNION SELECT field, value FROM statement WHERE {Dialect.Json("value", "asset")} = @asset AND +asset = @album AND kind = 6
            UNION SELECT '', trashed FROM asset WHERE uid = @asset AND trashed IS NOT NULL
            """, new { album = album.Id, asset, keys = Dialect.JsonArray<string>([.. Wanted(asset, wanted).Distinct()]) }).AsList();
        bool isInTrash = there.RemoveAll(e => e.Key.Length == 0) > 0;
        string? old = there.Where(e => AlbumEntry.FromJson(e.Value).Asset == asset).Select(e => e.Key).FirstOrDefault();
        if (album.Children.Any(a => a.Key == wanted.Key)) throw new ArrangeException(ArrangeFault.Taken, $"There is an album {wanted.Name} in {album.Path} already.");
        HashSet<string> keys = [.. there.Select(e => e.Key).Where(key => key != old)];
        EntryName name = replaces ? wanted : wanted.Free(asset, key => Neighbours(key).Any(keys.Contains));
        List<StatementChange> changes = [];
        string? before = there.Where(e => e.Key == name.Key).Select(e => e.Value).FirstOrDefault();
        if (old is not null && old != name.Key) changes.Add(new(album.Id, old, StatementKind.Entry, there.First(e => e.Key == old).Value, null));
        if (old is not null) added = AlbumEntry.FromJson(there.First(e => e.Key == old).Value).Added;
        string after = new AlbumEntry(name.Name, asset, added).ToJson();
        if (before != after) changes.Add(new(album.Id, name.Key, StatementKind.Entry, before, after));
        if (isInTrash) changes.AddRange(Trash.Restoring(connection, [asset]));
        return changes;
    }

    /// <summary>Those that have these names, or these ids, go.</summary>
    public List<StatementChange> Leave(IReadOnlyCollection<string> names, IReadOnlyCollection<string> assets) => [.. connection.Query<(string Key, string Value)>($"""
        SELECT field, value FROM statement WHERE asset = @album AND kind = 6 AND field IN (SELECT value FROM {Dialect.JsonItems("@keys")})
        UNION SELECT s.field, s.value FROM {Dialect.JsonItems("@assets")} a JOIN statement s ON {Dialect.Json("s.value", "asset")} = a.value AND +s.asset = @album AND s.kind = 6
        ORDER BY 1
        """, new { album = album.Id, keys = Dialect.JsonArray<string>([.. names.Select(EntryName.KeyOf)]), assets = Dialect.JsonArray<string>([.. assets]) })
        .Select(e => new StatementChange(album.Id, e.Key, StatementKind.Entry, e.Value, null))];

    public List<StatementChange> Rename(string name, string newName)
    {
        string key = EntryName.KeyOf(name);
        string before = Journal.Statement(connection, album.Id, StatementKind.Entry, key) ?? throw new ArrangeException(ArrangeFault.Missing, $"There is no {name} in {album.Path}.");
        EntryName wanted = EntryName.From(newName);
        string after = (AlbumEntry.FromJson(before) with { Name = wanted.Name }).ToJson();
        if (wanted.Key == key) return after == before ? [] : [new(album.Id, key, StatementKind.Entry, before, after)];
        if (album.Children.Any(a => a.Key == wanted.Key) || Taken([.. Neighbours(wanted.Key).Where(k => k != key)]).Count > 0)
            throw new ArrangeException(ArrangeFault.Taken, $"There is something called {wanted.Name} in {album.Path} already.");
        return [new(album.Id, key, StatementKind.Entry, before, null), new(album.Id, wanted.Key, StatementKind.Entry, null, after)];
    }

    List<string> Taken(IReadOnlyList<string> keys) => connection.Query<string>($"""
        SELECT field FROM statement WHERE asset = @album AND kind = 6 AND field IN (SELECT value FROM {Dialect.JsonItems("@keys")})
        """, new { album = album.Id, keys = Dialect.JsonArray(keys) }).AsList();

    /// <summary>Of an asset's id, behind the name of the second.</summary>
    const int SuffixLength = 4;

    /// <summary>The keys that decide what a photo is called, nearly always.</summary>
    static IEnumerable<string> Wanted(string uid, EntryName name) => [.. Neighbours(name.Key), .. Neighbours(name.WithSuffix(uid[..SuffixLength]).Key)];

    /// <summary>What cannot stand beside this one: /Small shows <c>a.heic</c> as <c>a.heic.jpg</c>.</summary>
    static string[] Neighbours(string key) => key.EndsWith(".jpg", StringComparison.Ordinal) ? [key, key + ".jpg", key[..^4]] : [key, key + ".jpg"];
}
