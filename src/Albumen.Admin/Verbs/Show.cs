using System.CommandLine;
using System.Globalization;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen show</c>: all that is known of one photo or clip, with who said what.</summary>
sealed class Show : Verb
{
    readonly Argument<string> _what = new("asset-or-path") { Description = "The beginning of an id, or a path in the tree." };

    public Show() : base("show", "Shows all that is known of one photo or clip.")
    {
        Arguments.Add(_what);
        Options.Add(Json);
    }

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string id = line.GetRequiredValue(_what);
        if (id.StartsWith('/'))
        {
            TreeEntry entry = await daemon.EntryAsync(id, cancellationToken);
            if (entry.Asset is null)
            {
                if (line.GetValue(Json)) screen.Json(entry, ApiJson.Default.TreeEntry);
                else screen.Pairs(("Path", entry.Path), ("Type", entry.Type), ("Size", entry.Size is { } size ? Words.Size(size) : null), ("SHA-256", entry.Sha256));
                return Exit.Done;
            }
            id = entry.Asset.Id;
        }
        AssetDetail asset = await daemon.AssetAsync(id, cancellationToken);
        if (line.GetValue(Json)) screen.Json(asset, ApiJson.Default.AssetDetail);
        else Print(asset, screen);
        return Exit.Done;
    }

    static void Print(AssetDetail asset, Screen screen)
    {
        screen.Pairs([
            ("Id", asset.Id),
            ("Kind", $"{asset.Kind}, {asset.Mime}"),
            ("SHA-256", asset.Sha256),
            ("Size", Words.Size(asset.Size)),
            .. Facts(asset),
            ("Missing since", asset.MissingSince is { } since ? $"{Words.Time(since)}; it is back as soon as its bytes are found anywhere" : null),
            ("Sharpness", asset.Blur is { } blur ? Quality.Number(blur) : null),
            ("Small versions", asset.Derivatives.Count == 0 ? "none" : string.Join(", ", asset.Derivatives)),
        ]);
        screen.Line();
        screen.Table(["Place", "On the volume", "Modified", "State"],
            asset.Locations.Select(l => (IReadOnlyList<string>)
                [l.Path, l.File, Words.Time(l.Modified), l.MissingSince is null ? "there" : $"missing since {Words.Time(l.MissingSince)}"]),
            "It lies nowhere.");
        if (asset.History.Count > 1)
        {
            screen.Line();
            screen.Table(["Version", "Size", "First seen", ""], asset.History.Select(v => (IReadOnlyList<string>)
                [v.Sha256, Words.Size(v.Size), Words.Time(v.FirstSeen), v.Current ? "the present one" : ""]), "");
        }
        foreach (Layer layer in asset.Layers)
        {
            screen.Line();
            screen.Line($"According to {Source(layer.Source)}:");
            screen.Pairs([.. Facts(layer.Facts), .. (layer.Cleared ?? []).Select(field => (Called(field), (string?)"none"))]);
        }
        foreach (Problem problem in asset.Problems)
        {
            screen.Line();
            screen.Line($"Problem ({Printable.Show(problem.Kind)}): {Printable.Show(problem.Message)}");
        }
    }

    static IEnumerable<(string, string?)> Facts(Facts facts) =>
    [
        ("Pixels", facts.Width is { } width ? $"{width} x {facts.Height}" : null),
        ("Orientation", facts.Orientation?.ToString(CultureInfo.InvariantCulture)),
        ("Taken", facts.Taken is { } taken ? $"{Words.Taken(taken)} ({taken.Precision}, {taken.Source})" : null),
        ("Position", facts.Gps is { } gps ? Words.Place(gps) : null),
        ("Place", facts.Place is { } place ? Words.Place(place) : null),
        ("Camera", Words.Camera(facts.Camera)),
        ("Lens", facts.Camera?.Lens),
        ("Exposure", facts.Exposure is { } exposure ? Describe(exposure) : null),
        ("Length", facts.Duration is { } seconds ? Words.Duration(TimeSpan.FromSeconds(seconds)) : null),
        ("Rating", facts.Rating?.ToString(CultureInfo.InvariantCulture)),
        ("Label", facts.Label),
        ("Title", facts.Title),
        ("Caption", facts.Caption),
        ("Tags", facts.Tags is { } tags ? string.Join(", ", tags) : null),
        ("People", facts.People is { } people ? string.Join(", ", people) : null),
        ("Regions", facts.Regions is { } regions ? string.Join(", ", regions.Select(Words.Region)) : null),
        ("Favourite", YesOrNo(facts.Favourite)),
        ("Archived", YesOrNo(facts.Archived)),
        ("Hidden", YesOrNo(facts.Hidden)),
        ("Stack", facts.Stack),
        ("Motion clip", facts.Motion is { } motion ? Words.Size(motion.VideoBytes) : null),
        ("In the trash since", facts.Trashed),
    ];

    static string Describe(Exposure exposure) => string.Join(", ", new[]
    {
        exposure.Time switch { null => null, > 0 and < 0.3 and var time => $"1/{Math.Round(1 / time)} s", var time => $"{time} s" },
        exposure.F is { } f ? $"f/{f}" : null,
        exposure.Iso is { } iso ? $"ISO {iso}" : null,
        exposure.Focal is { } focal ? $"{focal} mm" : null,
    }.Where(part => part is not null));

    static string? YesOrNo(bool? set) => set switch { null => null, true => "yes", false => "no" };

    /// <summary>A field as <see cref="Facts"/> calls it.</summary>
    static string Called(string field) => field is "gps" ? "Position" : $"{char.ToUpperInvariant(field[0])}{field[1..]}";

    static string Source(string source) => source switch
    {
        "sidecar" => "its sidecars",
        "person" => "people who use Albumen",
        "embedded" => "the file itself",
        "filename" => "its name",
        "mtime" => "its modification time",
        _ => Printable.Show(source),
    };
}
