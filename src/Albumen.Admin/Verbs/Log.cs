using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen log</c>: what was changed, when and by whom; or one operation with all it changed.</summary>
sealed class Log : Verb
{
    const int PageLength = 1000;

    /// <summary>Longer numbers are beginnings of ids.</summary>
    const int LongestNumber = 9;

    readonly Argument<string?> _what = new("operation-or-photo") { Description = "The number of an operation; or a path in the tree or the beginning of an id, for what changed that photo.", Arity = ArgumentArity.ZeroOrOne, CompletionSources = { Offer.Operations, Offer.Paths } };
    readonly Option<int?> _limit = new("--limit") { Description = "At most so many; by default 100, with --json all.", HelpName = "N" };

    public Log() : base("log", "Lists what was changed, the last first.")
    {
        Arguments.Add(_what);
        Options.Add(_limit);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("log", "What was changed last."),
        new("log 17", "All that an operation changed."),
        new("log 3f9c", "What changed a photo."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.Operation, ApiJson.Default.StatementChange];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string? what = line.GetValue(_what);
        bool asJson = line.GetValue(Json);
        int most = line.GetValue(_limit) ?? (asJson ? int.MaxValue : 100);
        if (most < 1) throw new UsageException("--limit is at least 1.");
        if (what?.Length <= LongestNumber && long.TryParse(what, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            await OneAsync(number, most, asJson, daemon, screen, cancellationToken);
        else if (what is null || Photos.IsOne(what))
            await AllAsync(what, most, asJson, daemon, screen, cancellationToken);
        else
            throw new UsageException($"'{what}' is neither the number of an operation, nor a path in the tree, nor the beginning of an id.");
        return Exit.Done;
    }

    static async Task AllAsync(string? photo, int most, bool asJson, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        List<IReadOnlyList<string>> rows = [];
        string? after = null;
        int shown = 0;
        do
        {
            Page<Operation> page = await daemon.OperationsAsync(photo, after, Math.Min(PageLength, most - shown), cancellationToken);
            foreach (Operation operation in page.Items)
                if (asJson) screen.Json(operation, ApiJson.Default.Operation);
                else rows.Add([$"{operation.Number}", Words.Time(operation.Time), operation.Who, operation.Door, operation.What, $"{operation.Assets}", operation.UndoneBy is { } by ? $"undone by {by}" : ""]);
            shown += page.Items.Count;
            after = page.Next;
        }
        while (after is not null && shown < most);
        if (!asJson) screen.Table(["Operation", "Time", "Who", "Door", "What", "Photos", ""], rows, "Nothing was changed.");
    }

    static async Task OneAsync(long number, int most, bool asJson, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        List<IReadOnlyList<string>> rows = [];
        string? after = null;
        int shown = 0;
        do
        {
            OperationDetail page = await daemon.OperationAsync(number, after, Math.Min(PageLength, most - shown), cancellationToken);
            if (after is null) Head(page.Operation, asJson, screen);
            foreach (StatementChange change in page.Changes)
                if (asJson) screen.Json(change, ApiJson.Default.StatementChange);
                else rows.Add([change.Path ?? change.Asset[..Math.Min(12, change.Asset.Length)], change.Of is "person" ? change.Field : $"{change.Field} ({change.Of})", Words.Value(change.Before), Words.Value(change.After)]);
            shown += page.Changes.Count;
            after = page.Next;
        }
        while (after is not null && shown < most);
        if (asJson) return;
        screen.Line();
        screen.Table(["Path", "Field", "Before", "After"], rows, "It changed nothing.");
    }

    static void Head(Operation operation, bool asJson, Screen screen)
    {
        if (asJson) screen.Json(operation, ApiJson.Default.Operation);
        else screen.Pairs(
            ("Operation", $"{operation.Number}"), ("Time", Words.Time(operation.Time)), ("Who", operation.Who), ("Door", operation.Door), ("What", operation.What),
            ("Photos", Words.Count(operation.Assets)), ("Undoes", operation.Undoes?.ToString(CultureInfo.InvariantCulture)), ("Undone by", operation.UndoneBy?.ToString(CultureInfo.InvariantCulture)));
    }
}
