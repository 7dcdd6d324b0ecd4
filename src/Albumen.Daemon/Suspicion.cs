using System.Data.Common;
using System.Threading.Channels;
using Albumen.Configuration;
using Albumen.Sql;
using Albumen.Storage;

namespace Albumen.Daemon;

/// <summary>
/// A database answered as if it were damaged. A disk that gives an error now and then makes the same answer, so every page is read, twice, some time apart. What is then still
/// damaged is not mended while it is in use: the daemon ends, and the next start, which finds a note in the state folder, looks at every page and mends it.
/// </summary>
sealed class Suspicion(Layout layout, Database catalog, Database auth, ILogger<Suspicion> logger)
{
    static readonly TimeSpan BeforeALook = TimeSpan.FromSeconds(3);

    readonly Channel<string> _noted = Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    static string FileOf(Layout layout) => Path.Combine(layout.StateFolder, "suspect");

    public static bool IsNoted(Layout layout) => File.Exists(FileOf(layout));

    /// <summary>Every page was looked at.</summary>
    public static void Clear(Layout layout) => AtomicWriter.RemoveAll(FileOf(layout));

    /// <param name="fault">As SQLite said it.</param>
    public void Note(string fault) => _noted.Writer.TryWrite(fault);

    /// <summary>Looks whenever there is a reason to, and ends when it finds one to start anew.</summary>
    /// <exception cref="DatabaseException">A database is damaged.</exception>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        await foreach (string fault in _noted.Reader.ReadAllAsync(cancellationToken))
        {
            // Killed meanwhile, the next start looks as well.
            Mark(fault);
            if (await DamageAsync(cancellationToken) is null)
            {
                logger.Withdrawn(fault);
                Clear(layout);
            }
            else if (await DamageAsync(cancellationToken) is { } damage) throw new DatabaseException($"{damage} The next start looks at every page of it, and mends what is damaged.");
        }
    }

    async Task<string?> DamageAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(BeforeALook, cancellationToken);
        return await Task.Run(() => DamageOf(Appliance.CatalogFile(layout), catalog) ?? DamageOf(Appliance.AuthFile(layout), auth), cancellationToken);

        string? DamageOf(string file, Database database)
        {
            try
            {
                IReadOnlyList<string>? faults = database.Inspect(isDeep: true, cancellationToken, withReferences: false);
                // Cut short it says nothing of the rest.
                cancellationToken.ThrowIfCancellationRequested();
                return faults is { Count: > 0 } ? $"{file} is damaged: {faults[0]}." : null;
            }
            catch (DbException error)
            {
                return Database.IsDamage(error) ? $"{file} is damaged." : null;
            }
        }
    }

    /// <summary>When the daemon ends because of it already.</summary>
    public void MarkIfDamage(Exception error)
    {
        if (Database.IsDamage(error)) Mark(error.Message);
    }

    void Mark(string fault)
    {
        try
        {
            AtomicWriter.Replace(FileOf(layout), System.Text.Encoding.UTF8.GetBytes($"{fault}\n"));
        }
        catch (IOException)
        {
            // A disk that is full or failing as well: the next time it is asked it is noted again.
        }
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A database answered as if it were damaged ({Fault}), and is whole when all of it is read; it goes on. Its disk may be failing: journalctl -k")]
    public static partial void Withdrawn(this ILogger logger, string fault);
}
