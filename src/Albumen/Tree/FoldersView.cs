using Albumen.Storage;

namespace Albumen.Tree;

/// <summary><c>/Folders/&lt;volume&gt;/…</c>: every volume exactly as it lies on disk.</summary>
sealed class FoldersView(Volumes volumes) : View
{
    public override string Name => "Folders";

    protected override FolderKind Kind => FolderKind.Folders;

    public override Node? Find(TreeReader reader, ReadOnlySpan<string> names)
    {
        if (names.IsEmpty) return Top;
        string key = EntryName.KeyOf(names[0]);
        return volumes.All.FirstOrDefault(v => EntryName.KeyOf(v.Name) == key) is { } volume ? reader.Original(volume, Top.Child(volume.Name), names[1..].ToArray()) : null;
    }

    public override Node? Beside(TreeReader reader, Node folder, Node? file, bool isNext)
    {
        if (folder.Source is not DiskFolder disk) return null;
        string? key = file?.Source is DiskFile there ? reader.KeyOf(disk, there) : null;
        return file is null || key is not null ? reader.FileBeside(disk, folder, key, isNext) : null;
    }

    public override Page List(TreeReader reader, Node folder, PageRequest page)
    {
        if (folder.Source is not DiskFolder disk)
            return new([.. volumes.All.Select(v => reader.Original(v, Top.Child(v.Name))).OfType<Node>()], null);

        (bool inFiles, string key) = page.Mark;
        List<Node> nodes = [];
        if (!inFiles)
        {
            string? last = reader.Subfolders(disk, folder, key, page.Most, nodes);
            if (last is not null) return new(nodes, "d" + last);
            key = "";
        }
        string? next = reader.Files(disk, folder, key, page.Most - nodes.Count, page.Detail, nodes);
        return new(nodes, next is null ? null : "f" + next);
    }
}
