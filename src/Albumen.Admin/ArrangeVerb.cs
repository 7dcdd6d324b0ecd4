using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin;

/// <summary>A verb that changes albums, smart albums or tags, as one operation, or says what it would change.</summary>
abstract class ArrangeVerb : Verb
{
    protected ArrangeVerb(string name, string description) : base(name, description)
    {
        Options.Add(DryRun);
        Options.Add(Yes);
        Options.Add(Json);
    }

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.ArrangeResult];

    /// <summary>Whether so few words can concern more photos than somebody has in mind.</summary>
    protected virtual bool MayBeMany(ParseResult line) => false;

    /// <exception cref="UsageException">The words make no sense.</exception>
    protected abstract Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken);

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        bool isDryRun = line.GetValue(DryRun);
        if (!isDryRun && !line.GetValue(Yes) && MayBeMany(line)
            && await ArrangeAsync(line, daemon, isDryRun: true, cancellationToken) is { Photos: > Many } plan && !Agrees(line, screen, $"concerns {Words.Photos(plan.Photos)}"))
            return Exit.Failed;
        ArrangeResult result = await ArrangeAsync(line, daemon, isDryRun, cancellationToken);
        if (line.GetValue(Json)) screen.Json(result, ApiJson.Default.ArrangeResult);
        else if (result.Changes is { } changes)
            screen.Table(["What", "Field", "Before", "After"], changes.Select(c => (IReadOnlyList<string>)[c.Path ?? c.Of, c.Of is "tag_folder" ? c.Field : c.Of is "entry" ? "photo" : c.Field, Words.Value(c.Before), Words.Value(c.After)]), "Nothing would change.");
        else screen.Say(Sentence(result));
        return Exit.Done;
    }

    static string Sentence(ArrangeResult result)
    {
        string photos = result.Photos > 0 ? $"{Words.Photos(result.Photos)}" : "done", skipped = result.Skipped > 0 ? $", {Words.Count(result.Skipped)} skipped" : "";
        string where = result.Album is { } album ? $" ({Printable.Show(album.Path)})" : "";
        return result.Operation is { } number ? $"Operation {number}: {photos}{skipped}{where} (albumen undo {number} takes it back)" : $"Nothing was changed: it is so already{skipped}.";
    }
}
