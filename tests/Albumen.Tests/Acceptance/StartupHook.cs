using Albumen.Tests.Acceptance;

/// <summary>
/// Runs inside a restricted albumend before its own first line (DOTNET_STARTUP_HOOKS) and tries to change a library. The runtime asks for this
/// name without a namespace.
/// </summary>
static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(GuardTests.Target) is not { } folder || Environment.GetEnvironmentVariable("ALBUMEN_RESTRICTED") is not { Length: > 0 }) return;
        string verb = Environment.GetCommandLineArgs().FirstOrDefault(word => word is "run" or "worker") ?? "?";
        string original = Path.Combine(folder, "IMG_0001.jpg");
        Dictionary<string, Action> tries = new()
        {
            ["write"] = () => File.OpenWrite(original).Dispose(),
            ["truncate"] = () => new FileStream(original, FileMode.Truncate).Dispose(),
            ["create"] = () => File.WriteAllText(Path.Combine(folder, "intruder.jpg"), ""),
            ["delete"] = () => File.Delete(original),
            ["rename"] = () => File.Move(original, original + ".moved"),
            ["replace"] = () => File.Move(Path.Combine(folder, "IMG_0002.jpg"), original, overwrite: true),
            ["move away"] = () => File.Move(original, Path.Combine(folder, "../IMG_moved.jpg")),
            ["make a folder"] = () => Directory.CreateDirectory(Path.Combine(folder, $"intruder {verb}")),
            ["link"] = () => File.CreateSymbolicLink(Path.Combine(folder, "intruder.lnk"), original),
        };
        foreach ((string name, Action attempt) in tries)
            File.AppendAllText(Environment.GetEnvironmentVariable(GuardTests.Report)!, $"{verb} {name}: {Outcome(attempt)}\n");
    }

    static string Outcome(Action attempt)
    {
        try
        {
            attempt();
            return "done";
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            return "refused";
        }
    }
}
