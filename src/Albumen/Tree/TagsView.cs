using Albumen.Organization;

namespace Albumen.Tree;

/// <summary><c>/Tags/&lt;tag&gt;/&lt;tag&gt;/…</c>: in each folder the photos that have exactly that tag, and the tags below it as folders. A tag may exist without photos.</summary>
sealed class TagsView(Shelves shelves) : FacetView(Facets.Tags)
{
    public override bool TakesShadows => true;

    protected override FolderKind Kind => FolderKind.Tags;

    public override bool IsShown(TreeReader reader) => true;

    protected override string? PathWithoutPhotos(TreeReader reader, string key) =>
        All(reader).Where(tag => tag.Key == key || tag.Key.StartsWith(key + Facets.Below, StringComparison.Ordinal)).Select(tag => tag.Path).FirstOrDefault();

    protected override IEnumerable<(string Key, string Path)> WithoutPhotos(TreeReader reader, string above)
    {
        string start = above.Length == 0 ? "" : above + Facets.Below;
        return All(reader).Where(tag => tag.Key.Length > start.Length && tag.Key.StartsWith(start, StringComparison.Ordinal)).Select(tag => (tag.Key[start.Length..].Split(Facets.Below)[0], tag.Path));
    }

    IEnumerable<(string Key, string Path)> All(TreeReader reader) => reader.Shelf(shelves).Tags.Select(Facets.OfTag).OfType<(string, string)>();
}
