using Albumen.Organization;

namespace Albumen.Tree;

/// <summary>Which photos somebody means who copies or moves a file or folder of the tree into an album or a tag.</summary>
sealed class PhotoSource(ArchiveTree tree, Intake intake)
{
    const int NodesPerPage = 1000;

    /// <summary>The photo that a file is; null where it is none, see <see cref="Refuse"/>.</summary>
    public string? One(Node file) => file.Asset?.Uid ?? (file.Source is PlainFile or ShadowFile && file is { Hash: { } hash, SizeInBytes: > 0 } ? intake.Held(hash) : null);

    /// <summary>Why a file is no photo.</summary>
    public static TreeAnswer.Refused Refuse(Node file) => file.Source is PlainFile { Hashes: null } ? TreeAnswer.NotInLibrary : TreeAnswer.NoPhoto;

    /// <summary>What a photo is to be called that was asked for under this name: a preview's name says that it is a JPEG, the original need not be one.</summary>
    public static string NameOf(Node file, string name) =>
        file is { Source: DerivativeFile, Asset.Mime: not "image/jpeg" } && name.EndsWith(".jpg", StringComparison.OrdinalIgnoreCase) && name.Length > 4 ? name[..^4] : name;

    /// <summary>The photos in a folder and in those below it. What is no photo is left out, and so are folders without any, but albums and tags.</summary>
    /// <param name="name">What it shall be called.</param>
    /// <param name="isDeep">False: nothing of what is in it.</param>
    public PhotoFolder All(Node folder, string name, bool isDeep, Viewer viewer)
    {
        List<(string Asset, string Name)> photos = [];
        List<PhotoFolder> folders = [];
        string? after = null;
        while (isDeep)
        {
            Page page = tree.List(folder, after, NodesPerPage, Detail.Pictures, viewer);
            var known = intake.Known([.. page.Nodes.Where(n => n.Source is PlainFile { Hashes: not null }).Select(n => n.Hash!.Value)]);
            foreach (Node node in page.Nodes)
                if (node.IsFolder)
                {
                    PhotoFolder inner = All(node, node.Name, isDeep, viewer);
                    if (!inner.IsEmpty || node.Kind is FolderKind.Album or FolderKind.Tag) folders.Add(inner);
                }
                else if ((node.Asset?.Uid ?? (node.Hash is { } hash ? known.GetValueOrDefault(hash) : null)) is { } asset) photos.Add((asset, NameOf(node, node.Name)));
            if ((after = page.Next) is null) break;
        }
        return new(name, photos, folders);
    }
}
