using System.Diagnostics;

namespace Albumen.Tests.Daemon;

/// <summary>What a program printed and how it ended.</summary>
public sealed record Answer(int Code, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The real command line, in a process of its own, its output piped.</summary>
public static class CommandLine
{
    public static async Task<Answer> RunAsync(params string[] words)
    {
        ProcessStartInfo start = new(Programs.Albumen, words) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("ALBUMEN_ROOT");
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(process.ExitCode, await output, await error);
    }
}
