using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen verify</c>: have the originals read again, to find bytes that changed by themselves.</summary>
sealed class Verify : Verb
{
    readonly Argument<string[]> _volumes = new("volume") { Description = "Names; by default all.", Arity = ArgumentArity.ZeroOrMore, CompletionSources = { Offer.Volumes } };
    readonly Option<bool> _wait = new("--wait") { Description = "Return when all is read, with code 3 when something has rotted." };
    readonly Option<string?> _rate = new("--rate") { Description = "Read no faster: 20MB/s, or off; by default as configured.", HelpName = "RATE" };
    readonly Option<bool> _anew = new("--anew") { Description = "Begin at the beginning, where one that was stopped would go on." };
    readonly Option<bool> _status = new("--status") { Description = "Only say how far it is, what was found and when it is done next." };
    readonly Option<bool> _stop = new("--stop") { Description = "Stop it; asked for again it goes on from there." };
    readonly Option<string?> _accept = new("--accept") { Description = "A rotted file is right as it is: take its bytes as an edit.", HelpName = "PATH", CompletionSources = { Offer.Paths } };

    public Verify() : base("verify", "Reads the originals again, to find bytes that changed by themselves.")
    {
        Arguments.Add(_volumes);
        foreach (Option option in (Option[])[_wait, _rate, _anew, _status, _stop, _accept, DryRun, Json]) Options.Add(option);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("verify --wait photos", "Read all of one volume, and exit with 3 when something has rotted."),
        new("verify --status", "How far it is, and when it is done next."),
        new("verify --rate 20MB/s", "Have all volumes read, no faster than that."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.VerifyProgress, ApiJson.Default.VerifyStatus, ApiJson.Default.StoppedVerifications, VerbJson.Default.Acknowledgement];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string[]? volumes = line.GetValue(_volumes) is { Length: > 0 } named ? named : null;
        bool asJson = line.GetValue(Json), isDryRun = line.GetValue(DryRun), begins = line.GetValue(_wait) || line.GetValue(_anew) || line.GetValue(_rate) is not null;
        if ((line.GetValue(_status) ? 1 : 0) + (line.GetValue(_stop) ? 1 : 0) + (line.GetValue(_accept) is null ? 0 : 1) + (begins ? 1 : 0) > 1)
            throw new UsageException("--status, --stop and --accept each go alone.");

        if (line.GetValue(_status)) return await StatusAsync(volumes, asJson, daemon, screen, cancellationToken);
        if (line.GetValue(_accept) is { } path) return await AcceptAsync(path, volumes, isDryRun, asJson, daemon, screen, cancellationToken);
        if (isDryRun) return await PreviewAsync(volumes, line.GetValue(_stop), asJson, daemon, screen, cancellationToken);
        if (line.GetValue(_stop))
        {
            StoppedVerifications stopped = await daemon.StopVerifyingAsync(volumes, cancellationToken);
            if (asJson) screen.Json(stopped, ApiJson.Default.StoppedVerifications);
            else screen.Remark(stopped.Stopped == 0 ? "None was under way." : "Stopped; 'albumen verify' goes on from there.");
            return Exit.Done;
        }

        VerifyRequest request = new(volumes, line.GetValue(_wait), line.GetValue(_rate), line.GetValue(_anew));
        if (request.Wait) return await WaitAsync(request, asJson, daemon, screen, cancellationToken);
        await daemon.VerifyAsync(request, cancellationToken);
        if (asJson) screen.Json(Acknowledgement.Accepted, VerbJson.Default.Acknowledgement);
        else screen.Remark("The originals are read again; 'albumen verify --status' shows how far it is.");
        return Exit.Done;
    }

    static async Task<int> StatusAsync(string[]? volumes, bool asJson, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        VerifyStatus status = await daemon.VerifyStatusAsync(cancellationToken);
        RequireKnown(volumes, status.Volumes);
        status = status with { Volumes = [.. status.Volumes.Where(v => volumes is null || volumes.Contains(v.Volume))] };
        if (asJson)
        {
            screen.Json(status, ApiJson.Default.VerifyStatus);
            return Exit.Done;
        }
        Print(status.Volumes, screen);
        if (!asJson)
            screen.Remark(status.Next is { } next ? $"It begins by itself on {Words.Minute(next)} ({status.Schedule})." : "It does not begin by itself (verify.schedule is off).");
        if (status.Trouble is { } trouble) screen.Error($"Verification has stopped for the moment: {trouble}");
        return Exit.Done;
    }

    static async Task<int> AcceptAsync(string path, string[]? volumes, bool isDryRun, bool asJson, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        if (volumes is not null) throw new UsageException("--accept takes one path and no volumes.");
        await daemon.AcceptAsync(path, isDryRun, cancellationToken);
        if (asJson) screen.Json(isDryRun ? Acknowledgement.Possible : Acknowledgement.Accepted, VerbJson.Default.Acknowledgement);
        else if (isDryRun) screen.Line($"Would take {Printable.Show(path)} as it is.");
        else screen.Remark($"{Printable.Show(path)} is taken as it is and indexed again.");
        return Exit.Done;
    }

    static async Task<int> PreviewAsync(string[]? volumes, bool stops, bool asJson, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        IReadOnlyList<VolumeStatus> known = await daemon.VolumesAsync(cancellationToken);
        IReadOnlyList<VerifiedVolume> states = (await daemon.VerifyStatusAsync(cancellationToken)).Volumes;
        RequireKnown(volumes, states);
        if (asJson)
        {
            screen.Json(Acknowledgement.Possible, VerbJson.Default.Acknowledgement);
            return Exit.Done;
        }
        foreach (VolumeStatus volume in known.Where(v => volumes is null || volumes.Contains(v.Name)))
            if (!stops) screen.Line($"Would verify {Printable.Show(volume.Name)} ({Printable.Show(volume.Path)}): {Words.Count(volume.Files)} files, {Words.Size(volume.SizeInBytes)}.");
            else if (states.Any(s => s.Volume == volume.Name && s.State is "running" or "waiting" or "paused")) screen.Line($"Would stop verifying {Printable.Show(volume.Name)}.");
        return Exit.Done;
    }

    static async Task<int> WaitAsync(VerifyRequest request, bool asJson, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        ProgressLine bar = new(screen);
        VerifyProgress? last = null;
        try
        {
            await foreach (VerifyProgress progress in daemon.VerifyAndWaitAsync(request, cancellationToken))
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
            screen.Error($"Verification has stopped for the moment: {last.Reason}");
            return Exit.Failed;
        }
        if (last is not { IsLast: true })
        {
            screen.Error("The daemon stopped before all was read; it goes on when the daemon starts again.");
            return Exit.Failed;
        }

        if (asJson) screen.Json(last, ApiJson.Default.VerifyProgress);
        else Print(last.Volumes, screen);
        foreach (VerifiedVolume volume in last.Volumes)
        {
            if (volume.State == "paused") screen.Error($"{volume.Volume}: {volume.Detail} It goes on when the volume is back.");
            if (volume.State == "stopped") screen.Error($"{volume.Volume}: somebody stopped it; 'albumen verify' goes on from there.");
            if (volume.Rotted > 0) screen.Error($"{volume.Volume}: {Words.Count(volume.Rotted)} {(volume.Rotted == 1 ? "file" : "files")} changed by themselves (albumen problems).");
        }
        return last.Volumes.Any(v => v.State != "finished" || v.Rotted > 0 || v.Unreadable > 0) ? Exit.Partly : Exit.Done;
    }

    static void Print(IReadOnlyList<VerifiedVolume> volumes, Screen screen) => screen.Table(
        ["Volume", "State", "Begun", "Finished", "Files", "Size", "Rotted", "Edited", "Unreadable"],
        volumes.Select(v => (IReadOnlyList<string>)
        [
            v.Volume, State(v), v.Started is { } started ? Words.Minute(started) : "", v.Finished is { } finished ? Words.Minute(finished) : "",
            Words.Count(v.Files), Words.Size(v.SizeInBytes), Words.Count(v.Rotted), Words.Count(v.Edited), Words.Count(v.Unreadable),
        ]), "No volumes are configured.");

    static string State(VerifiedVolume volume) => volume switch
    {
        { Detail: { } detail } => $"{volume.State}: {detail}",
        { TotalSizeInBytes: > 0 and var total } => $"running, {Math.Min(100, 100 * volume.SizeInBytes / total)} %",
        _ => volume.State,
    };

    static void RequireKnown(string[]? names, IReadOnlyList<VerifiedVolume> known)
    {
        if (names?.FirstOrDefault(name => known.All(v => v.Volume != name)) is { } unknown)
            throw new ApiException(404, "Not found", $"There is no volume '{unknown}'.{Spelling.Meant(unknown, known.Select(v => v.Volume))} Those configured: {string.Join(", ", known.Select(v => v.Volume))}.");
    }
}
