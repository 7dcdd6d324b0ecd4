using System.Data.Common;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Sidecar;

/// <summary>What became of a sidecar that was to be taken back.</summary>
public enum ImportedSidecar
{
    /// <summary>It lies in the mirror now.</summary>
    Taken,
    /// <summary>One with the same bytes is here.</summary>
    Equal,
    /// <summary>One with other bytes is here, and stays.</summary>
    Different,
    /// <summary>No original of that name is here.</summary>
    Elsewhere,
    /// <summary>It was refused, or could not be written.</summary>
    Failed,
}

/// <summary>Takes sidecars of an export back: into the mirror, where nobody's file is in the way, and never over another.</summary>
public sealed class SidecarImport(Database catalog, Volumes volumes, SidecarFiles files)
{
    /// <param name="path">As an export has it.</param>
    /// <returns>And why it failed.</returns>
    public async Task<(ImportedSidecar End, string? Reason)> TakeAsync(string volumeName, string path, byte[] bytes, bool isDryRun, CancellationToken cancellationToken)
    {
        RelativePath sidecar;
        try
        {
            sidecar = ExportPath.Read(path);
        }
        catch (FormatException error)
        {
            return (ImportedSidecar.Failed, error.Message);
        }
        if (sidecar.IsRoot || !RelativePath.Show(sidecar.Name).EndsWith(".xmp", StringComparison.OrdinalIgnoreCase)) return (ImportedSidecar.Failed, "its name does not end with .xmp");
        if (bytes.Length > XmpText.MostBytes) return (ImportedSidecar.Failed, "it is larger than any sidecar");
        if (volumes.Find(volumeName) is not { } volume) return (ImportedSidecar.Elsewhere, null);
        if (Find(volume, sidecar) is not { } there) return (ImportedSidecar.Elsewhere, null);

        byte[]? lies = there.IsBeside ? Read(volume.Settings.Path, sidecar) : Read(files.MirrorRoot(volume), SidecarFiles.MirrorPath(sidecar));
        if (lies is not null || there.IsBeside) return (lies is not null && lies.AsSpan().SequenceEqual(bytes) ? ImportedSidecar.Equal : ImportedSidecar.Different, null);
        if (isDryRun) return (ImportedSidecar.Taken, null);
        WriteResult result = (await files.WriteAsync([new(volume, sidecar, IsMirror: true, null, bytes, null)], cancellationToken))[0];
        if (result is not WriteResult.Written) return (ImportedSidecar.Failed, (result as WriteResult.Failed)?.Message ?? "another one was written at the same moment");
        // Whoever reads sidecars looks at this one too.
        await catalog.WriteAsync(connection => JobQueue.Add(connection, LocationIndex.SidecarJob, LocationIndex.Subject(there.Folder, there.Original)), cancellationToken);
        return (ImportedSidecar.Taken, null);
    }

    /// <summary>The folder and the original a sidecar belongs to, and whether one of its name lies beside that; null when there is none.</summary>
    (long Folder, byte[] Original, bool IsBeside)? Find(Volume volume, RelativePath sidecar)
    {
        using Database.Reader reader = catalog.Read();
        DbConnection connection = reader.Connection;
        if (connection.QueryFirstOrDefault<long?>("SELECT id FROM folder WHERE volume_id = @Id AND path = @path AND missing_since IS NULL",
            new { volume.Id, path = sidecar.Folder.Bytes.ToArray() }) is not { } folder) return null;
        byte[] name = sidecar.Name.ToArray();
        byte[]? original = SidecarContents.Originals(connection, folder, name) is [var first, ..] ? first.Name
            // Its name may be no text at all, or too long.
            : connection.QueryFirstOrDefault<byte[]?>("SELECT name FROM location WHERE folder_id = @folder AND name = @original AND missing_since IS NULL",
                new { folder, original = name[..^".xmp".Length] }) ?? Cut(connection, folder, name);
        return original is null ? null : (folder, original, SidecarContents.Exists(connection, folder, name));
    }

    /// <summary>The original whose sidecar has so long a name that it was cut to this one.</summary>
    static byte[]? Cut(DbConnection connection, long folder, byte[] name) => name.AsSpan().Contains((byte)'~')
        ? connection.Query<byte[]>("SELECT name FROM location WHERE folder_id = @folder AND length(name) > @shortest AND missing_since IS NULL", new { folder, shortest = 255 - ".xmp".Length })
            .FirstOrDefault(original => SidecarFiles.MirrorPath(RelativePath.Root.Child([.. original, .. ".xmp"u8])).Bytes.SequenceEqual(name))
        : null;

    /// <summary>Null when there is none, or it cannot be read.</summary>
    static byte[]? Read(string root, RelativePath path)
    {
        try
        {
            using VolumeFiles there = new(root);
            return XmpVisit.ReadWhole(there, path, out _);
        }
        catch (FileFault)
        {
            return null;
        }
    }
}
