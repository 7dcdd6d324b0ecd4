using System.ComponentModel;
using System.Diagnostics;

namespace Albumen.Admin.Pages;

/// <summary>The verbs of the command line, for the console's <c>:</c>. Each runs as a program of its own, so whatever it does, the console goes on.</summary>
/// <param name="door">The options with which it speaks to the same daemon.</param>
sealed class CommandLine(IReadOnlyList<string> door)
{
    const int MostLines = 5_000, LongestLine = 4_000, MostSuggested = 50;

    /// <summary>What may come next, as the whole line it would make.</summary>
    public async Task<IReadOnlyList<string>> SuggestAsync(string line, CancellationToken cancellationToken)
    {
        BashLine typed = new(line, "");
        Candidates next = await Task.Run(() => Candidates.ForAsync([.. door, .. typed.Before], typed.Word, cancellationToken), cancellationToken);
        // What can be gone on with in the same word has no blank behind it.
        return [.. next.Found.Where(c => typed.Complete(c.Value) is not null).Take(MostSuggested).Select(c => $"{typed.Kept}{typed.Complete(c.Value)}{(c.Value is [.., '/' or '=' or ':'] ? "" : " ")}")];
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
        using Process process = Start(start);
        // Also when the console ends, and nobody goes on here.
        using CancellationTokenRegistration stop = cancellationToken.Register(() => Kill(process));
        // It has nobody to ask; what wants an answer says which option gives it.
        process.StandardInput.Close();
        List<string> lines = [];
        await Task.WhenAll(ReadAsync(process.StandardOutput, lines), ReadAsync(process.StandardError, lines));
        await process.WaitForExitAsync(CancellationToken.None);
        if (lines.Count == MostLines) lines.Add($"There is more; the first {MostLines} lines are shown.");
        return (lines, process.ExitCode);
    }

    static async Task ReadAsync(StreamReader output, List<string> lines)
    {
        while (await output.ReadLineAsync() is { } line)
            if (lines.Count < MostLines) lines.Add((line.Length > LongestLine ? line[..LongestLine] + "…" : line).Replace("\t", "  ", StringComparison.Ordinal));
    }

    static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new UsageException($"It cannot be started: {error.Message}.");
        }
    }

    static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }
}
