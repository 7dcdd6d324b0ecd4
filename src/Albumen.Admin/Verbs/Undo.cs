using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen undo</c>: takes an operation back; and, as that is one too, takes that back.</summary>
sealed class Undo : Verb
{
    readonly Argument<long?> _operation = new("operation")
    {
        Description = "Its number in 'albumen log'; by default the last one that a person did and that was not taken back.",
        Arity = ArgumentArity.ZeroOrOne,
        CompletionSources = { Offer.Operations },
    };

    public Undo() : base("undo", "Takes a change back.")
    {
        Arguments.Add(_operation);
        Options.Add(DryRun);
        Options.Add(Yes);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("undo", "Take the last change back."),
        new("undo 17 --dry-run", "What that would do."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.UndoResult];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        bool isDryRun = line.GetValue(DryRun);
        long? operation = line.GetValue(_operation);
        if (!isDryRun && !line.GetValue(Yes) && await daemon.UndoAsync(operation, isDryRun: true, cancellationToken) is { Changed: > Many } plan)
        {
            if (!Agrees(line, screen, $"would {plan.What}: {Words.Photos(plan.Changed)}")) return Exit.Failed;
            // The one that was shown, whoever did something meanwhile.
            operation = plan.Of;
        }
        UndoResult result = await daemon.UndoAsync(operation, isDryRun, cancellationToken);
        if (line.GetValue(Json)) screen.Json(result, ApiJson.Default.UndoResult);
        else if (result.Operation is { } number) screen.Say($"Operation {number}: {Printable.Show(result.What)}; {Words.Photos(result.Changed)} changed (albumen undo {number} does it again)");
        else Print(result, screen);
        if (result.Left > 0) screen.Error($"{(result.Left == 1 ? "1 change was left as it is, because something" : $"{Words.Count(result.Left)} changes were left as they are, because something")} changed {(result.Left == 1 ? "it" : "them")} since.");
        return result.Left > 0 ? Exit.Partly : Exit.Done;
    }

    static void Print(UndoResult plan, Screen screen)
    {
        screen.Table(["Path", "Field", "Before", "After"],
            plan.Changes!.Select(c => (IReadOnlyList<string>)[c.Path ?? c.Asset[..Math.Min(12, c.Asset.Length)], c.Of is "person" ? c.Field : $"{c.Field} ({c.Of})", Words.Value(c.Before), Words.Value(c.After)]), "");
        screen.Remark($"Would {Printable.Show(plan.What)}; {Words.Photos(plan.Changed)}.");
    }
}
