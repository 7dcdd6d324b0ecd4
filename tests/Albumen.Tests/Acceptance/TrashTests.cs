using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>The trash of a real daemon: what comes back whatever happens, and the one way in which a file ever goes.</summary>
public sealed class TrashTests : IAsyncLifetime
{
    const int Photos = 6;

    readonly string _volume = Directory.CreateTempSubdirectory("albumen-trash-").FullName;
    PrivateDaemon _daemon = null!;
    AuthenticationHeaderValue? _credentials;

    static CancellationToken Now => TestContext.Current.CancellationToken;

    static string Month => DateTime.UtcNow.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    public async ValueTask InitializeAsync()
    {
        string script = """
            set -e
            cd "$1"
            mkdir -p a
            for i in $(seq 1 6); do vips gaussnoise "a/2024-07-14_$i.jpg[Q=80]" $((60 + i)) 40; done
            """;
        Assert.Equal(0, (await Clients.RunAsync("bash", ["-c", script, "bash", _volume])).Code);
        _daemon = PrivateDaemon.Of(_volume);
        Configure();
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        Directory.Delete(_volume, recursive: true);
    }

    [Fact]
    public async Task The_command_line_puts_in_lists_and_takes_out_and_a_rebuild_keeps_it()
    {
        await StartAsync();
        Assert.Equal(0, (await _daemon.AlbumenAsync("album", "create", "A")).Code);
        Assert.Equal(0, (await _daemon.AlbumenAsync("album", "add", "A", $"{Day}/2024-07-14_1.jpg", $"{Day}/2024-07-14_2.jpg")).Code);
        Answer rehearsed = await _daemon.AlbumenAsync("trash", "--dry-run", "/Albums/A/2024-07-14_1.jpg");
        Assert.Contains("trashed", rehearsed.Output, StringComparison.Ordinal);
        Assert.Equal("", (await _daemon.AlbumenAsync("trash", "list")).Output);

        Answer trashed = await _daemon.AlbumenAsync("trash", "/Albums/A/2024-07-14_1.jpg", "--query", "name:2024-07-14_3.jpg");
        Assert.Equal((0, ""), (trashed.Code, trashed.Error));
        Assert.Contains("2 photos", trashed.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await _daemon.AlbumenAsync("trash", "/Albums/A")).Code);

        JsonElement[] listed = [.. (await _daemon.AlbumenAsync("trash", "list", "--json")).Lines.Select(line => JsonElement.Parse(line))];
        Assert.Equal([$"/Trash/{Month}/2024-07-14_2024-07-14_1.jpg", $"/Trash/{Month}/2024-07-14_2024-07-14_3.jpg"], listed.Select(l => l.GetProperty("path").GetString()!));
        Assert.All(listed, l => Assert.False(l.GetProperty("eligible").GetBoolean()));
        Assert.Equal(3, (await _daemon.AlbumenAsync("trash", "list")).Lines.Length);
        JsonElement status = JsonElement.Parse((await _daemon.AlbumenAsync("status", "--json")).Output).GetProperty("trash");
        Assert.Equal((2, 0, false), (status.GetProperty("photos").GetInt32(), status.GetProperty("eligible").GetInt32(), status.GetProperty("purge").GetBoolean()));
        Assert.Equal(4, (await _daemon.AlbumenAsync("search", "2024")).Lines.Length);
        Assert.Equal(2, (await _daemon.AlbumenAsync("search", "is:trashed")).Lines.Length);

        // Only what people said and the files are left.
        Assert.Equal(0, await _daemon.StopAsync());
        foreach (string file in Directory.GetFiles(_daemon.State, "catalog.db*")) File.Delete(file);
        await StartAsync();
        Assert.Equal(2, (await _daemon.AlbumenAsync("search", "is:trashed")).Lines.Length);
        Assert.Equal(3, (await _daemon.AlbumenAsync("trash", "list")).Lines.Length);

        Assert.Equal(0, (await _daemon.AlbumenAsync("restore", "/Trash/Albums/A")).Code);
        Assert.Equal("/Albums/A/2024-07-14_2.jpg", (await _daemon.AlbumenAsync("ls", "/Albums/A")).Output.Split('\t')[0].Trim());
        Assert.Equal(0, (await _daemon.AlbumenAsync("restore", "--all")).Code);
        Assert.Equal("", (await _daemon.AlbumenAsync("trash", "list")).Output);
        Assert.Equal(2, (await _daemon.AlbumenAsync("ls", "/Albums/A")).Lines.Length);
        Assert.Equal(Photos, Files().Length);

        Assert.Equal(0, (await _daemon.AlbumenAsync("trash", "-r", Day)).Code);
        Assert.Equal(Photos, (await _daemon.AlbumenAsync("trash", "list")).Lines.Length);
        Assert.Equal(0, (await _daemon.AlbumenAsync("undo")).Code);
        Assert.Equal("", (await _daemon.AlbumenAsync("trash", "list")).Output);
    }

    [Fact]
    public async Task What_the_sidecar_says_is_enough_to_know_what_lies_in_the_trash()
    {
        Configure("sidecars: { placement: beside, delay: 10ms }");
        await StartAsync();
        Assert.Equal(0, (await _daemon.AlbumenAsync("trash", $"{Day}/2024-07-14_1.jpg")).Code);
        string sidecar = Path.Combine(_volume, "a/2024-07-14_1.jpg.xmp");
        await UntilAsync(() => Task.FromResult(File.Exists(sidecar)));
        Assert.Contains("albumen:Trashed", await File.ReadAllTextAsync(sidecar, Now), StringComparison.Ordinal);

        // A new archive of the same files.
        Assert.Equal(0, await _daemon.StopAsync());
        Directory.Delete(_daemon.State, recursive: true);
        await StartAsync();
        await UntilAsync(async () => (await _daemon.AlbumenAsync("search", "is:trashed")).Lines.Length == 1);
        Assert.Equal(0, (await _daemon.AlbumenAsync("restore", "--all")).Code);
        Assert.Equal("", (await _daemon.AlbumenAsync("search", "is:trashed")).Output);
    }

    [Fact]
    public async Task Deleting_where_photos_are_only_shown_trashes_them_if_that_is_wanted()
    {
        Configure("webdav: { delete: trash }");
        await StartAsync();
        Assert.Equal(0, (await _daemon.AlbumenAsync("smart", "create", "All", "2024")).Code);
        Assert.Equal(0, (await _daemon.AlbumenAsync("set", "rating=5", "people=Anna", "place=Austria", "-r", Day)).Code);
        string[] paths =
        [
            $"{Day}/2024-07-14_1.jpg", "/Smart/All/2024-07-14_2024-07-14_2.jpg", "/Ratings/5/2024-07-14_2024-07-14_3.jpg", "/People/Anna/2024-07-14_2024-07-14_4.jpg",
            "/Places/Austria/2024-07-14_2024-07-14_5.jpg", "/Folders/lib/a/2024-07-14_6.jpg",
        ];
        foreach (string path in paths) Assert.Equal(204, await SendAsync("DELETE", path));

        Assert.Equal(Photos, (await _daemon.AlbumenAsync("search", "is:trashed")).Lines.Length);
        foreach (string folder in (string[])["/Timeline/2024", "/People/Anna", "/Places/Austria", "/Ratings/5", "/Small/Timeline/2024"]) Assert.Equal(404, await SendAsync("PROPFIND", folder));
        Assert.Equal(403, await SendAsync("DELETE", "/Timeline"));
        Assert.Equal(403, await SendAsync("DELETE", "/Folders/lib/a"));
        Assert.Equal(403, await SendAsync("DELETE", $"/Trash/{Month}/2024-07-14_2024-07-14_1.jpg"));
        Assert.Contains("DELETE", await AllowedAsync("/Timeline"), StringComparison.Ordinal);
        Assert.DoesNotContain("DELETE", await AllowedAsync("/Trash"), StringComparison.Ordinal);
        Assert.Equal(Photos, Files().Length);
        Assert.Equal(0, (await _daemon.AlbumenAsync("restore", "-r", "/Trash")).Code);
        Assert.Equal(Photos, (await _daemon.AlbumenAsync("ls", "/People/Anna")).Lines.Length);
    }

    [Fact]
    public async Task What_is_brought_again_is_wanted_again()
    {
        ConfigurePurge("inbox: { settle: 10ms }");
        await StartAsync();
        Assert.Equal(0, (await _daemon.AlbumenAsync("trash", $"{Day}/2024-07-14_1.jpg")).Code);
        File.Copy(Path.Combine(_volume, "a/2024-07-14_1.jpg"), Path.Combine(_daemon.State, "inbox/again.jpg"));
        await UntilAsync(async () => (await _daemon.AlbumenAsync("search", "is:trashed")).Lines.Length == 0);
        Assert.Equal(200, await SendAsync("GET", $"{Day}/2024-07-14_1.jpg"));
        Assert.Equal(Photos, Files().Length);
    }

    [Fact]
    public async Task A_purge_removes_what_it_has_shown_and_nothing_else()
    {
        ConfigurePurge("sidecars: { placement: beside, delay: 10ms }");
        await StartAsync();
        Assert.Equal(0, (await _daemon.AlbumenAsync("trash", $"{Day}/2024-07-14_1.jpg", $"{Day}/2024-07-14_2.jpg")).Code);
        await UntilAsync(() => Task.FromResult(Directory.GetFiles(_volume, "*.xmp", SearchOption.AllDirectories).Length == 2));
        await _daemon.ScanAsync();

        // To be kept for 30 days.
        JsonElement kept = await PlanAsync();
        Assert.Equal((0, 2), (kept.GetProperty("files").GetArrayLength(), kept.GetProperty("stays").GetArrayLength()));
        JsonElement plan = await PlanAsync("--all");
        Assert.Equal([$"{_volume}/a/2024-07-14_1.jpg", $"{_volume}/a/2024-07-14_2.jpg"], plan.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("path").GetString()!));
        string first = plan.GetProperty("files")[0].GetProperty("path").GetString()!;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(first, Now))), plan.GetProperty("files")[0].GetProperty("sha256").GetString());
        string digest = plan.GetProperty("plan").GetString()!;

        // What is not as it was shown is not done.
        Assert.NotEqual(0, (await _daemon.AlbumenAsync("purge", "--yes", "--plan", digest)).Code);
        Assert.NotEqual(0, (await _daemon.AlbumenAsync("purge", "--all", "--yes")).Code);
        Assert.Equal(0, (await _daemon.AlbumenAsync("trash", $"{Day}/2024-07-14_3.jpg")).Code);
        Answer outdated = await _daemon.AlbumenAsync("purge", "--all", "--yes", "--plan", digest);
        Assert.NotEqual(0, outdated.Code);
        Assert.Contains("not what the plan showed", outdated.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _daemon.AlbumenAsync("undo")).Code);
        Assert.Equal(Photos, Files().Length);

        Answer purged = await _daemon.AlbumenAsync("purge", "--all", "--yes", "--plan", (await PlanAsync("--all")).GetProperty("plan").GetString()!);
        Assert.Equal((0, ""), (purged.Code, purged.Error));
        Assert.Equal(["2024-07-14_3.jpg", "2024-07-14_4.jpg", "2024-07-14_5.jpg", "2024-07-14_6.jpg"], Files());
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(_volume, "a")), f => f.EndsWith("_1.jpg.xmp", StringComparison.Ordinal) || f.EndsWith("_2.jpg.xmp", StringComparison.Ordinal));
        Assert.Equal("", (await _daemon.AlbumenAsync("trash", "list")).Output);
        await NothingIsMissingAsync();

        // It cannot be taken back, and nobody misses it after a scan or in a catalogue that was made anew.
        Assert.NotEqual(0, (await _daemon.AlbumenAsync("undo", JsonElement.Parse((await _daemon.AlbumenAsync("log", "--json")).Lines[0]).GetProperty("number").GetRawText())).Code);
        await _daemon.ScanAsync();
        await NothingIsMissingAsync();
        Assert.Equal(0, await _daemon.StopAsync());
        foreach (string file in Directory.GetFiles(_daemon.State, "catalog.db*")) File.Delete(file);
        await StartAsync();
        await NothingIsMissingAsync();
        Assert.Equal(4, (await _daemon.AlbumenAsync("ls", Day)).Lines.Length);
    }

    [Theory]
    [InlineData("trash: { purge: off }", true, true)]
    [InlineData("trash: { purge: on, retention: 1s }", false, false)]
    public async Task Nothing_is_purged_where_the_configuration_does_not_allow_it(string trash, bool isWritable, bool isOffered)
    {
        _daemon.Configure($$"""
            volumes: [{ name: lib, path: {{_volume}}, writable: {{(isWritable ? "on" : "off")}} }]
            http: { listen: "127.0.0.1:0" }
            scan: { every: off, settle: 1ms }
            {{trash}}
            """);
        await StartAsync();
        Assert.Equal(0, (await _daemon.AlbumenAsync("trash", $"{Day}/2024-07-14_1.jpg")).Code);
        JsonElement plan = await PlanAsync("--all");
        Assert.Equal(isOffered ? 1 : 0, plan.GetProperty("files").GetArrayLength());
        Assert.Equal(isOffered ? 0 : 1, plan.GetProperty("stays").GetArrayLength());
        Answer purged = await _daemon.AlbumenAsync("purge", "--all", "--yes", "--plan", plan.GetProperty("plan").GetString()!);
        if (isOffered) Assert.NotEqual(0, purged.Code);
        Assert.Equal(Photos, Files().Length);
    }

    [Fact]
    public async Task A_file_that_changes_after_the_plan_and_a_copy_that_cannot_go_keep_the_photo()
    {
        Directory.CreateDirectory(Path.Combine(_volume, "z"));
        File.Copy(Path.Combine(_volume, "a/2024-07-14_2.jpg"), Path.Combine(_volume, "z/2024-07-14_2.jpg"));
        ConfigurePurge(watch: "off");
        await StartAsync();
        Assert.Equal(0, (await _daemon.AlbumenAsync("trash", $"{Day}/2024-07-14_1.jpg", $"{Day}/2024-07-14_2.jpg")).Code);
        File.SetLastWriteTimeUtc(Path.Combine(_volume, "a/2024-07-14_1.jpg"), new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await File.AppendAllTextAsync(Path.Combine(_volume, "z/2024-07-14_2.jpg"), "more", Now);

        JsonElement plan = await PlanAsync("--all");

        Assert.Equal(0, plan.GetProperty("files").GetArrayLength());
        Assert.Contains(plan.GetProperty("stays").EnumerateArray(), f => f.GetProperty("reason").GetString()!.StartsWith("another copy of it stays", StringComparison.Ordinal));
        Assert.Contains(plan.GetProperty("stays").EnumerateArray(), f => f.GetProperty("reason").GetString() == "it was changed since it was read");
    }

    [Fact]
    public async Task What_is_restored_during_a_purge_stays()
    {
        ConfigurePurge();
        await StartAsync();
        Assert.Equal(0, (await _daemon.AlbumenAsync("trash", "-r", Day)).Code);
        string digest = (await PlanAsync("--all")).GetProperty("plan").GetString()!;
        Task<Answer> purge = _daemon.AlbumenAsync("purge", "--all", "--yes", "--plan", digest);
        await UntilAsync(() => Task.FromResult(Files().Length < Photos || purge.IsCompleted));
        Answer restored = await _daemon.AlbumenAsync("restore", "--all");
        await purge;

        if (Files().Length > 0) Assert.Equal(0, restored.Code);
        Assert.Equal("", (await _daemon.AlbumenAsync("trash", "list")).Output);
        Assert.Equal(Files().Length, (await _daemon.AlbumenAsync("search", "2024")).Lines.Length);
        await NothingIsMissingAsync();
    }

    [Fact]
    public async Task All_names_of_a_file_go_and_receipts_of_it_and_what_comes_again_is_wanted_again()
    {
        ConfigurePurge("inbox: { settle: 10ms }");
        string original = Path.Combine(_volume, "a/2024-07-14_1.jpg"), inbox = Path.Combine(_daemon.State, "inbox/again.jpg");
        Assert.Equal(0, (await Clients.RunAsync("cp", ["-l", original, Path.Combine(_volume, "a/linked.jpg")])).Code);
        byte[] bytes = await File.ReadAllBytesAsync(original, Now);
        await StartAsync();
        await File.WriteAllBytesAsync(inbox, bytes, Now);
        await UntilAsync(() => Task.FromResult(!File.Exists(inbox)));
        Assert.Equal(200, await SendAsync("GET", "/Inbox/again.jpg"));
        Assert.Equal(0, (await _daemon.AlbumenAsync("trash", $"{Day}/2024-07-14_1.jpg")).Code);

        Answer purged = await _daemon.AlbumenAsync("purge", "--all", "--yes", "--plan", (await PlanAsync("--all")).GetProperty("plan").GetString()!);

        Assert.Equal((0, ""), (purged.Code, purged.Error));
        Assert.Equal(Photos - 1, Files().Length);
        Assert.Equal(404, await SendAsync("GET", "/Inbox/again.jpg"));

        await File.WriteAllBytesAsync(inbox, bytes, Now);
        await UntilAsync(() => Task.FromResult(!File.Exists(inbox)));
        Assert.Equal("", (await _daemon.AlbumenAsync("search", "is:trashed")).Output);
        Assert.Single((await _daemon.AlbumenAsync("search", "name:again.jpg")).Lines);
    }

    [Fact]
    public async Task What_a_killed_purge_left_without_a_name_goes_at_the_start_or_is_named_again()
    {
        ConfigurePurge();
        await StartAsync();
        Assert.Equal(0, (await _daemon.AlbumenAsync("trash", $"{Day}/2024-07-14_1.jpg")).Code);
        Assert.Equal(0, await _daemon.StopAsync());
        string script = """
            cd "$1/a"
            for i in 1 2; do
              sqlite3 "$2/catalog.db" "INSERT INTO statement SELECT a.uid, 9, 'purged', '\"2999-08-01T00:00:00.000Z\"' FROM location l JOIN content c ON c.id = l.content_id JOIN asset a ON a.id = c.asset_id WHERE l.name = CAST('2024-07-14_$i.jpg' AS BLOB)"
              mv "2024-07-14_$i.jpg" "._2024-07-14_$i.jpg.albumen"
            done
            """;
        Assert.Equal((0, ""), await Clients.RunAsync("bash", ["-euc", script, "bash", _volume, _daemon.State]));

        await StartAsync();

        // The one lies in the trash, the other does not.
        await UntilAsync(() => Task.FromResult(Directory.GetFiles(Path.Combine(_volume, "a"), "._*").Length == 0));
        Assert.Equal(["2024-07-14_2.jpg", "2024-07-14_3.jpg", "2024-07-14_4.jpg", "2024-07-14_5.jpg", "2024-07-14_6.jpg"], Files());
        await NothingIsMissingAsync();
    }

    [Fact]
    public async Task Killed_in_the_middle_of_a_purge_every_photo_is_there_whole_or_gone()
    {
        ConfigurePurge();
        await StartAsync();
        Assert.Equal(0, (await _daemon.AlbumenAsync("trash", "-r", Day)).Code);
        string digest = (await PlanAsync("--all")).GetProperty("plan").GetString()!;
        Task<Answer> purge = _daemon.AlbumenAsync("purge", "--all", "--yes", "--plan", digest);
        await UntilAsync(() => Task.FromResult(Files().Length < Photos));
        await _daemon.KillAsync(withWorkers: true);
        await purge;
        int left = Files().Length;

        await StartAsync();
        Assert.Equal(left, (await _daemon.AlbumenAsync("trash", "list")).Lines.Length);
        await NothingIsMissingAsync();
        JsonElement plan = await PlanAsync("--all");
        Assert.Equal(left, plan.GetProperty("files").GetArrayLength());
        if (left > 0) Assert.Equal(0, (await _daemon.AlbumenAsync("purge", "--all", "--yes", "--plan", plan.GetProperty("plan").GetString()!)).Code);
        Assert.Empty(Files());
        await NothingIsMissingAsync();
    }

    static string Day => "/Timeline/2024/2024-07-14";

    void Configure(string more = "") => _daemon.Configure(_volume, "lib", more.Length == 0 ? "sidecars: { placement: mirror }" : more.StartsWith("sidecars", StringComparison.Ordinal) ? more : $"sidecars: {{ placement: mirror }}\n{more}");

    void ConfigurePurge(string more = "sidecars: { placement: mirror }", string watch = "on") => _daemon.Configure($$"""
        volumes: [{ name: lib, path: {{_volume}}, writable: on }]
        http: { listen: "127.0.0.1:0" }
        scan: { every: off, settle: 1ms, watch: {{watch}} }
        trash: { purge: on }
        {{more}}
        """);

    async Task StartAsync()
    {
        await _daemon.StartAsync();
        await _daemon.ScanAsync();
        if (_credentials is not null && (await _daemon.AlbumenAsync("user", "list")).Lines.Length > 0) return;
        Assert.Equal(0, (await _daemon.AlbumenAsync("user", "add", "anna")).Code);
        string password = JsonElement.Parse((await _daemon.AlbumenAsync("app-password", "create", "anna", "--json")).Output).GetProperty("password").GetString()!;
        _credentials = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"anna:{password}")));
    }

    async Task<JsonElement> PlanAsync(params string[] words)
    {
        Answer plan = await _daemon.AlbumenAsync(["purge", .. words, "--dry-run", "--json"]);
        Assert.Equal((0, ""), (plan.Code, plan.Error));
        return JsonElement.Parse(plan.Output);
    }

    async Task NothingIsMissingAsync()
    {
        Assert.Equal("", (await _daemon.AlbumenAsync("missing")).Output);
        Assert.Equal("", (await _daemon.AlbumenAsync("problems")).Output);
    }

    /// <summary>The originals, by name.</summary>
    string[] Files() => [.. Directory.GetFiles(Path.Combine(_volume, "a"), "*.jpg").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    async Task<int> SendAsync(string method, string path)
    {
        using HttpResponseMessage response = await AskAsync(method, path);
        return (int)response.StatusCode;
    }

    async Task<string> AllowedAsync(string path)
    {
        using HttpResponseMessage response = await AskAsync("OPTIONS", path);
        return string.Join(", ", response.Content.Headers.Allow);
    }

    async Task<HttpResponseMessage> AskAsync(string method, string path)
    {
        using HttpClient client = new();
        using HttpRequestMessage request = new(new HttpMethod(method), new Uri(_daemon.Address, path)) { Headers = { Authorization = _credentials } };
        if (method == "PROPFIND") request.Headers.Add("Depth", "0");
        return await client.SendAsync(request, Now);
    }

    static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; !await condition(); i++)
        {
            Assert.True(i < 600, "It took more than a minute.");
            await Task.Delay(100, Now);
        }
    }
}
