using Albumen.Catalog;
using Albumen.Organization;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>A kind of folder where each deed is one operation of the journal, which can be taken back, and no file is touched.</summary>
abstract class JournalledFolder(ArchiveTree tree, Organizer organizer, Intake intake) : WritableFolder
{
    protected ArchiveTree Tree => tree;

    protected Intake Intake => intake;

    protected PhotoSource Photos { get; } = new(tree, intake);

    /// <param name="find">What there is then, where that need not be what was asked for.</param>
    protected async Task<TreeAnswer> DoAsync(string what, Deed deed, bool isNew, Viewer viewer, CancellationToken cancellationToken, Func<Plan, Node?>? find = null)
    {
        try
        {
            Arrangement done = await organizer.DoAsync(new Author(viewer.Name, "webdav"), what, deed, cancellationToken);
            return new TreeAnswer.Done(isNew, find?.Invoke(done.Plan));
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

    /// <summary>The folder of an album, wherever it lies; null while it is in the trash.</summary>
    protected Node? AlbumNode(string album, Viewer viewer) => organizer.Shelf().Album(album) is { IsInTrash: false } known ? tree.Find($"/Albums/{known.Path}", viewer) : null;

    /// <summary>The album or tag that a node lies in; null where it lies in neither.</summary>
    protected Node? ArrangementOf(Node node, Viewer viewer) =>
        node.Path.StartsWith("/Albums/", StringComparison.Ordinal) || node.Path.StartsWith("/Tags/", StringComparison.Ordinal) ? tree.Find(TreePath.FolderOf(node.Path)!, viewer) : null;
}
