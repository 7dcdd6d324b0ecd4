using System.Text;
using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>A property's name as XML has it: a namespace and a local name.</summary>
readonly record struct PropertyName(string Namespace, string Local)
{
    public const string Dav = "DAV:", Win32 = "urn:schemas-microsoft-com:", OwnCloud = "http://owncloud.org/ns", Albumen = "urn:albumen";
}

enum Holder { Both, Files, Folders }

/// <summary>A property we compute (RFC 4918, 15). <see cref="All"/> is the one list; a new one is one line there.</summary>
/// <param name="On">Who has it.</param>
/// <param name="InAll">Part of the answer to <c>allprop</c>. What only some clients know, or what costs something, is told only when asked for by name.</param>
/// <param name="Write">Writes the element's content; when it writes nothing, the element is empty.</param>
sealed record LiveProperty(PropertyName Name, Holder On, bool InAll, Action<Utf8Writer, Node>? Write)
{
    public static PropertyName LockDiscovery { get; } = new(PropertyName.Dav, "lockdiscovery");
    public static PropertyName Permissions { get; } = new(PropertyName.OwnCloud, "permissions");

    public static IReadOnlyList<LiveProperty> All { get; } =
    [
        Dav("resourcetype", Holder.Folders, true, (to, _) => to.Raw("<D:collection/>"u8)),
        Dav("resourcetype", Holder.Files, true, null),
        Dav("displayname", Holder.Both, true, (to, node) => to.Text(node.Name.Length == 0 ? "Albumen" : node.Name)),
        // On folders too, as 0: some players leave out what has none.
        Dav("getcontentlength", Holder.Both, true, (to, node) => to.Number(node.SizeInBytes)),
        Dav("getcontenttype", Holder.Both, true, (to, node) => to.Raw(node.IsFolder ? "httpd/unix-directory" : node.MediaType)),
        Dav("getetag", Holder.Files, true, (to, node) => WriteETag(to, node)),
        Dav("getlastmodified", Holder.Both, true, (to, node) => to.HttpDate(node.Modified)),
        // When the photo was taken, so that "date created" sorts by it.
        Dav("creationdate", Holder.Both, true, (to, node) => to.IsoDate(node.Taken ?? node.Modified)),
        // The request's template decides whether there is something in it; a lock that is held is written apart.
        Dav("supportedlock", Holder.Files, true, null) with { IsLockable = true },
        Dav("supportedlock", Holder.Folders, true, (to, node) => to.Raw(FolderRules.Allows(node.Kind, TreeOperation.Lock) ? LockText.Supported : [])),
        new(LockDiscovery, Holder.Both, true, null),
        Dav("iscollection", Holder.Both, false, (to, node) => to.Number(node.IsFolder ? 1 : 0)),
        // RFC 4331, and what Finder asked for before there was that; the values are put in by the request's template, because they are the same for a whole volume.
        Dav("quota-available-bytes", Holder.Folders, false, null) with { Quota = (_, available) => available },
        Dav("quota-used-bytes", Holder.Folders, false, null) with { Quota = (used, _) => used },
        Dav("quota", Holder.Folders, false, null) with { Quota = (used, available) => used + available },
        Dav("quotaused", Holder.Folders, false, null) with { Quota = (used, _) => used },
        // RFC 5842, 3.1.
        Dav("resource-id", Holder.Both, false, (to, node) => to.Raw($"<D:href>urn:uuid:{Guid.ParseExact(node.Id!, "N")}</D:href>")) with { IsThere = HasUuid, Needs = Detail.Pictures },
        // ownCloud's, for rclone and its like. Nothing is written where it is not known.
        new(new(PropertyName.OwnCloud, "size"), Holder.Both, false, (to, node) => to.Number(node.SizeInBytes)),
        new(new(PropertyName.OwnCloud, "fileid"), Holder.Both, false, (to, node) => to.Text(node.Id)) { IsThere = node => node.Id is not null, Needs = Detail.Pictures },
        new(new(PropertyName.OwnCloud, "id"), Holder.Both, false, (to, node) => to.Text(node.Id)) { IsThere = node => node.Id is not null, Needs = Detail.Pictures },
        new(new(PropertyName.OwnCloud, "checksums"), Holder.Files, false, WriteChecksums) { IsThere = node => node.Checksums is not null },
        new(Permissions, Holder.Both, false, null),
        new(new(PropertyName.Win32, "Win32CreationTime"), Holder.Both, false, (to, node) => to.HttpDate(node.Taken ?? node.Modified)),
        new(new(PropertyName.Win32, "Win32LastModifiedTime"), Holder.Both, false, (to, node) => to.HttpDate(node.Modified)),
        // FILE_ATTRIBUTE_DIRECTORY; FILE_ATTRIBUTE_ARCHIVE and _READONLY.
        new(new(PropertyName.Win32, "Win32FileAttributes"), Holder.Both, false, (to, node) => to.Raw(node.IsFolder ? "00000010"u8 : "00000021"u8)),
        .. PhotoProperty.All.Select(p => p.ToLive()),
    ];

    public static bool IsKnown(PropertyName name) => Names.Contains(name);

    /// <summary>How much of each node must be known to answer.</summary>
    public static Detail DetailOf(PropfindRequest request) =>
        request.Kind == PropfindKind.Names ? Detail.Facts : All.Where(p => p.Needs > Detail.Files && request.Names.Contains(p.Name)).Select(p => p.Needs).DefaultIfEmpty(Detail.Files).Max();

    static readonly HashSet<PropertyName> Names = [.. All.Select(p => p.Name)];

    /// <summary>ownCloud's letters for what may be done with a file or folder.</summary>
    /// <param name="within">Of the folder it lies in.</param>
    public static string PermissionsOf(Node node, FolderKind within)
    {
        bool mayDelete = FolderRules.Allows(within, node.IsFolder ? TreeOperation.DeleteFolder : TreeOperation.DeleteFile);
        bool mayRename = FolderRules.Allows(within, TreeOperation.Rename) && (node.IsFolder || FolderRules.Allows(within, TreeOperation.RenameFile));
        bool mayMove = within != FolderKind.Root && FolderRules.Allows(within, TreeOperation.MoveOut);
        string changes = node.IsFolder
            ? (FolderRules.Allows(node.Kind, TreeOperation.PutNew) ? "C" : "") + (FolderRules.Allows(node.Kind, TreeOperation.MakeFolder) ? "K" : "")
            : FolderRules.Allows(within, TreeOperation.PutOver) ? "W" : "";
        return "G" + (mayDelete ? "D" : "") + (mayRename ? "N" : "") + (mayMove ? "V" : "") + changes;
    }

    static bool HasUuid(Node node) => node.Id is { Length: 32 } id && id.All(char.IsAsciiHexDigit);

    static void WriteChecksums(Utf8Writer to, Node node)
    {
        to.Raw("<Z:checksum>"u8);
        to.Raw(node.Checksums!);
        to.Raw("</Z:checksum>"u8);
    }

    /// <summary>As <see cref="Node.ETag"/> has it, but without a string where it comes from the hash.</summary>
    static void WriteETag(Utf8Writer to, Node node)
    {
        if (node.Hash is { } hash) to.Hash(hash);
        else to.Raw(node.ETag!);
    }

    /// <summary>Whether a node has it; null: each that can. One that has it not is told so (404).</summary>
    public Func<Node, bool>? IsThere { get; init; }

    /// <summary>How much of a node must be known to write it.</summary>
    public Detail Needs { get; init; }

    /// <summary>Its value from the bytes that are used and available; null for what is no quota.</summary>
    public Func<long, long, long>? Quota { get; init; }

    public bool IsLockable { get; init; }

    string Prefixed => (Name.Namespace == PropertyName.Dav ? "D:" : "Z:") + Name.Local;

    public byte[] Opening => Encoding.UTF8.GetBytes($"<{Prefixed}{Declaration}>");
    public byte[] Closing => Encoding.UTF8.GetBytes($"</{Prefixed}>");
    public byte[] Empty => Encoding.UTF8.GetBytes($"<{Prefixed}{Declaration}/>");

    string Declaration => Name.Namespace == PropertyName.Dav ? "" : $" xmlns:Z=\"{Name.Namespace}\"";

    public bool IsOn(bool folders) => On == Holder.Both || On == (folders ? Holder.Folders : Holder.Files);

    static LiveProperty Dav(string name, Holder on, bool inAll, Action<Utf8Writer, Node>? write) => new(new(PropertyName.Dav, name), on, inAll, write);
}
