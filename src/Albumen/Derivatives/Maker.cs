using System.Data.Common;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Albumen.Derivatives;

/// <summary>What the <see cref="Maker"/> is at.</summary>
/// <param name="Path">Of the original: volume and place on it.</param>
/// <param name="IsAwaited">Somebody waits for it.</param>
public sealed record Making(string Kind, string Path, DateTimeOffset Since, bool IsAwaited);

/// <summary>
/// Makes what costs more than a visit: one at a time, with a worker of its own, so that no preview waits for it. What somebody waits for is made first, and what
/// is under way for nobody gives way to it; the rest when all files are read and it is the backlog's turn, the cheaper kinds first.
/// </summary>
/// <param name="workers">Of its own.</param>
/// <param name="indexer">What it reads comes first.</param>
public sealed class Maker(
    Database catalog, Volumes volumes, WorkerPool workers, DerivativeStore store, DerivativeSettings settings, Courtesy courtesy, Indexer indexer, Problems problems, TimeProvider clock, ILogger<Maker> logger) : IDisposable
{
    public const string Problem = "not-converted";

    const double SlowestDisk = 5_000_000;
    const int PageLength = 64;
    static readonly TimeSpan Rest = TimeSpan.FromSeconds(60), AfterTrouble = TimeSpan.FromSeconds(15), AskAgain = TimeSpan.FromSeconds(5), BeyondLimit = TimeSpan.FromSeconds(10);

    readonly SemaphoreSlim _wake = new(0);
    readonly Lock _lock = new();
    readonly List<WantedDerivative> _awaited = [];
    readonly HashSet<string> _ordered = [];
    // What failed, and somebody wants tried again.
    readonly Queue<WantedDerivative> _again = [];
    // Their originals are away, or not as they were: looked at again later.
    readonly HashSet<WantedDerivative> _aside = [];
    CancellationTokenSource? _interruption;
    WantedDerivative? _making;
    volatile bool _isChecked;

    public Making? Current { get; private set; }

    /// <summary>Why nothing moves, in words for the admin; null while all is well.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Somebody waits for a small version: it is made ahead of all that nobody waits for.</summary>
    /// <returns>Its state after that: <c>made</c>, <c>wanted</c>, <c>failed</c>, <c>needless</c>; null when there is none of this kind of it, or none is ever made.</returns>
    public async Task<string?> AskAsync(long content, string kind, CancellationToken cancellationToken)
    {
        if (LaterKind.Later.FirstOrDefault(k => k.Name == kind) is not { } later) return null;
        WantedDerivative wanted = new(content, kind);
        string? state = Read(connection => DerivativeStore.StateOf(connection, content, kind));
        if (state is not null and not "made" and not "needless" && later.When(settings) is MakeWhen.Never) return null;
        store.Use.Note(content, kind);
        if (state is "dropped" || (state is "made" && Read(connection => store.LostLater(connection, content)).Contains(wanted)))
        {
            await catalog.WriteAsync(connection => DerivativeStore.Want(connection, wanted), cancellationToken);
            state = "wanted";
        }
        if (state is not "wanted") return state;
        lock (_lock)
        {
            _aside.Remove(wanted);
            _awaited.Remove(wanted);
            _awaited.Add(wanted);
            if (_making == wanted) Current = Current is { } making ? making with { IsAwaited = true } : null;
            else if (Current is { IsAwaited: false }) _interruption?.Cancel();
        }
        Wake();
        return state;
    }

    /// <summary>Has all of these kinds made now, whatever is configured, until none is missing or the daemon ends.</summary>
    /// <param name="remake">Also those that are there.</param>
    /// <returns>How many there are to make.</returns>
    public async Task<long> OrderAsync(IReadOnlyCollection<string> kinds, bool remake, bool isDryRun, CancellationToken cancellationToken)
    {
        if (isDryRun)
            return Read(connection => connection.ExecuteScalar<long>("""
                SELECT count(*) FROM derivative WHERE kind IN @kinds AND (state IN ('wanted', 'failed', 'dropped') OR (@remake AND state = 'made'))
                """, new { kinds, remake }));
        long count = await catalog.WriteAsync(connection =>
        {
            foreach (string kind in kinds) DerivativeStore.Want(connection, kind, remake);
            return connection.ExecuteScalar<long>("SELECT count(*) FROM derivative WHERE kind IN @kinds AND state = 'wanted'", new { kinds });
        }, cancellationToken);
        lock (_lock)
        {
            _ordered.UnionWith(kinds);
            _aside.Clear();
        }
        Wake();
        return count;
    }

    /// <summary>Has what could not be made of these tried again, ahead of what is missing.</summary>
    internal async Task RetryAsync(IReadOnlyCollection<long> contents, CancellationToken cancellationToken)
    {
        IReadOnlyList<WantedDerivative> unmade = await catalog.WriteAsync(connection =>
        {
            DerivativeStore.WantFailed(connection, contents);
            return DerivativeStore.Unmade(connection, contents);
        }, cancellationToken);
        lock (_lock)
            foreach (WantedDerivative one in unmade)
            {
                _aside.Remove(one);
                if (!_again.Contains(one)) _again.Enqueue(one);
            }
        Wake();
    }

    /// <summary>How many there are, by kind and state.</summary>
    public IReadOnlyList<DerivativeCount> Count() => Read(DerivativeStore.Count);

    /// <summary>Has those of a content made again that were deleted from the cache.</summary>
    public async Task RestoreAsync(long content, CancellationToken cancellationToken)
    {
        foreach (WantedDerivative lost in Read(connection => store.LostLater(connection, content))) await AskAsync(lost.Content, lost.Kind, cancellationToken);
    }

    /// <summary>Says that there may be something to make.</summary>
    public void Wake()
    {
        if (_wake.CurrentCount == 0) _wake.Release();
    }

    /// <summary>What is under way for nobody is left, and made later.</summary>
    public void GiveWay()
    {
        lock (_lock)
            if (Current is { IsAwaited: false }) _interruption?.Cancel();
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
            try
            {
                if (!_isChecked)
                {
                    await indexer.CacheChecked.WaitAsync(cancellationToken);
                    await CheckAsync(cancellationToken);
                }
                if (Next() is not var (wanted, isAwaited))
                {
                    if (!await _wake.WaitAsync(Rest, cancellationToken))
                    {
                        workers.Rest();
                        lock (_lock) _aside.Clear();
                    }
                }
                else if (!isAwaited && (indexer.HasLeft() || !await courtesy.TryTurnAsync(priority: 0, cancellationToken)))
                {
                    if (courtesy.HeldUntil is not null) workers.Rest();
                    await _wake.WaitAsync(AskAgain, cancellationToken);
                }
                else await MakeAsync(wanted, isAwaited, cancellationToken);
                Trouble = null;
            }
            catch (Exception error) when (error is IOException or DbException or WorkersUnavailableException)
            {
                string reason = error is DbException fault ? catalog.Explain(fault).Message : error.Message;
                if (Trouble != reason) logger.CannotMake(reason);
                Trouble = reason;
                await Task.Delay(AfterTrouble, clock, cancellationToken);
            }
    }

    public void Dispose() => _wake.Dispose();

    /// <summary>What an older Albumen made, what other decoders failed at, and what was deleted from the cache, is missing.</summary>
    async Task CheckAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<WantedDerivative> lost = Read(connection => store.LostLater(connection));
        IReadOnlyList<long> failed = problems.FailedWithOther(indexer.Decoders, Problem);
        await catalog.WriteAsync(connection =>
        {
            foreach (LaterKind kind in LaterKind.Later) DerivativeStore.WantOutdated(connection, kind);
            foreach (WantedDerivative one in lost) DerivativeStore.Want(connection, one);
            DerivativeStore.WantFailed(connection, failed);
            Problems.SolveOther(connection, Problem, indexer.Decoders);
        }, cancellationToken);
        _isChecked = true;
    }

    (WantedDerivative Wanted, bool IsAwaited)? Next()
    {
        string[] kinds;
        lock (_lock)
        {
            // Who asked last is still there.
            if (_awaited is [.., var last]) return (last, true);
            if (_again.TryPeek(out WantedDerivative? again)) return (again, false);
            kinds = [.. LaterKind.Later.Where(k => k.When(settings) is MakeWhen.Always || _ordered.Contains(k.Name)).Select(k => k.Name)];
        }
        int aside;
        lock (_lock) aside = _aside.Count;
        List<WantedDerivative> missing = [.. Read(connection => DerivativeStore.Missing(connection, kinds, PageLength + aside))];
        lock (_lock)
        {
            if (missing.Count == 0) _ordered.Clear();
            return missing.Find(w => !_aside.Contains(w)) is { } next ? (next, false) : null;
        }
    }

    async Task MakeAsync(WantedDerivative wanted, bool isAwaited, CancellationToken cancellationToken)
    {
        using CancellationTokenSource interruption = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            if (CopyOf(wanted.Content) is not var (place, request) || Read(connection => DerivativeStore.StateOf(connection, wanted.Content, wanted.Kind)) is not "wanted")
            {
                PutAside(wanted);
                return;
            }
            request = request with { Kind = wanted.Kind };
            LaterKind kind = (LaterKind)DerivativeKind.Named(wanted.Kind);
            lock (_lock)
            {
                (_interruption, _making) = (interruption, wanted);
                Current = new(wanted.Kind, $"{place.Volume.Name}/{place.Path}", clock.GetUtcNow(), isAwaited);
                // Since this was chosen somebody may have asked for another, or paused it.
                if (!isAwaited && (_awaited.Count > 0 || courtesy.HeldUntil is not null)) return;
            }
            await FinishAsync(wanted, kind, place, await AnswerAsync(request, kind, interruption.Token), cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It gave way to what somebody waits for, and is made later.
        }
        finally
        {
            lock (_lock) (_interruption, _making, Current) = (null, null, null);
        }
    }

    /// <summary>Has the worker make it. What kills two workers cannot be made.</summary>
    async Task<MakeAnswer> AnswerAsync(MakeRequest request, LaterKind kind, CancellationToken cancellationToken)
    {
        Subject subject = new(new(Enum.Parse<Catalog.Metadata.MediaKind>(request.MediaKind, ignoreCase: true), request.Mime), request.Facts, null, true);
        TimeSpan allowance = kind.Limit(subject) + BeyondLimit + TimeSpan.FromSeconds(request.Known.SizeInBytes / SlowestDisk);
        try
        {
            byte[] answer = await workers.AskAsync(JsonSerializer.SerializeToUtf8Bytes(new MakeQuestion(request), MakeJson.Default.MakeQuestion), allowance, cancellationToken);
            return JsonSerializer.Deserialize(answer, MakeJson.Default.MakeAnswer)!;
        }
        catch (WorkerFault fault)
        {
            return new(MakeEnd.Failed, Fault: fault.Message);
        }
        catch (JsonException error)
        {
            return new(MakeEnd.Failed, Fault: $"its worker gave no sensible answer: {error.Message}");
        }
    }

    async Task FinishAsync(WantedDerivative wanted, LaterKind kind, Copy place, MakeAnswer answer, CancellationToken cancellationToken)
    {
        switch (answer.End)
        {
            case MakeEnd.CacheFailed:
                throw new IOException($"{answer.Fault} Free some space or mend the permissions; it goes on by itself.");
            case MakeEnd.Gone:
                PutAside(wanted);
                return;
        }
        await catalog.WriteAsync(connection =>
        {
            if (answer.End is MakeEnd.Made)
            {
                DerivativeStore.Record(connection, wanted.Content, [new(kind.Name, kind.Recipe, answer.SizeInBytes)]);
                Problems.Solve(connection, place.Volume.Name, place.Path.ToString(), Problem);
                return;
            }
            DerivativeStore.NoteFailed(connection, wanted, kind.Recipe);
            Problems.Note(connection, new(Problem, place.Volume.Name, place.Path.ToString(), $"No {kind.Name} could be made: {answer.Fault}.", place.Folder, place.Name, indexer.Decoders), clock.GetUtcNow().ToUnixTimeSeconds());
        }, cancellationToken);
        lock (_lock) Leave(wanted);
    }

    void PutAside(WantedDerivative wanted)
    {
        lock (_lock)
        {
            Leave(wanted);
            _aside.Add(wanted);
        }
    }

    void Leave(WantedDerivative wanted)
    {
        _awaited.Remove(wanted);
        if (_again.TryPeek(out WantedDerivative? first) && first == wanted) _again.Dequeue();
    }

    sealed record Copy(Volume Volume, RelativePath Path, long Folder, byte[] Name);

    /// <summary>A copy on a volume that is there; null when there is none.</summary>
    (Copy, MakeRequest)? CopyOf(long content)
    {
        foreach (var row in Read(connection => connection.Query<(long Volume, long Folder, byte[] Path, byte[] Name, long Size, long Modified, long Changed, byte[] Hash, string Kind, string Mime, string? Facts)>("""
            SELECT f.volume_id, l.folder_id, f.path, l.name, l.size_in_bytes, l.modified_ns, l.changed_ns, c.sha256, c.kind, c.mime,
              (SELECT facts FROM layer WHERE asset_id = c.asset_id AND source = @Embedded)
            FROM content c JOIN location l ON l.content_id = c.id JOIN folder f ON f.id = l.folder_id
            WHERE c.id = @content AND l.missing_since IS NULL ORDER BY f.volume_id, l.folder_id, l.name
            """, new { content, Layers.Embedded })))
        {
            if (volumes.Find(row.Volume) is not { } volume || volumes.IsAway(volume) || volumes.RootOf(volume) is not { } root) continue;
            RelativePath path = RelativePath.FromBytes(row.Path).Child(row.Name);
            Facts facts = row.Facts is null ? new() : JsonSerializer.Deserialize(row.Facts, FactsJson.Default.Facts) ?? new();
            return (new(volume, path, row.Folder, row.Name), new(
                volume.Settings.Path, path.Bytes.ToArray(), root, new(row.Size, row.Modified, row.Changed, null, 0, 0), ContentHash.FromBytes(row.Hash).ToString(), "", row.Kind, row.Mime, facts));
        }
        return null;
    }

    T Read<T>(Func<DbConnection, T> question)
    {
        using Database.Reader reader = catalog.Read();
        return question(reader.Connection);
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Proxies and the like are not made for the moment: {Reason}")]
    public static partial void CannotMake(this ILogger logger, string reason);
}
