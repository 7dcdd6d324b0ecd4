using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Albumen.Catalog;
using Albumen.Native;
using Albumen.Storage;

namespace Albumen.Sidecar;

/// <summary>A sidecar to be written.</summary>
/// <param name="Path">Where it lies, or would lie, beside its original; below the volume's root.</param>
/// <param name="IsMirror">In the mirror, under the same path, instead: see <see cref="SidecarFiles.PlacementOf(Volume, RelativePath)"/>.</param>
/// <param name="Expected">What was read and merged; null when there was none.</param>
/// <param name="Original">Whose permissions a new sidecar takes.</param>
public sealed record SidecarWrite(Volume Volume, RelativePath Path, bool IsMirror, FileStat? Expected, byte[] Bytes, RelativePath? Original);

/// <summary>
/// Writes and removes sidecars, wherever they lie: beside originals through the scribe, mirrored ones itself. A sidecar is written whole and
/// durable or not at all, and only over what was expected.
/// </summary>
/// <param name="stateFolder">Mirrors lie in <c>sidecars</c> below it.</param>
/// <param name="scribe">Null when none was started.</param>
public sealed class SidecarFiles(string stateFolder, Volumes volumes, SidecarSettings settings, Scribe? scribe, TimeProvider clock)
{
    // NAME_MAX
    const int LongestNameInBytes = 255;
    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    readonly ConcurrentDictionary<long, (Placement Placement, long At)> _placements = new();

    /// <summary>False when sidecars beside originals are configured and cannot be written: see <see cref="Scribe.NotRunning"/>.</summary>
    public bool IsReady => scribe is { IsRunning: true } || !volumes.All.Any(v => NeedsScribe(v.Settings, settings));

    /// <summary>Whether anything is to be written into this volume.</summary>
    public static bool NeedsScribe(VolumeSettings volume, SidecarSettings settings) => volume.Layer || (volume.Sidecars ?? settings.Placement) is Placement.Beside;

    /// <summary>As configured, but mirrored where the volume cannot be written. Looked up anew every few seconds.</summary>
    public Placement PlacementOf(Volume volume)
    {
        Placement configured = volume.Settings.Sidecars ?? settings.Placement;
        if (configured is not Placement.Beside || volumes.IsAway(volume)) return configured;
        if (_placements.TryGetValue(volume.Id, out (Placement Placement, long At) known) && clock.GetElapsedTime(known.At) < Fresh) return known.Placement;
        // access(2): W_OK | X_OK. It says EROFS of a file system that is mounted read-only.
        const int WriteAndEnter = 3;
        Placement placement = Libc.Access(volume.Settings.Path, WriteAndEnter) != 0 && Libc.Errno is Libc.EROFS or Libc.EACCES or Libc.EPERM ? Placement.Mirror : Placement.Beside;
        _placements[volume.Id] = (placement, clock.GetTimestamp());
        return placement;
    }

    /// <summary>The same for one sidecar: beside an original whose name has almost 255 bytes there is no room for <c>.xmp</c>, so it is mirrored.</summary>
    public Placement PlacementOf(Volume volume, RelativePath sidecar) => PlacementOf(volume) switch
    {
        Placement.Beside when sidecar.Name.Length > LongestNameInBytes => Placement.Mirror,
        var placement => placement,
    };

    /// <summary>
    /// Where what people say of an original is written: into the sidecar that is there already, by whatever case of letters; else as the configuration names it, and
    /// into the mirror where none is to be written beside it. A name that several photos share (<c>a.xmp</c> of <c>a.jpg</c> and <c>a.cr2</c>) is not taken: what
    /// people say of one of them is not true of the others.
    /// </summary>
    internal SidecarPlace PlaceOf(DbConnection connection, Volume volume, long folder, RelativePath path, byte[] original)
    {
        byte[] full = [.. original, .. ".xmp"u8];
        SidecarPlace mirrored = new(folder, full, IsMirror: true);
        if (PlacementOf(volume) is not Placement.Beside) return mirrored;
        int dot = original.AsSpan().LastIndexOf((byte)'.');
        byte[] stem = dot > 0 ? [.. original.AsSpan(0, dot), .. ".xmp"u8] : full;
        bool isStem = settings.Name is SidecarName.Stem && SidecarContents.Originals(connection, folder, stem).Select(o => o.Asset).Distinct().Count() <= 1;
        byte[] wanted = isStem ? stem : full;
        IReadOnlyList<byte[]> beside = SidecarContents.Beside(connection, folder, original);
        SidecarPlace place = new(folder, beside.FirstOrDefault(there => there.Length == wanted.Length) ?? wanted, IsMirror: false);
        if (PlacementOf(volume, path.Child(place.Name)) is not Placement.Beside) return mirrored;
        // One that was moved into the mirror stays there until it is moved back, whatever the configuration says of new ones.
        return beside.Count == 0 && SidecarBase.Find(connection, mirrored) is not null ? mirrored : place;
    }

    /// <summary>The folder of a volume's mirrored sidecars. It need not exist.</summary>
    public string MirrorRoot(Volume volume) => Path.Combine(stateFolder, MirrorFolder(volume).ToString());

    /// <summary>The same, and it exists.</summary>
    public string MakeMirrorRoot(Volume volume) => Directory.CreateDirectory(MirrorRoot(volume)).FullName;

    /// <summary>
    /// Where a mirrored sidecar lies below <see cref="MirrorRoot"/>: under its own path, but a name that is longer than 255 bytes is cut, and
    /// <c>~</c> and 16 digits of its SHA-256 put in the place of the rest. A path that came out of here stays as it is.
    /// </summary>
    public static RelativePath MirrorPath(RelativePath sidecar)
    {
        ReadOnlySpan<byte> name = sidecar.Name;
        if (name.Length <= LongestNameInBytes) return sidecar;
        byte[] end = Encoding.ASCII.GetBytes($"~{Convert.ToHexStringLower(SHA256.HashData(name))[..16]}.xmp");
        int length = LongestNameInBytes - end.Length;
        // Not within a letter: bytes of the form 10xxxxxx go on with one.
        while (length > 0 && (name[length] & 0xC0) == 0x80) length--;
        return sidecar.Folder.Child([.. name[..length], .. end]);
    }

    /// <summary>Writes them all, as one batch for each place, and answers in their order.</summary>
    public async Task<IReadOnlyList<WriteResult>> WriteAsync(IReadOnlyList<SidecarWrite> batch, CancellationToken cancellationToken)
    {
        WriteResult[] results = new WriteResult[batch.Count];
        foreach (var place in batch.Index().GroupBy(w => (w.Item.Volume.Id, w.Item.IsMirror)))
        {
            (int Index, SidecarWrite Item)[] writes = [.. place];
            IReadOnlyList<WriteResult> written = place.Key.IsMirror
                ? await WriteMirrorAsync([.. writes.Select(w => w.Item)], cancellationToken)
                : await WriteBesideAsync(writes[0].Item.Volume, [.. writes.Select(w => w.Item)], cancellationToken);
            foreach (((int index, _), WriteResult result) in writes.Zip(written)) results[index] = result;
        }
        return results;
    }

    /// <summary>Removes a sidecar, if its bytes are these.</summary>
    public async Task<WriteResult> RemoveAsync(Volume volume, RelativePath path, bool isMirror, ContentHash bytes, CancellationToken cancellationToken)
    {
        if (isMirror) return await Task.Run(() => StateRoot() is { } state ? AtomicWriter.Remove(state, Mirrored(volume, path), bytes) : StateGone(), cancellationToken);
        if (RootOf(volume) is not { } root) return Away(volume);
        return scribe is null ? new WriteResult.Failed(Scribe.NotRunning) : await scribe.RemoveAsync(root, path, bytes, cancellationToken);
    }

    /// <summary>Removes an original on purpose, if it is the file that is expected and its bytes are these.</summary>
    public async Task<WriteResult> PurgeAsync(Volume volume, RelativePath path, FileStat expected, ContentHash bytes, CancellationToken cancellationToken)
    {
        if (RootOf(volume) is not { } root) return Away(volume);
        return scribe is null ? new WriteResult.Failed(Scribe.NotRunning) : await scribe.PurgeAsync(root, path, expected, bytes, cancellationToken);
    }

    /// <summary>Writes copies of layer files into <c>.albumen/layer</c> of a volume.</summary>
    /// <param name="files">By name.</param>
    public async Task<IReadOnlyList<WriteResult>> WriteLayerAsync(Volume volume, IReadOnlyList<(string Name, FileStat? Expected, byte[] Bytes)> files, CancellationToken cancellationToken)
    {
        FileWrite[] writes = [.. files.Select(f => new FileWrite(ScribeRules.LayerFolder.Child(Encoding.UTF8.GetBytes(f.Name)), f.Expected, f.Bytes))];
        return await AskScribeAsync(volume, writes, cancellationToken);
    }

    Task<IReadOnlyList<WriteResult>> WriteMirrorAsync(SidecarWrite[] writes, CancellationToken cancellationToken)
    {
        FileWrite[] files = [.. writes.Select(w => new FileWrite(Mirrored(w.Volume, w.Path), w.Expected, w.Bytes))];
        return Task.Run(() => StateRoot() is { } state ? AtomicWriter.Write(state, files, makeFolders: true) : [.. files.Select(_ => StateGone())], cancellationToken);
    }

    Task<IReadOnlyList<WriteResult>> WriteBesideAsync(Volume volume, SidecarWrite[] writes, CancellationToken cancellationToken) =>
        AskScribeAsync(volume, [.. writes.Select(w => new FileWrite(w.Path, w.Expected, w.Bytes, w.Original is { } original && original.Folder == w.Path.Folder ? original.Name.ToArray() : null))], cancellationToken);

    async Task<IReadOnlyList<WriteResult>> AskScribeAsync(Volume volume, FileWrite[] files, CancellationToken cancellationToken)
    {
        if (RootOf(volume) is not { } root) return [.. files.Select(_ => Away(volume))];
        return scribe is null ? [.. files.Select(_ => new WriteResult.Failed(Scribe.NotRunning))] : await scribe.WriteAsync(root, files, cancellationToken);
    }

    WriteRoot? RootOf(Volume volume) => !volumes.IsAway(volume) && volumes.RootOf(volume) is { } stat ? new(volume.Settings.Path, stat) : null;

    WriteRoot? StateRoot()
    {
        try
        {
            using VolumeFiles state = new(stateFolder);
            return new(stateFolder, state.StatRoot());
        }
        catch (FileFault)
        {
            return null;
        }
    }

    static WriteResult Away(Volume volume) => new WriteResult.Failed($"The volume '{volume.Name}' is away. Its sidecars are written when it is back.", IsVolumeGone: true);

    WriteResult StateGone() => new WriteResult.Failed($"Cannot open {stateFolder}. It must be there while albumend runs: restart albumend.");

    static RelativePath MirrorFolder(Volume volume) => RelativePath.Parse("sidecars").Child(Encoding.UTF8.GetBytes(volume.Name));

    static RelativePath Mirrored(Volume volume, RelativePath sidecar) => RelativePath.FromBytes([.. MirrorFolder(volume).Bytes, (byte)'/', .. MirrorPath(sidecar).Bytes]);
}
