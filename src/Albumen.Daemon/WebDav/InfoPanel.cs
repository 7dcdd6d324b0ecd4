using System.Globalization;
using Albumen.Catalog;
using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>What is known of a photo, clip or file, and where else it stands; each place is a link.</summary>
static class InfoPanel
{
    public static void Write(Utf8Writer to, Node file, Facts facts, Whereabouts where)
    {
        to.Raw("<details class=\"info\"><summary class=\"tool\" title=\"What is known of it (i)\" aria-label=\"What is known of it\">"u8);
        to.Raw(PageIcons.Information);
        to.Raw("</summary><div class=\"facts\"><h2 dir=\"auto\">"u8);
        to.Text(facts.Title ?? file.Name);
        to.Raw("</h2>"u8);
        foreach (string problem in where.Problems)
        {
            to.Raw("<p class=\"trouble\">"u8);
            to.Text(problem);
            to.Raw("</p>"u8);
        }
        to.Raw("<dl>\n"u8);
        Row(to, "Caption", facts.Title is null || facts.Caption != facts.Title ? facts.Caption : null);
        if (facts.Taken is { } taken)
        {
            Begin(to, "Taken");
            if (where.Timeline is { } day && TreePath.FolderOf(day) is { } folder) Link(to, folder, isFolder: true, PhotoText.Taken(taken));
            else to.Text(PhotoText.Taken(taken));
            to.Raw("<br><small>"u8);
            to.Text(PhotoText.TakenFrom(taken));
            to.Raw("</small></dd>\n"u8);
        }
        Row(to, "Camera", facts.Camera is { } camera ? PhotoText.Camera(camera) : null);
        Row(to, "Lens", facts.Camera?.Lens);
        Row(to, "Exposure", facts.Exposure is { } exposure ? PhotoText.Exposure(exposure) : null);
        Row(to, "Size", facts is { Width: > 0 and var width, Height: > 0 and var height }
            ? facts.Orientation is >= 5 and <= 8 ? PhotoText.Size(height, width) : PhotoText.Size(width, height)
            : null);
        Row(to, "Length", facts.Duration is { } seconds ? PhotoText.Length(seconds) : null);
        if (facts.Rating is { } rating) Rating(to, rating);
        Links(to, "Tags", "/Tags/", where.Facets, facts.Tags);
        Links(to, "People", "/People/", where.Facets, facts.People);
        Links(to, "Place", "/Places/", where.Facets, facts.Place is { } place ? [string.Join(", ", new[] { place.Country, place.Region, place.Town }.Where(p => !string.IsNullOrEmpty(p)))] : null);
        if (facts.Gps is { } point) Map(to, point);
        Paths(to, "In albums", where.Albums, prefix: "/Albums/");
        Paths(to, "Lies in", where.Copies, prefix: "/Folders/");
        to.Raw("<dt>File</dt><dd><bdi>"u8);
        to.Text(file.Name);
        to.Raw("</bdi><br><small>"u8);
        to.Text($"{PhotoText.Bytes(file.SizeInBytes)} · {file.MediaType} · changed {file.Modified.UtcDateTime:d MMMM yyyy}");
        to.Raw("</small></dd>\n"u8);
        if (file.Hash is { } hash)
        {
            to.Raw("<dt>SHA-256</dt><dd class=\"hash\">"u8);
            to.Raw(hash.ToString());
            to.Raw("</dd>\n"u8);
        }
        to.Raw("</dl></div></details>\n"u8);
    }

    static void Rating(Utf8Writer to, int rating)
    {
        Begin(to, "Rating");
        if (rating < 0) to.Raw("Rejected"u8);
        else if (rating == 0) to.Raw("None"u8);
        else
        {
            int stars = Math.Min(rating, 5);
            to.Raw($"<a href=\"/Ratings/{stars}/\" aria-label=\"{stars} of 5 stars\">{new string('★', stars)}{new string('☆', 5 - stars)}</a>");
        }
        to.Raw("</dd>\n"u8);
    }

    /// <summary>The values as links to their folders; those that have none, which none of the paths is, as text.</summary>
    static void Links(Utf8Writer to, string name, string view, IReadOnlyList<string> facets, IReadOnlyList<string>? values)
    {
        string[] folders = [.. facets.Where(f => f.StartsWith(view, StringComparison.Ordinal))];
        if (folders.Length == 0)
        {
            Row(to, name, values is { Count: > 0 } ? string.Join(", ", values) : null);
            return;
        }
        Begin(to, name);
        for (int i = 0; i < folders.Length; i++)
        {
            if (i > 0) to.Raw(", "u8);
            Link(to, folders[i], isFolder: true, folders[i][view.Length..]);
        }
        to.Raw("</dd>\n"u8);
    }

    static void Map(Utf8Writer to, GeoPoint point)
    {
        string lat = point.Lat.ToString("0.######", CultureInfo.InvariantCulture), lon = point.Lon.ToString("0.######", CultureInfo.InvariantCulture);
        Begin(to, "Coordinates");
        // RFC 5870. The map is a link and nothing more: no other server hears of the photo before somebody follows it.
        to.Raw($"<a href=\"https://www.openstreetmap.org/?mlat={lat}&amp;mlon={lon}#map=15/{lat}/{lon}\" target=\"_blank\" rel=\"noopener noreferrer\" title=\"On openstreetmap.org\">{lat}, {lon}</a>");
        to.Raw($" <small>· <a href=\"geo:{lat},{lon}\">in a map app</a>{(point.Alt is { } altitude ? $" · {altitude:0} m" : "")}</small></dd>\n");
    }

    static void Paths(Utf8Writer to, string name, IReadOnlyList<string> paths, string prefix)
    {
        if (paths.Count == 0) return;
        to.Raw($"<dt>{name}</dt>");
        foreach (string path in paths)
        {
            to.Raw("<dd class=\"path\">"u8);
            string folder = TreePath.FolderOf(path)!;
            Link(to, folder, isFolder: true, folder.Length > prefix.Length ? folder[prefix.Length..] : folder);
            to.Raw("</dd>\n"u8);
        }
    }

    static void Link(Utf8Writer to, string path, bool isFolder, string text)
    {
        to.Raw("<a href=\""u8);
        to.Href(path, isFolder);
        to.Raw("\"><bdi>"u8);
        to.Text(text);
        to.Raw("</bdi></a>"u8);
    }

    static void Begin(Utf8Writer to, string name) => to.Raw($"<dt>{name}</dt><dd>");

    static void Row(Utf8Writer to, string name, string? value)
    {
        if (string.IsNullOrEmpty(value)) return;
        Begin(to, name);
        to.Raw("<bdi>"u8);
        to.Text(value);
        to.Raw("</bdi></dd>\n"u8);
    }
}
