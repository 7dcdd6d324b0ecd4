using System.Data.Common;
using Albumen.Sql;
using Microsoft.Extensions.Logging;

namespace Albumen.Derivatives;

/// <summary>How full the cache is.</summary>
/// <param name="CapInBytes">Null: there is none.</param>
/// <param name="Warning">What about it cannot be kept to.</param>
public sealed record CacheState(long SizeInBytes, long ThumbnailsInBytes, long? CapInBytes, string? Warning);

/// <summary>
/// Keeps the cache below its cap: what nobody looked at for longest is dropped first, and made again when somebody asks for it. Thumbnails stay, for every
/// listing shows them.
/// </summary>
public sealed class CacheKeeper(Database catalog, DerivativeStore store, CacheSettings settings, TimeProvider clock, ILogger<CacheKeeper> logger) : IDisposable
{
    /// <summary>So that not every new picture drops another one.</summary>
    const double DropTo = 0.95;

    const int FilesPerTransaction = 500;

    /// <summary>Counting looks at every row, so it takes at most a twentieth of the time.</summary>
    const int LeastShare = 20;

    static readonly TimeSpan Rest = TimeSpan.FromMinutes(5), Shortest = TimeSpan.FromSeconds(1), AfterTrouble = TimeSpan.FromSeconds(30);

    readonly SemaphoreSlim _wake = new(0);
    string? _warned;

    /// <summary>As it was counted last; null before.</summary>
    public CacheState? State { get; private set; }

    /// <summary>Says that something was made.</summary>
    public void Wake()
    {
        if (_wake.CurrentCount == 0) _wake.Release();
    }

    /// <summary>Runs until cancelled.</summary>
    /// <param name="cacheChecked">What is dropped before that is done would be taken for lost.</param>
    public async Task RunAsync(Task cacheChecked, CancellationToken cancellationToken)
    {
        try
        {
            await cacheChecked.WaitAsync(cancellationToken);
            while (true)
            {
                long started = clock.GetTimestamp();
                TimeSpan pause = Shortest;
                try
                {
                    await NoteUseAsync(cancellationToken);
                    await KeepAsync(cancellationToken);
                    pause = clock.GetElapsedTime(started) * LeastShare;
                }
                catch (Exception error) when (error is IOException or DbException)
                {
                    logger.CannotKeep(error.Message);
                    pause = AfterTrouble;
                }
                await Task.Delay(pause < Shortest ? Shortest : pause, clock, cancellationToken);
                await _wake.WaitAsync(Rest, cancellationToken);
            }
        }
        finally
        {
            // What was looked at since is worth a moment at the end.
            await NoteUseAsync(CancellationToken.None);
        }
    }

    /// <summary>Drops what there is no room for.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        Count();
        if (settings.SizeInBytes is not { } cap || State!.SizeInBytes <= cap) return;
        long before = State.SizeInBytes, dropped = 0;
        long tooMuch = before - (long)(cap * DropTo);
        while (dropped < tooMuch)
        {
            List<StoredDerivative> some = Next(tooMuch - dropped);
            if (some.Count == 0) break;
            dropped += await catalog.WriteAsync(connection => store.Drop(connection, some), cancellationToken);
        }
        if (dropped > 0) logger.Dropped(dropped / 1_000_000, before / 1_000_000, cap / 1_000_000);
        Count();
    }

    public void Dispose() => _wake.Dispose();

    async Task NoteUseAsync(CancellationToken cancellationToken)
    {
        (long day, IReadOnlyList<(long, string)> looked) = store.Use.Take();
        foreach ((long, string)[] some in looked.Chunk(FilesPerTransaction))
            await catalog.WriteAsync(connection => DerivativeStore.NoteUse(connection, some, day), cancellationToken);
    }

    List<StoredDerivative> Next(long wantedInBytes)
    {
        using Database.Reader reader = catalog.Read();
        List<StoredDerivative> next = [];
        foreach (StoredDerivative one in DerivativeStore.LeastUsed(reader.Connection))
        {
            if (store.Use.IsSafe(one.Content, one.Kind)) continue;
            next.Add(one);
            wantedInBytes -= one.SizeInBytes;
            if (wantedInBytes <= 0 || next.Count == FilesPerTransaction) break;
        }
        return next;
    }

    void Count()
    {
        using Database.Reader reader = catalog.Read();
        (long all, long pinned) = DerivativeStore.Sizes(reader.Connection);
        string? warning = settings.SizeInBytes is { } cap && pinned > cap
            ? $"The thumbnails alone take {pinned / 1_000_000} MB and are never dropped; the cap of {cap / 1_000_000} MB leaves no room for previews, which are made when somebody asks. Raise cache.size."
            : null;
        if (warning is not null && _warned is null) logger.TooSmall(warning);
        _warned = warning;
        State = new(all, pinned, settings.SizeInBytes, warning);
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The cache had {Before} MB of small versions, more than its cap of {Cap} MB; {Dropped} MB of those that nobody looked at for longest were dropped")]
    public static partial void Dropped(this ILogger logger, long dropped, long before, long cap);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void TooSmall(this ILogger logger, string warning);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cache cannot be kept below its cap now, and that is tried again soon: {Reason}")]
    public static partial void CannotKeep(this ILogger logger, string reason);
}
