using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen show</c>: all that is known of one photo or clip, with who said what.</summary>
sealed class Show : Verb
{
    readonly Argument<string> _what = new("asset-or-path") { Description = "The beginning of an id, or a path in the tree.", CompletionSources = { Offer.Paths } };

    public Show() : base("show", "Shows all that is known of one photo or clip.")
    {
        Arguments.Add(_what);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("show 3f9c", "Of what begins with that id."),
        new("show '/Folders/photos/2019/a.jpg'", "Of what lies there."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.AssetDetail, ApiJson.Default.TreeEntry];

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
            .. FactWords.Of(asset),
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
            screen.Line($"According to {FactWords.Source(layer.Source)}:");
            screen.Pairs([.. FactWords.Of(layer.Facts), .. FactWords.Cleared(layer)]);
        }
        foreach (Problem problem in asset.Problems)
        {
            screen.Line();
            screen.Line($"Problem ({Printable.Show(problem.Kind)}): {Printable.Show(problem.Message)}");
        }
    }
}
