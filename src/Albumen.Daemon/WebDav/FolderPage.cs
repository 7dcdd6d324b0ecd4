using System.Text.Json;
using Albumen.Catalog;
using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>
/// A folder as a page: its folders with a picture each, then its photos in rows of one height, each as wide as it is, which load when they come near. It is written
/// part by part, so a long one costs no memory.
/// </summary>
sealed class FolderPage(Utf8Writer to, Node folder)
{
    const int LongestSideInPixels = 320;
    // Beyond these a thumbnail is cut, so that no picture is a line.
    const double Narrowest = 0.5, Widest = 3;

    ReadOnlyMemory<byte>? _section;
    long _photos, _clips, _others, _folders;

    public void Begin(FolderWords? words)
    {
        PageFrame.Begin(to, folder);
        to.Raw("<main class=\"folder\">\n"u8);
        // The top has its name in the path already.
        if (folder.Name.Length > 0)
        {
            to.Raw("<h1 dir=\"auto\">"u8);
            to.Text(words?.Title ?? folder.Name);
            to.Raw("</h1>\n"u8);
        }
        if (words?.Description is { Length: > 0 } description)
        {
            to.Raw("<p class=\"words\" dir=\"auto\">"u8);
            to.Text(description);
            to.Raw("</p>\n"u8);
        }
        if (words?.Query is { } query)
        {
            to.Raw("<p class=\"words\"><code>"u8);
            to.Text(query);
            to.Raw("</code></p>\n"u8);
        }
    }

    public void Add(IReadOnlyList<Node> nodes)
    {
        foreach (Node node in nodes)
        {
            Section(node.IsFolder ? Folders : Files);
            if (node.IsFolder) AddFolder(node);
            else AddFile(node);
        }
    }

    /// <param name="isFirst">Whether nothing of the folder stands on pages before.</param>
    /// <param name="next">Where the next page begins; null on the last.</param>
    public void End(bool isFirst, string? next)
    {
        Section(null);
        bool isWhole = isFirst && next is null;
        if (_photos + _clips + _others + _folders == 0)
        {
            to.Raw("<div class=\"empty\">"u8);
            to.Raw(PageIcons.Folder);
            to.Raw(!isFirst ? "This was all."u8 : "Nothing is here yet."u8);
            to.Raw("</div>\n"u8);
        }
        else if (_photos + _clips + _others > 0)
        {
            to.Raw("<p class=\"end\">"u8);
            to.Raw(string.Join(" · ", new[] { Count(_photos, "photo"), Count(_clips, "clip"), Count(_others, "file") }.OfType<string>()));
            to.Raw(isWhole ? "</p>\n"u8 : " on this page</p>\n"u8);
        }
        if (!isWhole)
        {
            to.Raw("<nav class=\"pages\" aria-label=\"Pages\">"u8);
            if (!isFirst) Button("", "First page"u8);
            if (next is not null) Button("?after=" + Uri.EscapeDataString(next), "Next page"u8);
            to.Raw("</nav>\n"u8);
        }
        to.Raw("</main>\n"u8);
        PageFrame.End(to, isFolder: true);
    }

    static readonly ReadOnlyMemory<byte> Folders = "<ul class=\"folders\">\n"u8.ToArray(), Files = "<ul class=\"files\">\n"u8.ToArray();

    void Section(ReadOnlyMemory<byte>? section)
    {
        if (_section.Equals(section)) return;
        if (_section is not null) to.Raw("</ul>\n"u8);
        if (section is { } begin) to.Raw(begin.Span);
        _section = section;
    }

    void AddFolder(Node inner)
    {
        _folders++;
        to.Raw("<li><a class=\"tile\" href=\""u8);
        to.Href(inner.Path, isFolder: true);
        to.Raw("\"><span class=\"cover\">"u8);
        to.Raw(PageIcons.Folder);
        to.Raw("<img src=\""u8);
        to.Href(inner.Path, isFolder: true);
        to.Raw("?cover\" width=\"320\" height=\"213\" loading=\"lazy\" decoding=\"async\" alt=\"\"></span><span class=\"name\" dir=\"auto\">"u8);
        to.Text(inner.Name);
        to.Raw("</span>"u8);
        if (folder.Path == "/" && About(inner.Name) is { } about) to.Raw($"<span class=\"about\">{about}</span>");
        to.Raw("</a></li>\n"u8);
    }

    void AddFile(Node file)
    {
        bool isClip = FilePage.IsClip(file);
        string? version = ArchiveTree.PictureVersion(file);
        if (isClip) _clips++;
        else if (file.Asset is not null) _photos++;
        else _others++;
        to.Raw(version is null ? "<li class=\"plain\"><a class=\"tile\" data-photo href=\""u8 : "<li><a class=\"tile\" data-photo href=\""u8);
        to.Href(file.Path, isFolder: false);
        to.Raw(Gallery.ViewQuery);
        to.Raw("\">"u8);
        if (version is not null) Picture(file, version, isClip);
        else
        {
            to.Raw("<span class=\"kind\">"u8);
            to.Text(FilePage.KindOf(file));
            to.Raw("</span>"u8);
        }
        to.Raw("<span class=\"name\" dir=\"auto\">"u8);
        to.Text(file.Name);
        to.Raw("</span></a></li>\n"u8);
    }

    void Picture(Node file, string version, bool isClip)
    {
        Facts facts = file.Asset?.FactsJson is { } json ? JsonSerializer.Deserialize(json, FactsJson.Default.Facts) ?? new() : new();
        (int width, int height) = SizeOf(facts);
        to.Raw("<img src=\""u8);
        to.Href(file.Path, isFolder: false);
        to.Raw($"{Gallery.ThumbnailQuery}={version}\" width=\"{width}\" height=\"{height}\" loading=\"lazy\" decoding=\"async\" alt=\"");
        if ((facts.Caption ?? facts.Title) is { Length: > 0 } words) to.Text(words.Length > 200 ? words[..200] : words);
        else to.Raw(isClip ? "Clip"u8 : "Photo"u8);
        if (file.Taken is { } taken) to.Raw($", {taken:d MMMM yyyy}");
        to.Raw("\">"u8);
        if (isClip) to.Raw($"<span class=\"clip\" aria-hidden=\"true\">▶{(facts.Duration is { } seconds ? " " + PhotoText.Length(seconds) : "")}</span>");
    }

    /// <summary>As it is shown: the long side of a thumbnail, turned as it was held.</summary>
    static (int Width, int Height) SizeOf(Facts facts)
    {
        (double width, double height) = facts is { Width: > 0 and var w, Height: > 0 and var h } ? (w, h) : (4.0, 3.0);
        if (facts.Orientation is >= 5 and <= 8) (width, height) = (height, width);
        double ratio = Math.Clamp(width / height, Narrowest, Widest);
        return ratio >= 1 ? (LongestSideInPixels, (int)Math.Round(LongestSideInPixels / ratio)) : ((int)Math.Round(LongestSideInPixels * ratio), LongestSideInPixels);
    }

    static string? Count(long count, string what) => count == 0 ? null : $"{count:N0} {what}{(count == 1 ? "" : "s")}";

    static string? About(string name) => name switch
    {
        "Albums" => "What you put together",
        "Folders" => "As they lie on the disks",
        "Inbox" => "Put new photos here",
        "People" => "By who is on them",
        "Places" => "By where they were taken",
        "Ratings" => "By stars",
        "Quality" => "By how sharp they are",
        "Small" => "The same, for slow links",
        "Smart" => "What your searches find",
        "Tags" => "By keyword",
        "Timeline" => "By day",
        "Trash" => "What was deleted",
        _ => null,
    };

    void Button(string query, ReadOnlySpan<byte> text)
    {
        to.Raw("<a class=\"button\" href=\""u8);
        to.Href(folder.Path, isFolder: true);
        to.Text(query);
        to.Raw("\">"u8);
        to.Raw(text);
        to.Raw("</a>"u8);
    }
}
