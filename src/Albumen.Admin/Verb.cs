using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin;

/// <summary>One thing the command line can do. A newcomer says how it is written, and what it does.</summary>
abstract class Verb : Command
{
    /// <summary>To change more photos than this at once is to change many.</summary>
    protected const int Many = 1000;

    protected Verb(string name, string description) : base(name, description) => SetAction(RunAsync);

    /// <summary>For every verb: rows, values, plans and errors still come.</summary>
    public static Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "Print what was asked for and errors, and nothing else: no headings, no remarks, no progress, no word of what was done.", Recursive = true };

    /// <summary>At least one, for the help and the man page.</summary>
    public virtual IReadOnlyList<Example> Examples => [];

    /// <summary>What one line of <c>--json</c> can be, the usual one first.</summary>
    public virtual IReadOnlyList<JsonTypeInfo> Lines => [];

    /// <summary>False for those that work where no daemon is.</summary>
    public virtual bool NeedsDaemon => true;

    /// <summary>Whether its words may begin with a dash: -is:video, -1h.</summary>
    public virtual bool TakesDashes => false;

    public bool HasJson => Options.Contains(Json);

    public bool HasDryRun => Options.Contains(DryRun);

    /// <summary>For machines: one JSON object, or one a line for a list.</summary>
    protected Option<bool> Json { get; } = new("--json") { Description = "For machines: JSON, one object a line; 'albumen schema' says of what shape." };

    /// <summary>For verbs that change something.</summary>
    protected Option<bool> DryRun { get; } = new("--dry-run") { Description = "Only say what would be done." };

    /// <summary>For verbs that ask before they change many things, or one for good.</summary>
    protected Option<bool> Yes { get; } = new("--yes", "-y") { Description = "Do not ask; without a terminal to ask on, it is needed." };

    /// <returns>One of <see cref="Exit"/>.</returns>
    protected abstract Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken);

    /// <summary>Shows what is about to happen and asks whether it shall. It does not ask where <c>--yes</c> or <c>--dry-run</c> was written.</summary>
    /// <param name="plan">What would be done, as a sentence without its end: <c>removes anna with all app passwords</c>.</param>
    /// <exception cref="UsageException">Nobody is there to ask.</exception>
    protected bool Agrees(ParseResult line, Screen screen, string plan)
    {
        if (line.GetValue(Yes) || (HasDryRun && line.GetValue(DryRun))) return true;
        if (!screen.CanAsk) throw new UsageException($"This {plan}, and nobody is there to ask: add --yes to do it{(HasDryRun ? ", or --dry-run to see it first" : "")}. Nothing was changed.");
        if (screen.Asks($"This {plan}. Do it?")) return true;
        screen.Remark("Nothing was changed.");
        return false;
    }

    async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        using Screen screen = new(line.GetValue(Quiet));
        try
        {
            using AlbumenClient daemon = Door.Open(line);
            int code = await RunAsync(line, daemon, screen, cancellationToken);
            screen.Flush();
            return code;
        }
        catch (UsageException error)
        {
            screen.Error(error.Message);
            StandardStream.Error.WriteLine(HelpText.Hint(this));
            return Exit.Usage;
        }
        catch (DaemonUnreachableException error)
        {
            screen.Error(error.Message);
            return Exit.Unreachable;
        }
        catch (ApiException error)
        {
            screen.Error(error.Message);
            return Exit.Failed;
        }
        catch (IOException error)
        {
            screen.Error(error.Message);
            return Exit.Failed;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Exit.Failed;
        }
    }
}
