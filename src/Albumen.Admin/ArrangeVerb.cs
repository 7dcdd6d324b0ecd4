using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin;

/// <summary>A verb that changes albums, smart albums or tags, as one operation, or says what it would change.</summary>
abstract class ArrangeVerb : Verb
{
    protected ArrangeVerb(string name, string description) : base(name, description)
    {
        Options.Add(DryRun);
        Options.Add(Json);
    }

    /// <exception cref="UsageException">The words make no sense.</exception>
    protected abstract Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken);

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        ArrangeResult result = await ArrangeAsync(line, daemon, line.GetValue(DryRun), cancellationToken);
        if (line.GetValue(Json)) screen.Json(result, ApiJson.Default.ArrangeResult);
        else if (result.Changes is { } changes)
            screen.Table(["What", "Field", "Before", "After"], changes.Select(c => (IReadOnlyList<string>)[c.Path ?? c.Of, c.Of is "tag_folder" ? c.Field : c.Of is "entry" ? "photo" : c.Field, Words.Value(c.Before), Words.Value(c.After)]), "Nothing would change.");
        else screen.Line(Sentence(result));
        return Exit.Done;
    }

    static string Sentence(ArrangeResult result)
    {
        string photos = result.Photos > 0 ? $"{Words.Photos(result.Photos)}" : "done", skipped = result.Skipped > 0 ? $", {Words.Count(result.Skipped)} skipped" : "";
        string where = result.Album is { } album ? $" ({Printable.Show(album.Path)})" : "";
        return result.Operation is { } number ? $"Operation {number}: {photos}{skipped}{where} (albumen undo {number} takes it back)" : $"Nothing was changed: it is so already{skipped}.";
    }
}
