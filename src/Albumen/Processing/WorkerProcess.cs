using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Albumen.Native;

namespace Albumen.Processing;

/// <summary>
/// A disposable child that touches foreign bytes: <c>albumend worker</c>. Speaks frames (32-bit little-endian length, then that many bytes)
/// over its standard input and output, one answer for each question. Ended with its own children when it takes too long or too much memory.
/// </summary>
sealed class WorkerProcess : IDisposable
{
    static readonly TimeSpan MemoryCheck = TimeSpan.FromMilliseconds(200);

    readonly Process _process;
    readonly WorkerSettings _settings;

    WorkerProcess(Process process, WorkerSettings settings) => (_process, _settings) = (process, settings);

    /// <summary>Starts a worker and reads its greeting.</summary>
    /// <exception cref="WorkersUnavailableException">It cannot be started, or ended before it was ready; the message is its own.</exception>
    public static async Task<(WorkerProcess Worker, byte[] Greeting)> StartAsync(WorkerCommand command, WorkerSettings settings, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(command.Program, command.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in command.Environment) start.Environment[name] = value;
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new WorkersUnavailableException($"Cannot start a worker process: {error.Message}.");
        }
        WorkerProcess worker = new(process, settings);
        Task<string> complaint = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            byte[] greeting = await worker.ReceiveAsync(cancellationToken).WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
            return (worker, greeting);
        }
        catch (Exception error) when (error is WorkerFault or TimeoutException)
        {
            worker.Dispose();
            throw new WorkersUnavailableException((await complaint).Trim() is { Length: > 0 } said ? said : $"A worker process ended before it was ready: {error.Message}");
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    /// <summary>Asks one question.</summary>
    /// <exception cref="WorkerFault">The worker died, hung or grew too large, and is dead now.</exception>
    public async Task<byte[]> AskAsync(byte[] question, TimeSpan allowance, CancellationToken cancellationToken)
    {
        TimeSpan limit = _settings.TimeLimit + allowance;
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<byte[]> answer = ExchangeAsync(question, end.Token);
        long started = Stopwatch.GetTimestamp();
        try
        {
            while (await Task.WhenAny(answer, Task.Delay(MemoryCheck, end.Token)) != answer)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Stopwatch.GetElapsedTime(started) > limit) throw new WorkerFault($"it took longer than the limit of {limit.TotalSeconds:0.#} s");
                if (ResidentBytes() > _settings.MemoryLimitInBytes)
                    throw new WorkerFault($"it needed more memory than the limit of {_settings.MemoryLimitInBytes >> 20} MiB");
            }
            return await answer;
        }
        catch
        {
            Kill();
            throw;
        }
        finally
        {
            await end.CancelAsync();
            _ = answer.ContinueWith(static a => a.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    public void Dispose()
    {
        Kill();
        // Process closes no stream that was used.
        foreach (Stream pipe in (Stream[])[_process.StandardInput.BaseStream, _process.StandardOutput.BaseStream])
            try
            {
                pipe.Dispose();
            }
            catch (IOException)
            {
                // A question was on its way when the worker ended.
            }
        _process.Dispose();
    }

    /// <summary>The worker leads a process group of its own, so its ffmpeg goes with it.</summary>
    void Kill()
    {
        const int SigKill = 9;
        try
        {
            if (_process.HasExited) return;
            if (Libc.Kill(-_process.Id, SigKill) != 0) _process.Kill();
            _process.WaitForExit(2000);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself meanwhile.
        }
    }

    async Task<byte[]> ExchangeAsync(byte[] question, CancellationToken cancellationToken)
    {
        try
        {
            await WorkerFrame.WriteAsync(_process.StandardInput.BaseStream, question, cancellationToken);
        }
        catch (IOException)
        {
            throw Ended();
        }
        return await ReceiveAsync(cancellationToken);
    }

    async Task<byte[]> ReceiveAsync(CancellationToken cancellationToken) =>
        await WorkerFrame.ReadAsync(_process.StandardOutput.BaseStream, cancellationToken) ?? throw Ended();

    WorkerFault Ended() => new(_process.WaitForExit(500) ? $"the worker process ended with code {_process.ExitCode}" : "the worker process closed its output");

    long ResidentBytes()
    {
        try
        {
            // proc(5), statm: the second field is the resident set in pages.
            string[] fields = File.ReadAllText($"/proc/{_process.Id}/statm").Split(' ');
            return long.Parse(fields[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }
        catch (Exception error) when (error is IOException or IndexOutOfRangeException)
        {
            return 0;
        }
    }
}

/// <summary>How workers are started.</summary>
public sealed record WorkerCommand(string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment);

/// <summary>A worker gave no answer; the message says why, in words that fit behind a file's name.</summary>
public sealed class WorkerFault(string message) : Exception(message);

/// <summary>No worker can be had: the machine's fault, never that of a file.</summary>
public sealed class WorkersUnavailableException(string message) : Exception(message);

/// <summary>One frame on a pipe: 32-bit little-endian length, then that many bytes. Both sides read and write with it.</summary>
public static class WorkerFrame
{
    // A sidecar of 16 MiB, in Base64, and what it says.
    const int LongestInBytes = 64 << 20;

    public static async Task WriteAsync(Stream stream, byte[] bytes, CancellationToken cancellationToken)
    {
        byte[] frame = new byte[4 + bytes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, bytes.Length);
        bytes.CopyTo(frame, 4);
        await stream.WriteAsync(frame, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    /// <returns>Null when the other side closed the pipe, or sent what is no frame.</returns>
    public static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] length = new byte[4];
        if (await stream.ReadAtLeastAsync(length, 4, throwOnEndOfStream: false, cancellationToken) < 4) return null;
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (bytes is < 0 or > LongestInBytes) return null;
        byte[] frame = new byte[bytes];
        return await stream.ReadAtLeastAsync(frame, bytes, throwOnEndOfStream: false, cancellationToken) == bytes ? frame : null;
    }
}
