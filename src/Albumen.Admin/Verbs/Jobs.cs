using System.CommandLine;
using Albumen.Client;
using Spectre.Console;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen jobs</c>: work that waits or runs.</summary>
sealed class Jobs : Verb
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    readonly Option<bool> _watch = new("--watch") { Description = "Show it again every second, until Ctrl-C or nothing is left." };
    readonly Option<int> _limit = new("--limit") { Description = "At most so many.", DefaultValueFactory = _ => 100, HelpName = "N" };

    public Jobs() : base("jobs", "Lists work that waits or runs.")
    {
        Options.Add(_watch);
        Options.Add(_limit);
        Options.Add(Json);
    }

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        int limit = line.GetValue(_limit);
        if (limit < 1) throw new UsageException("--limit is at least 1.");
        while (true)
        {
            Page<Job> page = await daemon.JobsAsync(limit, cancellationToken);
            if (line.GetValue(_watch) && screen.IsTerminal && !line.GetValue(Json)) AnsiConsole.Clear();
            if (line.GetValue(Json))
                foreach (Job job in page.Items) screen.Json(job, ApiJson.Default.Job);
            else
                Print(page, screen);
            screen.Flush();
            if (!line.GetValue(_watch) || page.Items.Count == 0) return Exit.Done;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    static void Print(Page<Job> page, Screen screen)
    {
        screen.Table(["Id", "Kind", "Subject", "Failed tries", "Not before", "Error"],
            page.Items.Select(j => (IReadOnlyList<string>)[$"{j.Id}", j.Kind, j.Subject, $"{j.Attempts}", Words.Time(j.NotBefore), j.Error ?? ""]),
            "Nothing waits.");
        if (screen.IsTerminal && page.Total > page.Items.Count) screen.Line($"And {Words.Count(page.Total.Value - page.Items.Count)} more.");
    }
}
