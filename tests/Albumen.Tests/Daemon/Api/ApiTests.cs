using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Albumen.Client;
using Albumen.Daemon.Api;

namespace Albumen.Tests.Daemon.Api;

[Collection(DaemonTests.Name)]
public sealed class ApiTests(RunningDaemon daemon)
{
    static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Over_the_network_nobody_gets_in_without_a_token()
    {
        using HttpClient http = new() { BaseAddress = daemon.Address };

        foreach (string path in (string[])["status", "users", "tree?path=/", "nothing", "jobs?limit=x"])
        {
            HttpResponseMessage answer = await http.GetAsync($"/api/v1/{path}", Now);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task An_admin_gets_in_until_the_password_is_revoked()
    {
        (string name, string password) = await daemon.PersonAsync(isAdmin: true);
        using AlbumenClient admin = AlbumenClient.OverNetwork(daemon.Address, password), root = daemon.Client();

        Assert.Contains(await admin.UsersAsync(Now), user => user.Name == name && user.Admin);
        await root.RevokeAppPasswordAsync(name, password[..4], isDryRun: false, Now);

        Assert.Equal(401, (await Assert.ThrowsAsync<ApiException>(() => admin.UsersAsync(Now))).Status);
    }

    [Fact]
    public async Task Who_is_no_admin_is_told_so()
    {
        (string name, string password) = await daemon.PersonAsync(isAdmin: false);
        using AlbumenClient client = AlbumenClient.OverNetwork(daemon.Address, password);

        var error = await Assert.ThrowsAsync<ApiException>(() => client.StatusAsync(Now));

        Assert.Equal(403, error.Status);
        Assert.Contains(name, error.Message);
    }

    [Fact]
    public async Task Guessing_is_slowed_down_and_does_not_lock_out_who_is_in()
    {
        (_, string password) = await daemon.PersonAsync(isAdmin: true);
        using HttpClient http = new() { BaseAddress = daemon.Address };
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(http, password)).StatusCode);

        HttpResponseMessage last = await GetAsync(http, "wrong0");
        for (int i = 1; i < 5 && last.StatusCode is HttpStatusCode.Unauthorized; i++) last = await GetAsync(http, $"wrong{i}");

        Assert.Equal(HttpStatusCode.TooManyRequests, last.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), last.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(http, password)).StatusCode);
        // For the tests that follow from the same address.
        await Task.Delay(TimeSpan.FromSeconds(1.1), Now);

        static Task<HttpResponseMessage> GetAsync(HttpClient http, string token) =>
            http.SendAsync(new(HttpMethod.Get, "/api/v1/volumes") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } }, Now);
    }

    [Fact]
    public async Task Health_is_told_to_everybody()
    {
        using HttpClient http = new() { BaseAddress = daemon.Address };

        Assert.Equal("""{"status":"ok"}""", await http.GetStringAsync("/health", Now));
        Assert.Equal("""{"status":"ok"}""", await http.GetStringAsync("/health/ready", Now));
        Health health = (await http.GetFromJsonAsync("/health/services", ApiJson.Default.Health, Now))!;
        Assert.Equal("running", health.Services!["indexer"]);
    }

    [Theory]
    [InlineData("GET", "/api/v1/nothing", 404)]
    [InlineData("PUT", "/api/v1/users", 404)]
    [InlineData("GET", "/api/v1/jobs?limit=x", 400)]
    [InlineData("GET", "/api/v1/jobs?limit=0", 400)]
    [InlineData("GET", "/api/v1/tree", 400)]
    [InlineData("GET", "/api/v1/tree?path=Folders", 400)]
    [InlineData("GET", "/api/v1/tree?path=/nothing", 404)]
    [InlineData("GET", "/api/v1/assets/zz", 400)]
    [InlineData("GET", "/api/v1/search?q=%22", 400)]
    [InlineData("GET", "/api/v1/search?q=ratng:4", 400)]
    [InlineData("GET", "/api/v1/problems?after=x", 400)]
    [InlineData("POST", "/api/v1/users", 400)]
    [InlineData("DELETE", "/api/v1/users/nobody", 404)]
    public async Task What_is_wrong_is_answered_with_a_problem(string method, string address, int status)
    {
        using HttpClient http = OverSocket();

        HttpResponseMessage answer = await http.SendAsync(
            new(new(method), address) { Content = method == "POST" ? new StringContent("{", Encoding.UTF8, "application/json") : null }, Now);

        Assert.Equal(status, (int)answer.StatusCode);
        ProblemDetails problem = (await answer.Content.ReadFromJsonAsync(ApiJson.Default.ProblemDetails, Now))!;
        Assert.Equal(status, problem.Status);
        Assert.NotEmpty(problem.Detail!);
    }

    [Fact]
    public async Task Every_asset_is_on_exactly_one_page()
    {
        using AlbumenClient client = daemon.Client();
        await foreach (ScanProgress _ in client.ScanAndWaitAsync(["photos"], Now)) { }

        List<string> ids = [], found = [];
        string? after = null;
        do
        {
            Page<ListedAsset> page = await client.AssetsAsync(after, 1, Now);
            ids.AddRange(page.Items.Select(a => a.Id));
            after = page.Next;
        }
        while (after is not null);
        do
        {
            Page<ListedAsset> page = await client.SearchAsync("jpg", after, 1, Now);
            found.AddRange(page.Items.Select(a => a.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(3, ids.Count);
        Assert.Equal(ids.Order(), ids);
        Assert.Equal(ids, found.Order());
        Assert.All(ids, id => Assert.Equal(32, id.Length));
    }

    [Fact]
    public async Task The_end_of_a_scan_is_said_on_the_last_line()
    {
        using AlbumenClient client = daemon.Client();

        List<ScanProgress> lines = [];
        await foreach (ScanProgress line in client.ScanAndWaitAsync(["photos"], Now)) lines.Add(line);

        Assert.Equal("done", lines[^1].State);
        Assert.Empty(lines[^1].Unavailable!);
        Assert.All(lines[..^1], line => Assert.False(line.IsLast));
    }

    [Fact]
    public void The_kernel_says_who_is_at_the_other_end_of_a_socket()
    {
        string path = Path.Combine(daemon.Root, "peer.sock");
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), caller = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        caller.Connect(new UnixDomainSocketEndPoint(path));
        using Socket accepted = listener.Accept();

        Peer peer = Peer.Of(accepted);

        string[] self = File.ReadAllLines("/proc/self/status");
        Assert.Equal(Numbers("Uid:")[1], peer.Uid);
        Assert.Equal(Numbers("Gid:")[1], peer.Gid);
        Assert.Equal(Numbers("Groups:").Order(), peer.Groups.Order());
        Assert.True(peer.IsIn(peer.Gid));
        Assert.False(peer.IsIn(4_000_000_000));

        uint[] Numbers(string field) =>
            [.. self.Single(l => l.StartsWith(field, StringComparison.Ordinal))[field.Length..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(uint.Parse)];
    }

    [Fact]
    public async Task The_contract_is_the_one_that_was_agreed()
    {
        using HttpClient http = new() { BaseAddress = daemon.Address };
        string contract = JsonSerializer.Serialize(JsonDocument.Parse(await http.GetStringAsync("/openapi.json", Now)).RootElement, Indented).ReplaceLineEndings("\n") + "\n";
        string approved = Path.Combine(AppContext.BaseDirectory, "Daemon/Api/openapi.approved.json"), received = Path.ChangeExtension(approved, "received.json");

        await File.WriteAllTextAsync(received, contract, Now);

        Assert.True(await File.ReadAllTextAsync(approved, Now) == contract,
            $"The API's description changed. If that is meant, copy {received} over tests/Albumen.Tests/Daemon/Api/openapi.approved.json.");
    }

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    HttpClient OverSocket() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(daemon.Socket), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new("http://albumend/") };
}
