using System.Diagnostics;
using Albumen.Tests.Daemon;

namespace Albumen.Tests.Admin;

/// <summary>The command line on a terminal of its own (script(1)), so that it draws as for a person.</summary>
static class OnTerminal
{
    /// <param name="input">What is typed.</param>
    public static async Task<Answer> RunAsync(string root, int columns, IReadOnlyDictionary<string, string> environment, string input, params string[] words)
    {
        string line = string.Join(' ', words.Prepend(Programs.Albumen).Select(word => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'"));
        ProcessStartInfo start = new("script", ["-qefc", $"stty cols {columns} rows 24; {line}", "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ALBUMEN_ROOT"] = root;
        start.Environment["TERM"] = "xterm-256color";
        start.Environment.Remove("NO_COLOR");
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        await process.StandardInput.FlushAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60));
        return new(process.ExitCode, (await output).Replace("\r\n", "\n", StringComparison.Ordinal), await error);
    }
}
