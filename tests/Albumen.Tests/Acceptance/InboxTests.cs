using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Albumen.Tests.Acceptance;

/// <summary>What of the inbox outlives the daemon.</summary>
[Collection(AcceptanceTests.Name)]
public sealed class InboxTests(MixedLibrary library)
{
    [Fact]
    public async Task After_a_kill_files_locks_and_properties_are_there_and_half_files_are_not()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        await daemon.StartAsync();
        (string name, string password) = await daemon.PersonAsync();
        AuthenticationHeaderValue credentials = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));
        string etag;
        using (HttpResponseMessage put = await SendAsync("PUT", "/Inbox/a.jpg", "bytes")) etag = put.Headers.ETag!.ToString();
        string token;
        using (HttpResponseMessage locked = await SendAsync("LOCK", "/Inbox/a.jpg", """<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>"""))
            token = locked.Headers.GetValues("Lock-Token").Single();
        using (HttpResponseMessage set = await SendAsync("PROPPATCH", "/Inbox/a.jpg", """<propertyupdate xmlns="DAV:"><set><prop><n xmlns="urn:test">kept</n></prop></set></propertyupdate>""", ("If", $"({token})")))
            Assert.Equal(207, (int)set.StatusCode);
        using TcpClient connection = new();
        await connection.ConnectAsync("127.0.0.1", daemon.Address.Port, TestContext.Current.CancellationToken);
        await connection.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"PUT /Inbox/half.jpg HTTP/1.1\r\nHost: localhost\r\nAuthorization: {credentials}\r\nContent-Length: 1000000\r\n\r\n{new string('x', 600_000)}"), TestContext.Current.CancellationToken);
        string staging = Path.Combine(daemon.State, "inbox/.staging");
        for (int i = 0; i < 100 && Directory.GetFiles(staging).Length == 0; i++) await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Single(Directory.GetFiles(staging));

        daemon.Process!.Kill();
        await daemon.Process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await daemon.StartAsync();

        Assert.Empty(Directory.GetFiles(staging));
        using HttpResponseMessage half = await SendAsync("GET", "/Inbox/half.jpg"), whole = await SendAsync("GET", "/Inbox/a.jpg"), refused = await SendAsync("PUT", "/Inbox/a.jpg", "other");
        Assert.Equal((404, 200, 423), ((int)half.StatusCode, (int)whole.StatusCode, (int)refused.StatusCode));
        Assert.Equal(etag, whole.Headers.ETag!.ToString());
        using HttpResponseMessage list = await SendAsync("PROPFIND", "/Inbox/", null, ("Depth", "1"));
        Assert.Contains("kept", await list.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using HttpResponseMessage changed = await SendAsync("PUT", "/Inbox/a.jpg", "other", ("If", $"({token})"));
        Assert.Equal(204, (int)changed.StatusCode);

        async Task<HttpResponseMessage> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
        {
            using HttpClient client = new() { BaseAddress = daemon.Address, DefaultRequestHeaders = { Authorization = credentials } };
            using HttpRequestMessage request = new(new HttpMethod(method), path);
            if (body is not null) request.Content = new StringContent(body);
            foreach ((string header, string value) in headers) request.Headers.TryAddWithoutValidation(header, value);
            return await client.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }
}
