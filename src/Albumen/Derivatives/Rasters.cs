using System.Text.Json;
using Albumen.Processing;

namespace Albumen.Derivatives;

/// <summary>
/// Has small versions turned into plain pixels for whoever looks at them on a terminal. One worker of its own, so that nobody waits behind the backlog; it ends
/// when nobody has looked for a minute.
/// </summary>
/// <param name="workers">Of its own, one process.</param>
public sealed class Rasters(WorkerPool workers) : IDisposable
{
    /// <summary>So many wait for the worker at most; who scrolls faster than it decodes asks again.</summary>
    const int MostWaiting = 32;

    static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    readonly SemaphoreSlim _turn = new(1, 1), _used = new(0);
    int _waiting;

    /// <param name="cancellationToken">Ends the waiting for a turn. What was begun is made to its end, for a worker that is interrupted is lost.</param>
    /// <returns>Empty when there is no such small version in the cache, or none that can be decoded; null when too many wait.</returns>
    /// <exception cref="WorkersUnavailableException">There is no worker to ask.</exception>
    internal async Task<byte[]?> MakeAsync(RasterRequest request, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }
        try
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                byte[] question = JsonSerializer.SerializeToUtf8Bytes(new RasterQuestion(request), RasterJson.Default.RasterQuestion);
                byte[] answer = await workers.AskAsync(question, TimeSpan.Zero, CancellationToken.None);
                return Raster.IsOne(answer, request.WidthInPixels, request.HeightInPixels) ? answer : [];
            }
            catch (WorkerFault)
            {
                return [];
            }
            finally
            {
                _turn.Release();
                if (_used.CurrentCount == 0) _used.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _used.WaitAsync(cancellationToken);
            while (await _used.WaitAsync(Rest, cancellationToken)) { }
            workers.Rest();
        }
    }

    public void Dispose()
    {
        _turn.Dispose();
        _used.Dispose();
    }
}
