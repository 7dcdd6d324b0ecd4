using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen stacks</c>: what belongs together, and what would by other rules.</summary>
sealed class Stacks : Verb
{
    const int PageLength = 500;

    readonly Option<string?> _rule = new("--rule") { Description = "Only those by this rule: raw_jpeg, live_photos, edited, bursts, or person.", HelpName = "RULE" };
    readonly Option<int?> _limit = new("--limit") { Description = "At most so many stacks, or changes; by default 100, with --json all.", HelpName = "N" };
    readonly Option<string?> _rules = new("--rules") { Description = "With --dry-run: a file with the section 'stacks' as it is to stand in albumen.yaml.", HelpName = "FILE", CompletionSources = { Offer.Files } };
    readonly Option<string[]> _with = new("--with") { Description = "With --dry-run: one key of that section, such as bursts=off.", HelpName = "KEY=VALUE" };

    public Stacks() : base("stacks", "Lists photos and clips that belong together; with --dry-run, what other rules would stack and take apart.")
    {
        _rule.AcceptOnlyFromAmong("raw_jpeg", "live_photos", "edited", "bursts", "person");
        Options.Add(_rule);
        Options.Add(_limit);
        Options.Add(DryRun);
        Options.Add(_rules);
        Options.Add(_with);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("stacks --rule bursts", "The series."),
        new("stacks --dry-run --with bursts=off", "What would change if series were not stacked."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.Stack, ApiJson.Default.StackRehearsalResult];

    protected override Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        int most = line.GetValue(_limit) ?? (line.GetValue(Json) ? int.MaxValue : 100);
        if (most < 1) throw new UsageException("--limit is at least 1.");
        string? file = line.GetValue(_rules);
        string[] with = line.GetValue(_with) ?? [];
        if (!line.GetValue(DryRun))
            return file is null && with.Length == 0 ? ListAsync(line, most, daemon, screen, cancellationToken) : throw new UsageException("--rules and --with go with --dry-run; what is to count stands in the configuration.");
        if (line.GetValue(_rule) is not null) throw new UsageException("--rule lists stacks; --dry-run tries other rules.");
        return (file, with) switch
        {
            ({ } path, []) => RehearseAsync(line, new(Read(path), path), most, daemon, screen, cancellationToken),
            (null, [_, ..]) => RehearseAsync(line, new($"stacks:\n{string.Concat(with.Select(Key))}", "--with"), most, daemon, screen, cancellationToken),
            _ => throw new UsageException("--dry-run needs the other rules: either --rules FILE, or --with KEY=VALUE."),
        };
    }

    async Task<int> ListAsync(ParseResult line, int most, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        bool asJson = line.GetValue(Json);
        List<IReadOnlyList<string>> rows = [];
        string? after = null;
        int shown = 0;
        long total = 0;
        do
        {
            Page<Client.Stack> page = await daemon.StacksAsync(line.GetValue(_rule), after, Math.Min(PageLength, most - shown), cancellationToken);
            foreach (Client.Stack stack in page.Items)
                if (asJson) screen.Json(stack, ApiJson.Default.Stack);
                else rows.AddRange(stack.Members.Select(m => (IReadOnlyList<string>)[stack.Id[..12], m.Cover ? $"{m.Role}, shown" : m.Role, m.Rule, m.Path ?? m.Asset[..12]]));
            (shown, after, total) = (shown + page.Items.Count, page.Next, page.Total ?? total);
        }
        while (after is not null && shown < most);
        if (asJson) return Exit.Done;
        screen.Table(["Stack", "Role", "Rule", "Path"], rows, "Nothing is stacked.");
        if (shown > 0) screen.Remark($"{Words.Count(shown)} of {Words.Count(total)} stacks shown.");
        return Exit.Done;
    }

    async Task<int> RehearseAsync(ParseResult line, StackRules rules, int most, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        StackRehearsalResult result = await daemon.RehearseStacksAsync(rules, cancellationToken);
        if (line.GetValue(Json))
        {
            screen.Json(result, ApiJson.Default.StackRehearsalResult);
            return Exit.Done;
        }
        var changes = result.Come.Select(p => ("would be stacked", p)).Concat(result.Go.Select(p => ("would stand alone", p))).Take(most);
        screen.Table(["What", "Path"], changes.Select(c => (IReadOnlyList<string>)[c.Item1, c.p.Path ?? c.p.Asset[..12]]), "Nothing would change.");
        screen.Line($"{Words.Count(result.Stacks)} stacks: {Words.Photos(result.Stacked)} would be stacked, {Words.Count(result.Unstacked)} would stand alone, {Words.Count(result.Kept)} stay together as they are.");
        return Exit.Done;
    }

    static string Key(string text) => text.Split('=', 2) is [{ Length: > 0 } key, { Length: > 0 } value] && !text.Contains('\n', StringComparison.Ordinal)
        ? $"  {key}: {value}\n"
        : throw new UsageException($"'{text}' is no key and value; write them like bursts=off.");

    static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be read: {error.Message}");
        }
    }
}
