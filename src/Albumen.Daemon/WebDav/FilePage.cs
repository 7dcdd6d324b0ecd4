using System.Text.Json;
using Albumen.Catalog;
using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>One photo, clip or file as a page: as large as the window, with those before and behind it, and what is known of it beside it.</summary>
/// <param name="Previous">Null for the first.</param>
/// <param name="Next">Null for the last.</param>
sealed record FilePage(Node File, Node? Previous, Node? Next, Whereabouts Where)
{
    const int PreviewSideInPixels = 2048;

    // What every browser shows itself. No SVG: it is a program.
    static readonly string[] Shown = ["image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"];

    public static bool IsSmall(Node file) => file.Path.StartsWith("/Small/", StringComparison.Ordinal);

    /// <summary>Whether it can be played, and is not the poster of a clip.</summary>
    public static bool IsClip(Node file) => file.Asset is { Kind: "video" } && (!IsSmall(file) || file.MediaType.StartsWith("video/", StringComparison.Ordinal));

    /// <summary>What stands on the tile of a file without a picture.</summary>
    public static string KindOf(Node file) => Path.GetExtension(file.Name) is { Length: > 1 and < 12 } extension ? extension[1..] : "file";

    public void Write(Utf8Writer to)
    {
        Facts facts = File.Asset?.FactsJson is { } json ? JsonSerializer.Deserialize(json, FactsJson.Default.Facts) ?? new() : new();
        PageFrame.Begin(to, File);
        to.Raw("<main class=\"photo\">\n<figure class=\"stage\">\n<div class=\"frame\">"u8);
        Show(to, facts);
        to.Raw("</div>\n"u8);
        Beside(to, Previous, "prev", "Previous: ", PageIcons.Left);
        Beside(to, Next, "next", "Next: ", PageIcons.Right);
        if ((facts.Caption ?? facts.Title) is { Length: > 0 } caption)
        {
            to.Raw("<figcaption dir=\"auto\">"u8);
            to.Text(caption);
            to.Raw("</figcaption>"u8);
        }
        to.Raw("</figure>\n"u8);
        InfoPanel.Write(to, File, facts, Where);
        // The next one is most likely; a browser gets it when it has nothing else to do.
        foreach (Node? beside in (Node?[])[Next, Previous])
            if (beside is not null && ArchiveTree.PictureVersion(beside) is { } version)
            {
                to.Raw("<link rel=\"prefetch\" as=\"image\" href=\""u8);
                Address(to, beside, $"{Gallery.PreviewQuery}={version}");
                to.Raw("\">\n"u8);
            }
        to.Raw("</main>\n"u8);
        PageFrame.End(to, isFolder: false);
    }

    void Show(Utf8Writer to, Facts facts)
    {
        string? version = ArchiveTree.PictureVersion(File);
        if (IsClip(File))
        {
            to.Raw("<video controls playsinline preload=\"metadata\""u8);
            if (version is not null)
            {
                to.Raw(" poster=\""u8);
                Address(to, File, $"{Gallery.PreviewQuery}={version}");
                to.Raw("\""u8);
            }
            to.Raw(" src=\""u8);
            Address(to, File, !IsSmall(File) && ArchiveTree.Proxy(File) is { } proxy && proxy != File ? $"{Gallery.PlayQuery}={proxy.SizeInBytes}" : "");
            to.Raw("\"></video><p class=\"nothing cannot\" hidden>This browser cannot play this kind of clip; other programs can, once it is downloaded.</p>"u8);
        }
        else if (version is not null || (Shown.Contains(File.MediaType) && File.Asset is null && Where.Problems.Count == 0))
        {
            to.Raw("<img src=\""u8);
            Address(to, File, version is null ? "" : $"{Gallery.PreviewQuery}={version}");
            to.Raw("\""u8);
            if (version is not null && facts is { Width: > 0 and var w, Height: > 0 and var h })
            {
                (double width, double height) = facts.Orientation is >= 5 and <= 8 ? (h, w) : (w, h);
                double scale = Math.Min(1, PreviewSideInPixels / Math.Max(width, height));
                to.Raw($" width=\"{Math.Max(1, Math.Round(width * scale))}\" height=\"{Math.Max(1, Math.Round(height * scale))}\"");
            }
            to.Raw(" alt=\""u8);
            to.Text(facts.Caption ?? facts.Title ?? "Photo " + File.Name);
            to.Raw("\">"u8);
        }
        else
        {
            to.Raw("<div class=\"nothing\"><span class=\"kind\">"u8);
            to.Text(KindOf(File));
            to.Raw("</span>"u8);
            to.Raw(Where.Problems.Count > 0 ? "It cannot be shown: "u8 : File.Asset is null ? "This is no photo or clip."u8 : "There is no picture of it yet."u8);
            if (Where.Problems.Count > 0) to.Text(Where.Problems[0]);
            to.Raw("<a class=\"button\" href=\""u8);
            Address(to, File, "");
            to.Raw("\">Open it</a></div>"u8);
        }
    }

    static void Beside(Utf8Writer to, Node? other, string relation, string words, ReadOnlySpan<byte> icon)
    {
        if (other is null) return;
        to.Raw($"<a class=\"beside\" rel=\"{relation}\" href=\"");
        Address(to, other, Gallery.ViewQuery);
        to.Raw("\" aria-label=\""u8);
        to.Text(words + other.Name);
        to.Raw("\">"u8);
        to.Raw(icon);
        to.Raw("</a>\n"u8);
    }

    static void Address(Utf8Writer to, Node file, string query)
    {
        to.Href(file.Path, isFolder: false);
        to.Raw(query);
    }
}
