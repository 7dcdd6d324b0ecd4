using System.Globalization;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>One photo or clip as a page: its preview, what is known of it, and the file itself to keep.</summary>
static class FilePage
{
    public static void Write(Utf8Writer to, Node file)
    {
        Facts facts = file.Asset?.FactsJson is { } json ? JsonSerializer.Deserialize(json, FactsJson.Default.Facts) ?? new() : new();
        PageFrame.Begin(to, file);
        to.Raw("<figure>"u8);
        if (file.Asset is { Kind: "video" } && !file.Path.StartsWith("/Small/", StringComparison.Ordinal))
        {
            to.Raw("<video controls preload=\"none\" poster=\""u8);
            Address(to, file, Gallery.PreviewQuery);
            to.Raw("\" src=\""u8);
            Address(to, file, "");
            to.Raw("\"></video>"u8);
        }
        else if (file.Asset?.Preview is not null)
        {
            to.Raw("<img src=\""u8);
            Address(to, file, Gallery.PreviewQuery);
            to.Raw("\" alt=\""u8);
            to.Text(facts.Caption ?? facts.Title ?? "Photo " + file.Name);
            to.Raw("\">"u8);
        }
        if ((facts.Caption ?? facts.Title) is { } caption)
        {
            to.Raw("<figcaption>"u8);
            to.Text(caption);
            to.Raw("</figcaption>"u8);
        }
        to.Raw("</figure>\n<dl>\n"u8);
        Row(to, "Taken", Taken(facts.Taken));
        Row(to, "Camera", facts.Camera is { } camera ? Joined(" ", camera.Make, WithoutMake(camera)) : null);
        Row(to, "Lens", facts.Camera?.Lens);
        Row(to, "Exposure", facts.Exposure is { } exposure ? Describe(exposure) : null);
        Row(to, "Size", facts is { Width: { } width, Height: { } height } ? $"{width} × {height} pixels" : null);
        Row(to, "Length", facts.Duration is { } seconds ? $"{TimeSpan.FromSeconds(Math.Round(seconds)):m\\:ss}" : null);
        Row(to, "Tags", facts.Tags is { Count: > 0 } tags ? string.Join(", ", tags) : null);
        to.Raw("</dl>\n<nav class=\"pages\"><a class=\"button\" download href=\""u8);
        Address(to, file, "");
        to.Raw("\">Download ("u8);
        to.Raw(Bytes(file.SizeInBytes));
        to.Raw(")</a></nav>\n"u8);
        PageFrame.End(to);
    }

    static void Address(Utf8Writer to, Node file, string query)
    {
        to.Href(file.Path, isFolder: false);
        to.Raw(query);
    }

    static void Row(Utf8Writer to, string name, string? value)
    {
        if (string.IsNullOrEmpty(value)) return;
        to.Raw("<dt>"u8);
        to.Raw(name);
        to.Raw("</dt><dd>"u8);
        to.Text(value);
        to.Raw("</dd>\n"u8);
    }

    static string? Taken(CaptureTime? taken) => taken is null ? null
        : taken.Precision == "exact" && DateTime.TryParse(taken.Local, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local) ? $"{local:d MMMM yyyy, HH:mm}"
        : taken.Local;

    /// <summary>Many makers write their name into the model too.</summary>
    static string? WithoutMake(Camera camera) =>
        camera is { Make: { } make, Model: { } model } && model.StartsWith(make, StringComparison.OrdinalIgnoreCase) ? model[make.Length..].Trim() : camera.Model;

    static string Describe(Exposure exposure) => Joined(", ",
        exposure.Time is { } time and > 0 ? time < 0.4 ? $"1/{Math.Round(1 / time)} s" : $"{time:0.#} s" : null,
        exposure.F is { } f ? $"f/{f:0.#}" : null,
        exposure.Iso is { } iso ? $"ISO {iso:0}" : null,
        exposure.Focal is { } focal ? $"{focal:0.#} mm" : null);

    static string Joined(string separator, params string?[] parts) => string.Join(separator, parts.Where(p => !string.IsNullOrEmpty(p)));

    static string Bytes(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} bytes",
        < 1_000_000 => $"{bytes / 1e3:0} kB",
        < 1_000_000_000 => $"{bytes / 1e6:0.0} MB",
        _ => $"{bytes / 1e9:0.0} GB",
    };
}
