using System.Data.Common;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Albumen.Sidecar;

/// <summary>
/// Follows the catalogue, some time behind: writes the layer's documents beside the journal, and copies the layer into the volumes that are configured so. What
/// did not change is not written, and a volume's disk is left asleep.
/// </summary>
/// <param name="folder">The layer folder of the state.</param>
public sealed class LayerKeeper(Database catalog, string folder, LayerFiles layer, Volumes volumes, SidecarFiles files, TimeProvider clock, ILogger<LayerKeeper> logger)
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(10), EveryCopy = TimeSpan.FromMinutes(1);

    /// <summary>Making the documents may take this part of the time.</summary>
    const int Share = 20;

    readonly List<(LayerCopy Copy, Followed Followed)> _copies = [.. volumes.All.Where(v => v.Settings.Layer).Select(v => (new LayerCopy(v, catalog, layer, files), new Followed()))];
    IReadOnlyList<(string Name, byte[] Bytes)> _documents = [];
    (long, long)? _written;
    string? _trouble;

    /// <summary>Volumes with a layer that is not this catalogue's, and how many of its lines are not known here.</summary>
    public IEnumerable<(Volume Volume, long Lines)> Strangers => _copies.Where(c => c.Copy.Strange > 0).Select(c => (c.Copy.Volume, c.Copy.Strange));

    /// <summary>Why copies or documents are not written, in words for the admin; null while all is well.</summary>
    public string? Trouble => _trouble;

    /// <summary>Runs until cancelled, and then writes what is still to be written.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                long started = clock.GetTimestamp();
                await FollowAsync(EveryCopy, cancellationToken);
                TimeSpan pause = clock.GetElapsedTime(started) * Share;
                await Task.Delay(pause > Every ? pause : Every, clock, cancellationToken);
            }
        }
        finally
        {
            await FollowAsync(TimeSpan.Zero, CancellationToken.None);
        }
    }

    /// <summary>Writes what changed since the last time.</summary>
    /// <param name="pause">Between two copies into the same volume.</param>
    public async Task FollowAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        string? trouble = null;
        try
        {
            (long, long) mark = Mark();
            if (_written != mark)
            {
                _documents = LayerDocuments.Make(catalog);
                foreach ((string name, byte[] bytes) in _documents) Put(Path.Combine(folder, name), bytes);
                _written = mark;
            }
            foreach ((LayerCopy copy, Followed followed) in _copies)
            {
                if (followed.Mark == mark) continue;
                if (volumes.IsAway(copy.Volume) || volumes.RootOf(copy.Volume) is null || (followed.At is { } at && clock.GetElapsedTime(at) < pause)) continue;
                followed.At = clock.GetTimestamp();
                long strange = copy.Strange;
                if (await copy.WriteAsync(_documents, cancellationToken) is { } fault) trouble ??= fault;
                else followed.Mark = mark;
                if (copy.Strange > 0 && strange == 0) logger.Stranger(copy.Volume.Name, copy.Strange, FolderOf(copy.Volume));
            }
        }
        catch (Exception error) when (error is IOException or DbException or UnauthorizedAccessException)
        {
            trouble = error is DbException fault ? catalog.Explain(fault).Message : error.Message;
        }
        if (trouble is not null && trouble != _trouble) logger.NotWritten(trouble);
        _trouble = trouble;
    }

    /// <summary>Where a volume carries its layer.</summary>
    public static string FolderOf(Volume volume) => $"{volume.Settings.Path}/{ScribeRules.LayerFolder}";

    (long, long) Mark()
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.QuerySingle<(long, long)>("SELECT (SELECT coalesce(max(number), 0) FROM operation), (SELECT coalesce(max(revision), 0) FROM asset)");
    }

    static void Put(string path, byte[] bytes)
    {
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes)) AtomicWriter.Replace(path, bytes);
    }

    /// <summary>How far a copy is.</summary>
    sealed class Followed
    {
        public (long, long)? Mark { get; set; }
        public long? At { get; set; }
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The volume {Name} carries a layer of which {Lines} lines are not known here; nothing is written over it. To take it back: albumen import-layer {Folder}")]
    public static partial void Stranger(this ILogger logger, string name, long lines, string folder);

    [LoggerMessage(Level = LogLevel.Error, Message = "The layer's documents or copies are not written for the moment: {Reason} The journal is not concerned")]
    public static partial void NotWritten(this ILogger logger, string reason);
}
