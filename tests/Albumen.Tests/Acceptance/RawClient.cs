using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Albumen.Tests.Acceptance;

/// <summary>What came back, byte for byte.</summary>
sealed record RawAnswer(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The first of that name; empty when there is none.</summary>
    public string Header(string name) => Headers.FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "";
}

/// <summary>Sends requests as they are written, one a connection; no library makes them better on the way.</summary>
sealed class RawClient(Uri address)
{
    /// <param name="length">How long the body is said to be; null: as long as it is. Nothing is said of a body that comes in chunks.</param>
    /// <param name="isCut">The connection is closed when the body was sent, and nothing is read.</param>
    public async Task<RawAnswer> SendAsync(string method, string target, IReadOnlyList<(string Name, string Value)> headers, byte[]? body, long? length = null, bool isCut = false)
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        using TcpClient connection = new() { NoDelay = true };
        await connection.ConnectAsync(address.Host, address.Port, stop);
        await using NetworkStream stream = connection.GetStream();
        StringBuilder head = new($"{method} {target} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n");
        foreach ((string name, string value) in headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        bool isChunked = headers.Any(h => h.Name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase));
        if (body is not null && !isChunked) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {length ?? body.Length}\r\n");
        head.Append("\r\n");
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head.ToString()), stop);
        // Who expects to be asked for the body does not send it unasked.
        bool waits = headers.Any(h => h.Name.Equals("Expect", StringComparison.OrdinalIgnoreCase));
        if (body is not null && !waits) await stream.WriteAsync(body, stop);
        if (isCut)
        {
            await stream.FlushAsync(stop);
            await Task.Delay(200, stop);
            return new(0, [], []);
        }
        using MemoryStream all = new();
        byte[] buffer = new byte[64 * 1024];
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, limit.Token)) > 0)
            {
                all.Write(buffer, 0, read);
                if (!waits || !Encoding.Latin1.GetString(all.ToArray()).StartsWith("HTTP/1.1 100", StringComparison.Ordinal)) continue;
                waits = false;
                all.SetLength(0);
                await stream.WriteAsync(body, stop);
            }
        }
        catch (IOException) when (all.Length > 0)
        {
            // Reset after the answer: the rest of our body was not wanted.
        }
        return Parse(all.ToArray());
    }

    static RawAnswer Parse(byte[] bytes)
    {
        int end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        Assert.True(end > 0, $"no answer but {bytes.Length} bytes");
        string[] lines = Encoding.Latin1.GetString(bytes, 0, end).Split("\r\n");
        RawAnswer answer = new(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), [.. lines[1..].Select(l => l.Split(':', 2)).Select(l => (l[0], l[1].Trim()))], bytes[(end + 4)..]);
        return answer.Header("Transfer-Encoding") == "chunked" ? answer with { Body = Unchunk(answer.Body) } : answer;
    }

    static byte[] Unchunk(byte[] body)
    {
        using MemoryStream whole = new();
        for (int at = 0; ;)
        {
            int line = body.AsSpan(at).IndexOf("\r\n"u8);
            Assert.True(line > 0, "a chunk is torn");
            int length = int.Parse(Encoding.ASCII.GetString(body, at, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length == 0) return whole.ToArray();
            whole.Write(body, at + line + 2, length);
            at += line + 2 + length + 2;
        }
    }
}
