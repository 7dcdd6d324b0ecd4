using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen purge</c>: removes the files of photos in the trash for good. It shows what, and does that only when it is told to.</summary>
sealed class Purge : Verb
{
    readonly Option<bool> _all = new("--all") { Description = "Also what lies in the trash for less than it is to be kept (trash.retention)." };
    readonly Option<string?> _plan = new("--plan") { Description = "What the plan said at its end, so that what is done is what was shown.", HelpName = "DIGEST" };

    public Purge() : base("purge", "Removes the files of photos in the trash for good. Shows which, and asks; the configuration has to allow it.")
    {
        Options.Add(_all);
        Options.Add(DryRun);
        Options.Add(Yes);
        Options.Add(_plan);
        Yes.Description = "Do it, with the --plan that was shown.";
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("purge --dry-run", "What could be removed for good."),
        new("purge --yes --plan 8c1f6e", "Do what that plan showed."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.PurgePlan, ApiJson.Default.PurgeResult];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        bool all = line.GetValue(_all), asJson = line.GetValue(Json), isDryRun = line.GetValue(DryRun);
        if (isDryRun && line.GetValue(Yes)) throw new UsageException("--dry-run and --yes exclude each other.");
        if (line.GetValue(Yes)) return await DoAsync(all, line.GetValue(_plan) ?? throw new UsageException("--yes goes with --plan DIGEST; 'albumen purge --dry-run' shows the plan first."), asJson, daemon, screen, cancellationToken);
        if (line.GetValue(_plan) is not null) throw new UsageException("--plan goes with --yes.");

        if (!isDryRun && (asJson || !screen.IsTerminal || !screen.CanAsk))
            throw new UsageException("Nobody is there to ask, and nothing was removed. 'albumen purge --dry-run' shows the plan; --yes --plan DIGEST, as it says at its end, does it.");
        PurgePlan plan = await daemon.PlanPurgeAsync(all, cancellationToken);
        if (asJson)
        {
            screen.Json(plan, ApiJson.Default.PurgePlan);
            return Exit.Done;
        }
        screen.Table(["", "File", "Size", "SHA-256", "In the trash since", "Why it stays"], plan.Files.Concat(plan.Stays).SelectMany(Rows), "The trash is empty.");
        if (plan.Files.Count == 0)
        {
            screen.Line("Nothing would be removed.");
            return Exit.Done;
        }
        string what = $"{Words.Photos(plan.Photos)}, {Words.Count(plan.Files.Count)} files, {Words.Size(plan.SizeInBytes)}{With(plan.Files.Sum(f => f.Sidecars?.Count ?? 0))}{(plan.More ? "; more are left for the next purge" : "")}";
        if (!plan.Allowed) screen.Line($"Would remove {what}; but the configuration does not allow it (trash.purge).");
        else if (!isDryRun)
        {
            screen.Line($"Removes for good: {what}. Nothing brings these files back. To do it, type: purge {plan.Photos}");
            screen.Flush();
            if (StandardStream.ReadLine()?.Trim() == $"purge {plan.Photos}") return await DoAsync(all, plan.Plan, asJson, daemon, screen, cancellationToken);
            screen.Line("Nothing was removed.");
        }
        else screen.Line($"Would remove {what}, for good. To do exactly this: albumen purge{(all ? " --all" : "")} --yes --plan {plan.Plan}");
        return Exit.Done;
    }

    static async Task<int> DoAsync(bool all, string plan, bool asJson, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        PurgeResult result = await daemon.PurgeAsync(new() { All = all, Plan = plan }, cancellationToken);
        if (asJson) screen.Json(result, ApiJson.Default.PurgeResult);
        else screen.Say($"{Words.Photos(result.Photos)} purged: {Words.Count(result.Files)} files, {Words.Size(result.SizeInBytes)}{With(result.Sidecars)}.");
        foreach (PurgeFile failed in result.Failed) screen.Error($"{failed.Path}: {failed.Reason}");
        return result.Failed.Count == 0 ? Exit.Done : result.Photos == 0 ? Exit.Failed : Exit.Partly;
    }

    /// <summary>A file, and its sidecars below it.</summary>
    static IEnumerable<IReadOnlyList<string>> Rows(PurgeFile file) =>
    [
        [file.Reason is null ? "goes" : "stays", file.Path, Words.Size(file.Size), file.Sha256, Words.Minute(file.Trashed), file.Reason ?? ""],
        .. (file.Sidecars ?? []).Select(s => (IReadOnlyList<string>)["goes", s.Path, Words.Size(s.Size), s.Sha256, "", ""]),
    ];

    static string With(int sidecars) => sidecars switch
    {
        0 => "",
        1 => ", and 1 sidecar",
        _ => $", and {Words.Count(sidecars)} sidecars",
    };
}
