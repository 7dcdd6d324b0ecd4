using System.Text.Json;
using Albumen.Tests.Daemon;

namespace Albumen.Tests.Admin;

[Collection(DaemonTests.Name)]
public sealed class CommandLineTests(RunningDaemon daemon)
{
    const int Done = 0, Failed = 1, Usage = 2, Partly = 3, Unreachable = 4;

    [Fact]
    public async Task Without_a_daemon_it_says_how_to_start_one()
    {
        Answer answer = await CommandLine.RunAsync("--root", "/nowhere/at/all", "status");

        Assert.Equal(Unreachable, answer.Code);
        Assert.Contains("/nowhere/at/all/run/albumen/albumend.sock", answer.Error);
        Assert.Contains("albumend --root /nowhere/at/all run", answer.Error);
        Assert.Empty(answer.Output);
    }

    [Theory]
    [InlineData("status", "statsu")]
    [InlineData("add", "user", "ad")]
    [InlineData("--json", "status", "--jsno")]
    public async Task A_typo_is_answered_with_what_was_meant(string meant, params string[] typed)
    {
        Answer answer = await CommandLine.RunAsync(typed);

        Assert.Equal(Usage, answer.Code);
        Assert.Contains(meant, answer.Error);
        Assert.Empty(answer.Output);
    }

    [Theory]
    [InlineData("--url", "http://127.0.0.1:1", "status")]
    [InlineData("--url", "nas", "--token-file", "/dev/null", "status")]
    [InlineData("--url", "http://127.0.0.1:1", "--token-file", "/nowhere", "status")]
    [InlineData("user", "add")]
    [InlineData]
    public async Task What_makes_no_sense_is_a_usage_error(params string[] typed) => Assert.Equal(Usage, (await CommandLine.RunAsync(typed)).Code);

    [Fact]
    public async Task A_scan_that_is_waited_for_leaves_everything_indexed()
    {
        Answer answer = await daemon.AlbumenAsync("scan", "--wait", "photos");

        Assert.Equal((Done, ""), (answer.Code, answer.Error.Contains("albumen:") ? answer.Error : ""));
        JsonElement status = Json(await daemon.AlbumenAsync("status", "--json"));
        Assert.Equal("idle", status.GetProperty("state").GetString());
        Assert.Equal(0, status.GetProperty("indexing").GetProperty("left").GetInt64());
        Assert.Equal(3, status.GetProperty("counts").GetProperty("assets").GetInt64());
        Assert.Equal(4, status.GetProperty("counts").GetProperty("locations").GetInt64());
    }

    [Fact]
    public async Task A_volume_that_is_not_there_makes_a_scan_partly_done()
    {
        Answer answer = await daemon.AlbumenAsync("scan", "--wait", "--json");

        Assert.Equal(Partly, answer.Code);
        Assert.Contains("unplugged", answer.Error);
        JsonElement last = Json(answer);
        Assert.Equal("done", last.GetProperty("state").GetString());
        Assert.Equal("unplugged", last.GetProperty("unavailable")[0].GetProperty("volume").GetString());
    }

    [Fact]
    public async Task An_unknown_volume_is_refused_with_those_there_are()
    {
        Answer answer = await daemon.AlbumenAsync("scan", "--wait", "fotos");

        Assert.Equal(Failed, answer.Code);
        Assert.Contains("photos, unplugged", answer.Error);
    }

    [Fact]
    public async Task A_dry_run_scans_nothing()
    {
        Answer answer = await daemon.AlbumenAsync("scan", "--dry-run", "photos");

        Assert.Equal((Done, $"Would scan photos ({daemon.Library}).\n"), (answer.Code, answer.Output));
    }

    [Fact]
    public async Task Listings_are_one_json_object_a_line_in_the_promised_shape()
    {
        await IndexAsync();

        Answer answer = await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders/photos");

        Assert.Equal(Done, answer.Code);
        JsonElement photo = answer.Lines.Select(line => JsonDocument.Parse(line).RootElement).Single(e => e.GetProperty("path").GetString()!.EndsWith("IMG_0001.jpg", StringComparison.Ordinal));
        Assert.Equal("/Folders/photos/2024/Sommer am See/IMG_0001.jpg", photo.GetProperty("path").GetString());
        Assert.Equal("file", photo.GetProperty("type").GetString());
        string file = Path.Combine(daemon.Library, "2024/Sommer am See/IMG_0001.jpg");
        Assert.Equal(new FileInfo(file).Length, photo.GetProperty("size").GetInt64());
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)));
        Assert.Equal(hash, photo.GetProperty("sha256").GetString());
        JsonElement asset = photo.GetProperty("asset");
        Assert.Equal(hash[..32], asset.GetProperty("id").GetString());
        Assert.Equal(("image", "image/jpeg", 640, 480), (asset.GetProperty("kind").GetString(), asset.GetProperty("mime").GetString(),
            asset.GetProperty("width").GetInt32(), asset.GetProperty("height").GetInt32()));
        Assert.Equal(("2024-07-14T15:30:12", "+02:00"), (asset.GetProperty("taken").GetProperty("local").GetString(), asset.GetProperty("taken").GetProperty("offset").GetString()));
        Assert.Equal(["preview", "thumbnail"], asset.GetProperty("derivatives").EnumerateArray().Select(d => d.GetString()));
    }

    [Fact]
    public async Task Names_cannot_steer_the_terminal()
    {
        await IndexAsync();

        Answer plain = await daemon.AlbumenAsync("ls", "-r", "/Folders/photos"), json = await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders/photos");

        Assert.DoesNotContain('\u001B', plain.Output + json.Output);
        Assert.Single(plain.Lines, line => line.Contains("red", StringComparison.Ordinal));
        Assert.Single(json.Lines, line => line.Contains("red", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_folder_is_listed_with_tabs_when_piped()
    {
        await IndexAsync();

        Assert.Contains("/Folders/photos/2024\tfolder\t\t", (await daemon.AlbumenAsync("ls", "/folders/PHOTOS")).Lines);
        Assert.Equal(Failed, (await daemon.AlbumenAsync("ls", "/Folders/fotos")).Code);
    }

    [Theory]
    [InlineData("sunset")]
    [InlineData("SUNSET beach")]
    [InlineData("sommer holi")]
    [InlineData("IMG_0001.jpg")]
    [InlineData("\"canon\" (r6")]
    [InlineData("sunset folder:/Folders/photos/2024 -is:video camera:canon")]
    public async Task A_photo_is_found_by_its_words(string query)
    {
        await IndexAsync();

        JsonElement found = Json(await daemon.AlbumenAsync("search", "--json", query));

        Assert.Equal("/Folders/photos/2024/Sommer am See/IMG_0001.jpg", found.GetProperty("path").GetString());
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        Answer answer = await daemon.AlbumenAsync("search", "--json", "nothing-of-this-kind");

        Assert.Equal((Done, ""), (answer.Code, answer.Output));
        Assert.Equal(Failed, (await daemon.AlbumenAsync("search", "&")).Code);
        Assert.Contains("did you mean rating:?", (await daemon.AlbumenAsync("search", "ratng:4")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_asset_is_shown_by_path_and_by_the_beginning_of_its_id()
    {
        await IndexAsync();

        JsonElement byPath = Json(await daemon.AlbumenAsync("show", "--json", "/Folders/photos/2024/Sommer am See/IMG_0001.jpg"));
        JsonElement byId = Json(await daemon.AlbumenAsync("show", "--json", byPath.GetProperty("id").GetString()![..10]));

        Assert.Equal(byPath.GetRawText(), byId.GetRawText());
        JsonElement place = Assert.Single(byPath.GetProperty("locations").EnumerateArray());
        Assert.Equal(("photos", "2024/Sommer am See/IMG_0001.jpg"), (place.GetProperty("volume").GetString(), place.GetProperty("file").GetString()));
        Assert.Contains(byPath.GetProperty("layers").EnumerateArray(), layer => layer.GetProperty("source").GetString() == "embedded");
        Assert.Contains("Canon EOS R6", (await daemon.AlbumenAsync("show", byId.GetProperty("id").GetString()!)).Output);
        Assert.Equal(Failed, (await daemon.AlbumenAsync("show", "0000000000000000")).Code);
        Assert.Equal(Failed, (await daemon.AlbumenAsync("show", "no-id")).Code);
    }

    [Fact]
    public async Task A_file_that_is_no_picture_is_a_problem()
    {
        await IndexAsync();

        JsonElement problem = Json(await daemon.AlbumenAsync("problems", "--json"));

        Assert.Equal(("/Folders/photos/broken.jpg", "photos"), (problem.GetProperty("path").GetString(), problem.GetProperty("volume").GetString()));
        Assert.NotEmpty(problem.GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task Nothing_waits_after_a_scan()
    {
        await IndexAsync();

        Assert.Equal(new(Done, "", ""), await daemon.AlbumenAsync("jobs", "--watch", "--json"));
    }

    [Fact]
    public async Task Users_come_and_go()
    {
        Assert.Equal("Would add anna.\n", (await daemon.AlbumenAsync("user", "add", "anna", "--dry-run")).Output);
        Assert.Equal(new(Done, "", ""), await daemon.AlbumenAsync("user", "add", "anna"));
        Answer twice = await daemon.AlbumenAsync("user", "add", "ANNA");
        Assert.Equal((Failed, "albumen: There is a user 'ANNA' already.\n"), (twice.Code, twice.Error));
        Assert.Equal(Failed, (await daemon.AlbumenAsync("user", "add", "an:na", "--dry-run")).Code);
        Assert.Contains((await daemon.AlbumenAsync("user", "list")).Lines, line => line.StartsWith("anna\tuser\t", StringComparison.Ordinal));
        Assert.Equal(Done, (await daemon.AlbumenAsync("user", "remove", "anna", "--dry-run")).Code);
        Assert.Equal(Done, (await daemon.AlbumenAsync("user", "remove", "anna", "--yes")).Code);
        Assert.Equal(Failed, (await daemon.AlbumenAsync("user", "remove", "anna", "--yes")).Code);
        Assert.DoesNotContain((await daemon.AlbumenAsync("user", "list")).Lines, line => line.StartsWith("anna\t", StringComparison.Ordinal));
    }

    [Fact]
    public async Task App_passwords_come_and_go()
    {
        await daemon.AlbumenAsync("user", "add", "bob");

        Answer created = await daemon.AlbumenAsync("app-password", "create", "bob", "--json");

        Assert.Matches("""^\{"user":"bob","password":"[0-9a-z]{4}(-[0-9a-z]{4}){4}"\}\n$""", created.Output);
        string selector = Json(created).GetProperty("password").GetString()![..4];
        Assert.StartsWith($"{selector}\t\t", (await daemon.AlbumenAsync("app-password", "list", "bob")).Output, StringComparison.Ordinal);
        Assert.Equal(Done, (await daemon.AlbumenAsync("app-password", "revoke", "bob", selector, "--dry-run")).Code);
        Assert.Equal(Done, (await daemon.AlbumenAsync("app-password", "revoke", "bob", selector)).Code);
        Assert.Equal(Failed, (await daemon.AlbumenAsync("app-password", "revoke", "bob", selector)).Code);
        Assert.Equal("", (await daemon.AlbumenAsync("app-password", "list", "bob")).Output);
        Assert.Equal(Failed, (await daemon.AlbumenAsync("app-password", "create", "nobody")).Code);
    }

    [Fact]
    public async Task An_admin_reaches_the_daemon_over_the_network()
    {
        (_, string password) = await daemon.PersonAsync(isAdmin: true);
        string tokenFile = Path.Combine(daemon.Root, $"token-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(tokenFile, password + "\n", TestContext.Current.CancellationToken);

        Answer answer = await CommandLine.RunAsync("--url", daemon.Address.ToString(), "--token-file", tokenFile, "ls", "--json");

        Assert.Equal(Done, answer.Code);
        Assert.Contains("""{"path":"/Folders","type":"folder"}""", answer.Lines);
    }

    Task<Answer> IndexAsync() => daemon.AlbumenAsync("scan", "--wait", "photos");

    static JsonElement Json(Answer answer) => JsonDocument.Parse(Assert.Single(answer.Lines)).RootElement;
}
