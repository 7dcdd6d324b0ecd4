using Albumen.Derivatives;
using Albumen.Organization;

namespace Albumen.Tree;

/// <summary><c>/Smart/&lt;name&gt;/…</c>: what saved queries find, asked anew at every look.</summary>
sealed class SmartView(Shelves shelves, TimeProvider clock) : SetView
{
    public override string Name => "Smart";

    protected override FolderKind Kind => FolderKind.Smart;

    public override Node? Find(TreeReader reader, ReadOnlySpan<string> names)
    {
        if (names.IsEmpty) return Top;
        string name = names[0];
        return reader.Shelf(shelves).Smart.FirstOrDefault(a => a.Key == Storage.EntryName.KeyOf(name)) is { } album ? FindIn(reader, reader.Smart(Top, [(album, SetOf(album, reader.Blur))])[0], names[1..]) : null;
    }

    public override Page List(TreeReader reader, Node folder, PageRequest page)
    {
        if (folder.Source is SetFolder) return ListIn(reader, folder, [], page.Mark.Key, page, isTaken: _ => false);
        SmartAlbum[] albums = [.. reader.Shelf(shelves).Smart.Where(a => string.CompareOrdinal(a.Key, page.Mark.Key) > 0).Take(page.Most)];
        return new(reader.Smart(folder, albums.Select(album => (album, SetOf(album, reader.Blur)))), albums.Length == page.Most ? "d" + albums[^1].Key : null);
    }

    public override FolderWords? Words(TreeReader reader, Node folder) =>
        folder.Source is SetFolder { Prefix: "" } && reader.Shelf(shelves).SmartAt(folder.Name) is { } album ? new(album.Title, album.Description, album.Query) : null;

    PhotoSet SetOf(SmartAlbum album, BlurLine blur)
    {
        try
        {
            return new QuerySet(QueryCompiler.Compile(Query.Parse(album.Query), AssetQuery.Today(clock), blur));
        }
        catch (QueryException)
        {
            // It came with the journal of an Albumen that understands more.
            return new QuerySet(new Condition("0", new Dictionary<string, object>()));
        }
    }
}
