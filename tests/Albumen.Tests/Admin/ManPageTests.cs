using System.Diagnostics;
using Albumen.Admin;

namespace Albumen.Tests.Admin;

public sealed class ManPageTests : IDisposable
{
    static readonly string[] Sections = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"];

    readonly string _folder = Directory.CreateTempSubdirectory("albumen-man-").FullName;

    static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_verb_has_one_with_all_sections_and_nothing_to_complain_of()
    {
        Assert.Equal((0, ""), await RunAsync(Programs.Albumen, "man", _folder));

        string[] pages = [.. Directory.EnumerateFiles(_folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        Assert.Equal(VerbTree.All(VerbTree.Create()).Select(c => $"{VerbTree.Typed(c).Replace(' ', '-')}.1").Order(StringComparer.Ordinal), pages);
        Assert.Contains("albumen-album-add.1", pages);
        Assert.DoesNotContain("albumen-complete.1", pages);
        foreach (string page in pages)
        {
            string[] lines = await File.ReadAllLinesAsync(Path.Combine(_folder, page), Now);
            Assert.Equal(Sections, lines.Where(line => line.StartsWith(".SH ", StringComparison.Ordinal)).Select(line => line[4..]));
            Assert.Equal(".TH ", lines[1][..4]);
            Assert.Contains("\"1970-01-02\" \"Albumen ", lines[1], StringComparison.Ordinal);
        }
        Assert.Equal((0, ""), await RunAsync("mandoc", ["-T", "lint", "-W", "style", .. pages.Select(page => Path.Combine(_folder, page))]));
    }

    [Fact]
    public async Task What_they_refer_to_is_there()
    {
        await RunAsync(Programs.Albumen, "man", _folder);
        foreach (string page in Directory.EnumerateFiles(_folder))
            foreach (string line in (await File.ReadAllLinesAsync(page, Now)).Where(line => line.StartsWith(".BR albumen", StringComparison.Ordinal)))
                Assert.True(File.Exists(Path.Combine(_folder, $"{line.Split(' ')[1].Replace("\\-", "-", StringComparison.Ordinal)}.1")), $"{page}: {line}");
    }

    [Fact]
    public async Task They_are_the_same_each_time_they_are_made()
    {
        await RunAsync(Programs.Albumen, "man", Path.Combine(_folder, "a"));
        await RunAsync(Programs.Albumen, "man", Path.Combine(_folder, "b"));

        Assert.Equal((0, ""), await RunAsync("diff", "-r", Path.Combine(_folder, "a"), Path.Combine(_folder, "b")));
    }

    [Fact]
    public void They_say_what_the_verb_has()
    {
        string page = ManPage.Of(VerbTree.All(VerbTree.Create()).Single(c => VerbTree.Typed(c) == "albumen album add"));

        Assert.Contains("albumen\\-album\\-add \\- puts photos into an album\n", page, StringComparison.Ordinal);
        Assert.Contains(".B albumen album add\nALBUM [PATH\\-OR\\-ID...] [options]\n", page, StringComparison.Ordinal);
        Assert.Contains(".TP\n.B \\-\\-query QUERY\n", page, StringComparison.Ordinal);
        Assert.Contains("albumen album add Trips/2024 3f9c 81aa\n", page, StringComparison.Ordinal);
        Assert.Contains(".BR albumen\\-album\\-create (1)", page, StringComparison.Ordinal);
    }

    static async Task<(int Code, string Output)> RunAsync(string program, params string[] words)
    {
        ProcessStartInfo start = new(program, words) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SOURCE_DATE_EPOCH"] = "86400";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(Now), error = process.StandardError.ReadToEndAsync(Now);
        await process.WaitForExitAsync(Now);
        return (process.ExitCode, await output + await error);
    }
}
