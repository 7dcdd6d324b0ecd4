using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin;

/// <summary>A verb that changes photos and clips, as one operation, or says what it would change. A newcomer says what, and which words mean the photos.</summary>
abstract class EditVerb : Verb
{
    const int RefusalsShown = 20;

    readonly Option<int?> _limit = new("--limit") { Description = "With --dry-run: show at most so many changes; by default 100, with --json all.", HelpName = "N" };

    protected EditVerb(string name, string description) : base(name, description)
    {
        Photos.AddOptions(this);
        Options.Add(DryRun);
        Options.Add(_limit);
        Options.Add(Yes);
        Options.Add(Json);
    }

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.EditResult, ApiJson.Default.EditChange];

    protected Photos Photos { get; } = new();

    /// <exception cref="UsageException">The words make no sense.</exception>
    protected abstract EditRequest Request(ParseResult line);

    protected override Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        EditRequest request = Request(line) with { DryRun = line.GetValue(DryRun) };
        return request.DryRun ? RehearseAsync(line, request, daemon, screen, cancellationToken) : ApplyAsync(line, request, daemon, screen, cancellationToken);
    }

    async Task<int> ApplyAsync(ParseResult line, EditRequest request, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        if (!line.GetValue(Yes) && (Photos.MayBeMany(line) || request.RenameTags is not null)
            && await daemon.EditAsync(request with { DryRun = true }, cancellationToken) is { Changed: > Many } plan && !Agrees(line, screen, $"changes {Words.Photos(plan.Changed)}"))
            return Exit.Failed;
        EditResult result = await daemon.EditAsync(request, cancellationToken);
        if (line.GetValue(Json)) screen.Json(result with { Changes = [] }, ApiJson.Default.EditResult);
        else screen.Say(Sentence(result));
        Refuse(result, screen);
        return ExitOf(result);
    }

    async Task<int> RehearseAsync(ParseResult line, EditRequest request, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        bool asJson = line.GetValue(Json);
        int most = line.GetValue(_limit) ?? (asJson ? int.MaxValue : 100), shown = 0;
        if (most < 1) throw new UsageException("--limit is at least 1.");
        List<IReadOnlyList<string>> rows = [];
        EditResult result;
        do
        {
            result = await daemon.EditAsync(request, cancellationToken);
            foreach (EditChange change in result.Changes.Take(most - shown))
                if (asJson) screen.Json(change, ApiJson.Default.EditChange);
                else rows.Add([change.Path ?? change.Asset[..12], change.Field, Words.Value(change.Before), Words.Value(change.After)]);
            shown = Math.Min(most, shown + result.Changes.Count);
            request = request with { After = result.Next };
        }
        while (result.Next is not null && shown < most);

        if (!asJson) screen.Table(["Path", "Field", "Before", "After"], rows, "Nothing would change.");
        if (!asJson && result.Changed > 0)
            screen.Remark($"Would change {Words.Photos(result.Changed)} of {Words.Count(result.Selected)}{(rows.Count == most ? $"; {Words.Count(most)} changes are shown, --limit shows more" : "")}.");
        Refuse(result, screen);
        return ExitOf(result);
    }

    static string Sentence(EditResult result) => result switch
    {
        { Operation: { } number } => $"Operation {number}: {Words.Photos(result.Changed)} changed (albumen undo {number} takes it back)",
        { Selected: 0 } => "Nothing was changed: no photo was found.",
        { Refused.Count: 0, Selected: 1 } => "Nothing was changed: it says so already.",
        { Refused.Count: 0 } => $"Nothing was changed: all {Words.Photos(result.Selected)} say so already.",
        _ => "Nothing was changed.",
    };

    static void Refuse(EditResult result, Screen screen)
    {
        foreach (RefusedEdit refused in result.Refused.Take(RefusalsShown)) screen.Error($"{refused.Path ?? refused.Asset}: {refused.Reason}");
        if (result.Refused.Count > RefusalsShown) screen.Error($"and {Words.Count(result.Refused.Count - RefusalsShown)} more");
    }

    static int ExitOf(EditResult result) => result.Refused.Count == 0 ? Exit.Done : result.Refused.Count == result.Selected ? Exit.Failed : Exit.Partly;
}
