using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Albumen.Tests.Storage;

/// <summary>Runs the calling test once more in a process of its own, where the kernel's limits or mounts are other ones.</summary>
static class Elsewhere
{
    const string Variable = "ALBUMEN_TEST_ELSEWHERE";

    /// <summary>Set in that process: the word it was given.</summary>
    public static string? Word => Environment.GetEnvironmentVariable(Variable);

    /// <summary>In a user namespace (user_namespaces(7)), as its root, after a shell command.</summary>
    public static void RunAfter(string command, string flags = "-Ur", [CallerMemberName] string test = "")
    {
        using (Process probe = Process.Start(new ProcessStartInfo("unshare", [flags, "true"]) { RedirectStandardError = true })!)
        {
            probe.WaitForExit();
            Assert.SkipUnless(probe.ExitCode == 0, "No user namespaces here");
        }
        using Process process = Start("here", ["unshare", flags, "sh", "-ec", $"{command}; exec \"$@\"", "sh"], test);
        End(process);
    }

    public static Process Start(string word, string[]? through = null, [CallerMemberName] string test = "")
    {
        string[] words = [.. through ?? [], Path.Combine(AppContext.BaseDirectory, "Albumen.Tests"), "-method", $"{typeof(WatcherTests).FullName}.{test}"];
        return Process.Start(new ProcessStartInfo(words[0], words[1..]) { Environment = { [Variable] = word }, RedirectStandardOutput = true })!;
    }

    /// <summary>Waits for it and fails where it did.</summary>
    public static void End(Process process)
    {
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && output.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0", StringComparison.Ordinal), output);
    }
}
