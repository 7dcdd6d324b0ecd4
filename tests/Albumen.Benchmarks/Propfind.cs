using System.Diagnostics;
using System.Net;
using System.Text;

namespace Albumen.Benchmarks;

/// <summary>PROPFIND Depth 1 with the six properties that file managers ask for.</summary>
static class Propfind
{
    const string Ask = """
        <?xml version="1.0" encoding="utf-8"?>
        <D:propfind xmlns:D="DAV:"><D:prop><D:resourcetype/><D:getcontentlength/><D:getlastmodified/><D:creationdate/><D:getetag/><D:getcontenttype/></D:prop></D:propfind>
        """;

    /// <returns>The time until the last and until the first byte of the answer.</returns>
    /// <exception cref="BenchmarkException">The answer is not a listing of so many entries.</exception>
    public static async Task<(TimeSpan All, TimeSpan First)> ListAsync(HttpClient client, string folder, int entries)
    {
        using HttpRequestMessage request = new(new HttpMethod("PROPFIND"), folder);
        request.Headers.Add("Depth", "1");
        request.Content = new StringContent(Ask, Encoding.UTF8, "application/xml");
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using Stream stream = await response.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[256 * 1024];
        TimeSpan? first = null;
        long bytes = 0;
        for (int read; (read = await stream.ReadAsync(buffer)) > 0; bytes += read) first ??= Stopwatch.GetElapsedTime(start);
        TimeSpan all = Stopwatch.GetElapsedTime(start);
        if (response.StatusCode != HttpStatusCode.MultiStatus || bytes < entries * 200L) throw new BenchmarkException($"{client.BaseAddress} answered {response.StatusCode} with {bytes} bytes.");
        return (all, first!.Value);
    }
}
