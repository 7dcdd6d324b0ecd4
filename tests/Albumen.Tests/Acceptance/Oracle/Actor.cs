using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance.Oracle;

/// <summary>A person who does anything that WebDAV has a word for, anywhere, in any order, and now and then hangs up.</summary>
/// <param name="photo">The bytes of a photo by its number; each number has bytes of its own.</param>
sealed partial class Actor(string name, string password, Random random, Places places, Ledger ledger, Diary diary, Func<int, byte[]> photo) : IDisposable
{
    static int s_photos;

    readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(100) };
    readonly AuthenticationHeaderValue _credentials = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));
    readonly List<(string Path, string Token)> _locks = [];

    static CancellationToken Now => TestContext.Current.CancellationToken;

    public Uri Address { get; set; } = null!;

    /// <summary>True once the daemon did not answer: it was killed.</summary>
    public bool IsCut { get; private set; }

    public void Begin(Uri address) => (Address, IsCut) = (address, false);

    /// <summary>Does one random thing.</summary>
    public Task ActAsync() => random.Next(116) switch
    {
        < 16 => PutAsync(places.Target(random, Writable()), Fresh(), Way.Whole),
        < 20 => PutAsync(places.Target(random), Fresh(), Way.Whole),
        < 25 => PutAsync(places.Target(random, Writable()), Fresh(), Way.Chunked),
        < 30 => PutAsync(places.File(random, Writable()), Fresh(), Way.Whole),
        < 32 => PutAsync(places.Target(random), Fresh(), Way.WrongDigest),
        < 37 => AbortAsync(places.Target(random, Writable())),
        < 39 => AbortAsync(places.File(random)),
        < 41 => PutAsync(places.Target(random), [], Way.Whole),
        < 50 => SendAsync("MKCOL", $"{places.Folder(random, random.Next(5) == 0 ? null : Writable()).TrimEnd('/')}/{places.FolderName(random)}"),
        < 55 => DeleteAsync(places.File(random)),
        < 57 => DeleteAsync(places.Any(random)),
        < 67 => TransferAsync("COPY", places.Any(random), places.Target(random, random.Next(4) == 0 ? null : Writable())),
        < 69 => TransferAsync("COPY", places.Any(random), places.Any(random)),
        < 79 => TransferAsync("MOVE", places.Any(random), places.Target(random, random.Next(4) == 0 ? null : Writable())),
        < 81 => TransferAsync("MOVE", places.Any(random), places.Any(random)),
        < 83 => SafeSaveAsync(places.File(random, Writable())),
        < 85 => CopyInAsync(places.Target(random, Writable())),
        < 88 => LockAsync(random.Next(2) == 0 ? places.Any(random) : places.Target(random)),
        < 90 => UnlockAsync(),
        < 94 => ProppatchAsync(places.Any(random)),
        < 104 => ListAsync(places.Folder(random)),
        < 106 => ListAsync(places.Any(random), random.Next(3) == 0 ? "infinity" : "0"),
        < 114 => GetAsync(places.Any(random)),
        _ => SendAsync(random.Next(2) == 0 ? "OPTIONS" : "HEAD", places.Any(random)),
    };

    /// <summary>Learns what is there.</summary>
    public async Task ListAsync(string path, string depth = "1")
    {
        string body = """<propfind xmlns="DAV:"><prop><resourcetype/><getetag/><getcontentlength/><quota-available-bytes/><lockdiscovery/></prop></propfind>""";
        (int status, string text) = await SendAsync("PROPFIND", path, Encoding.UTF8.GetBytes(body), null, ("Depth", depth));
        if (status == 404) places.Forget(path);
        if (status != 207) return;
        foreach (Match href in Hrefs().Matches(text)) places.Learn(Uri.UnescapeDataString(WebUtility.HtmlDecode(href.Groups[1].Value)), random);
    }

    /// <summary>The hash of a file; null when there is none.</summary>
    public async Task<string?> HashAtAsync(string path)
    {
        (int status, _) = await SendAsync("GET", path);
        return status == 200 ? _hash : null;
    }

    /// <summary>The paths of what is in a folder.</summary>
    public async Task<IReadOnlyList<string>> ChildrenAsync(string path)
    {
        (_, string text) = await SendAsync("PROPFIND", path, Encoding.UTF8.GetBytes("""<propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>"""), null, ("Depth", "1"));
        return [.. Hrefs().Matches(text).Skip(1).Select(href => Uri.UnescapeDataString(WebUtility.HtmlDecode(href.Groups[1].Value)).TrimEnd('/'))];
    }

    public async Task DeleteAsync(string path)
    {
        (int status, _) = await SendAsync("DELETE", path, null, null, [.. Tokens(path)]);
        if (status is 204 or 0) ledger.TakeAway(path);
        if (status is 204 or 404) places.Forget(path);
    }

    public void Dispose() => _client.Dispose();

    enum Way { Whole, Chunked, WrongDigest }

    string Writable() => random.Next(8) switch { < 5 => "/Inbox", < 7 => "/Albums", _ => "/Tags" };

    /// <summary>Mostly a photo that nobody has sent yet, sometimes one that is known, sometimes no photo.</summary>
    byte[] Fresh() => random.Next(10) switch
    {
        < 7 => photo(Interlocked.Increment(ref s_photos)),
        < 9 => photo(random.Next(Math.Max(1, s_photos))),
        _ => Encoding.UTF8.GetBytes($"notes {Interlocked.Increment(ref s_photos)}"),
    };

    async Task PutAsync(string path, byte[] bytes, Way way, params (string Name, string Value)[] more)
    {
        List<(string Name, string Value)> headers = [.. more, .. Tokens(path)];
        if (way is Way.WrongDigest) headers.Add(("OC-Checksum", $"SHA1:{new string('0', 40)}"));
        else if (random.Next(3) == 0) headers.Add(("OC-Checksum", $"SHA256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}"));
        if (random.Next(3) == 0) headers.Add(("X-OC-Mtime", $"{1_600_000_000 + random.Next(100_000_000)}"));
        if (random.Next(12) == 0) headers.Add(("If-None-Match", "*"));
        // What is refused for its digest, or passes, is not promised to anybody.
        bool isPromised = way is not Way.WrongDigest && bytes.Length > 0 && !Places.IsPassing(path);
        Ledger.Sent? sent = isPromised ? ledger.Send(path, bytes) : null;
        if (sent is null && way is not Way.WrongDigest) ledger.Allow(bytes);
        (int status, _) = await SendAsync("PUT", path, bytes, way is Way.Chunked, [.. headers]);
        if (status is 201 or 204 && sent is not null) ledger.Acknowledge(sent, _elsewhere);
        if (status is 204 or 0 && way is not Way.WrongDigest) ledger.TakeAway(_elsewhere ?? path, but: sent);
        if (status is 201) places.Learn(_elsewhere ?? path, random);
    }

    /// <summary>Hangs up in the middle of a body.</summary>
    async Task AbortAsync(string path)
    {
        byte[] bytes = Fresh();
        bool isChunked = random.Next(2) == 0;
        int part = random.Next(bytes.Length);
        string detail = $"{part} of {bytes.Length} bytes{(isChunked ? ", chunked" : "")}";
        try
        {
            using TcpClient connection = new();
            await connection.ConnectAsync(Address.Host, Address.Port, Now);
            await using NetworkStream stream = connection.GetStream();
            string head = $"PUT {Encode(path)} HTTP/1.1\r\nHost: {Address.Authority}\r\nAuthorization: {_credentials}\r\n{(isChunked ? "Transfer-Encoding: chunked" : $"Content-Length: {bytes.Length}")}\r\n\r\n";
            if (isChunked) head += $"{bytes.Length:x}\r\n";
            await stream.WriteAsync(Encoding.Latin1.GetBytes(head), Now);
            await stream.WriteAsync(bytes.AsMemory(0, part), Now);
            if (random.Next(2) == 0) await Task.Delay(random.Next(30), Now);
            if (random.Next(2) == 0) connection.Client.LingerState = new(true, 0);
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            // It was refused before the body, or the daemon is dead.
        }
        diary.Note(name, "PUT-ABORTED", path, detail, 0, "", true);
    }

    async Task TransferAsync(string method, string from, string to)
    {
        string target = random.Next(60) == 0 ? "http://elsewhere.example" + Encode(to) : new Uri(Address, Encode(to)).AbsoluteUri;
        List<(string Name, string Value)> headers = [("Destination", target), .. Tokens(from), .. Tokens(to)];
        if (random.Next(3) == 0) headers.Add(("Overwrite", random.Next(2) == 0 ? "F" : "T"));
        if (method is "COPY" && random.Next(8) == 0) headers.Add(("Depth", "0"));
        ledger.Begin(from, to);
        (int status, _) = await SendAsync(method, from, null, null, [.. headers]);
        string place = status is 201 or 204 ? _elsewhere ?? to : to;
        if (place != to)
        {
            ledger.Begin(from, place);
            ledger.End(from, place);
        }
        ledger.End(from, to);
        if (status is 204 or 0) ledger.TakeAway(place);
        // Listed, so that it is known what of it has come along.
        if (status is 201 && !IsCut) await ListAsync(place);
    }

    /// <summary>As editors save: beside, then over it.</summary>
    async Task SafeSaveAsync(string path)
    {
        string beside = $"{path[..path.LastIndexOf('/')]}/.goutputstream-{random.Next(1000)}";
        byte[] bytes = Fresh();
        ledger.Allow(bytes);
        (int put, _) = await SendAsync("PUT", beside, bytes, false, [.. Tokens(beside)]);
        if (put is 204 or 0) ledger.TakeAway(beside);
        if (put is not (201 or 204) || IsCut) return;
        await TransferAsync("MOVE", beside, path);
    }

    /// <summary>As Explorer copies a file in: an empty one, a lock, properties, the bytes, and no lock any more.</summary>
    async Task CopyInAsync(string path)
    {
        await PutAsync(path, [], Way.Whole);
        if (!IsCut) await LockAsync(path);
        if (!IsCut) await ProppatchAsync(path);
        if (!IsCut) await PutAsync(path, Fresh(), Way.Whole);
        if (!IsCut) await UnlockAsync();
    }

    async Task LockAsync(string path)
    {
        string body = random.Next(4) == 0 ? Writer.SharedBody : Writer.LockBody;
        (int status, string text) = await SendAsync("LOCK", path, Encoding.UTF8.GetBytes(body), null, ("Depth", random.Next(3) == 0 ? "infinity" : "0"), ("Timeout", $"Second-{random.Next(2, 40)}"));
        if (status is 200 or 201 && Token().Match(text) is { Success: true } token) _locks.Add((path, token.Value));
    }

    async Task UnlockAsync()
    {
        if (_locks.Count == 0) return;
        (string path, string token) = _locks[^1];
        _locks.RemoveAt(_locks.Count - 1);
        await SendAsync("UNLOCK", path, null, null, ("Lock-Token", $"<{token}>"));
    }

    Task ProppatchAsync(string path)
    {
        string property = random.Next(5) switch
        {
            0 => $"<Z:Win32LastModifiedTime>{DateTime.UnixEpoch.AddSeconds(1_600_000_000 + random.Next(100_000_000)).ToString("R", CultureInfo.InvariantCulture)}</Z:Win32LastModifiedTime>",
            1 => $"<t:color>{random.Next()}</t:color>",
            2 => $"<a:rating>{random.Next(6)}</a:rating>",
            3 => $"<a:caption>said {random.Next()}</a:caption>",
            _ => "<D:getetag>x</D:getetag>",
        };
        string body = $"""<D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:" xmlns:t="urn:test" xmlns:a="urn:albumen"><D:set><D:prop>{property}</D:prop></D:set></D:propertyupdate>""";
        return SendAsync("PROPPATCH", path, Encoding.UTF8.GetBytes(body), null, [.. Tokens(path)]);
    }

    Task GetAsync(string path)
    {
        int first = random.Next(2000);
        return random.Next(3) switch
        {
            0 => SendAsync("GET", path),
            1 => SendAsync("GET", path, null, null, ("Range", $"bytes={first}-{first + random.Next(2000)}")),
            _ => SendAsync("GET", path, null, null, ("Range", $"bytes=-{first}")),
        };
    }

    /// <summary>The locks it has, as most clients send them; sometimes forgotten.</summary>
    IEnumerable<(string Name, string Value)> Tokens(string path)
    {
        if (_locks.Count == 0 || random.Next(5) == 0) yield break;
        List<string> tokens = [.. _locks.Where(l => l.Path == path || path.StartsWith(l.Path + "/", StringComparison.Ordinal)).Select(l => $"(<{l.Token}>)")];
        if (tokens.Count > 0) yield return ("If", $"<{new Uri(Address, Encode(path)).AbsoluteUri}> {string.Join(' ', tokens)}");
    }

    // Where the last answer said that it lies, and what its body hashes to.
    string? _elsewhere, _hash;

    /// <returns>The status, 0 when no answer came, and the body.</returns>
    async Task<(int Status, string Body)> SendAsync(string method, string path, byte[]? body = null, bool? isChunked = null, params (string Name, string Value)[] headers)
    {
        _elsewhere = null;
        using HttpRequestMessage request = new(new HttpMethod(method), new Uri(Address, Encode(path))) { Headers = { Authorization = _credentials } };
        if (body is not null) request.Content = isChunked is true ? new StreamContent(new MemoryStream(body)) : new ByteArrayContent(body);
        if (isChunked is true) (request.Headers.TransferEncodingChunked, request.Content!.Headers.ContentLength) = (true, null);
        // Two lists of conditions are one to the server.
        foreach (IGrouping<string, string> header in headers.GroupBy(h => h.Name, h => h.Value)) request.Headers.TryAddWithoutValidation(header.Key, string.Join(' ', header));
        string detail = string.Join(", ", headers.Select(h => $"{h.Name}: {Uri.UnescapeDataString(h.Value)}")) + (body is null || isChunked is null ? "" : $" {body.Length} bytes {Ledger.HashOf(body)[..8]}{(isChunked is true ? ", chunked" : "")}");
        int status = 0;
        string text = "";
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, Now);
            byte[] bytes = await response.Content.ReadAsByteArrayAsync(Now);
            if (method is "GET" && response.IsSuccessStatusCode) _hash = Ledger.HashOf(bytes);
            else text = Encoding.UTF8.GetString(bytes);
            if (response.Content.Headers.ContentLocation is { } place) _elsewhere = Uri.UnescapeDataString(place.IsAbsoluteUri ? place.AbsolutePath : place.OriginalString).TrimEnd('/');
            status = (int)response.StatusCode;
        }
        catch (HttpRequestException)
        {
            IsCut = true;
        }
        // RFC 4918, 9.8.5: what leads to another server.
        bool isForeign = status == (int)HttpStatusCode.BadGateway && detail.Contains("elsewhere.example", StringComparison.Ordinal);
        diary.Note(name, method, path, detail, status, text, isForeign);
        return (status, text);
    }

    static string Encode(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    [GeneratedRegex("<D:href>(.*?)</D:href>")]
    private static partial Regex Hrefs();

    [GeneratedRegex("urn:uuid:[0-9a-f-]{36}")]
    private static partial Regex Token();
}
