using Albumen.Admin;
using Albumen.Client;
using Albumen.Tests.Daemon;

namespace Albumen.Tests.Admin;

/// <summary>How the command line behaves towards people and scripts: terminals of any width, quiet, and questions. The daemon is this class's own.</summary>
public sealed class MannersTests(RunningDaemon daemon) : IClassFixture<RunningDaemon>, IAsyncLifetime
{
    const int Done = 0, Failed = 1, Usage = 2;
    const string Night = "/Folders/photos/night.jpg", Beach = "/Folders/photos/2024/Sommer am See/IMG_0001.jpg";

    static readonly Dictionary<string, string> Nothing = [];

    public async ValueTask InitializeAsync()
    {
        using AlbumenClient client = daemon.Client();
        if ((await client.UsersAsync(TestContext.Current.CancellationToken)).Any(user => user.Name == "anna")) return;
        await daemon.AlbumenAsync("scan", "--wait", "photos");
        foreach (string album in (string[])["東京と京都の旅行、二〇二四年の夏休みに家族と一緒に撮った写真", "Trips/2024 Sylt", "Ge\u0301ographie"])
            await daemon.AlbumenAsync("album", "create", album, "--description", "Two weeks by the sea, and what came of it in the end, which was a lot more than anybody had thought of before");
        await daemon.AlbumenAsync("album", "add", "Trips/2024 Sylt", Night, Beach);
        await daemon.AlbumenAsync("set", "title=A title that is so long that no terminal of a sensible width has a place for all of it", "tags+=Animals/Dog", Night);
        await daemon.AlbumenAsync("smart", "create", "Best", "rating:>=4 taken:last-90-days -is:video folder:/Folders/photos camera:canon");
        await daemon.AlbumenAsync("user", "add", "anna");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("status")]
    [InlineData("volume", "list")]
    [InlineData("verify", "--status")]
    [InlineData("album", "list")]
    [InlineData("album", "show", "Trips/2024 Sylt")]
    [InlineData("tag", "list")]
    [InlineData("smart", "list")]
    [InlineData("smart", "show", "Best")]
    [InlineData("user", "list")]
    [InlineData("app-password", "list", "anna")]
    [InlineData("log")]
    [InlineData("log", "1")]
    [InlineData("search", "is:photo")]
    [InlineData("show", Beach)]
    [InlineData("problems")]
    [InlineData("conflicts")]
    [InlineData("missing")]
    [InlineData("derivatives")]
    [InlineData("duplicates")]
    [InlineData("duplicates", "--near")]
    [InlineData("stacks")]
    [InlineData("jobs")]
    [InlineData("quality")]
    [InlineData("doctor")]
    [InlineData("trash", "list")]
    [InlineData("purge", "--all", "--dry-run")]
    [InlineData("set", "rating=4", Night, Beach, "--dry-run")]
    [InlineData("album", "--help")]
    [InlineData("set", "--help")]
    public async Task It_fits_a_terminal_of_eighty_columns(params string[] words)
    {
        Answer answer = await OnTerminal.RunAsync(daemon.Root, 80, new Dictionary<string, string> { ["NO_COLOR"] = "1" }, "", words);

        Assert.DoesNotContain('\e', answer.Output);
        Assert.NotEmpty(answer.Output.Trim());
        Assert.All(answer.Output.Split('\n'), line => Assert.True(TextWidth.Of(line) <= 80 || line.StartsWith("  albumen ", StringComparison.Ordinal) || line.StartsWith("           Type: ", StringComparison.Ordinal), $"{TextWidth.Of(line)}: {line}\n\n{answer.Output}"));
    }

    [Fact]
    public async Task Headings_are_bold_where_a_terminal_can_and_nobody_objects()
    {
        Assert.Contains("\e[1mName  Role  Since", (await OnTerminal.RunAsync(daemon.Root, 80, Nothing, "", "user", "list")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', (await OnTerminal.RunAsync(daemon.Root, 80, new Dictionary<string, string> { ["TERM"] = "dumb" }, "", "user", "list")).Output);
        Assert.DoesNotContain('\e', (await OnTerminal.RunAsync(daemon.Root, 80, new Dictionary<string, string> { ["NO_COLOR"] = "1" }, "", "user", "list")).Output);
        Assert.DoesNotContain("Role", (await OnTerminal.RunAsync(daemon.Root, 80, Nothing, "", "user", "list", "--quiet")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_path_loses_its_middle()
    {
        Answer answer = await OnTerminal.RunAsync(daemon.Root, 60, new Dictionary<string, string> { ["NO_COLOR"] = "1" }, "", "problems");

        Assert.Contains("/Folders/photos/broken.jpg"[^6..], answer.Output, StringComparison.Ordinal);
        Assert.All(answer.Output.Split('\n'), line => Assert.True(TextWidth.Of(line) <= 60, line));
    }

    [Fact]
    public async Task Quiet_leaves_what_was_asked_for()
    {
        Assert.Equal(new(Done, "", ""), await daemon.AlbumenAsync("-q", "set", "rating=3", Night));
        Assert.Equal(new(Done, "", ""), await daemon.AlbumenAsync("scan", "--wait", "photos", "--quiet"));
        Assert.Equal(new(Done, "", ""), await daemon.AlbumenAsync("album", "create", "Silent", "--quiet"));
        Assert.Contains("anna\tuser\t", (await daemon.AlbumenAsync("user", "list", "--quiet")).Output, StringComparison.Ordinal);
        Assert.Matches("^[0-9a-z]{4}(-[0-9a-z]{4}){4}\n$", (await daemon.AlbumenAsync("app-password", "create", "anna", "--quiet")).Output);
        Assert.Contains("rating", (await daemon.AlbumenAsync("set", "rating=5", Night, "--dry-run", "--quiet")).Output, StringComparison.Ordinal);
        Answer refused = await daemon.AlbumenAsync("--quiet", "album", "show", "Nothing");
        Assert.Equal((Failed, ""), (refused.Code, refused.Output));
        Assert.NotEmpty(refused.Error);
    }

    [Theory]
    [InlineData("--yes", "user", "remove", "bert")]
    [InlineData("--dry-run", "purge")]
    [InlineData("--yes", "volume", "confirm", "unplugged")]
    public async Task Where_nobody_can_be_asked_it_says_what_to_type(string option, params string[] words)
    {
        await daemon.AlbumenAsync("user", "add", "bert");

        Answer answer = await daemon.AlbumenAsync(words);

        // A volume that is not suspect cannot be confirmed at all.
        Assert.Equal(words[0] == "volume" ? Failed : Usage, answer.Code);
        Assert.Empty(answer.Output);
        if (words[0] != "volume") Assert.Contains(option, answer.Error, StringComparison.Ordinal);
        Assert.Contains((await daemon.AlbumenAsync("user", "list")).Lines, line => line.StartsWith("bert\t", StringComparison.Ordinal));
    }

    [Fact]
    public async Task On_a_terminal_it_asks_with_a_plan()
    {
        await daemon.AlbumenAsync("user", "add", "carl");

        Answer no = await OnTerminal.RunAsync(daemon.Root, 80, Nothing, "n\n", "user", "remove", "carl");
        Assert.Equal(Failed, no.Code);
        Assert.Contains("This removes carl with all app passwords, which cannot be taken back. Do it? [y/N]", no.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed.", no.Output, StringComparison.Ordinal);
        Answer yes = await OnTerminal.RunAsync(daemon.Root, 80, Nothing, "y\n", "user", "remove", "carl");

        Assert.Equal(Done, yes.Code);
        Assert.DoesNotContain((await daemon.AlbumenAsync("user", "list")).Lines, line => line.StartsWith("carl\t", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("There is no volume 'fotos'. Did you mean 'photos'?", "scan", "fotos")]
    [InlineData("There is no volume 'fotos'. Did you mean 'photos'?", "scan", "--dry-run", "fotos")]
    [InlineData("There is no volume 'fotos'. Did you mean 'photos'?", "verify", "--status", "fotos")]
    [InlineData("There is no volume 'photso'. Did you mean 'photos'?", "volume", "confirm", "photso")]
    [InlineData("There is no album Trps/2024 Sylt. Did you mean 'Trips/2024 Sylt'?", "album", "show", "Trps/2024 Sylt")]
    [InlineData("There is no tag Animals/Dgo. Did you mean 'Animals/Dog'?", "tag", "delete", "Animals/Dgo")]
    [InlineData("There is no smart album Bset. Did you mean 'Best'?", "smart", "show", "Bset")]
    [InlineData("There is no smart album Bset. Did you mean 'Best'?", "smart", "delete", "Bset")]
    [InlineData("did you mean rating:?", "search", "ratng:4")]
    [InlineData("did you mean rating?", "set", "ratign=4", Night)]
    [InlineData("There is no user 'ana'. Did you mean 'anna'?", "app-password", "list", "ana")]
    public async Task What_the_daemon_does_not_know_it_guesses(string meant, params string[] words)
    {
        Answer answer = await daemon.AlbumenAsync(words);

        Assert.Equal((Failed, ""), (answer.Code, answer.Output));
        Assert.Contains(meant, answer.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(0, "status")]
    [InlineData(0, "ls", "/")]
    [InlineData(0, "set", "rating=4", Night, "--dry-run")]
    [InlineData(1, "ls", "/nowhere")]
    [InlineData(1, "album", "show", "nowhere")]
    [InlineData(1, "show", "0000000000000000")]
    [InlineData(1, "undo", "999999")]
    [InlineData(2, "statsu")]
    [InlineData(2, "jobs", "--limit", "none")]
    [InlineData(2, "set", Night)]
    [InlineData(2, "stacks", "--with", "bursts=off")]
    [InlineData(2, "--url", "http://127.0.0.1:1", "status")]
    [InlineData(3, "scan", "--wait")]
    public async Task The_exit_code_says_how_it_went(int code, params string[] words) => Assert.Equal(code, (await daemon.AlbumenAsync(words)).Code);
}
