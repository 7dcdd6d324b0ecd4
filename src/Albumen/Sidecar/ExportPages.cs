using System.Globalization;
using System.Net;
using System.Text;
using Albumen.Catalog;

namespace Albumen.Sidecar;

/// <summary>The pages of an export: all photos by year, readable in a browser from the disk, without scripts. A page holds a bounded number.</summary>
sealed class ExportPages
{
    const int PhotosPerPage = 500;

    readonly StringBuilder _page = new();
    readonly List<(string Year, int Pages, int Photos)> _years = [];
    int _onPage;

    /// <summary>Adds a photo behind all others.</summary>
    /// <param name="paths">Volume and path of each copy.</param>
    /// <returns>A page that became full, with its name.</returns>
    public (string Name, byte[] Bytes)? Add(string id, Facts facts, IReadOnlyList<string> paths)
    {
        string year = facts.Taken?.Local is { Length: >= 4 } local && local[..4].All(char.IsAsciiDigit) ? local[..4] : "undated";
        (string, byte[])? full = null;
        if (_years.Count == 0 || _years[^1].Year != year)
        {
            full = End();
            _years.Add((year, 1, 0));
        }
        else if (_onPage == PhotosPerPage)
        {
            full = End(more: true);
            _years[^1] = _years[^1] with { Pages = _years[^1].Pages + 1 };
        }
        _years[^1] = _years[^1] with { Photos = _years[^1].Photos + 1 };
        _onPage++;
        Row(id, facts, paths);
        return full;
    }

    /// <summary>The page that is open; null when there is none.</summary>
    /// <param name="more">Another page of its year follows.</param>
    public (string Name, byte[] Bytes)? End(bool more = false)
    {
        if (_onPage == 0) return null;
        (string year, int number, _) = _years[^1];
        string links = $"""<p><a href="../index.html">All years</a>{(number > 1 ? $" <a href=\"{FileOf(year, number - 1)}\">Back</a>" : "")}{(more ? $" <a href=\"{FileOf(year, number + 1)}\">On</a>" : "")}</p>""";
        string title = number > 1 || more ? $"{year}, page {number}" : year;
        byte[] bytes = Frame(title, $"{links}<table><tr><th>Taken<th>Title<th>File<th>Tags and people<th>Rating</tr>\n{_page}</table>{links}");
        _page.Clear();
        _onPage = 0;
        return ($"index/{FileOf(year, number)}", bytes);
    }

    /// <summary>The page with all years.</summary>
    public byte[] Front() => Frame("Photos",
        $"<p>{_years.Sum(y => (long)y.Photos).ToString("N0", CultureInfo.InvariantCulture)} photos and clips. README.txt says what lies here.</p><ul>\n"
        + string.Concat(_years.Select(y => $"<li><a href=\"index/{FileOf(y.Year, 1)}\">{y.Year}</a> ({y.Photos.ToString("N0", CultureInfo.InvariantCulture)})</li>\n")) + "</ul>");

    void Row(string id, Facts facts, IReadOnlyList<string> paths)
    {
        string[] words = [.. facts.Tags ?? [], .. facts.People ?? []];
        _page.Append($"<tr id=\"{id}\"><td>{(facts.Taken?.Approximate is true ? "~" : "")}{Text(facts.Taken?.Local.Replace('T', ' '))} {Text(facts.Taken?.Offset)}<td>{Text(facts.Title)}");
        if (facts.Caption is { } caption) _page.Append($"<p>{Text(caption)}</p>");
        _page.Append($"<td>{string.Join("<br>", paths.Select(Text))}<td>{Text(string.Join(", ", words))}<td>{facts.Rating?.ToString(CultureInfo.InvariantCulture)}</tr>\n");
    }

    static string FileOf(string year, int number) => number == 1 ? $"{year}.html" : $"{year}-{number}.html";

    static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");

    static byte[] Frame(string title, string body) => Encoding.UTF8.GetBytes($$"""
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{title}}</title>
        <style>body{font:16px/1.4 sans-serif;margin:2em auto;max-width:70em;padding:0 1em}td,th{text-align:left;vertical-align:top;padding:.2em .8em .2em 0}td p{margin:0;color:#555}</style>
        <h1>{{title}}</h1>
        {{body}}
        </html>

        """);
}
