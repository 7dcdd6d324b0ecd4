using Albumen.Catalog;
using Albumen.Organization;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>What writing to albums and to tags has in common: no byte is copied, and each deed is one operation of the journal, which can be taken back.</summary>
abstract class ArrangedFolder(ArchiveTree tree, Organizer organizer, Intake intake, PathProperties properties) : WritableFolder
{
    protected ArchiveTree Tree => tree;

    protected PhotoSource Photos { get; } = new(tree, intake);

    public override TreeAnswer? RefuseName(Spot spot) => spot.Name.Trim(' ', '.').Length == 0 || spot.Name.Any(char.IsControl) || spot.Name.Length > 255 ? TreeAnswer.NameNotAllowed : null;

    public sealed override async Task<TreeAnswer> PutAsync(Spot spot, Upload upload, Viewer viewer, CancellationToken cancellationToken)
    {
        (string? asset, TreeAnswer? refusal) = await intake.TakeAsync(upload, cancellationToken);
        return asset is null ? refusal! : await AddAsync(asset, spot, $"put {spot.Path}", viewer, cancellationToken);
    }

    /// <summary>A photo has the time of its file, and a folder that of its last change; what a client says of it instead is kept for it.</summary>
    public sealed override async Task<TreeAnswer> SetModifiedAsync(Node node, DateTimeOffset modified, CancellationToken cancellationToken)
    {
        await properties.SetAsync(TreePath.KeyOf(node.Path), [(SetTime.Namespace, SetTime.Name, SetTime.ToElement(modified))], cancellationToken);
        return new TreeAnswer.Done(IsNew: false, node with { Modified = modified });
    }

    /// <summary>Puts a photo where somebody wants a file.</summary>
    protected abstract Task<TreeAnswer> AddAsync(string asset, Spot target, string what, Viewer viewer, CancellationToken cancellationToken);

    /// <param name="find">What there is then, where that need not be what was asked for.</param>
    protected async Task<TreeAnswer> DoAsync(string what, Deed deed, bool isNew, Viewer viewer, CancellationToken cancellationToken, Func<Node?>? find = null)
    {
        try
        {
            _ = await organizer.DoAsync(new Author(viewer.Name, "webdav"), what, deed, cancellationToken);
            return new TreeAnswer.Done(isNew, find?.Invoke());
        }
        catch (ArrangeException error)
        {
            return error.Fault switch
            {
                ArrangeFault.Missing => new TreeAnswer.Missing(),
                ArrangeFault.Taken => new TreeAnswer.Exists(),
                _ => new TreeAnswer.Refused("not-possible", error.Message),
            };
        }
        catch (FormatException)
        {
            // A tag that no sidecar could carry.
            return TreeAnswer.NameNotAllowed;
        }
        catch (IOException error) when (error is not FileFault)
        {
            return new TreeAnswer.Failed(error.Message);
        }
    }

    protected Node? FolderOf(Node node, Viewer viewer) => tree.Find(TreePath.FolderOf(node.Path)!, viewer);
}
