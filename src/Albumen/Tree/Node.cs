using System.Globalization;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Derivatives;
using Albumen.Organization;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>For whom the tree is read. Every read path takes it, so that no door can forget to ask what a person may see.</summary>
public sealed record Viewer(string Name)
{
    /// <summary>The admin at the machine itself.</summary>
    public static Viewer Admin { get; } = new("admin");
}

/// <summary>How much a listing says of each file; every step costs something, and a folder may hold 100,000.</summary>
public enum Detail
{
    /// <summary>What any file has; <see cref="Node.Asset"/> is null, except below /Small.</summary>
    Files,
    /// <summary>Also whether it is a photo or clip, and whether it can be shown small.</summary>
    Pictures,
    /// <summary>Also all that is known of the photo.</summary>
    Facts,
}

/// <summary>One folder or file as anyone who mounts the archive sees it.</summary>
public sealed record Node
{
    // Apart, because a listing needs the names of 100,000 files and none of their paths.
    readonly string _parent = "", _name = "";

    public Node()
    {
    }

    /// <param name="parent">The path of its folder.</param>
    internal Node(string parent, string name) => (_parent, _name) = (parent, name);

    /// <summary>Absolute in the tree, with slashes, NFC and not encoded: <c>/Timeline/2024/2024-07-14/IMG_0001.JPG</c>. The root is <c>/</c>.</summary>
    public string Path
    {
        get => $"{_parent}/{_name}";
        init => (_parent, _name) = (value[..value.LastIndexOf('/')], value[(value.LastIndexOf('/') + 1)..]);
    }

    public required bool IsFolder { get; init; }

    /// <summary>Exact; 0 for folders.</summary>
    public long SizeInBytes { get; init; }

    public DateTimeOffset Modified { get; init; }

    /// <summary>When the photo was taken; for everything else null.</summary>
    public DateTimeOffset? Taken => TakenText is null ? null : Rows.Taken(TakenText);

    /// <summary>The same as the catalogue has it.</summary>
    internal string? TakenText { get; init; }

    public string MediaType { get; init; } = UnknownMedia;

    /// <summary>Quoted, as RFC 9110, 8.8.3 has it: strong from the SHA-256; weak while the bytes have not been read. Null for folders.</summary>
    public string? ETag
    {
        get => field ?? (Hash is { } hash ? Rows.StrongETag(hash) : null);
        init;
    }

    /// <summary>Null for folders, small versions and files not read yet.</summary>
    public ContentHash? Hash { get; init; }

    /// <summary>Set for photos and clips.</summary>
    public AssetInTree? Asset { get; init; }

    /// <summary>How its bytes are reached, or where its children come from; the tree's own affair.</summary>
    internal Source Source { get; init; } = new StaticFolder();

    /// <summary>Of a folder: what may be done in it, see <see cref="FolderRules"/>.</summary>
    public FolderKind Kind => Source.FolderKind;

    /// <summary>Stays the same when it gets another name; null where that costs more than it is worth.</summary>
    public string? Id => Source switch
    {
        PlainFile file => $"{file.Stat.Inode:x}-{file.Stat.BornNs:x}",
        ReceiptFile { Receipt.Asset: var asset } => asset,
        AlbumFolder { Album.Id: var album } => album,
        _ => Asset?.Uid,
    };

    /// <summary>The id of the album that a folder is, be it in the trash; null when it is none.</summary>
    public string? AlbumId => Source switch { AlbumFolder { Album.Id: var id } => id, TrashedAlbum { Album.Id: var deleted } => deleted, _ => null };

    /// <summary>Hashes of a file in the form of ownCloud's <c>oc:checksums</c>; null where they were not taken. SHA-1 and MD5 are taken of what comes from outside only.</summary>
    public string? Checksums => Source switch
    {
        PlainFile { Hashes: { } hashes } => ToText(hashes.Sha1, hashes.Md5),
        ReceiptFile { Receipt: { Sha1: { } sha1, Md5: { } md5 } } => ToText(sha1, md5),
        ShadowFile { Shadow.Hashes: { } hashes } => ToText(hashes.Sha1, hashes.Md5),
        _ => Hash is { } hash ? $"SHA256:{hash}" : null,
    };

    public string Name => _name;

    /// <summary>The path under which clients' properties of it are kept: its own, also where it is asked for by a name it was once put under.</summary>
    public string KeptAt => Source is AliasFile { Real: var real } ? real.Path : Path;

    /// <summary>The path that locks of it are on: the same, and of what is no photo yet that of the legal name it will have.</summary>
    public string LockedAt => Source is ShadowFile ? $"{_parent}/{EntryName.From(_name).Name}" : KeptAt;

    /// <summary>A small version of it, at the same path.</summary>
    internal Node As(DerivativeKind kind, ContentHash hash, PreviewInTree preview) => this with
    {
        SizeInBytes = preview.SizeInBytes,
        MediaType = kind.MediaType,
        ETag = Rows.SmallETag(hash, kind, preview.Recipe, preview.SizeInBytes),
        Hash = null,
        Source = new DerivativeFile(hash, kind, preview),
    };

    public string Child(string name) => _name.Length == 0 ? "/" + name : $"{_parent}/{_name}/{name}";

    static string ToText(byte[] sha1, byte[] md5) => $"SHA1:{Convert.ToHexStringLower(sha1)} MD5:{Convert.ToHexStringLower(md5)}";

    internal const string UnknownMedia = "application/octet-stream";
}

/// <param name="Uid">The asset's public id.</param>
/// <param name="Kind">image, raw or video.</param>
/// <param name="Preview">Its preview, of a clip its poster, and with it its thumbnail; null when there are none.</param>
/// <param name="FactsJson">The effective facts as the API shows them (see Catalog.Facts); null unless asked for.</param>
/// <param name="Derivatives">Kinds that exist, with commas between; null unless asked for.</param>
/// <param name="Stack">What it is in its stack; null where it is in none, and unless asked for.</param>
public sealed record AssetInTree(string Uid, string Kind, string Mime, PreviewInTree? Preview, string? FactsJson, string? Derivatives, bool IsInTrash = false, InStack? Stack = null)
{
    /// <summary>See <see cref="Analysis.Sharpness"/>; null unless asked for, and while its picture was not analysed.</summary>
    public double? Sharpness { get; init; }

    /// <summary>Of a clip: what is played in its place; null when it is not known or not made.</summary>
    internal ProxyInTree? Proxy { get; init; }

    internal StillKind Picture => Kind == "video" ? Poster : Screen;

    static readonly StillKind Poster = new Poster(), Screen = new Preview();

    /// <summary>The same as <see cref="FactsJson"/>, read once.</summary>
    public Facts Facts => field ??= (FactsJson is null ? null : JsonSerializer.Deserialize(FactsJson, Catalog.FactsJson.Default.Facts)) ?? new();
}

public sealed record PreviewInTree(long ContentId, long Recipe, long SizeInBytes);

/// <summary>What is played in the place of a clip.</summary>
/// <param name="File">Null when the clip itself is as good.</param>
sealed record ProxyInTree(PreviewInTree? File)
{
    /// <param name="text">State, recipe and size, with spaces between.</param>
    public static ProxyInTree? Read(long content, string? text) => text?.Split(' ') switch
    {
        ["made", var recipe, var size] => new(new PreviewInTree(content, long.Parse(recipe, CultureInfo.InvariantCulture), long.Parse(size, CultureInfo.InvariantCulture))),
        ["needless", ..] => new((PreviewInTree?)null),
        _ => null,
    };
}

/// <summary>A part of a folder's children, in the order of their keys.</summary>
/// <param name="Next">Where the next page begins; null after the last.</param>
public sealed record Page(IReadOnlyList<Node> Nodes, string? Next);

/// <summary>What stands behind a node.</summary>
abstract record Source
{
    public virtual FolderKind FolderKind => FolderKind.Computed;
}
sealed record StaticFolder(FolderKind Of = FolderKind.Root) : Source
{
    public override FolderKind FolderKind => Of;
}
sealed record DiskFolder(Volume Volume, long FolderId) : Source
{
    public override FolderKind FolderKind => FolderKind.Folders;
}
sealed record DiskFile(Volume Volume, RelativePath Folder, byte[] Name, long SizeInBytes, long ModifiedNs, long ChangedNs) : Source
{
    public RelativePath Path => Folder.Child(Name);
}
sealed record ContentFile(long ContentId) : Source;
sealed record TimelineYear(string Year) : Source
{
    public override FolderKind FolderKind => FolderKind.Timeline;
}
sealed record TimelineFolder(string Name) : Source
{
    public override FolderKind FolderKind => FolderKind.Timeline;
}
sealed record AlbumFolder(Album Album) : Source
{
    public override FolderKind FolderKind => FolderKind.Album;
}
/// <summary>A deleted album, or one in it, as it lies in the trash.</summary>
sealed record TrashedAlbum(Album Album) : Source
{
    public override FolderKind FolderKind => FolderKind.Trash;
}
/// <summary>A folder of photos of any days.</summary>
/// <param name="Prefix">Empty, or which part of it by the photos' days (see <see cref="Stretch"/>).</param>
sealed record SetFolder(PhotoSet Set, string Prefix) : Source
{
    public override FolderKind FolderKind => Set switch
    {
        QuerySet => FolderKind.Smart,
        FacetSet { View: Facets.Tags } => FolderKind.Tag,
        FacetSet { View: Facets.Trash } => FolderKind.Trash,
        _ => FolderKind.Computed,
    };
}
sealed record DerivativeFile(ContentHash Hash, DerivativeKind Kind, PreviewInTree Preview) : Source;
/// <summary>A folder below /Small and the one it mirrors.</summary>
sealed record SmallFolder(Node Original) : Source
{
    public override FolderKind FolderKind => FolderKind.Small;
}
/// <summary>A folder of the inbox, by its place there.</summary>
sealed record PlainFolder(RelativePath Path) : Source
{
    public override FolderKind FolderKind => FolderKind.Inbox;
}
/// <param name="Hashes">Null when nobody took them.</param>
sealed record PlainFile(RelativePath Path, FileStat Stat, FileHashes? Hashes) : Source;
/// <summary>No photo, and only for the person who brought it.</summary>
sealed record ShadowFile(Shadow Shadow) : Source;
/// <summary>A photo by the name it was put under.</summary>
/// <param name="Real">By the name it has.</param>
sealed record AliasFile(Node Real, Shadow Shadow) : Source;
/// <summary>What lay in this folder of the inbox before it was taken in.</summary>
sealed record ReceiptFile(RelativePath Folder, Receipt Receipt) : Source;
