using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen conflicts resolve</c>: who is right, or neither.</summary>
sealed class ConflictsResolve : Verb
{
    readonly Argument<string?> _photo = new("photo") { Description = "A path in the tree, or the beginning of an id.", Arity = ArgumentArity.ZeroOrOne, CompletionSources = { Offer.Paths } };
    readonly Argument<string?> _field = new("field") { Description = "Such as title.", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string?> _take = new("--take") { Description = "ours: what was said here; theirs: what the sidecar says.", HelpName = "SIDE" };
    readonly Option<string?> _value = new("--value") { Description = "Neither, but this, written as for 'albumen set'.", HelpName = "VALUE" };
    readonly Option<bool> _all = new("--all") { Description = "All conflicts alike." };

    public ConflictsResolve() : base("resolve", "Decides a conflict.")
    {
        _take.AcceptOnlyFromAmong("ours", "theirs");
        Arguments.Add(_photo);
        Arguments.Add(_field);
        Options.Add(_take);
        Options.Add(_value);
        Options.Add(_all);
        Options.Add(DryRun);
        Options.Add(Yes);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("conflicts resolve 3f9c title --take ours", "One of them."),
        new("conflicts resolve --all --take theirs", "All."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.DecidedConflicts];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        ConflictDecision decision = new()
        {
            Photo = line.GetValue(_photo),
            Field = line.GetValue(_field),
            All = line.GetValue(_all),
            Take = line.GetValue(_take),
            Value = line.GetValue(_value),
            DryRun = line.GetValue(DryRun),
        };
        if (decision.All ? decision.Photo is not null : decision.Field is null) throw new UsageException("Say which: a photo and a field, or --all.");
        if (decision.Take is null == decision.Value is null) throw new UsageException("Say --take ours, --take theirs or --value VALUE.");
        if (decision is { All: true, Value: not null }) throw new UsageException("--value is for one conflict; --all goes with --take.");

        if (decision is { All: true, DryRun: false } && !line.GetValue(Yes) && await daemon.ResolveAsync(decision with { DryRun = true }, cancellationToken) is { Resolved: > Many } plan
            && !Agrees(line, screen, $"resolves {Words.Count(plan.Resolved)} conflicts"))
            return Exit.Failed;
        DecidedConflicts decided = await daemon.ResolveAsync(decision, cancellationToken);
        string conflicts = decided.Resolved == 1 ? "1 conflict" : $"{Words.Count(decided.Resolved)} conflicts";
        if (line.GetValue(Json)) screen.Json(decided, ApiJson.Default.DecidedConflicts);
        else if (decided.Operation is { } number) screen.Say($"Operation {number}: {conflicts} resolved (albumen undo {number} takes it back)");
        else screen.Line(decision.DryRun ? $"Would resolve {conflicts}." : "No conflicts.");
        return Exit.Done;
    }
}
