using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>
/// <c>/Small/…</c>: the other views again, in previews for slow links. A photo that is no JPEG gets <c>.jpg</c> behind its name; a clip is
/// the one made for slow links, with <c>.mp4</c> behind its name, or itself where it is small enough; until that is made, its poster. What has no preview is not there.
/// </summary>
sealed class SmallView(IReadOnlyList<View> views) : View
{
    public override string Name => "Small";

    protected override FolderKind Kind => FolderKind.Small;

    public override Node? Find(TreeReader reader, ReadOnlySpan<string> names)
    {
        if (names.IsEmpty) return Top;
        string first = EntryName.KeyOf(names[0]);
        if (views.FirstOrDefault(v => EntryName.KeyOf(v.Name) == first) is not { } view) return null;
        if (view.Find(reader, names[1..]) is { } same && ToSmall(same) is { } small && EntryName.KeyOf(small.Name) == EntryName.KeyOf(names[^1])) return small;

        // a.heic.jpg stands for a.heic, a.mov.mp4 for a.mov.
        if (Path.GetExtension(names[^1]).ToLowerInvariant() is not (".jpg" or ".mp4")) return null;
        string[] original = [.. names[1..^1], names[^1][..^4]];
        return view.Find(reader, original) is { IsFolder: false } other && ToSmall(other) is { } made && made.Name.Length > other.Name.Length
            && made.Name.EndsWith(names[^1][^4..], StringComparison.OrdinalIgnoreCase) ? made : null;
    }

    public override Node? Beside(TreeReader reader, Node folder, Node? file, bool isNext)
    {
        if (folder.Source is not SmallFolder { Original: var original }) return null;
        View view = View.Of(views, original);
        Node? at = null;
        // What stands behind it may have another name: a.heic.jpg is a.heic.
        if (file is not null && (at = OriginalOf(reader, view, original, file.Name)) is null) return null;
        // What has no preview is not here.
        while ((at = view.Beside(reader, original, at, isNext)) is not null)
            if (ToSmall(at) is { } small) return small;
        return null;
    }

    public override FolderWords? Words(TreeReader reader, Node folder) =>
        folder.Source is SmallFolder { Original: var original } ? View.Of(views, original).Words(reader, original) : null;

    static Node? OriginalOf(TreeReader reader, View view, Node folder, string name)
    {
        string[] names = [.. folder.Path.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(1)];
        return view.Find(reader, [.. names, name]) ?? (name.Length > 4 ? view.Find(reader, [.. names, name[..^4]]) : null);
    }

    public override Page List(TreeReader reader, Node folder, PageRequest page)
    {
        if (folder.Source is not SmallFolder { Original: var original }) return new([.. views.Where(v => v.IsShown(reader)).Select(v => ToSmall(v.Top)!)], null);
        Page inner = View.Of(views, original).List(reader, original, page with { Detail = page.Detail == Detail.Facts ? Detail.Facts : Detail.Pictures });
        return new([.. inner.Nodes.Select(n => ToSmall(n)).OfType<Node>()], inner.Next);
    }

    Node? ToSmall(Node node)
    {
        string path = "/" + Name + node.Path;
        if (node.IsFolder) return node with { Path = path, Source = new SmallFolder(node) };
        if (node is not { Asset: { Preview: { } preview } asset, Hash: { } hash }) return null;
        if (ArchiveTree.Proxy(node) is { } proxy) return proxy with { Path = proxy.Source is DerivativeFile && Path.GetExtension(node.Name).ToLowerInvariant() is not ".mp4" ? path + ".mp4" : path };
        bool isJpeg = asset.Mime == "image/jpeg" && Path.GetExtension(node.Name).ToLowerInvariant() is ".jpg" or ".jpeg";
        return node.As(asset.Picture, hash, preview) with { Path = isJpeg ? path : path + ".jpg" };
    }
}
