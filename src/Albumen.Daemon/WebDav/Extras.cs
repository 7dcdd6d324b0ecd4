using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>What a listing says of single nodes beyond what all have: properties that clients set, and locks that are held. Most nodes have neither, and cost nothing.</summary>
sealed class Extras
{
    readonly PathLocks _locks;
    readonly PathProperties _properties;
    readonly bool _hasProperties, _hasLocks;
    IReadOnlyDictionary<string, IReadOnlyList<PathProperty>> _page = new Dictionary<string, IReadOnlyList<PathProperty>>();

    public Extras(PropfindRequest request, Node listed, PathLocks locks, PathProperties properties)
    {
        (_locks, _properties) = (locks, properties);
        _hasLocks = !locks.IsEmpty && (request.Kind == PropfindKind.AllProperties || request.Names.Contains(LiveProperty.LockDiscovery));
        // Those of Windows can be set and are shown even so.
        bool wants = request.Kind != PropfindKind.Some || request.Names.Any(n => n.Namespace == PropertyName.Win32 || !LiveProperty.IsKnown(n)) || (SetTime.CanBeOf(listed) && request.Names.Any(ShowsTime));
        _hasProperties = wants && properties.HasAny(TreePath.KeyOf(listed.KeptAt));
    }

    /// <summary>Reads what belongs to a page, in one query.</summary>
    public void Load(IReadOnlyList<Node> nodes)
    {
        if (_hasProperties) _page = _properties.Of(nodes.Select(n => TreePath.KeyOf(n.KeptAt)));
    }

    /// <summary>What there is of a node; null when there is nothing.</summary>
    public NodeExtras? Of(Node node)
    {
        if (!_hasProperties && !_hasLocks) return null;
        IReadOnlyList<PathLock> locks = _hasLocks ? _locks.On(node.Path, node.LockedAt) : [];
        _page.TryGetValue(TreePath.KeyOf(node.KeptAt), out IReadOnlyList<PathProperty>? properties);
        return locks.Count == 0 && properties is null ? null : new(properties ?? [], to => LockText.Write(to, locks, _locks), properties is null || !SetTime.CanBeOf(node) ? null : SetTime.Among(properties));
    }

    static bool ShowsTime(PropertyName name) => name == Modified || name == Created;

    static readonly PropertyName Modified = new(PropertyName.Dav, "getlastmodified"), Created = new(PropertyName.Dav, "creationdate");
}

/// <param name="WriteLocks">Writes the content of <c>lockdiscovery</c>; nothing when there are none.</param>
/// <param name="Modified">When a client says it was changed; null where none does.</param>
sealed record NodeExtras(IReadOnlyList<PathProperty> Properties, Action<Utf8Writer> WriteLocks, DateTimeOffset? Modified)
{
    public static NodeExtras None { get; } = new([], static _ => { }, null);

    public string? Element(PropertyName name) => Properties.FirstOrDefault(p => p.Namespace == name.Namespace && p.Name == name.Local)?.Element;
}
