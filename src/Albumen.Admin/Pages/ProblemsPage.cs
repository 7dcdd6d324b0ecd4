using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>Files and folders a person should look at.</summary>
sealed class ProblemsPage(Desk desk) : ListPage<Problem>(desk)
{
    IReadOnlyList<ProblemKindSummary> _kinds = [];
    string? _kind;

    public override string Name => "Problems";

    public override string Subject => _kind ?? "";

    public override string About => "What is untidy in the library and needs a person: files that cannot be read or decoded, pictures in doubt, names that clash. Nothing of it stops anything. A problem goes when what caused it goes; r has the file tried again at once.";

    protected override string Nothing => _kind is null ? "There are no problems." : $"There is no problem of the kind {_kind}.";

    protected override bool HasDetail => true;

    public override TimeSpan? Every => TimeSpan.FromSeconds(5);

    public override IReadOnlyList<Binding> Bindings =>
    [
        new("r", "try again", () => RetryAsync(new(Paths: [.. Meant.Select(p => p.Path).Distinct()]))),
        new("R", "try all of them", RetryAllAsync),
        new("t", "another kind", KindAsync),
        new("Enter", "browse its file", BrowseAsync),
    ];

    protected override IReadOnlyList<(string, Style)> Head =>
        _kinds.Count == 0 ? [] : [(string.Join("   ", _kinds.Select(k => $"{(k.Kind == _kind ? ">" : "")}{k.Kind} {Words.Count(k.Count)}")), Look.Faint)];

    protected override IReadOnlyList<Column<Problem>> Columns =>
    [
        new("Kind", 16, p => p.Kind, Look: _ => Look.Caution),
        new("Path", -1, p => p.Path, IsPath: true),
        new("Since", 16, p => Words.Minute(p.FirstSeen), From: 76),
    ];

    protected override string KeyOf(Problem item) => $"{item.Kind} {item.Path}";

    protected override async Task<Page<Problem>> FetchAsync(string? after, CancellationToken cancellationToken)
    {
        if (after is null) _kinds = (await Daemon.ProblemSummaryAsync(cancellationToken)).Kinds;
        return await Daemon.ProblemsAsync(_kind, after, PartLength, cancellationToken);
    }

    protected override IReadOnlyList<(string, Style)> Detail(Problem problem) =>
    [
        (problem.Path, Look.Strong), (problem.Message, Look.Plain),
        .. _kinds.FirstOrDefault(k => k.Kind == problem.Kind) is { } kind ? [(kind.Retry is { } retry ? $"r: {retry}" : kind.Otherwise ?? "", Look.Accent)] : ((string, Style)[])[],
        ($"Since {Words.Time(problem.FirstSeen)}, last seen {Words.Time(problem.LastSeen)}", Look.Faint),
    ];

    async Task KindAsync()
    {
        if (await Desk.ChooseAsync("Which problems", ["all", .. _kinds.Select(k => $"{k.Kind} ({Words.Count(k.Count)})")]) is not { } number) return;
        _kind = number == 0 ? null : _kinds[number - 1].Kind;
        Empty();
        await ReloadAsync(Desk.Ending);
    }

    async Task RetryAllAsync()
    {
        ProblemRetry all = new(Kind: _kind, All: _kind is null);
        RetriedProblems plan = await Daemon.RetryProblemsAsync(all with { DryRun = true }, Desk.Ending);
        if (await Desk.ConfirmAsync("Try again", [$"The files of {Words.Count(plan.Count)} problems are read or made again.", .. plan.Left.Select(l => $"{Words.Count(l.Count)} {l.Kind} are left: {l.Reason}")], "try them")) await RetryAsync(all);
    }

    async Task RetryAsync(ProblemRetry problems)
    {
        RetriedProblems result = await Daemon.RetryProblemsAsync(problems, Desk.Ending);
        if (result.Count == 0 && result.Left is [var left, ..]) Desk.Say($"{left.Kind}: {left.Reason}", isBad: true);
        else Desk.Say($"{Words.Count(result.Count)} tried again{(result.Left.Count > 0 ? $"; {Words.Count(result.Left.Sum(l => l.Count))} cannot be mended so" : "")}.");
        Unmark();
    }

    async Task BrowseAsync()
    {
        if (Chosen is not { } problem) return;
        Desk.GoTo(Desk.PageOf<Browse>());
        await Desk.PageOf<Browse>().OpenAsync(problem.Path);
    }
}
