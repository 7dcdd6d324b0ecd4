using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>
/// <c>/People/&lt;name&gt;</c>, <c>/Places/&lt;country&gt;/&lt;region&gt;/&lt;town&gt;</c> and <c>/Ratings/1</c> to <c>5</c>: folders that follow from what is known of
/// photos (see <see cref="Facets"/>). In each are the photos of which exactly that is known; at the top it is only while there are any.
/// </summary>
/// <param name="name">At the top, and as <c>facet.view</c> has it.</param>
class FacetView(string name) : SetView
{
    public override string Name => name;

    protected override FolderKind Kind => FolderKind.Computed;

    public override bool IsShown(TreeReader reader) => reader.HasFacet(name);

    public override Node? Find(TreeReader reader, ReadOnlySpan<string> names)
    {
        Node node = Top;
        string key = "";
        int depth = 0;
        for (; depth < names.Length; depth++)
        {
            string child = (depth == 0 ? "" : key + Facets.Below) + EntryName.From(names[depth]).Key;
            if ((reader.FacetPath(name, child) ?? PathWithoutPhotos(reader, child)) is not { } path) break;
            key = child;
            node = TreeReader.Computed(node, path.Split('/')[depth], new SetFolder(new FacetSet(name, key), ""));
        }
        return depth == names.Length ? node : depth == 0 ? null : FindIn(reader, node, names[depth..]);
    }

    public override Page List(TreeReader reader, Node folder, PageRequest page)
    {
        (bool inFiles, string mark) = page.Mark;
        string above = folder.Source is SetFolder { Set: FacetSet set } ? set.Key : "";
        List<Node> nodes = [];
        if (folder.Source is not SetFolder { Prefix.Length: > 0 } && !inFiles)
        {
            int depth = above.Length == 0 ? 0 : above.Count(c => c == Facets.Below) + 1;
            var children = reader.FacetFolders(name, above, mark, page.Most).Concat(WithoutPhotos(reader, above).Where(c => string.CompareOrdinal(c.Key, mark) > 0))
                .DistinctBy(c => c.Key).OrderBy(c => c.Key, StringComparer.Ordinal).Take(page.Most).ToList();
            nodes.AddRange(children.Select(c => TreeReader.Computed(folder, c.Path.Split('/')[depth], new SetFolder(new FacetSet(name, above.Length == 0 ? c.Key : above + Facets.Below + c.Key), ""))));
            if (children.Count == page.Most) return new(nodes, "d" + children[^1].Key);
        }
        return folder.Source is SetFolder ? ListIn(reader, folder, nodes, inFiles ? mark : "", page, isTaken: key => PathOf(reader, above + Facets.Below + key) is not null) : new(nodes, null);
    }

    string? PathOf(TreeReader reader, string key) => reader.FacetPath(name, key) ?? PathWithoutPhotos(reader, key);

    /// <summary>The shown path of a folder that exists although no photo is in it; null when there is none.</summary>
    protected virtual string? PathWithoutPhotos(TreeReader reader, string key) => null;

    /// <summary>Folders right below one that exist although no photo may be in them: the last part of each key, and its whole path.</summary>
    protected virtual IEnumerable<(string Key, string Path)> WithoutPhotos(TreeReader reader, string above) => [];
}
