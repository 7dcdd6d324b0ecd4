using Albumen.Organization;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>
/// Writing to <c>/Tags</c>. A file copied or moved in is a photo that gets the tag, a file deleted one that loses it; a folder is a tag, with those below it. What a
/// photo is called there follows from its date, so it may get another name than was asked for.
/// </summary>
sealed class WritableTag(ArchiveTree tree, Organizer organizer, Intake intake, PathProperties properties) : ArrangedFolder(tree, organizer, intake, properties)
{
    static readonly TreeAnswer.Refused Part = new("computed-view", "These folders part the photos of one tag by their dates; change the tag itself, or single photos.");

    public static Tagging Tagging { get; } = new(tag => Facets.OfTag(tag)?.Key, Facets.Below);

    public override IReadOnlyList<FolderKind> Kinds { get; } = [FolderKind.Tags, FolderKind.Tag];

    /// <summary>The key of the tag whose photos are in a folder; null when it is no tag's.</summary>
    public static string? KeyOf(Node? folder) => folder?.Source is SetFolder { Set: FacetSet { View: Facets.Tags, Key: var key } } ? key : null;

    /// <summary>The key of the tag that a folder is; null for a part of one, and for what is none.</summary>
    public static string? TagOf(Node? folder) => IsPart(folder) ? null : KeyOf(folder);

    public override async Task<TreeAnswer> MakeFolderAsync(Spot spot, Viewer viewer, CancellationToken cancellationToken) =>
        IsPart(spot.Folder) ? Part : PassingNames.IsJunk(spot.Name) ? TreeAnswer.NameNotAllowed : await DoAsync($"mkdir {spot.Path}", Tagging.Create(TagAt(spot)), isNew: true, viewer, cancellationToken);

    protected override async Task<TreeAnswer> TakeOutAsync(Spot spot, Viewer viewer, CancellationToken cancellationToken)
    {
        Node node = spot.Node!;
        if (IsPart(node)) return Part;
        Deed deed = TagOf(node) is { } tag ? Tagging.Delete(tag) : Tagging.Remove(KeyOf(spot.Folder)!, [node.Asset!.Uid]);
        return await DoAsync($"delete {node.Path}", deed, isNew: false, viewer, cancellationToken);
    }

    protected override async Task<TreeAnswer> CopyInAsync(Node source, Spot target, bool isDeep, Viewer viewer, CancellationToken cancellationToken)
    {
        string what = $"copy {source.Path} {target.Path}";
        if (source.IsFolder) return await CopyFolderAsync(source, target, isDeep, what, viewer, cancellationToken);
        return Photos.One(source) is { } asset ? await AddAsync(asset, target, what, viewer, cancellationToken) : PhotoSource.Refuse(source);
    }

    protected override async Task<TreeAnswer> MoveInAsync(Node source, Spot target, Viewer viewer, CancellationToken cancellationToken)
    {
        string what = $"move {source.Path} {target.Path}";
        bool isNew = target.Node is null || target.Node.Path == source.Path;
        if (source.Kind == FolderKind.Tag && source.IsFolder)
        {
            if (IsPart(source) || IsPart(target.Folder)) return Part;
            return await DoAsync(what, Tagging.Rename(TagOf(source)!, TagAt(target)), isNew, viewer, cancellationToken);
        }
        if (source.IsFolder) return await CopyFolderAsync(source, target, isDeep: true, what, viewer, cancellationToken);
        if (Photos.One(source) is not { } asset) return PhotoSource.Refuse(source);
        if (KeyOf(ArrangementOf(source, viewer)) is not { } key) return await AddAsync(asset, target, what, viewer, cancellationToken);
        return await DoAsync(what, Tagging.Remove(key, [asset], instead: TagIn(target.Folder)), IsNew(asset, target), viewer, cancellationToken, _ => Find(asset, target, viewer));
    }

    /// <summary>A photo of the folder has its day in its name, which a version of it needs not have in its file's.</summary>
    protected override string FileName(Spot spot) => spot.Node?.Asset is not null && spot.Name.IndexOf('_', StringComparison.Ordinal) is var day and > 0 && day < spot.Name.Length - 1 ? spot.Name[(day + 1)..] : spot.Name;

    protected override Task<TreeAnswer> TakeInAsync(string asset, Spot target, string? older, string what, Viewer viewer, CancellationToken cancellationToken)
    {
        Deed put = Tagging.Add(TagIn(target.Folder), [asset]);
        if (older is not null && KeyOf(target.Folder) is { } key) put = Organizer.Both(Organizer.Both(put, Tagging.Remove(key, [older])), Stacking.Join(older, asset));
        return DoAsync(what, put, IsNew(asset, target), viewer, cancellationToken, _ => Find(asset, target, viewer));
    }

    Task<TreeAnswer> AddAsync(string asset, Spot target, string what, Viewer viewer, CancellationToken cancellationToken) =>
        DoAsync(what, Tagging.Add(TagIn(target.Folder), [asset]), IsNew(asset, target), viewer, cancellationToken, _ => Find(asset, target, viewer));

    async Task<TreeAnswer> CopyFolderAsync(Node source, Spot target, bool isDeep, string what, Viewer viewer, CancellationToken cancellationToken)
    {
        if (IsPart(target.Folder) || IsPart(target.Node)) return Part;
        PhotoFolder folder = Photos.All(source, target.Name, isDeep, viewer);
        return await DoAsync(what, Tagging.Add(TagAt(target), folder), isNew: target.Node is null, viewer, cancellationToken);
    }

    /// <summary>Whether a photo is not in the folder yet.</summary>
    static bool IsNew(string asset, Spot target) => target.Node?.Asset?.Uid != asset;

    Node? Find(string asset, Spot target, Viewer viewer) => Tree.SetName(asset) is { } name ? Tree.Find(target.Folder!.Child(name), viewer) : null;

    /// <summary>A part of a tag's photos, by date.</summary>
    static bool IsPart(Node? folder) => folder?.Source is SetFolder { Prefix.Length: > 0 };

    /// <summary>The tag that a folder at this place is, or shall be.</summary>
    static string TagAt(Spot spot) => TagIn(spot.Folder) is { Length: > 0 } above ? $"{above}/{spot.Name}" : spot.Name;

    /// <summary>The tag of a folder, as its path shows it; of a part of one too.</summary>
    static string TagIn(Node? folder) => KeyOf(folder) is not { } key ? "" : string.Join('/', folder!.Path.Split('/').Skip(2).Take(key.Count(c => c == Facets.Below) + 1));
}
