using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>Work that waits or runs.</summary>
sealed class JobsPage(Desk desk) : ListPage<Job>(desk)
{
    static readonly string?[] Kinds = [null, "read", "take-in", "sidecar", "place"];

    JobSummary? _summary;
    string? _kind;
    bool _failed;

    public override string Name => "Jobs";

    public override string Subject => (_failed ? "failed" : "") + (_kind is null ? "" : $"{(_failed ? ", " : "")}{_kind}");

    public override string About => "Work that waits or runs: files to be read (read), sidecars to be taken in (take-in) or written (sidecar). Nothing here is lost by a restart. Pausing holds what nobody waits for; what somebody asks for, or puts into the inbox, is done all the same.";

    protected override string Nothing => _failed ? "Nothing failed." : _kind is null ? "Nothing waits." : $"Nothing of the kind {_kind} waits; t shows another.";

    protected override bool HasDetail => Shown.Any(j => j.Error is not null);

    public override IReadOnlyList<Binding> Bindings =>
    [
        new("p", Desk.Status?.Work is { Paused: true } ? "resume" : "pause", PauseAsync),
        new("r", "retry", () => RetryAsync(new(Ids: [.. Meant.Select(j => j.Id)]))),
        new("R", "retry all", RetryAllAsync),
        new("+", "sooner", () => PrioritiseAsync("high")),
        new("-", "later", () => PrioritiseAsync("low"), false),
        new("=", "as usual", () => PrioritiseAsync("normal"), false),
        new("f", _failed ? "all jobs" : "failed only", () => ShowAsync(_kind, !_failed), true),
        new("t", "another kind", () => ShowAsync(Kinds[(Array.IndexOf(Kinds, _kind) + 1) % Kinds.Length], _failed), false),
        new("Enter", "browse its file", BrowseAsync, false),
    ];

    protected override IReadOnlyList<(string, Style)> Head =>
    [
        .. Desk.Status?.Work is { Paused: true } work ? [($"PAUSED since {Words.Minute(work.Since ?? default)}{(work.Until is { } until ? $", until {Words.Minute(until)}" : "; p goes on")}", Look.Caution)] : ((string, Style)[])[],
        .. _summary is null ? [] : _summary.Kinds.Where(k => k.Waiting + k.Failed + k.PutOff > 0 || k.Done > 0).Select(k => (
            $"{k.Kind,-8} {Words.Count(k.Waiting)} wait, {Words.Count(k.PutOff)} put off, {Words.Count(k.Failed)} failed{(k.Done is { } done ? $", {Words.Count(done)} done" : "")}"
            + (k.PerSecond is > 0 and var rate ? $", {rate:0.#}/s, {Words.Duration(TimeSpan.FromSeconds(k.Waiting / rate))} left" : ""), k.Failed > 0 ? Look.Caution : Look.Plain)),
    ];

    protected override IReadOnlyList<Column<Job>> Columns =>
    [
        new("Kind", 8, j => j.Kind),
        new("Of", -1, j => j.Subject, IsPath: true, Look: j => j.Attempts > 0 ? Look.Caution : Look.Plain),
        new("Priority", 8, j => j.Priority switch { >= 100 => "awaited", > 0 => "high", < 0 => "low", _ => "" }),
        new("Tries", 5, j => j.Attempts > 0 ? $"{j.Attempts}" : "", IsRight: true),
        new("Not before", 19, j => j.NotBefore is { Year: < 9999 } at ? Words.Time(at) : j.NotBefore is null ? "" : "until asked for", From: 76),
    ];

    protected override string KeyOf(Job item) => $"{item.Id}";

    protected override async Task<Page<Job>> FetchAsync(string? after, CancellationToken cancellationToken)
    {
        if (after is null) _summary = await Daemon.JobSummaryAsync(cancellationToken);
        return await Daemon.JobsAsync(_kind, _failed, after, PartLength, cancellationToken);
    }

    protected override IReadOnlyList<(string, Style)> Detail(Job job) =>
    [
        ($"Job {job.Id}: {job.Kind} {job.Subject}", Look.Strong),
        .. job.Error is { } error ? [($"Failed {job.Attempts} times: {error}", Look.Caution), ("r tries it again at once.", Look.Faint)] : ((string, Style)[])[],
    ];

    Task ShowAsync(string? kind, bool failed)
    {
        (_kind, _failed) = (kind, failed);
        Empty();
        return ReloadAsync(Desk.Ending);
    }

    async Task PauseAsync()
    {
        if (Desk.Status?.Work is { Paused: true })
        {
            await Daemon.ResumeAsync(Desk.Ending);
            Desk.Say("The work goes on.");
            return;
        }
        TimeSpan?[] lengths = [TimeSpan.FromHours(1), TimeSpan.FromHours(4), TimeSpan.FromHours(12), null];
        if (await Desk.ChooseAsync("Pause what nobody waits for", ["1 for one hour", "4 for four hours", "t for twelve hours", "u until p is pressed again"], isQuick: true) is not { } number) return;
        WorkState state = await Daemon.PauseAsync(lengths[number], Desk.Ending);
        Desk.Say(state.Until is { } until ? $"Paused until {Words.Minute(until)}." : "Paused; p goes on.");
    }

    async Task RetryAllAsync()
    {
        JobRetry all = new(Kind: _kind, All: _kind is null);
        RetriedJobs plan = await Daemon.RetryJobsAsync(all with { DryRun = true }, Desk.Ending);
        if (plan.Count == 0) Desk.Say("Nothing failed or was put off.");
        else if (await Desk.ConfirmAsync("Try again", [$"{Words.Count(plan.Count)} jobs that failed or were put off are tried again at once."], "try them")) await RetryAsync(all);
    }

    async Task RetryAsync(JobRetry jobs)
    {
        RetriedJobs result = await Daemon.RetryJobsAsync(jobs, Desk.Ending);
        Desk.Say($"{Words.Count(result.Count)} tried again{(result.Away > 0 ? $"; {Words.Count(result.Away)} wait for their volume" : "")}.");
        Unmark();
    }

    async Task PrioritiseAsync(string priority)
    {
        if (Meant.Count == 0) return;
        PrioritisedJobs result = await Daemon.PrioritiseJobsAsync(new([.. Meant.Select(j => j.Id)], priority), Desk.Ending);
        Desk.Say($"{Words.Many(result.Count, "job")} with the priority {priority} now.");
        Unmark();
    }

    async Task BrowseAsync()
    {
        if (Chosen is not { Subject: ['/', ..] path }) return;
        Desk.GoTo(Desk.PageOf<Browse>());
        await Desk.PageOf<Browse>().OpenAsync(path);
    }
}
