using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen scan</c>: look for new and changed files now.</summary>
sealed class Scan : Verb
{
    readonly Argument<string[]> _volumes = new("volume") { Description = "Names; by default all.", Arity = ArgumentArity.ZeroOrMore, CompletionSources = { Offer.Volumes } };
    readonly Option<bool> _wait = new("--wait") { Description = "Return when everything seen is indexed and its small versions are made." };

    public Scan() : base("scan", "Looks for new and changed files now.")
    {
        Arguments.Add(_volumes);
        Options.Add(_wait);
        Options.Add(DryRun);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("scan --wait", "Look at all volumes now, and wait until all is indexed."),
        new("scan photos", "Have one volume looked at."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.ScanProgress, VerbJson.Default.Acknowledgement];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string[]? volumes = line.GetValue(_volumes) is { Length: > 0 } named ? named : null;
        if (line.GetValue(DryRun)) return await PreviewAsync(volumes, line.GetValue(Json), daemon, screen, cancellationToken);
        if (line.GetValue(_wait)) return await WaitAsync(volumes, line.GetValue(Json), daemon, screen, cancellationToken);

        await daemon.ScanAsync(volumes, cancellationToken);
        if (line.GetValue(Json)) screen.Json(Acknowledgement.Accepted, VerbJson.Default.Acknowledgement);
        else screen.Remark("The scan begins; 'albumen status' shows how far it is.");
        return Exit.Done;
    }

    static async Task<int> PreviewAsync(string[]? volumes, bool asJson, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        IReadOnlyList<VolumeStatus> known = await daemon.VolumesAsync(cancellationToken);
        if (volumes?.FirstOrDefault(name => known.All(v => v.Name != name)) is { } unknown)
        {
            screen.Error($"There is no volume '{unknown}'.{Spelling.Meant(unknown, known.Select(v => v.Name))} Those configured: {string.Join(", ", known.Select(v => v.Name))}.");
            return Exit.Failed;
        }
        foreach (VolumeStatus volume in known.Where(v => volumes is null || volumes.Contains(v.Name)))
            if (!asJson) screen.Line($"Would scan {Printable.Show(volume.Name)} ({Printable.Show(volume.Path)}).");
        if (asJson) screen.Json(Acknowledgement.Possible, VerbJson.Default.Acknowledgement);
        return Exit.Done;
    }

    static async Task<int> WaitAsync(string[]? volumes, bool asJson, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        ProgressLine bar = new(screen);
        long start = Stopwatch.GetTimestamp();
        ScanProgress? last = null;
        try
        {
            await foreach (ScanProgress progress in daemon.ScanAndWaitAsync(volumes, cancellationToken))
            {
                last = progress;
                if (!progress.IsLast) bar.Show(progress);
            }
        }
        finally
        {
            bar.Clear();
        }
        if (last is { State: "stalled" })
        {
            screen.Error($"Indexing has stopped for the moment: {last.Reason}");
            return Exit.Failed;
        }
        if (last is not { IsLast: true })
        {
            screen.Error("The daemon stopped before the scan was done; it goes on when the daemon starts again.");
            return Exit.Failed;
        }

        IReadOnlyList<UnavailableVolume> unavailable = last.Unavailable ?? [];
        if (asJson) screen.Json(last, ApiJson.Default.ScanProgress);
        else
        {
            screen.Say($"Read {Words.Count(last.Done)} files in {Words.Duration(Stopwatch.GetElapsedTime(start))}.");
            if (last.Problems > 0) screen.Say($"Problems in the list: {Words.Count(last.Problems.Value)} (albumen problems).");
        }
        foreach (UnavailableVolume volume in unavailable) screen.Error($"{volume.Volume}: {volume.Reason}");
        return unavailable.Count > 0 ? Exit.Partly : Exit.Done;
    }
}
