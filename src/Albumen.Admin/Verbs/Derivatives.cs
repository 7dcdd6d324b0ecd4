using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen derivatives</c>: the small versions of photos and clips; has those made that are missing.</summary>
sealed class Derivatives : Verb
{
    static readonly string[] Later = ["motion", "animation", "contact", "proxy"];

    readonly Option<string[]> _make = new("--make") { Description = "Have all of a kind made that are missing: proxy, animation, contact or motion. Can be given several times.", HelpName = "KIND" };
    readonly Option<bool> _all = new("--all") { Description = "The same for all these kinds." };
    readonly Option<bool> _remake = new("--remake") { Description = "With --make or --all: also those that are there." };

    public Derivatives() : base("derivatives", "Lists the small versions of photos and clips, and has those made that are missing.")
    {
        _make.AcceptOnlyFromAmong(Later);
        foreach (Option option in (Option[])[_make, _all, _remake, DryRun, Json]) Options.Add(option);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("derivatives", "How many there are of each kind."),
        new("derivatives --make proxy", "Have all clips made for slow links."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.DerivativeKindStatus, ApiJson.Default.OrderedDerivatives];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string[] kinds = line.GetValue(_all) ? Later : line.GetValue(_make) ?? [];
        bool isDryRun = line.GetValue(DryRun), asJson = line.GetValue(Json);
        if (kinds.Length == 0 && (line.GetValue(_remake) || isDryRun)) throw new UsageException("--remake and --dry-run go with --make KIND or --all.");
        if (kinds.Length > 0)
        {
            OrderedDerivatives ordered = await daemon.MakeDerivativesAsync(new(kinds, line.GetValue(_remake)), isDryRun, cancellationToken);
            if (asJson) screen.Json(ordered, ApiJson.Default.OrderedDerivatives);
            else if (isDryRun) screen.Line($"Would make {Words.Count(ordered.Count)}.");
            else screen.Remark(ordered.Count == 0 ? "None is missing." : $"{Words.Count(ordered.Count)} are made, one after the other; 'albumen derivatives' shows how far it is.");
            return Exit.Done;
        }
        DerivativeStatus status = await daemon.DerivativesAsync(cancellationToken);
        if (asJson)
            foreach (DerivativeKindStatus kind in status.Kinds) screen.Json(kind, ApiJson.Default.DerivativeKindStatus);
        else
        {
            screen.Table(["Kind", "When", "Made", "Size", "Missing", "Failed", "Needless"],
                status.Kinds.Select(k => (IReadOnlyList<string>)[k.Kind, k.When.Replace('_', ' '), Words.Count(k.Made), Words.Size(k.SizeInBytes), Words.Count(k.Missing), Words.Count(k.Failed), Words.Count(k.Needless)]), "None.");
            if (status.Making is { } making) screen.Remark($"Making the {making.Kind} of {Printable.Show(making.Path)}.");
        }
        if (status.Trouble is { } trouble) screen.Error($"None is made for the moment: {trouble}");
        return Exit.Done;
    }
}
