using System.Diagnostics;

namespace Albumen.Admin.Pages;

/// <summary>The verbs of the command line, for the console's <c>:</c>. Each runs as a program of its own, so whatever it does, the console goes on.</summary>
/// <param name="door">The options with which it speaks to the same daemon.</param>
sealed class CommandLine(IReadOnlyList<string> door)
{
    const int MostLines = 5_000, MostSuggested = 50;

    /// <summary>What may come next, as the whole line it would make.</summary>
    public async Task<IReadOnlyList<string>> SuggestAsync(string line, CancellationToken cancellationToken)
    {
        BashLine typed = new(line, "");
        Candidates next = await Candidates.ForAsync([.. door, .. typed.Before], typed.Word, cancellationToken);
        return [.. next.Found.Select(candidate => typed.Complete(candidate.Value)).OfType<string>().Take(MostSuggested).Select(end => typed.Kept + end)];
    }

    /// <returns>What it printed, made harmless when it is shown, and its exit code.</returns>
    public async Task<(IReadOnlyList<string> Lines, int Code)> RunAsync(string line, int columns, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, [.. door, .. new BashLine(line + " ", "").Before])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NO_COLOR"] = "1", ["COLUMNS"] = $"{columns}" },
        };
        using Process process = Process.Start(start)!;
        // It has nobody to ask; what wants an answer says which option gives it.
        process.StandardInput.Close();
        List<string> lines = [];
        try
        {
            await Task.WhenAll(ReadAsync(process.StandardOutput, lines, cancellationToken), ReadAsync(process.StandardError, lines, cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
        if (lines.Count == MostLines) lines.Add($"There is more; the first {MostLines} lines are shown.");
        return (lines, process.ExitCode);
    }

    static async Task ReadAsync(StreamReader output, List<string> lines, CancellationToken cancellationToken)
    {
        while (await output.ReadLineAsync(cancellationToken) is { } line)
            if (lines.Count < MostLines) lines.Add(line.Replace("\t", "  ", StringComparison.Ordinal));
    }
}
