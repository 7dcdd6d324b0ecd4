using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>A folder as a page: where we are, then its folders, then its photos as small pictures that load when they come into view.</summary>
static class FolderPage
{
    /// <param name="isFirst">False for a later page of a long folder.</param>
    public static void Write(Utf8Writer to, Node folder, Page page, bool isFirst)
    {
        PageFrame.Begin(to, folder);
        if (page.Nodes.Count == 0) to.Raw("<p class=\"empty\">Nothing is here yet.</p>\n"u8);
        Section(to, "folders"u8, page.Nodes.Where(n => n.IsFolder), FolderLink);
        Section(to, "files"u8, page.Nodes.Where(n => !n.IsFolder), FileLink);
        if (!isFirst || page.Next is not null)
        {
            to.Raw("<nav class=\"pages\" aria-label=\"Pages\">"u8);
            if (!isFirst) Link(to, folder, "", "First page"u8);
            if (page.Next is { } next) Link(to, folder, "?after=" + Uri.EscapeDataString(next), "Next page"u8);
            to.Raw("</nav>\n"u8);
        }
        PageFrame.End(to);
    }

    static void Section(Utf8Writer to, ReadOnlySpan<byte> kind, IEnumerable<Node> nodes, Action<Utf8Writer, Node> write)
    {
        bool isOpen = false;
        foreach (Node node in nodes)
        {
            if (!isOpen)
            {
                to.Raw("<ul class=\""u8);
                to.Raw(kind);
                to.Raw("\">\n"u8);
            }
            isOpen = true;
            to.Raw("<li>"u8);
            write(to, node);
            to.Raw("</li>\n"u8);
        }
        if (isOpen) to.Raw("</ul>\n"u8);
    }

    static void FolderLink(Utf8Writer to, Node folder)
    {
        to.Raw("<a href=\""u8);
        to.Href(folder.Path, isFolder: true);
        to.Raw("\">"u8);
        to.Raw(PageFrame.FolderIcon);
        to.Raw("<span>"u8);
        to.Text(folder.Name);
        to.Raw("</span></a>"u8);
    }

    static void FileLink(Utf8Writer to, Node file)
    {
        bool hasPicture = file.Asset?.Preview is not null, isClip = file.Asset?.Kind == "video";
        to.Raw("<a href=\""u8);
        to.Href(file.Path, isFolder: false);
        // What we cannot show is the file itself.
        to.Raw(hasPicture ? $"{Gallery.ViewQuery}\"" : "\" class=\"plain\"");
        to.Raw("><span class=\"tile\">"u8);
        if (hasPicture)
        {
            to.Raw("<img src=\""u8);
            to.Href(file.Path, isFolder: false);
            to.Raw($"{Gallery.ThumbnailQuery}\" loading=\"lazy\" decoding=\"async\" alt=\"");
            to.Raw(isClip ? "Clip "u8 : "Photo "u8);
            to.Text(file.Name);
            if (file.Taken is { } taken) to.Raw($", {taken:d MMMM yyyy}");
            to.Raw("\">"u8);
        }
        else
        {
            to.Raw("<span class=\"kind\">"u8);
            to.Text(Path.GetExtension(file.Name) is { Length: > 1 } extension ? extension[1..] : "file");
            to.Raw("</span>"u8);
        }
        if (isClip) to.Raw("<span class=\"clip\" title=\"Clip\">&#9654;</span>"u8);
        to.Raw("</span><span class=\"name\">"u8);
        to.Text(file.Name);
        to.Raw("</span></a>"u8);
    }

    static void Link(Utf8Writer to, Node folder, string query, ReadOnlySpan<byte> text)
    {
        to.Raw("<a class=\"button\" href=\""u8);
        to.Href(folder.Path, isFolder: true);
        to.Text(query);
        to.Raw("\">"u8);
        to.Raw(text);
        to.Raw("</a>"u8);
    }
}
