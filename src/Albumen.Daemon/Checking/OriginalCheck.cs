using System.Diagnostics;
using System.Globalization;
using Albumen.Storage;
using Dapper;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Daemon.Checking;

/// <summary>Every original lies where the catalogue says, as large and as old as it says, and with the bytes that it was indexed with.</summary>
sealed class OriginalCheck : Check
{
    const int PageLength = 500;

    const string Backup = "Compare it with a backup, and put that in its place if the backup is right; nothing is repaired by itself.";

    public override string Name => "original";

    public override string Reads => "every original of every volume";

    public override IEnumerable<Finding> Find(Examined examined, CancellationToken cancellationToken)
    {
        foreach (VolumeSettings volume in examined.Settings.Volumes)
        {
            (long Id, string State)? known = examined.Catalog.QueryFirstOrDefault<(long, string)?>("SELECT id, state FROM volume WHERE name = @Name", new { volume.Name });
            if (known is not { } row)
            {
                yield return Note($"/Folders/{volume.Name}", "It was never scanned.", $"Start albumend, and run 'albumen scan {volume.Name}'.");
                continue;
            }
            VolumeFiles? files = Open(volume, out string away);
            if (files is null || row.State is not ("online" or "new"))
            {
                yield return Note($"/Folders/{volume.Name}", $"It is {(files is null ? $"away ({away})" : row.State)}, so its originals were not looked at.", "Check again when it is back.");
                files?.Dispose();
                continue;
            }
            using (files)
                foreach (Finding finding in OfVolume(examined, volume, row.Id, files, cancellationToken)) yield return finding;
        }
    }

    IEnumerable<Finding> OfVolume(Examined examined, VolumeSettings volume, long id, VolumeFiles files, CancellationToken cancellationToken)
    {
        (long all, long bytes) = examined.Catalog.QuerySingle<(long, long)>("""
            SELECT count(*), coalesce(sum(l.size_in_bytes), 0) FROM location l JOIN folder f ON f.id = l.folder_id WHERE f.volume_id = @id AND l.missing_since IS NULL
            """, new { id });
        Reading reading = new(examined, volume.Name, all, bytes);
        (long Folder, byte[] Name) behind = (0, []);
        // By pages: a disk is read for hours, and the catalogue is not held open meanwhile.
        while (Page(examined, id, behind) is { Count: > 0 } page)
        {
            foreach (Row row in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                RelativePath path = (row.Path.Length == 0 ? RelativePath.Root : RelativePath.FromBytes(row.Path)).Child(row.Name);
                if (Look(files, path, row, reading, cancellationToken) is var (what, remedy) && IsStill(examined, row))
                    yield return Wrong($"{volume.Path}/{path}", what, remedy.Replace("VOLUME", volume.Name, StringComparison.Ordinal));
                reading.Next();
            }
            behind = (page[^1].Folder, page[^1].Name);
        }
    }

    static (string What, string Remedy)? Look(VolumeFiles files, RelativePath path, Row row, Reading reading, CancellationToken cancellationToken)
    {
        const string Scan = "If that is right, start albumend and run 'albumen scan VOLUME'; otherwise put the file back from a backup.";
        try
        {
            using SafeFileHandle file = files.OpenRead(path, out FileStat stat);
            if (stat.SizeInBytes != row.SizeInBytes) return ($"It has {stat.SizeInBytes} bytes, and had {row.SizeInBytes} when it was last seen.", Scan);
            if (stat.ModifiedNs != row.ModifiedNs) return ("It was written to since it was last seen.", Scan);
            if (!reading.ReadsBytes || row.Sha256 is null) return null;
            return ContentHash.Of(file, reading.Read, cancellationToken).ToBytes().AsSpan().SequenceEqual(row.Sha256) ? null : ("Its bytes are others than were indexed, though its size and time are the same.", Backup);
        }
        catch (FileFault fault) when (fault.IsGone)
        {
            return ("It is not there.", Scan);
        }
        catch (IOException error)
        {
            return ($"It cannot be read: {error.Message}", "Look at the disk and the kernel's log: journalctl -k");
        }
    }

    /// <summary>Whether the catalogue still says what was compared: the daemon may be at work.</summary>
    static bool IsStill(Examined examined, Row row) => examined.Catalog.ExecuteScalar<bool>("""
        SELECT EXISTS (SELECT 1 FROM location WHERE folder_id = @Folder AND name = @Name AND size_in_bytes = @SizeInBytes AND modified_ns = @ModifiedNs AND missing_since IS NULL)
        """, new { row.Folder, row.Name, row.SizeInBytes, row.ModifiedNs });

    static List<Row> Page(Examined examined, long volume, (long Folder, byte[] Name) behind) => examined.Catalog.Query<Row>("""
        SELECT l.folder_id AS folder, f.path, l.name, l.size_in_bytes, l.modified_ns, c.sha256 FROM location l JOIN folder f ON f.id = l.folder_id LEFT JOIN content c ON c.id = l.content_id
        WHERE (l.folder_id, l.name) > (@Folder, @Name) AND f.volume_id = @volume AND l.missing_since IS NULL ORDER BY l.folder_id, l.name LIMIT @PageLength
        """, new { volume, behind.Folder, behind.Name, PageLength }).AsList();

    static VolumeFiles? Open(VolumeSettings volume, out string away)
    {
        away = "";
        try
        {
            return new(volume.Path);
        }
        catch (FileFault fault)
        {
            away = fault.Reason;
            return null;
        }
    }

    /// <summary>How far it is.</summary>
    sealed class Reading(Examined examined, string volume, long files, long bytes)
    {
        static readonly TimeSpan Every = TimeSpan.FromMilliseconds(200);

        long _files, _bytes, _told;

        public bool ReadsBytes => examined.ReadsBytes;

        public void Next()
        {
            _files++;
            Tell();
        }

        public void Read(int length)
        {
            _bytes += length;
            Tell();
        }

        void Tell()
        {
            if (_told != 0 && Stopwatch.GetElapsedTime(_told) < Every) return;
            _told = Stopwatch.GetTimestamp();
            examined.Progress($"{volume}: {_files} of {files} originals{(ReadsBytes ? string.Create(CultureInfo.InvariantCulture, $", {_bytes / 1e9:0.0} of {bytes / 1e9:0.0} GB") : "")}");
        }
    }

    sealed record Row
    {
        public long Folder { get; init; }
        public byte[] Path { get; init; } = [];
        public byte[] Name { get; init; } = [];
        public long SizeInBytes { get; init; }
        public long ModifiedNs { get; init; }
        public byte[]? Sha256 { get; init; }
    }
}
