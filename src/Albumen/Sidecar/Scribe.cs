using System.Net.Sockets;
using System.Text.Json;
using Albumen.Native;
using Albumen.Processing;
using Albumen.Storage;

namespace Albumen.Sidecar;

/// <summary>
/// The daemon's end of <c>albumend scribe</c>, the process that writes beside originals. It is started before the daemon gives up the right to
/// and cannot be started again: when it has ended, each request is answered with what to do.
/// </summary>
public sealed class Scribe : IDisposable
{
    // Tells the restarted daemon which descriptor it is.
    const string Variable = "ALBUMEN_SCRIBE";

    const int MostFiles = 1000;
    const long MostBytes = 32 << 20;

    readonly Socket _socket;
    readonly NetworkStream _stream;
    readonly SemaphoreSlim _turn = new(1);
    volatile bool _hasEnded;

    Scribe(Socket socket)
    {
        _socket = socket;
        _stream = new(socket, ownsSocket: true);
    }

    /// <summary>The scribe this process had before it restarted itself; null when no volume needed one.</summary>
    public static Scribe? Inherited { get; private set; }

    public bool IsRunning
    {
        get
        {
            if (_hasEnded) return false;
            // Nothing to read and yet readable is the end; while a request is under way somebody else will notice it.
            if (!_turn.Wait(0)) return true;
            try
            {
                return !(_hasEnded = _socket.Poll(0, SelectMode.SelectRead));
            }
            catch (SocketException)
            {
                return !(_hasEnded = true);
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    /// <summary>Starts a scribe for this process after its restart.</summary>
    /// <param name="roots">The volumes it may write to.</param>
    /// <param name="settings">Further variables for it.</param>
    /// <exception cref="IOException">It cannot be started.</exception>
    public static void StartForRestart(string program, IEnumerable<string> words, IEnumerable<string> roots, IReadOnlyDictionary<string, string> settings)
    {
        (_, int socket) = Start(program, words, roots, settings);
        Environment.SetEnvironmentVariable(Variable, $"{socket}");
    }

    /// <summary>A scribe of this process as it is.</summary>
    /// <inheritdoc cref="StartForRestart"/>
    public static (Scribe Scribe, int Process) StartNow(string program, IEnumerable<string> words, IEnumerable<string> roots)
    {
        (int process, int socket) = Start(program, words, roots, new Dictionary<string, string>());
        return (Take(socket), process);
    }

    /// <summary>To be called first of all: no child of this process may get the descriptor, or it could write as the scribe does and would keep it from ending.</summary>
    public static void TakeOver()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable(Variable), out int socket)) return;
        Environment.SetEnvironmentVariable(Variable, null);
        try
        {
            Inherited = Take(socket);
        }
        catch (SocketException)
        {
            // The variable is somebody else's. It is as if no scribe had been started.
        }
    }

    public async Task<IReadOnlyList<WriteResult>> WriteAsync(WriteRoot root, IReadOnlyList<FileWrite> files, CancellationToken cancellationToken)
    {
        List<WriteResult> results = [];
        List<FileWrite> some = [];
        long bytes = 0;
        foreach (FileWrite file in files)
        {
            if (some.Count == MostFiles || (some.Count > 0 && bytes + file.Bytes.Length > MostBytes)) await FlushAsync();
            some.Add(file);
            bytes += file.Bytes.Length;
        }
        await FlushAsync();
        return results;

        async Task FlushAsync()
        {
            if (some.Count == 0) return;
            ScribeFile[] described = [.. some.Select(f => new ScribeFile(f.Path.Bytes.ToArray(), f.Expected, f.Bytes.Length, f.Like))];
            results.AddRange(await AskAsync(new(root.Path, root.Device, root.Inode, described), [.. some.SelectMany(f => f.Bytes)], cancellationToken));
            some.Clear();
            bytes = 0;
        }
    }

    /// <inheritdoc cref="AtomicWriter.Remove"/>
    public async Task<WriteResult> RemoveAsync(WriteRoot root, RelativePath path, ContentHash bytes, CancellationToken cancellationToken) =>
        (await AskAsync(new(root.Path, root.Device, root.Inode, [], new(path.Bytes.ToArray(), bytes.ToString())), [], cancellationToken))[0];

    /// <summary>Removes an original, if it is the file that is expected and its bytes are these. Refused unless the configuration allowed it when the scribe was started.</summary>
    /// <inheritdoc cref="AtomicWriter.RemoveOriginal"/>
    public async Task<WriteResult> PurgeAsync(WriteRoot root, RelativePath path, FileStat expected, ContentHash bytes, CancellationToken cancellationToken) =>
        (await AskAsync(new(root.Path, root.Device, root.Inode, [], Purge: new(path.Bytes.ToArray(), expected, bytes.ToString())), [], cancellationToken))[0];

    /// <summary>The words for a scribe: the volumes it may write to, and those from which originals may be removed.</summary>
    public static IEnumerable<string> Words(IEnumerable<string> roots, IEnumerable<string> purgeable) => [.. roots, .. purgeable.Select(root => Purgeable + root)];

    /// <summary>The reverse.</summary>
    public static (string[] Roots, string[] Purgeable) FromWords(IEnumerable<string> words)
    {
        ILookup<bool, string> all = words.ToLookup(word => word.StartsWith(Purgeable, StringComparison.Ordinal));
        return ([.. all[false]], [.. all[true].Select(word => word[Purgeable.Length..])]);
    }

    // No path begins so: they are absolute.
    const string Purgeable = "purge:";

    /// <summary>The scribe ends with it.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        _turn.Dispose();
    }

    /// <param name="cancellationToken">Counts until the request is sent: half a conversation would be the end of all.</param>
    async Task<IReadOnlyList<WriteResult>> AskAsync(ScribeRequest request, byte[] bytes, CancellationToken cancellationToken)
    {
        if (bytes.Length > ScribeRequest.MostInBytes) return Failed($"Cannot write {request.Root}/{RelativePath.Show(request.Files[0].Path)}: it is larger than {ScribeRequest.MostInBytes >> 20} MiB.");
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!_hasEnded)
            {
                await WorkerFrame.WriteAsync(_stream, JsonSerializer.SerializeToUtf8Bytes(request, ScribeJson.Default.ScribeRequest), CancellationToken.None);
                foreach (byte[] part in bytes.Chunk(ScribeRequest.LongestFrameInBytes)) await WorkerFrame.WriteAsync(_stream, part, CancellationToken.None);
                if (await WorkerFrame.ReadAsync(_stream, CancellationToken.None) is { } answer)
                    return JsonSerializer.Deserialize(answer, ScribeJson.Default.ScribeAnswer)!.Results;
            }
        }
        catch (IOException)
        {
            // It ended meanwhile.
        }
        finally
        {
            _turn.Release();
        }
        _hasEnded = true;
        return Failed(NotRunning);

        WriteResult[] Failed(string message) => [.. Enumerable.Repeat(new WriteResult.Failed(message), Math.Max(1, request.Files.Count))];
    }

    /// <summary>What to do about it.</summary>
    public const string NotRunning = "The process that writes sidecars beside originals (albumend scribe) is not running, and cannot be started while albumend runs. "
        + "Restart albumend: systemctl restart albumen. Nothing is lost: the sidecars are written then.";

    static (int Process, int Socket) Start(string program, IEnumerable<string> words, IEnumerable<string> roots, IReadOnlyDictionary<string, string> settings)
    {
        Dictionary<string, string> environment = new(settings);
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
            // Notifying systemd is the daemon's.
            if ((string)entry.Key is not ("NOTIFY_SOCKET" or "WATCHDOG_USEC" or "WATCHDOG_PID")) environment.TryAdd((string)entry.Key, (string)entry.Value!);
        return Companion.Start(program, [.. words, "scribe", .. roots], environment.Select(e => $"{e.Key}={e.Value}"));
    }

    static Scribe Take(int socket)
    {
        _ = Companion.CloseOnExecute(socket);
        return new(new Socket(new SafeSocketHandle(socket, ownsHandle: true)));
    }
}
