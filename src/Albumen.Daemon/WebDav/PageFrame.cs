using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>What all pages begin and end with: the head, the style, and the way back up.</summary>
static class PageFrame
{
    public static ReadOnlySpan<byte> FolderIcon =>
        "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M3 6.5A1.5 1.5 0 0 1 4.500 5h4.300l2.200 2.500h8.500A1.500 1.500 0 0 1 21 9v8.500a1.500 1.500 0 0 1-1.500 1.500h-15A1.500 1.500 0 0 1 3 17.500z\"/></svg>"u8;

    public static void Begin(Utf8Writer to, Node here)
    {
        string[] names = here.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        to.Raw("""<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>"""u8);
        to.Text(names.Length == 0 ? "Albumen" : names[^1] + " · Albumen");
        to.Raw("</title><link rel=\"icon\" href=\"data:,\"><style>"u8);
        to.Raw(PageStyle.Css);
        to.Raw("</style></head>\n<body>\n<header><nav aria-label=\"Path\"><ol><li>"u8);
        string path = "";
        Crumb(to, "/", "Albumen", isHere: names.Length == 0);
        for (int i = 0; i < names.Length; i++)
        {
            path += "/" + names[i];
            to.Raw("</li><li>"u8);
            Crumb(to, path, names[i], isHere: i == names.Length - 1);
        }
        to.Raw("</li></ol></nav></header>\n<main>\n"u8);
    }

    public static void End(Utf8Writer to) => to.Raw("</main>\n</body></html>\n"u8);

    static void Crumb(Utf8Writer to, string path, string name, bool isHere)
    {
        if (isHere) to.Raw("<h1 aria-current=\"page\">"u8);
        else
        {
            to.Raw("<a href=\""u8);
            to.Href(path, isFolder: path.Length > 1);
            if (path.Length == 1) to.Raw("/"u8);
            to.Raw("\">"u8);
        }
        to.Text(name);
        to.Raw(isHere ? "</h1>"u8 : "</a>"u8);
    }
}
