using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;
using Albumen.Native;
using Albumen.Storage;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Derivatives;

/// <summary>What a worker is asked: read this file, once.</summary>
/// <param name="Root">The volume's folder.</param>
/// <param name="Path">Bytes of the path below it.</param>
/// <param name="Remake">Make small versions even where the cache has them.</param>
/// <param name="Stillness">What must hold of the file before it is read; null when it is read in any case.</param>
sealed record VisitRequest(string Root, byte[] Path, VisitDepth Depth, bool Remake, Stillness? Stillness = null)
{
    /// <summary>Read no faster; zero is as fast as can be.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>Device and inode of the volume's root; nothing is opened where another folder lies in its place. Null when that does not matter.</summary>
    public FileStat? ExpectedRoot { get; init; }

    /// <summary>What the file is called, where it lies under another name; null: as it is named.</summary>
    public string? Name { get; init; }

    /// <summary>The disk itself is asked, and nothing stays in memory: what the page cache holds says nothing about what the disk keeps.</summary>
    public bool FromDisk { get; init; }
}

/// <summary>A visit as one of the things a worker can be asked.</summary>
sealed record VisitQuestion(VisitRequest Visit);

/// <summary>How far a file is looked into; less of one that has killed workers before.</summary>
enum VisitDepth
{
    HashOnly,
    WithoutDecoding,
    Everything,
}

/// <summary>How a visit ended.</summary>
enum VisitEnd
{
    Read,
    /// <summary>Not there any more.</summary>
    Gone,
    /// <summary>Not read, because it is being written, or written to while it was read. <see cref="VisitAnswer.Stat"/> says what it is now; come again.</summary>
    Unsettled,
    /// <summary>The kernel refused; <see cref="VisitAnswer.Fault"/> says why.</summary>
    Unreadable,
    /// <summary>The volume as a whole cannot be read now.</summary>
    VolumeGone,
    /// <summary>The small versions could not be written; <see cref="VisitAnswer.Fault"/> says why. Not the file's fault.</summary>
    CacheFailed,
}

/// <summary>What a worker found.</summary>
sealed record VisitAnswer
{
    public required VisitEnd End { get; init; }
    public string? Fault { get; init; }
    /// <summary>It is the disk that failed, not a permission that lacks.</summary>
    public bool IsDiskFault { get; init; }
    public string? Hash { get; init; }
    public FileStat Stat { get; init; }
    public string Kind { get; init; } = "other";
    public string Mime { get; init; } = "application/octet-stream";
    public Facts? Facts { get; init; }
    public IReadOnlyList<MadeDerivative> Made { get; init; } = [];
    /// <summary>The name promises media and the bytes are none.</summary>
    public bool IsUnrecognised { get; init; }
    /// <summary>Why no small versions could be made.</summary>
    public string? DecodeFault { get; init; }
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IncludeFields = true)]
[JsonSerializable(typeof(VisitRequest))]
[JsonSerializable(typeof(VisitAnswer))]
[JsonSerializable(typeof(Greeting))]
[JsonSerializable(typeof(VisitQuestion))]
sealed partial class VisitJson : JsonSerializerContext;

/// <summary>What a worker says when it is ready.</summary>
/// <param name="Decoders">The versions of what decodes; a file that failed is tried again when this changes.</param>
/// <param name="Missing">Programs that are not installed, with the Debian package that has them.</param>
/// <param name="Refused">What the kernel refused when the worker wanted to give way to others; null when nothing.</param>
sealed record Greeting(string Decoders, IReadOnlyList<string> Missing, string? Refused = null);

/// <summary>
/// One visit to a file, in a worker process: its bytes are read once, and from them come the SHA-256, the metadata and, by one decode, every
/// small version. Files up to 32 MiB are held in memory for that; of larger ones the kernel's page cache serves the second look.
/// </summary>
sealed unsafe class Visitor(DerivativeStore store, DerivativeSettings settings, int megapixelLimit) : IDisposable
{
    const int LargestInMemory = 32 << 20;
    const int UsualInMemory = 8 << 20;
    const int ChunkInBytes = 1 << 20;

    readonly EmbeddedMetadata _metadata = new();
    byte* _buffer = (byte*)NativeMemory.Alloc(ChunkInBytes);
    long _capacity = ChunkInBytes;

    public VisitAnswer Read(VisitRequest request, CancellationToken cancellationToken)
    {
        RelativePath path = RelativePath.FromBytes(request.Path);
        try
        {
            using VolumeFiles files = new(request.Root);
            if (request.ExpectedRoot is { } expected && files.StatRoot() is var root && (root.Device, root.Inode) != (expected.Device, expected.Inode))
                return new() { End = VisitEnd.VolumeGone, Fault = "Another folder lies in the volume's place" };
            try
            {
                using SafeFileHandle file = files.OpenRead(path, out FileStat stat);
                return request.Stillness?.IsKeptBy(file, stat, TimeProvider.System.GetUtcNow()) is false
                    ? new() { End = VisitEnd.Unsettled, Stat = stat }
                    : Read(request, path, file, stat, cancellationToken);
            }
            catch (FileFault fault) when (!fault.IsVolume || IsAlive(files))
            {
                return new() { End = fault.IsGone ? VisitEnd.Gone : VisitEnd.Unreadable, Fault = fault.Message, IsDiskFault = fault.IsVolume };
            }
        }
        catch (FileFault fault)
        {
            return new() { End = VisitEnd.VolumeGone, Fault = fault.Message, IsDiskFault = true };
        }
        finally
        {
            if (_capacity > UsualInMemory) Resize(UsualInMemory);
        }
    }

    /// <summary>One file gives errors and the others need not.</summary>
    public static bool IsAlive(VolumeFiles files)
    {
        try
        {
            _ = files.List(RelativePath.Root, out _);
            return true;
        }
        catch (FileFault)
        {
            return false;
        }
    }

    VisitAnswer Read(VisitRequest request, RelativePath path, SafeFileHandle file, FileStat stat, CancellationToken cancellationToken)
    {
        ContentHash hash;
        bool isHeld = stat.SizeInBytes <= LargestInMemory && !request.FromDisk;
        Throttle throttle = new(request.BytesPerSecond);
        try
        {
            if (request.FromDisk) Libc.ForgetCached((int)file.DangerousGetHandle());
            hash = isHeld ? Hold(file, stat.SizeInBytes, throttle) : HashThrough(file, stat.SizeInBytes, throttle, cancellationToken);
        }
        catch (IOException error)
        {
            return new() { End = VisitEnd.Unreadable, Fault = $"{path}: {error.Message}", IsDiskFault = true };
        }
        if (VolumeFiles.StatOf(file) is var after && !after.Equals(stat)) return new() { End = VisitEnd.Unsettled, Stat = after };

        string name = request.Name ?? RelativePath.Show(path.Name);
        byte[] head = new byte[Math.Min(MediaType.HeadLength, stat.SizeInBytes)];
        if (isHeld) new ReadOnlySpan<byte>(_buffer, head.Length).CopyTo(head);
        else RandomAccess.Read(file, head, 0);
        if (request.FromDisk) Libc.ForgetCached((int)file.DangerousGetHandle());
        MediaType type = MediaType.Sniff(head, name);
        VisitAnswer answer = new()
        {
            End = VisitEnd.Read,
            Hash = hash.ToString(),
            Stat = stat,
            Kind = type.Kind.ToString().ToLowerInvariant(),
            Mime = type.Mime,
            IsUnrecognised = type.IsUnrecognised,
        };
        if (type is { Kind: MediaKind.Sidecar, Mime: "application/rdf+xml" } && isHeld && request.Depth is not VisitDepth.HashOnly)
        {
            List<string> warnings = [];
            byte[] xmp = new Span<byte>(_buffer, (int)stat.SizeInBytes).ToArray();
            // One from which all was taken out again holds none, and there is nothing wrong with it.
            if (XmpPacket.Read(xmp, warnings) is { SaysNothing: true, HasRdf: false } && warnings.Count == 0) warnings.Add("The sidecar holds no metadata");
            // Where the photo's size matters, to some regions, the sidecar is read again beside its photo.
            Facts facts = SidecarMetadata.Read(xmp, stored: null, warnings.Count == 0 ? warnings : [], out bool isDamaged);
            answer = answer with { Warnings = warnings, Facts = isDamaged ? null : facts };
        }
        return request.Depth is VisitDepth.HashOnly || type.Kind is not (MediaKind.Image or MediaKind.Raw or MediaKind.Video)
            ? answer
            : Look(answer, request, file, stat, isHeld, type, hash, cancellationToken);
    }

    VisitAnswer Look(VisitAnswer answer, VisitRequest request, SafeFileHandle file, FileStat stat, bool isHeld, MediaType type, ContentHash hash, CancellationToken cancellationToken)
    {
        // A child process reads the same open file, whatever its name is made of.
        string link = $"/proc/{Environment.ProcessId}/fd/{(int)file.DangerousGetHandle()}";
        using Stream original = isHeld ? new UnmanagedMemoryStream(_buffer, stat.SizeInBytes) : new FileStream(link, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 64 * 1024);
        EmbeddedReading reading = _metadata.ReadAsync(original, type, link, cancellationToken).GetAwaiter().GetResult();
        type = reading.Type;
        answer = answer with { Kind = type.Kind.ToString().ToLowerInvariant(), Mime = type.Mime, Facts = type.Kind is MediaKind.Audio ? null : reading.Facts, Warnings = reading.Warnings };
        if (type.Kind is MediaKind.Audio) return answer;

        if (request.Depth is VisitDepth.WithoutDecoding) return answer;
        if (!request.Remake && FromCache(hash) is { } found) return answer with { Made = found };
        try
        {
            using Vips.Picture picture = Decode(type, file, link, stat, isHeld, reading.Facts);
            return answer with { Made = Make(picture, hash) };
        }
        catch (PictureException error)
        {
            return answer with { DecodeFault = error.Message };
        }
        catch (IOException error)
        {
            return answer with { End = VisitEnd.CacheFailed, Fault = error.Message };
        }
    }

    /// <summary>The one decode, at the size of the largest small version. What libvips will not open is tried with ffmpeg.</summary>
    Vips.Picture Decode(MediaType type, SafeFileHandle file, string link, FileStat stat, bool isHeld, Facts facts)
    {
        int side = DerivativeKind.All[0].LongestSideInPixels;
        if (type.Kind is MediaKind.Video) return FromFrame(Frame.Of(link, facts.Duration, side), side);

        // A descriptor of its own: libvips moves its position.
        using SafeFileHandle? again = isHeld ? null : File.OpenHandle($"/proc/self/fd/{(int)file.DangerousGetHandle()}");
        using Vips.Source source = again is null ? Vips.FromMemory(_buffer, stat.SizeInBytes) : Vips.FromFile((int)again.DangerousGetHandle());
        try
        {
            Vips.Header header = Vips.HeaderOf(source);
            if ((long)header.Width * header.Height > megapixelLimit * 1_000_000L)
                throw new PictureException($"It announces {header.Width} x {header.Height} pixels, more than the limit of {megapixelLimit} megapixels");
            return Vips.Shrink(source, header, side);
        }
        catch (PictureException error) when (Frame.MayRead(type.Mime))
        {
            try
            {
                return FromFrame(Frame.Of(link, null, side), side);
            }
            catch (PictureException)
            {
                throw error;
            }
        }
    }

    static Vips.Picture FromFrame(byte[] png, int side)
    {
        fixed (byte* bytes = png)
        {
            using Vips.Source source = Vips.FromMemory(bytes, png.Length);
            return Vips.Shrink(source, Vips.HeaderOf(source), side);
        }
    }

    List<MadeDerivative> Make(Vips.Picture picture, ContentHash hash)
    {
        List<MadeDerivative> made = [];
        foreach (DerivativeKind kind in DerivativeKind.All)
        {
            bool isLargest = kind == DerivativeKind.All[0];
            Vips.Picture smaller = isLargest ? picture : Vips.Shrink(picture, kind.LongestSideInPixels);
            try
            {
                byte[] bytes = kind.Encode(smaller, settings);
                store.Put(hash, kind, bytes);
                made.Add(new(kind.Name, kind.Recipe, bytes.Length));
            }
            finally
            {
                if (!isLargest) smaller.Dispose();
            }
        }
        return made;
    }

    /// <summary>What was made before of the same bytes, when all of it is there.</summary>
    List<MadeDerivative>? FromCache(ContentHash hash)
    {
        List<MadeDerivative> found = [];
        foreach (DerivativeKind kind in DerivativeKind.All)
        {
            if (store.Find(hash, kind) is not { } bytes) return null;
            found.Add(new(kind.Name, kind.Recipe, bytes.Length));
        }
        return found;
    }

    /// <summary>Reads a whole file into the buffer, hashing on the way.</summary>
    ContentHash Hold(SafeFileHandle file, long length, Throttle throttle)
    {
        if (length > _capacity) Resize(length);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long at = 0; at < length;)
        {
            Span<byte> part = new(_buffer + at, (int)Math.Min(ChunkInBytes, length - at));
            int read = RandomAccess.Read(file, part, at);
            if (read == 0) break;
            hash.AppendData(part[..read]);
            at += read;
            throttle.Wait(at);
        }
        return ContentHash.FromBytes(hash.GetHashAndReset());
    }

    ContentHash HashThrough(SafeFileHandle file, long length, Throttle throttle, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> part = new(_buffer, ChunkInBytes);
        for (long at = 0; at < length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read = RandomAccess.Read(file, part, at);
            if (read == 0) break;
            hash.AppendData(part[..read]);
            at += read;
            throttle.Wait(at);
        }
        return ContentHash.FromBytes(hash.GetHashAndReset());
    }

    void Resize(long capacity)
    {
        // Not reallocated: what it holds is of no use any more.
        NativeMemory.Free(_buffer);
        _buffer = (byte*)NativeMemory.Alloc((nuint)capacity);
        _capacity = capacity;
    }

    public void Dispose()
    {
        _metadata.Dispose();
        NativeMemory.Free(_buffer);
    }
}
