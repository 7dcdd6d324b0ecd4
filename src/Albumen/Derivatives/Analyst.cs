using System.Diagnostics;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Derivatives;

/// <summary>What came of looking at one picture.</summary>
/// <param name="Sharpness">Null where there is no picture to look at.</param>
/// <param name="Threshold">Below which it counts as blurred for who asks.</param>
/// <param name="IsPhoto">Only photos are blurred or clear.</param>
/// <param name="Trouble">Why nothing could be found out.</param>
public sealed record Analysed(string Asset, double? Sharpness, double Threshold, bool IsPhoto, TimeSpan Time, string? Trouble);

/// <summary>Analyses single pictures while somebody waits, ahead of all that waits to be read.</summary>
public sealed class Analyst(Database catalog, Volumes volumes, Indexer indexer, TimeProvider clock)
{
    /// <param name="asset">Its id.</param>
    public async Task<Analysed> AnalyseAsync(long asset, BlurLine line, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        (string uid, long content, byte[] hash, bool isPhoto, double threshold, Place[] places) = Where(asset, line);
        string trouble = "No copy of it is there.";
        foreach (Place place in places)
        {
            if (volumes.Find(place.Volume) is not { } volume || volumes.IsAway(volume)) continue;
            VisitRequest request = new(volume.Settings.Path, RelativePath.FromBytes(place.Folder).Child(place.Name).Bytes.ToArray(), VisitDepth.Everything) { ExpectedRoot = volumes.RootOf(volume) };
            VisitAnswer answer = await indexer.VisitAsync(request, place.SizeInBytes, cancellationToken);
            if (answer is { End: VisitEnd.Read, Analysis: { } analysis } && answer.Hash == ContentHash.FromBytes(hash).ToString())
            {
                await catalog.WriteAsync(connection =>
                {
                    DerivativeStore.Record(connection, content, answer.Made);
                    Analysis.Record(connection, content, analysis, clock.GetUtcNow().ToUnixTimeSeconds());
                }, cancellationToken);
                return new(uid, analysis.Sharpness, threshold, isPhoto, Stopwatch.GetElapsedTime(started), null);
            }
            trouble = answer switch
            {
                { End: VisitEnd.Read, DecodeFault: { } fault } => $"{fault}.",
                { End: VisitEnd.Read, Analysis: null } => "It has no picture.",
                { End: VisitEnd.Read } => "Its file has changed, and waits to be read again.",
                { End: VisitEnd.Gone } => "Its file is not there any more.",
                _ => answer.Fault ?? "Its file cannot be read now.",
            };
        }
        return new(uid, null, threshold, isPhoto, Stopwatch.GetElapsedTime(started), trouble);
    }

    (string Uid, long Content, byte[] Hash, bool IsPhoto, double Threshold, Place[] Places) Where(long asset, BlurLine line)
    {
        using Database.Reader reader = catalog.Read();
        (string uid, long content, byte[] hash, bool isPhoto, double threshold) = reader.Connection.QuerySingle<(string, long, byte[], bool, double)>(
            $"SELECT a.uid, c.id, c.sha256, {BlurLine.IsPhoto}, {line.Sql} FROM asset a JOIN content c ON c.id = a.content_id WHERE a.id = @asset", new { asset });
        return (uid, content, hash, isPhoto, threshold, [.. reader.Connection.Query<(long, byte[], byte[], long)>("""
            SELECT f.volume_id, f.path, l.name, l.size_in_bytes FROM location l JOIN folder f ON f.id = l.folder_id
            WHERE l.content_id = @content AND l.missing_since IS NULL ORDER BY f.volume_id, f.path, l.name
            """, new { content }).Select(row => new Place(row.Item1, row.Item2, row.Item3, row.Item4))]);
    }

    readonly record struct Place(long Volume, byte[] Folder, byte[] Name, long SizeInBytes);
}
