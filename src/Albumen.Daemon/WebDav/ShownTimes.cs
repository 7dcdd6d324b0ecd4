using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>Photos with the times that clients gave them in albums and tags (see <see cref="SetTime"/>), for requests of a single one; a listing reads them by the page.</summary>
sealed class ShownTimes(PathProperties properties)
{
    public Node Of(Node node) =>
        SetTime.CanBeOf(node) && properties.Of([TreePath.KeyOf(node.KeptAt)]).Values.SingleOrDefault() is { } set && SetTime.Among(set) is { } time ? node with { Modified = time } : node;

    /// <summary>Other bytes lie there now, and what was said of those before says nothing.</summary>
    public Task ForgetAsync(Node node, CancellationToken cancellationToken) =>
        Of(node) == node ? Task.CompletedTask : properties.SetAsync(TreePath.KeyOf(node.KeptAt), [(SetTime.Namespace, SetTime.Name, null)], cancellationToken);
}
