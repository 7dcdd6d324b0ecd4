using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin;

/// <summary>One thing the command line can do. A newcomer says how it is written, and what it does.</summary>
abstract class Verb : Command
{
    protected Verb(string name, string description) : base(name, description) => SetAction(RunAsync);

    /// <summary>For machines: one JSON object, or one a line for a list.</summary>
    protected Option<bool> Json { get; } = new("--json") { Description = "For machines: JSON, one object a line." };

    /// <summary>For verbs that change something.</summary>
    protected Option<bool> DryRun { get; } = new("--dry-run") { Description = "Only say what would be done." };

    /// <returns>One of <see cref="Exit"/>.</returns>
    protected abstract Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken);

    async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        using Screen screen = new();
        try
        {
            using AlbumenClient daemon = Door.Open(line);
            return await RunAsync(line, daemon, screen, cancellationToken);
        }
        catch (UsageException error)
        {
            screen.Error(error.Message);
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
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Exit.Failed;
        }
    }
}
