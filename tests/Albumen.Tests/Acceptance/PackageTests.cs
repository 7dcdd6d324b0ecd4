using System.Diagnostics;

namespace Albumen.Tests.Acceptance;

/// <summary>The Debian package, if <c>make deb</c> has left one: its whole life on clean machines with systemd as PID 1.</summary>
[Collection(AcceptanceTests.Name)]
public sealed class PackageTests
{
    // tests/package/run.sh, where a release cannot be fetched.
    const int NoRelease = 77;

    [Theory]
    [InlineData("bookworm")]
    [InlineData("trixie")]
    public async Task It_is_installed_configured_mounted_upgraded_removed_and_purged_and_the_library_stays_the_same(string release)
    {
        string? package = Directory.Exists(Packages) ? Directory.GetFiles(Packages, "albumen_*.deb").SingleOrDefault() : null;
        Assert.SkipWhen(package is null, "There is no package; 'make deb' builds one.");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can boot a machine in a container.");
        ProcessStartInfo start = new(Path.Combine(Source, "tests/package/run.sh"), [release, package!]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PHOTOS"] = "2000";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(process.ExitCode == NoRelease, $"Debian's {release} cannot be fetched: {await error}");

        TestContext.Current.TestOutputHelper?.WriteLine(await output);
        Assert.True(process.ExitCode == 0 && (await output).Contains("ok      the library is the same at the end", StringComparison.Ordinal), await output + await error);
    }

    [Fact]
    public async Task The_unit_leaves_the_daemon_few_rights()
    {
        // Tenths of systemd's exposure level: 1.5.
        using Process process = Process.Start(new ProcessStartInfo("systemd-analyze", ["security", "--offline=yes", "--threshold=15", Path.Combine(Source, "debian/albumen.service")]) { RedirectStandardOutput = true })!;
        string said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, said);
    }

    internal static string Source { get; } = FindSource();

    static string Packages => Path.Combine(Source, "out/deb");

    static string FindSource()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Albumen.slnx"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests are not run from the source.");
        return folder;
    }
}
