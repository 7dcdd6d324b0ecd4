using System.IO.Pipelines;

namespace Albumen.Daemon.WebDav;

/// <summary>Reading what a client sends. Whatever is wrong with it, chunks that are none or a connection that breaks, is one kind of exception.</summary>
static class RequestBody
{
    /// <exception cref="BadHttpRequestException">The body did not come whole.</exception>
    public static ValueTask<ReadResult> ReadAsync(PipeReader body, CancellationToken cancellationToken) => WholeAsync(body.ReadAsync(cancellationToken));

    /// <summary>Fills a part; only the last is shorter.</summary>
    /// <exception cref="BadHttpRequestException">The body did not come whole.</exception>
    public static ValueTask<int> FillAsync(Stream body, Memory<byte> part, CancellationToken cancellationToken) =>
        WholeAsync(body.ReadAtLeastAsync(part, part.Length, throwOnEndOfStream: false, cancellationToken));

    static async ValueTask<T> WholeAsync<T>(ValueTask<T> reading)
    {
        try
        {
            return await reading;
        }
        catch (IOException error) when (error is not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The body did not come whole.", error);
        }
    }
}
