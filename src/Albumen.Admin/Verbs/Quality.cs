using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen quality</c>: how many photos are blurred, and what another threshold would move.</summary>
sealed class Quality : Verb
{
    const int BarLength = 40;

    readonly Option<double?> _threshold = new("--threshold")
    {
        Description = "What would move if photos below this sharpness were blurred (the variance of the Laplacian at 1024 pixels: more is sharper). Nothing is changed.",
        HelpName = "T",
    };

    readonly Option<string?> _user = new("--user") { Description = "As this user has it; by default as configured.", HelpName = "NAME", CompletionSources = { Offer.Users } };
    readonly Option<bool> _save = new("--save") { Description = "Let the threshold count for the user from now on." };
    readonly Option<bool> _reset = new("--reset") { Description = "For the user, what is configured counts again." };
    readonly Option<string?> _volume = new("--volume") { Description = "Only photos of this volume.", HelpName = "NAME", CompletionSources = { Offer.Volumes } };

    public Quality() : base("quality", "How sharp the photos are: which count as blurred, and what another threshold would move.")
    {
        foreach (Option option in (Option[])[_threshold, _user, _save, _reset, _volume, DryRun, Json]) Options.Add(option);
        Subcommands.Add(new QualityAnalyse());
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("quality", "How sharp the photos are."),
        new("quality --threshold 120", "What another line between blurred and clear would move."),
        new("quality --threshold 120 --user anna --save", "Let it count for anna."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.Quality];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        double? threshold = line.GetValue(_threshold);
        string? user = line.GetValue(_user);
        bool saves = line.GetValue(_save), resets = line.GetValue(_reset), isDryRun = line.GetValue(DryRun);
        if (saves && resets) throw new UsageException("--save and --reset exclude each other.");
        if (saves && threshold is null) throw new UsageException("--save goes with --threshold T.");
        if (resets && (user is null || threshold is not null)) throw new UsageException("--reset goes with --user NAME, and without --threshold.");
        if (saves && user is null)
            throw new UsageException(string.Create(CultureInfo.InvariantCulture,
                $"--save keeps it for one user: --user NAME. For everybody, write 'quality: {{ threshold: {threshold:0} }}' into albumen.yaml, or below one of its volumes, and restart albumend."));

        Client.Quality quality = await daemon.QualityAsync(threshold, user, line.GetValue(_volume), cancellationToken);
        if (saves || resets) await daemon.ChooseThresholdAsync(new(user!, threshold, isDryRun), cancellationToken);
        if ((saves || resets) && !isDryRun) quality = await daemon.QualityAsync(null, user, line.GetValue(_volume), cancellationToken) with { Preview = quality.Preview };
        if (line.GetValue(Json))
        {
            screen.Json(quality, ApiJson.Default.Quality);
            return Exit.Done;
        }
        Print(quality, screen);
        if (quality.Preview is { } preview) Print(preview, saves && !isDryRun, screen);
        if (saves || resets)
            screen.Remark($"{(isDryRun ? "Would count" : "Counts")} for {Printable.Show(user!)}: {(resets ? $"what is configured, {Number(quality.Threshold.Default)}" : Number(threshold!.Value))}.");
        return Exit.Done;
    }

    static void Print(Client.Quality quality, Screen screen)
    {
        screen.Pairs(
            ("Threshold", $"{Number(quality.Threshold.Value)} ({Source(quality.Threshold)})"),
            ("Blurred", Words.Count(quality.Blurred)),
            ("Clear", Words.Count(quality.Clear)),
            ("Unprocessed", Words.Count(quality.Unprocessed)),
            ("Photos", Words.Count(quality.Total)));
        screen.Line();
        long most = Math.Max(1, quality.Histogram.Max(bin => bin.Count));
        screen.Table(["Sharpness", "Photos", ""],
            quality.Histogram.Select(bin => (IReadOnlyList<string>)[Range(bin), Words.Count(bin.Count), screen.IsTerminal ? Bar(bin, most) + Mark(bin, quality.Threshold.Value) : ""]), "");
    }

    static void Print(QualityPreview preview, bool isSaved, Screen screen)
    {
        screen.Line();
        screen.Line($"With {Number(preview.Threshold)}, {Words.Photos(preview.ToBlurred)} {(isSaved ? "moved" : "would move")} to Blurred and {Words.Photos(preview.ToClear)} to Clear.");
        if (preview.Examples.Count > 0)
            screen.Table(["Id", "Sharpness", "To", "Path"], preview.Examples.Select(e => (IReadOnlyList<string>)[e.Asset[..12], Number(e.Blur), e.To, e.Path ?? ""]), "");
    }

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    static string Source(BlurThreshold threshold) => threshold switch
    {
        { Source: "user" } => $"chosen by {threshold.User}; configured is {Number(threshold.Default)}",
        { Volumes: { } volumes } => $"configured; {string.Join(", ", volumes.Select(v => $"{v.Key} {Number(v.Value)}"))}",
        _ => "configured",
    };

    static string Range(QualityBin bin) => bin.To is { } to ? $"{Number(bin.From)} to {Number(to)}" : $"{Number(bin.From)} and more";

    static string Bar(QualityBin bin, long most) => new('#', (int)Math.Ceiling((double)BarLength * bin.Count / most));

    static string Mark(QualityBin bin, double threshold) => threshold >= bin.From && (bin.To is null || threshold < bin.To) ? " < threshold" : "";
}
