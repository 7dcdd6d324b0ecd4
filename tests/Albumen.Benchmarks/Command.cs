using System.Diagnostics;

namespace Albumen.Benchmarks;

/// <summary>Other programs, run to their end.</summary>
static class Command
{
    /// <returns>What it printed, and how long it took from start to end.</returns>
    /// <exception cref="BenchmarkException">It is not installed, or failed.</exception>
    public static (string Output, TimeSpan Time) Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        long started = Stopwatch.GetTimestamp();
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            TimeSpan time = Stopwatch.GetElapsedTime(started);
            return process.ExitCode == 0 ? (output, time) : throw new BenchmarkException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors.Result.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new BenchmarkException($"{program} is not installed; 'make deps' installs what is needed.");
        }
    }

    public static (string Output, TimeSpan Time) Bash(string script, params string[] arguments) => Run("bash", ["-euo", "pipefail", "-c", script, "bash", .. arguments]);
}
