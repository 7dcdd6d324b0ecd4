using System.IO.Compression;
using Microsoft.Net.Http.Headers;

namespace Albumen.Daemon.WebDav;

/// <summary>
/// The body of an answer whose length is not known beforehand. A short one is sent whole with its length; a long one goes out in parts while it
/// is made, so it costs the same memory however long it gets. Compressed when the client takes gzip and it is more than one packet.
/// </summary>
sealed class StreamedAnswer(HttpContext context) : IDisposable
{
    const int PartInBytes = 48 * 1024;
    // What fits one Ethernet packet gains nothing.
    const int CompressedFromBytes = 1400;

    readonly bool _takesGzip = TakesGzip(context.Request);
    Stream? _stream;

    public Utf8Writer Body { get; } = new(64 * 1024);

    /// <summary>Sends what there is, when it is enough.</summary>
    public ValueTask ContinueAsync(CancellationToken cancellationToken) => Body.Count < PartInBytes ? ValueTask.CompletedTask : SendAsync(cancellationToken);

    /// <summary>Sends the rest.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        if (_stream is null && !(_takesGzip && Body.Count > CompressedFromBytes)) context.Response.ContentLength = Body.Count;
        await SendAsync(cancellationToken);
        if (_stream is GZipStream gzip) await gzip.DisposeAsync();
    }

    public void Dispose() => Body.Dispose();

    async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        if (_stream is null) Start();
        await _stream!.WriteAsync(Body.Written, cancellationToken);
        await _stream.FlushAsync(cancellationToken);
        Body.Clear();
    }

    void Start()
    {
        HttpResponse response = context.Response;
        response.Headers.Vary = "Accept-Encoding";
        if (_takesGzip && response.ContentLength is null)
        {
            response.Headers.ContentEncoding = "gzip";
            _stream = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        }
        else _stream = response.Body;
    }

    static bool TakesGzip(HttpRequest request) =>
        StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out IList<StringWithQualityHeaderValue>? codings)
        && codings.Any(c => c.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && c.Quality is null or > 0);
}
