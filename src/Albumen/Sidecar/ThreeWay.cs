using System.Text.Json;
using Albumen.Catalog;

namespace Albumen.Sidecar;

/// <summary>What the catalogue knows of one asset when one of its sidecars is held against it. Values: JSON by the name of the field.</summary>
/// <param name="Person">A person's statements.</param>
/// <param name="Sidecar">What sidecars were noted to say.</param>
/// <param name="Open">Conflicts that wait for a decision.</param>
/// <param name="History">All that the journal has of a field, whoever said it, and when a person changed it last, and anybody (null: never).</param>
/// <param name="Elsewhere">What the other sidecars of the asset say of a field, the first one first.</param>
/// <param name="IsMadeAgain">The catalogue is being made again: what a file of which nothing is known says since before the journal last heard of the field was taken in then.</param>
sealed record Stand(
    string Asset, IReadOnlyDictionary<string, string> Person, IReadOnlyDictionary<string, string> Sidecar, IReadOnlyDictionary<string, string> Open,
    Func<Field, (IReadOnlyList<string?> Values, DateTimeOffset? Person, DateTimeOffset? Any)> History, Func<Field, IEnumerable<string?>> Elsewhere, bool IsMadeAgain = false);

/// <summary>A sidecar as it was found.</summary>
/// <param name="Was">What it said when it and the catalogue last agreed; null when that is not known.</param>
/// <param name="Now">What it says.</param>
/// <param name="Writing">What we had begun to write into it.</param>
/// <param name="Name">For people: <c>photos/2019/a.jpg.xmp</c>.</param>
/// <param name="Written">When it was last modified.</param>
/// <param name="IsGone">It was deleted.</param>
sealed record Find(Facts? Was, Facts Now, IReadOnlyDictionary<string, string?>? Writing, string Name, DateTimeOffset Written, bool IsGone = false);

/// <summary>
/// The comparison of what a sidecar said, what it says, and what people said here, field by field. Different fields never meet. Of lists both
/// sides' additions and removals are kept. The same field changed on both sides is decided by the rule, or is a conflict; whatever loses stands
/// in the journal.
/// </summary>
static class ThreeWay
{
    public static IEnumerable<StatementChange> Compare(Stand stand, Find find, ConflictRule rule, DateTimeOffset now) => Field.All.SelectMany(field => Compare(stand, find, field, rule, now));

    static IEnumerable<StatementChange> Compare(Stand stand, Find find, Field field, ConflictRule rule, DateTimeOffset now)
    {
        string? said = find.Was is null ? null : field.Read(find.Was), says = field.Read(find.Now);
        string? noted = Value(stand.Sidecar.GetValueOrDefault(field.Name)), statement = stand.Person.GetValueOrDefault(field.Name), ours = Value(statement);
        if (find.Was is not null && field.AreSame(said, says)) yield break;
        // Written by us before a crash kept us from noting it.
        if (find.Writing is not null && find.Writing.TryGetValue(field.Name, out string? written) && field.AreSame(Value(written), says)) yield break;
        // Written again where a person stated it: the file was deleted, or went through a program that leaves out what it does not know.
        if (says is null && statement is not null && (find.IsGone || IsOursAlone(field))) yield break;

        StatementChange? settled = stand.Open.GetValueOrDefault(field.Name) is { } json ? new(stand.Asset, field.Name, StatementKind.Conflict, json, null) : null;
        Conflict? open = settled is null ? null : Conflict.FromJson(settled.Before!);
        if (statement is not null && field.AreSame(ours, says))
        {
            // Another copy of the photo may have a sidecar that agrees all the while.
            if (open is not null && open.File == find.Name) yield return settled!;
            yield break;
        }
        (IReadOnlyList<string?> values, DateTimeOffset? last, DateTimeOffset? any) = stand.History(field);
        // Of a file of which nothing is known, as after a rebuild, what the journal knows already is no news, nor that it is silent.
        if (find.Was is null && (says is null || values.Count == 0 || values.Any(value => field.AreSame(Value(value), says)) || (last is null && stand.Elsewhere(field).Any(value => field.AreSame(value, noted)))
            || (stand.IsMadeAgain && find.Written <= any))) yield break;

        // Where one of several is gone, the others go on to speak. What they say while nobody said otherwise is what counted until now.
        string? others = statement is null ? stand.Elsewhere(field).FirstOrDefault(value => value is not null) : null;
        string after = says ?? (find.IsGone ? others : null) ?? Field.Cleared;
        // What was noted may have come from another sidecar. What this one said goes now, and must stand somewhere.
        string before = said is not null && !values.Any(value => field.AreSame(Value(value), said)) ? said : stand.Sidecar.GetValueOrDefault(field.Name) ?? said ?? others ?? Field.Cleared;
        if (before != after) yield return new(stand.Asset, field.Name, StatementKind.Sidecar, before, after);
        if (statement is null) yield break;

        string? common = open is not null ? open.Base?.GetRawText() : find.Was is null ? noted : said;
        StatementChange theirs = new(stand.Asset, field.Name, StatementKind.Person, statement, null);
        if (open is not null && open.File == find.Name && field.AreSame(common, says))
        {
            // They took back what the conflict was about.
            yield return settled!;
            yield break;
        }
        if (find.Was is not null && field.AreSame(said, ours)) yield return theirs;
        else if (field == Field.Tags || field == Field.People)
        {
            string merged = Merge(field, common, ours, says);
            if (!field.AreSame(Value(merged), ours)) yield return theirs with { After = field.AreSame(Value(merged), says) ? null : merged };
        }
        else if (rule is ConflictRule.Theirs || (rule is ConflictRule.Newest && find.Written > last)) yield return theirs;
        else if (rule is ConflictRule.Ask)
        {
            yield return new(stand.Asset, field.Name, StatementKind.Conflict, settled?.Before, Conflict.Of(common, says, find.Name, now).ToJson());
            yield break;
        }
        if (settled is not null) yield return settled;
    }

    static string? Value(string? statement) => statement is Field.Cleared ? null : statement;

    static bool IsOursAlone(Field field) => field == Field.Favourite || field == Field.Archived || field == Field.Hidden || field == Field.Stack || field == Field.Trashed;

    /// <summary>What either side has added, without what either has removed.</summary>
    static string Merge(Field field, string? common, string? ours, string? theirs)
    {
        List<string> before = Items(common), here = Items(ours), there = Items(theirs);
        List<string> merged = [.. here.Where(item => there.Contains(item) || !before.Contains(item)), .. there.Where(item => !here.Contains(item) && !before.Contains(item))];
        return merged.Count == 0 ? Field.Cleared : JsonSerializer.Serialize(merged, FactsJson.Default.IReadOnlyListString);

        List<string> Items(string? json) => [.. (field == Field.Tags ? field.Write(new(), json).Tags : field.Write(new(), json).People) ?? []];
    }
}
