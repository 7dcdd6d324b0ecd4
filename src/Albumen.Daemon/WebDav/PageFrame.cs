using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>What all pages begin and end with: the head, the way back up, the keys and the script.</summary>
static class PageFrame
{
    /// <param name="writeHead">Further elements of the head.</param>
    public static void Begin(Utf8Writer to, Node here, Action<Utf8Writer>? writeHead = null)
    {
        string[] names = here.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        to.Raw("""<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"><meta name="color-scheme" content="light dark"><title>"""u8);
        to.Text(names.Length == 0 ? "Albumen" : names[^1] + " · Albumen");
        to.Raw("</title><link rel=\"icon\" href=\"data:,\">"u8);
        writeHead?.Invoke(to);
        to.Raw("<style>"u8);
        to.Raw(PageCode.Style);
        to.Raw(here.IsFolder ? "</style></head>\n<body>\n"u8 : "</style></head>\n<body class=\"viewer\">\n"u8);
        to.Raw("<header><nav aria-label=\"Path\"><ol><li>"u8);
        string path = "";
        Crumb(to, "/", "Albumen", above: names.Length, here.IsFolder);
        for (int i = 0; i < names.Length; i++)
        {
            path += "/" + names[i];
            to.Raw("</li><li>"u8);
            Crumb(to, path, names[i], above: names.Length - 1 - i, here.IsFolder);
        }
        to.Raw("</li></ol></nav>"u8);
        if (!here.IsFolder)
        {
            to.Raw("<a class=\"tool\" download title=\"Download the original (d)\" aria-label=\"Download the original\" href=\""u8);
            to.Href(here.Path, isFolder: false);
            to.Raw("\">"u8);
            to.Raw(PageIcons.Download);
            to.Raw("</a><button class=\"tool full scripted keys\" type=\"button\" title=\"Full screen (f)\" aria-label=\"Full screen\">"u8);
            to.Raw(PageIcons.FullScreen);
            to.Raw("</button>"u8);
        }
        to.Raw("<button class=\"tool scripted keys help\" type=\"button\" title=\"Keys (?)\" aria-label=\"Keys\">?</button></header>\n"u8);
    }

    public static void End(Utf8Writer to, bool isFolder)
    {
        to.Raw("<dialog aria-label=\"Keys\"><h2>Keys</h2><dl>"u8);
        if (isFolder)
        {
            Key(to, "<kbd>←</kbd> <kbd>→</kbd> <kbd>↑</kbd> <kbd>↓</kbd>", "Another tile");
            Key(to, "<kbd>Home</kbd> <kbd>End</kbd>", "The first, the last");
            Key(to, "<kbd>Enter</kbd>", "Open it");
            Key(to, "<kbd>Esc</kbd>", "The folder above");
        }
        else
        {
            Key(to, "<kbd>←</kbd> <kbd>→</kbd>", "The photo before, the next one");
            Key(to, "<kbd>Home</kbd> <kbd>End</kbd>", "The first, the last");
            Key(to, "<kbd>i</kbd>", "What is known of it");
            Key(to, "<kbd>d</kbd>", "Download the original");
            Key(to, "<kbd>f</kbd>", "Full screen");
            Key(to, "<kbd>Esc</kbd>", "Back to the folder");
        }
        to.Raw("</dl><form method=\"dialog\"><button class=\"button\">Close</button></form></dialog>\n<script>"u8);
        to.Raw(PageCode.Script);
        to.Raw("</script>\n</body></html>\n"u8);
    }

    /// <param name="above">How many steps it lies above the page.</param>
    static void Crumb(Utf8Writer to, string path, string name, int above, bool isFolder)
    {
        if (above == 0) to.Raw(isFolder && path != "/" ? "<span aria-current=\"page\">"u8 : "<h1 aria-current=\"page\" aria-live=\"polite\">"u8);
        else
        {
            to.Raw(above == 1 ? "<a rel=\"up\" href=\""u8 : "<a href=\""u8);
            to.Href(path, isFolder: true);
            to.Raw("\">"u8);
        }
        to.Raw("<bdi>"u8);
        to.Text(name);
        to.Raw("</bdi>"u8);
        to.Raw(above > 0 ? "</a>"u8 : isFolder && path != "/" ? "</span>"u8 : "</h1>"u8);
    }

    static void Key(Utf8Writer to, string keys, string meaning) => to.Raw($"<dt>{keys}</dt><dd>{meaning}</dd>");
}
