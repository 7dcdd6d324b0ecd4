using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Albumen.Processing;

/// <summary>
/// A few worker processes, started when first needed and again when one dies. A question that kills its worker is asked once more in a fresh
/// one; killing that too is the question's own fault.
/// </summary>
public sealed class WorkerPool(WorkerCommand command, WorkerSettings settings, ILogger<WorkerPool> logger) : IDisposable
{
    readonly ConcurrentBag<WorkerProcess> _idle = [];
    readonly SemaphoreSlim _places = new(settings.Count, settings.Count);
    // 0: running, 1: disposed
    int _isDisposed;

    /// <summary>Workers at most.</summary>
    public int Count => settings.Count;

    /// <summary>Starts one worker now, to learn whether this machine can decode at all.</summary>
    /// <returns>Its greeting.</returns>
    /// <exception cref="WorkersUnavailableException">It cannot work; the message says what is missing.</exception>
    public async Task<byte[]> ProbeAsync(CancellationToken cancellationToken)
    {
        (WorkerProcess worker, byte[] greeting) = await WorkerProcess.StartAsync(command, settings, cancellationToken);
        _idle.Add(worker);
        return greeting;
    }

    /// <param name="allowance">Beyond the usual time limit: what reading takes of a large file.</param>
    /// <exception cref="WorkerFault">Two workers died over this question.</exception>
    /// <exception cref="WorkersUnavailableException">There is no worker to ask.</exception>
    public async Task<byte[]> AskAsync(byte[] question, TimeSpan allowance, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            try
            {
                return await AskOnceAsync(question, allowance, cancellationToken);
            }
            catch (WorkerFault fault)
            {
                logger.WorkerDied(fault.Message);
                return await AskOnceAsync(question, allowance, cancellationToken);
            }
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Ends every idle worker; the next question starts a new one. An idle daemon keeps no decoder in memory.</summary>
    public void Rest()
    {
        while (_idle.TryTake(out WorkerProcess? worker)) worker.Dispose();
    }

    public void Dispose()
    {
        Interlocked.Exchange(ref _isDisposed, 1);
        Rest();
    }

    async Task<byte[]> AskOnceAsync(byte[] question, TimeSpan allowance, CancellationToken cancellationToken)
    {
        WorkerProcess worker = _idle.TryTake(out WorkerProcess? waiting) ? waiting : (await WorkerProcess.StartAsync(command, settings, cancellationToken)).Worker;
        try
        {
            byte[] answer = await worker.AskAsync(question, allowance, cancellationToken);
            if (Volatile.Read(ref _isDisposed) == 0) _idle.Add(worker);
            else worker.Dispose();
            return answer;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A worker gave no answer: {Reason}; trying once more in a fresh one")]
    public static partial void WorkerDied(this ILogger logger, string reason);
}
