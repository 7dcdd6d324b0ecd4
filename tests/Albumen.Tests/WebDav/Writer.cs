using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace Albumen.Tests.WebDav;

/// <summary>A person with a folder of its own in the inbox, who sends single requests.</summary>
sealed partial class Writer(ServedArchive archive, string folder, AuthenticationHeaderValue credentials)
{
    public const string LockBody = """<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner><D:href>anna's laptop</D:href></D:owner></D:lockinfo>""";
    public const string SharedBody = """<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>""";

    public string Folder => folder;

    public string Disk => Path.Combine(archive.Inbox, folder.Split('/')[2]);

    public static async Task<Writer> InAsync(ServedArchive archive)
    {
        Writer writer = new(archive, $"/Inbox/{Guid.NewGuid():N}", archive.Credentials);
        Assert.Equal(201, await writer.SendAsync("MKCOL", ""));
        return writer;
    }

    /// <summary>Somebody else in the same folder.</summary>
    public async Task<Writer> OtherAsync()
    {
        string name = $"other-{Guid.NewGuid():N}";
        await archive.People.AddAsync(name, false, TestContext.Current.CancellationToken);
        string password = (await archive.People.CreatePasswordAsync(name, "test", TestContext.Current.CancellationToken)).Text;
        return new(archive, folder, new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"))));
    }

    public HttpResponseMessage? Last { get; private set; }

    public string Body { get; private set; } = "";

    /// <summary>Sends a request to a path below the folder and gives the status.</summary>
    /// <param name="path">Empty for the folder, otherwise with a slash in front, encoded.</param>
    public async Task<int> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), new Uri(archive.Address, folder + path)) { Headers = { Authorization = credentials } };
        if (body is not null) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        foreach ((string name, string value) in headers)
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content!.Headers.TryAddWithoutValidation(name, value);
        Last = await archive.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Body = await Last.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (int)Last.StatusCode;
    }

    public Task<int> PutAsync(string path, string body, params (string Name, string Value)[] headers) => SendAsync("PUT", path, body, headers);

    public async Task<string> GetAsync(string path) => await SendAsync("GET", path) == 200 ? Body : $"{Last!.StatusCode}";

    /// <summary>Takes a lock and gives its token.</summary>
    public async Task<string> LockAsync(string path, string body = LockBody, string depth = "0", int status = 200)
    {
        Assert.Equal(status, await SendAsync("LOCK", path, body, ("Depth", depth), ("Timeout", "Second-300")));
        return Last!.Headers.GetValues("Lock-Token").Single().Trim('<', '>');
    }

    /// <summary>COPY or MOVE within the folder.</summary>
    public Task<int> TransferAsync(string method, string from, string to, params (string Name, string Value)[] headers) =>
        SendAsync(method, from, null, [("Destination", new Uri(archive.Address, folder + to).AbsoluteUri), .. headers]);

    public string ETag => Last!.Headers.ETag!.ToString();

    /// <summary>The value of a property as XML; null when it is told to be missing.</summary>
    public async Task<string?> PropertyAsync(string path, string space, string name)
    {
        Assert.Equal(207, await SendAsync("PROPFIND", path, $"""<D:propfind xmlns:D="DAV:"><D:prop><x:{name} xmlns:x="{space}"/></D:prop></D:propfind>""", ("Depth", "0")));
        return Body.Contains("200 OK", StringComparison.Ordinal) ? Found().Match(Body).Groups[1].Value : null;
    }

    public Task<int> SetAsync(string path, string properties) =>
        SendAsync("PROPPATCH", path, $"""<D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:" xmlns:t="urn:test">{properties}</D:propertyupdate>""");

    /// <summary>Names below the folder, decoded.</summary>
    public async Task<string[]> NamesAsync(string path = "")
    {
        Assert.Equal(207, await SendAsync("PROPFIND", path, """<propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>""", ("Depth", "1")));
        return [.. Hrefs().Matches(Body).Skip(1).Select(m => WebUtility.UrlDecode(m.Groups[1].Value.TrimEnd('/').Split('/')[^1].Replace("+", "%2B", StringComparison.Ordinal)))];
    }

    [GeneratedRegex("<D:prop>(.*?)</D:prop>", RegexOptions.Singleline)]
    private static partial Regex Found();

    [GeneratedRegex("<D:href>(.*?)</D:href>")]
    private static partial Regex Hrefs();
}
