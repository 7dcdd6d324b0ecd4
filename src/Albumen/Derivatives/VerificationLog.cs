using System.Data.Common;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Derivatives;

/// <summary>What a verification has found so far.</summary>
/// <param name="Files">That were read, whatever was found.</param>
/// <param name="SizeInBytes">Of those files together.</param>
/// <param name="Rotted">Other bytes though nobody edited them.</param>
/// <param name="Edited">Changed since they were indexed; they are indexed again.</param>
public readonly record struct VerificationCounts(long Files, long SizeInBytes, long Rotted, long Edited, long Unreadable);

/// <summary>The last verification of a volume. Times are Unix seconds.</summary>
/// <param name="IsStopped">Somebody stopped it; it goes on from where it was when it is asked for again.</param>
/// <param name="BytesPerSecond">Asked for this one; null is as configured.</param>
/// <param name="FolderId">With <paramref name="Name"/> the last file that was looked at.</param>
public sealed record VolumeVerification(
    long VolumeId, long Started, long? Finished, bool IsStopped, long? BytesPerSecond, long FolderId, byte[] Name, VerificationCounts Counts)
{
    public bool IsUnderWay => Finished is null && !IsStopped;
}

/// <summary>How far the verification of each volume is, so that a killed daemon goes on where it was. No other code touches the <c>verification</c> table.</summary>
sealed class VerificationLog(Database catalog)
{
    /// <summary>By volume; those never verified are absent.</summary>
    public IReadOnlyDictionary<long, VolumeVerification> All()
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.Query<Row>("""
            SELECT volume_id, started, finished, is_stopped, bytes_per_second, folder_id, name, files, size_in_bytes, rotted, edited, unreadable FROM verification
            """).ToDictionary(row => row.VolumeId, row => row.ToVerification());
    }

    /// <summary>Begins one of each of these volumes. One that is under way goes on, and so does one that was stopped, unless <paramref name="anew"/>.</summary>
    public Task BeginAsync(IReadOnlyList<Volume> volumes, long? bytesPerSecond, bool anew, long now, CancellationToken cancellationToken) => catalog.WriteAsync(connection =>
    {
        foreach (Volume volume in volumes)
        {
            // Never the same start twice: what the one before still writes down must not be taken for this one's.
            long started = Math.Max(now, 1 + connection.ExecuteScalar<long>("SELECT coalesce(max(started), 0) FROM verification WHERE volume_id = @Id", new { volume.Id }));
            object parameters = new { volume = volume.Id, started, bytesPerSecond };
            connection.Execute(anew ? "DELETE FROM verification WHERE volume_id = @volume" : "DELETE FROM verification WHERE volume_id = @volume AND finished IS NOT NULL", parameters);
            connection.Execute("""
                INSERT INTO verification (volume_id, started, bytes_per_second) VALUES (@volume, @started, @bytesPerSecond)
                ON CONFLICT (volume_id) DO UPDATE SET is_stopped = 0, bytes_per_second = coalesce(excluded.bytes_per_second, bytes_per_second)
                """, parameters);
        }
    }, cancellationToken);

    /// <summary>Stops those that are under way.</summary>
    /// <returns>How many those were.</returns>
    public Task<int> StopAsync(IReadOnlyList<Volume> volumes, CancellationToken cancellationToken) => catalog.WriteAsync(connection => connection.Execute(
        "UPDATE verification SET is_stopped = 1 WHERE volume_id IN @ids AND finished IS NULL AND is_stopped = 0", new { ids = volumes.Select(v => v.Id) }), cancellationToken);

    /// <summary>In the caller's transaction: how far it has come. One that was begun anew meanwhile stays as it is.</summary>
    public static void Write(DbConnection connection, VolumeVerification verification) => connection.Execute("""
        UPDATE verification SET folder_id = @FolderId, name = @Name, finished = @Finished,
          files = @Files, size_in_bytes = @SizeInBytes, rotted = @Rotted, edited = @Edited, unreadable = @Unreadable
        WHERE volume_id = @VolumeId AND started = @Started
        """, new
    {
        verification.VolumeId,
        verification.Started,
        verification.FolderId,
        verification.Name,
        verification.Finished,
        verification.Counts.Files,
        verification.Counts.SizeInBytes,
        verification.Counts.Rotted,
        verification.Counts.Edited,
        verification.Counts.Unreadable,
    });

    sealed record Row
    {
        public long VolumeId { get; init; }
        public long Started { get; init; }
        public long? Finished { get; init; }
        public long IsStopped { get; init; }
        public long? BytesPerSecond { get; init; }
        public long FolderId { get; init; }
        public byte[] Name { get; init; } = [];
        public long Files { get; init; }
        public long SizeInBytes { get; init; }
        public long Rotted { get; init; }
        public long Edited { get; init; }
        public long Unreadable { get; init; }

        public VolumeVerification ToVerification() =>
            new(VolumeId, Started, Finished, IsStopped != 0, BytesPerSecond, FolderId, Name, new(Files, SizeInBytes, Rotted, Edited, Unreadable));
    }
}
