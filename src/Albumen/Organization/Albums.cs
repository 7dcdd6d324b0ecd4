using System.Data.Common;
using System.Globalization;
using Albumen.Catalog;
using Albumen.Derivatives;
using Albumen.Storage;

namespace Albumen.Organization;

/// <summary>What can be done to albums. An album holds photos, never files: whatever happens to it, no original is touched.</summary>
public sealed class Albums(TimeProvider clock)
{
    /// <summary>Makes an album.</summary>
    /// <param name="parent">The id of the one it shall lie in; null is the top.</param>
    /// <param name="order">One of <see cref="Arranged.Orders"/>; null is the first.</param>
    public Deed Create(string title, string? parent, string? description = null, string? order = null) => (connection, shelf) =>
    {
        string id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
        return new(Creation(connection, shelf, id, title, parent is null ? null : Known(shelf, parent), description, order), id);
    };

    /// <summary>Makes the albums that lack on the way down these names; the last is the one that is meant.</summary>
    /// <param name="names">At least one.</param>
    public Deed CreateAll(IReadOnlyList<string> names, string? description = null, string? order = null) => (connection, shelf) =>
    {
        List<StatementChange> changes = [];
        int there = names.Count - 1;
        while (there > 0 && shelf.At([.. names.Take(there)]) is null) there--;
        Album? parent = there == 0 ? null : shelf.At([.. names.Take(there)]);
        string? above = parent?.Id;
        for (int i = there; i < names.Count; i++)
        {
            string id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
            bool isLast = i == names.Count - 1;
            List<StatementChange> one = i == there ? Creation(connection, shelf, id, names[i], parent, isLast ? description : null, isLast ? order : null) : Definition(id, names[i], isLast ? description : null, isLast ? order : null);
            if (i > there) one.Add(new(id, Arranged.Parent, StatementKind.Album, null, Arranged.Json(above!)));
            changes.AddRange(one);
            above = id;
        }
        return new(changes, above!);
    };

    /// <summary>Gives an album another title, and its folder the name that follows from it.</summary>
    public static Deed Rename(string album, string title) => (connection, shelf) =>
    {
        Album known = Known(shelf, album);
        return new([.. Named(connection, shelf, known, title, known.Parent)], album);
    };

    /// <summary>Puts an album into another one, or to the top, perhaps under another title.</summary>
    /// <param name="parent">The id of the other; null is the top.</param>
    /// <param name="over">The id of an album that has that name there and goes into the trash.</param>
    public Deed Move(string album, string? parent, string? title = null, string? over = null) => (connection, shelf) =>
    {
        Album known = Known(shelf, album);
        Album? target = parent is null ? null : Known(shelf, parent);
        for (Album? above = target; above is not null; above = above.Parent)
            if (above.Id == album) throw new ArrangeException(ArrangeFault.Refused, $"{known.Path} cannot be put into itself.");
        List<StatementChange> changes = [.. Trashing(over), .. Named(connection, shelf, known, title ?? known.Title, target, over)];
        Say(changes, connection, album, Arranged.Parent, parent);
        return new(changes, album);
    };

    /// <summary>Says something else of an album. Null leaves what is said; an empty text says nothing any more.</summary>
    /// <param name="cover">The id of a photo.</param>
    /// <param name="order">One of <see cref="Arranged.Orders"/>.</param>
    public static Deed Describe(string album, string? description = null, string? cover = null, string? order = null) => (connection, shelf) =>
    {
        _ = Known(shelf, album);
        if (order is { Length: > 0 } && !Arranged.Orders.Contains(order)) throw new ArrangeException(ArrangeFault.Refused, $"'{order}' is no order; there are {string.Join(", ", Arranged.Orders)}.");
        List<StatementChange> changes = [];
        if (description is not null) Say(changes, connection, album, Arranged.Description, description.Length == 0 ? null : description);
        if (cover is not null) Say(changes, connection, album, Arranged.Cover, cover.Length == 0 ? null : cover);
        if (order is not null) Say(changes, connection, album, Arranged.Order, order.Length == 0 || order == Arranged.Orders[0] ? null : order);
        return new(changes, album);
    };

    /// <summary>Puts photos into an album, each under its own name or the nearest free one; those that are in it already stay as they are. What lies in the trash is taken out of it.</summary>
    public Deed Add(string album, Func<DbConnection, IReadOnlyList<(long Id, string Uid)>> select) => (connection, shelf) =>
    {
        Album known = Known(shelf, album);
        IReadOnlyList<(long, string Uid)> selected = select(connection);
        EntryNames names = new(connection, known);
        List<StatementChange> changes = names.Enter(names.New([.. selected.Select(s => s.Uid)]), Now());
        int skipped = selected.Count - changes.Count;
        return new([.. changes, .. Organization.Trash.Restoring(connection, [.. selected.Select(s => s.Uid)])], album, skipped);
    };

    /// <summary>Puts a photo into an album under a name that is wanted, and out of the trash.</summary>
    /// <param name="replaces">What has that name goes out of the album; else the photo gets the nearest free name.</param>
    /// <remarks>One query, because whole folders are copied photo by photo.</remarks>
    public Deed Put(string album, string asset, string name, bool replaces) => (connection, shelf) =>
    {
        Album known = Known(shelf, album);
        EntryNames names = new(connection, known);
        return new(names.Put(asset, EntryName.From(name), replaces, Now()), album);
    };

    /// <summary>Takes photos out of an album, by the names they have in it or by their ids.</summary>
    public static Deed Remove(string album, IReadOnlyCollection<string> names, Func<DbConnection, IReadOnlyList<(long Id, string Uid)>>? select = null) => (connection, shelf) =>
    {
        Album known = Known(shelf, album);
        IReadOnlyCollection<string> assets = select is null ? [] : [.. select(connection).Select(s => s.Uid)];
        List<StatementChange> changes = new EntryNames(connection, known).Leave(names, assets);
        return new(changes, album, names.Count + assets.Count - changes.Count);
    };

    /// <summary>Gives a photo another name in an album.</summary>
    public static Deed RenameEntry(string album, string name, string newName) => (connection, shelf) => new(new EntryNames(connection, Known(shelf, album)).Rename(name, newName), album);

    /// <summary>Puts an album with all that lies in it into the trash. The photos are untouched.</summary>
    public Deed Trash(string album) => (connection, shelf) =>
    {
        _ = Known(shelf, album);
        return new([.. Trashing(album)], album);
    };

    /// <summary>Takes an album out of the trash, to where it was; to the top where that is gone. If its name was given to another, it gets the nearest free one.</summary>
    public static Deed Restore(string album) => (connection, shelf) =>
    {
        Album known = InTrash(shelf, album);
        if (known.Trashed is null) throw new ArrangeException(ArrangeFault.Refused, known.IsInTrash ? $"{known.Path} lies in an album that was deleted; restore that one." : $"{known.Path} was not deleted.");
        List<StatementChange> changes = [new(album, Arranged.Trashed, StatementKind.Album, Stated(connection, album, Arranged.Trashed), null)];
        Album? parent = known.Parent is { IsInTrash: false } there ? there : null;
        if (parent is null) Say(changes, connection, album, Arranged.Parent, null);
        Say(changes, connection, album, Arranged.Name, Free(connection, shelf, new(known.Name, known.Key), parent, album).Name);
        return new(changes, album);
    };

    /// <summary>Takes an album, or one that lies in a deleted one, out of the trash to another place. If its name was given to another there, it gets the nearest free one.</summary>
    /// <param name="parent">The id of the album it shall lie in; null is the top.</param>
    /// <param name="name">Of its folder.</param>
    /// <param name="title">Null: its own.</param>
    public static Deed RestoreTo(string album, string? parent, string name, string? title = null) => (connection, shelf) =>
    {
        _ = InTrash(shelf, album);
        Album? target = parent is null ? null : Known(shelf, parent);
        CheckTitle(title ?? name);
        List<StatementChange> changes = [];
        Say(changes, connection, album, Arranged.Trashed, null);
        Say(changes, connection, album, Arranged.Parent, parent);
        Say(changes, connection, album, Arranged.Name, Free(connection, shelf, EntryName.From(name), target, album).Name);
        if (title is not null) Say(changes, connection, album, Arranged.Title, title);
        return new(changes, album);
    };

    /// <summary>Makes an album of a folder of photos, and albums in it of those in that.</summary>
    /// <param name="parent">The id of the one it shall lie in; null is the top.</param>
    /// <param name="over">The id of an album that has that name there and goes into the trash.</param>
    public Deed Copy(PhotoFolder folder, string? parent, string? over = null) => (connection, shelf) =>
    {
        Album? target = parent is null ? null : Known(shelf, parent);
        CheckFree(connection, shelf, target, EntryName.From(folder.Name), over);
        List<StatementChange> changes = [.. Trashing(over)];
        string now = Now();
        HashSet<string> copied = [];
        string top = Make(folder, target?.Id);
        changes.AddRange(Organization.Trash.Restoring(connection, copied));
        return new(changes, top);

        string Make(PhotoFolder made, string? above)
        {
            string id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
            changes.AddRange(Definition(id, made.Name, null, null));
            if (above is not null) changes.Add(new(id, Arranged.Parent, StatementKind.Album, null, Arranged.Json(above)));
            Album album = new(id, made.Name, made.Name, "", null, null, Arranged.Orders[0], null)
            {
                // No photo may have the name of one of them.
                Children = [.. made.Folders.Select(f => EntryName.From(f.Name)).Select(name => new Album("", name.Name, name.Name, name.Key, null, null, Arranged.Orders[0], null))],
            };
            changes.AddRange(new EntryNames(connection, album).Enter([.. made.Photos.DistinctBy(p => p.Asset)], now));
            copied.UnionWith(made.Photos.Select(p => p.Asset));
            foreach (PhotoFolder inner in made.Folders) Make(inner, id);
            return id;
        }
    };

    /// <summary>Makes an album of what a smart album finds now.</summary>
    /// <param name="blur">What is blurred, for who asks.</param>
    /// <param name="template">Its title, in which <c>{date}</c>, <c>{year}</c> and <c>{name}</c> stand for today and for the smart album.</param>
    public Deed Freeze(string smart, string template, BlurLine blur, string? parent = null) => (connection, shelf) =>
    {
        SmartAlbum found = SmartAlbums.Known(shelf, smart);
        DateOnly today = AssetQuery.Today(clock);
        string title = template.Replace("{date}", today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{year}", today.ToString("yyyy", CultureInfo.InvariantCulture), StringComparison.Ordinal).Replace("{name}", found.Title, StringComparison.Ordinal);
        string id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
        List<StatementChange> changes = Creation(connection, shelf, id, title, parent is null ? null : Known(shelf, parent), null, null);
        EntryNames names = new(connection, new(id, title, title, "", null, null, Arranged.Orders[0], null));
        changes.AddRange(names.Enter(names.New([.. AssetQuery.Select(connection, Query.Parse(found.Query), -1, blur, clock).Select(a => a.Uid)]), Now()));
        return new(changes, id);
    };

    /// <exception cref="ArrangeException">There is none, or it lies in the trash.</exception>
    internal static Album Known(Shelf shelf, string album) => shelf.Album(album) is { IsInTrash: false } known ? known : throw NoAlbum(album);

    static Album InTrash(Shelf shelf, string album) => shelf.Album(album) ?? throw NoAlbum(album);

    static EntryName Free(DbConnection connection, Shelf shelf, EntryName name, Album? parent, string album) =>
        name.Free(album[16..], key => shelf.Inside(parent).Any(a => a.Key == key) || HasEntry(connection, parent, key));

    static ArrangeException NoAlbum(string album) => new(ArrangeFault.Missing, $"There is no album {album}.");

    static List<StatementChange> Creation(DbConnection connection, Shelf shelf, string id, string title, Album? parent, string? description, string? order)
    {
        if (order is not null && !Arranged.Orders.Contains(order)) throw new ArrangeException(ArrangeFault.Refused, $"'{order}' is no order; there are {string.Join(", ", Arranged.Orders)}.");
        List<StatementChange> changes = Definition(id, title, description, order);
        CheckFree(connection, shelf, parent, EntryName.From(title));
        if (parent is not null) changes.Add(new(id, Arranged.Parent, StatementKind.Album, null, Arranged.Json(parent.Id)));
        return changes;
    }

    static List<StatementChange> Definition(string id, string title, string? description, string? order)
    {
        CheckTitle(title);
        List<StatementChange> changes = [Stating(Arranged.Title, title), Stating(Arranged.Name, EntryName.From(title).Name)];
        if (description is { Length: > 0 }) changes.Add(Stating(Arranged.Description, description));
        if (order is not null && order != Arranged.Orders[0]) changes.Add(Stating(Arranged.Order, order));
        return changes;

        StatementChange Stating(string field, string value) => new(id, field, StatementKind.Album, null, Arranged.Json(value));
    }

    static List<StatementChange> Named(DbConnection connection, Shelf shelf, Album album, string title, Album? parent, string? over = null)
    {
        CheckTitle(title);
        // What it is called although its title says otherwise it goes on to be called.
        EntryName name = title == album.Title ? new(album.Name, album.Key) : EntryName.From(title);
        CheckFree(connection, shelf, parent, name, album.Id, over);
        List<StatementChange> changes = [];
        Say(changes, connection, album.Id, Arranged.Title, title);
        Say(changes, connection, album.Id, Arranged.Name, name.Name);
        return changes;
    }

    static void CheckFree(DbConnection connection, Shelf shelf, Album? parent, EntryName name, params ReadOnlySpan<string?> but)
    {
        string where = parent is null ? "" : $" in {parent.Path}";
        if (shelf.Inside(parent).FirstOrDefault(a => a.Key == name.Key) is { } there && !but.Contains(there.Id)) throw new ArrangeException(ArrangeFault.Taken, $"There is an album {there.Name}{where} already.");
        if (HasEntry(connection, parent, name.Key)) throw new ArrangeException(ArrangeFault.Taken, $"There is a photo {name.Name}{where} already.");
    }

    static bool HasEntry(DbConnection connection, Album? parent, string key) => parent is not null && Journal.Statement(connection, parent.Id, StatementKind.Entry, key) is not null;

    /// <exception cref="ArrangeException">It is none.</exception>
    internal static void CheckTitle(string title)
    {
        const int Longest = 1000;
        if (title.Length is 0 or > Longest || title.Trim().Length == 0 || title.Any(char.IsControl)) throw new ArrangeException(ArrangeFault.Refused, $"A title has 1 to {Longest} characters and is one line.");
    }

    static void Say(List<StatementChange> changes, DbConnection connection, string album, string field, string? value)
    {
        string? before = Stated(connection, album, field), after = value is null ? null : Arranged.Json(value);
        if (before != after) changes.Add(new(album, field, StatementKind.Album, before, after));
    }

    IEnumerable<StatementChange> Trashing(string? album) => album is null ? [] : [new(album, Arranged.Trashed, StatementKind.Album, null, Arranged.Json(Now()))];

    static string? Stated(DbConnection connection, string album, string field) => Journal.Statement(connection, album, StatementKind.Album, field);

    string Now() => clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
