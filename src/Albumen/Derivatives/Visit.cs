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
/// <param name="Stillness">What must hold of the file before it is read; null when it is read in any case.</param>
sealed record VisitRequest(string Root, byte[] Path, VisitDepth Depth, Stillness? Stillness = null)
{
    /// <summary>Stills that lie in the cache by an older recipe, by the names of their kinds.</summary>
    public IReadOnlyList<string> Outdated { get; init; } = [];

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
    public Analysis? Analysis { get; init; }
    /// <summary>What else can be made of it, and of which kinds it needs none.</summary>
    public IReadOnlyList<LaterDerivative> Later { get; init; } = [];
    /// <summary>The name promises media and the bytes are none.</summary>
    public bool IsUnrecognised { get; init; }
    /// <summary>Why no small versions could be made.</summary>
    public string? DecodeFault { get; init; }
    /// <summary>Why the picture may be the wrong one.</summary>
    public string? Doubt { get; init; }
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
/// <param name="Formats">What it makes pictures of, and what not.</param>
sealed record Greeting(string Decoders, IReadOnlyList<string> Missing, IReadOnlyList<ReadableFormat> Formats, string? Refused = null);

/// <summary>
/// One visit to a file, in a worker process: its bytes are read once, and from them come the SHA-256, the metadata and, by one decode, every
/// small version. Files up to 32 MiB are held in memory for that; of larger ones the kernel's page cache serves the second look.
/// </summary>
sealed unsafe class Visitor(DerivativeStore store, DerivativeSettings settings, Darkroom darkroom) : IDisposable
{
    const int LargestInMemory = 32 << 20;
    const int UsualInMemory = 8 << 20;
    const int ChunkInBytes = 1 << 20;
    const string OnlySound = "there is only sound in it";
    const long MuchGarbage = 48 << 20;

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
            // What a large picture left behind is not kept for the next one.
            if (GC.GetTotalMemory(forceFullCollection: false) > MuchGarbage) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
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
        if ((settings.Svg && type.Mime == "image/svg+xml") || (settings.Pdf && type.Mime == "application/pdf")) type = type with { Kind = MediaKind.Image };
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
        if (type.Kind is MediaKind.Audio) return type.Claimed is MediaKind.Audio ? answer : answer with { DecodeFault = OnlySound };

        if (request.Depth is VisitDepth.WithoutDecoding) return answer;
        StillKind[] stills = [.. StillKind.Stills.Where(k => k.Suits(type, reading.Facts))];
        try
        {
            bool isAnimated = isHeld && Animated.Is(new(_buffer, (int)Math.Min(stat.SizeInBytes, Animated.HeadLength)), type.Mime);
            answer = answer with { Later = Later(new(type, reading.Facts, null, isAnimated), hash) };
            if (FromCache(answer, hash, stills, request.Outdated) is { } found)
                return type.Kind is MediaKind.Video ? found with { Later = Later(new(type, reading.Facts, ClipStream.Of(link), false), hash) } : found;
            if (type.Kind is MediaKind.Video) return LookAtClip(answer, link, hash, stills, type, reading.Facts);
            Original source = new(isHeld ? _buffer : null, original, link, type, reading.Facts, reading.Hints);
            _ = Vips.TakeComplaint();
            using Vips.Picture picture = darkroom.Develop(source, stills[0].LongestSideInPixels);
            Rendered rendered = Vips.TakeComplaint() is { } damage
                ? Render(picture, stills) with { Doubt = $"The file is damaged, and a part of the picture may be missing ({damage})" }
                : Checked(source, picture, Render(picture, stills), stills);
            return Keep(answer, rendered, hash);
        }
        catch (PictureException error)
        {
            // Of a clip that cannot be opened both would say the same.
            return type.Kind is MediaKind.Video && answer.Warnings is [var warning, ..]
                ? answer with { DecodeFault = $"{warning} ({error.Message})", Warnings = [] }
                : answer with { DecodeFault = error.Message };
        }
        catch (IOException error)
        {
            return answer with { End = VisitEnd.CacheFailed, Fault = error.Message };
        }
    }

    /// <summary>One frame; none of what holds only sound.</summary>
    VisitAnswer LookAtClip(VisitAnswer answer, string link, ContentHash hash, StillKind[] stills, MediaType type, Facts facts)
    {
        if (ClipFrame.Of(link, facts.Duration, stills[0].LongestSideInPixels) is not { } frame) return answer with { DecodeFault = OnlySound };
        using Vips.Picture picture = Vips.FromPixels(frame.Pixels, frame.Width, frame.Height);
        return Keep(answer, Render(picture, stills), hash) with { Later = Later(new(type, facts, frame.Stream, false), hash) };
    }

    /// <summary>What may be made afterwards; what is in the cache is made already.</summary>
    IReadOnlyList<LaterDerivative> Later(Subject subject, ContentHash hash) =>
    [
        .. from kind in LaterKind.Later
           let fit = kind.FitOf(subject)
           where fit is not Fit.Unsuited
           select new LaterDerivative(kind.Name, kind.Recipe, fit is Fit.Needless, fit is Fit.Wanted ? store.LengthOf(hash, kind) : null),
    ];

    /// <summary>
    /// Holds what was made against the small picture in the file. Where they differ, or all is of one colour, another decoder is asked: if it agrees with
    /// the first, an editor has left an old small picture behind; if it agrees with the small picture, the first was wrong.
    /// </summary>
    Rendered Checked(Original original, Vips.Picture picture, Rendered rendered, StillKind[] stills)
    {
        Analysis analysis = rendered.Analysis!;
        Analysis? thumbnail = Darkroom.LookOfThumbnail(original, picture);
        if (!analysis.IsPlain && (thumbnail is null || Darkroom.AreAlike(analysis, thumbnail))) return rendered;
        using Vips.Picture? second = Darkroom.SecondOpinion(original, stills[0].LongestSideInPixels);
        if (second is null) return analysis.IsPlain ? rendered : rendered with { Doubt = "The preview does not look like the small picture in the file, and no other decoder is there to ask" };
        Analysis other = Analysis.Of(second);
        if (Darkroom.AreAlike(analysis, other) && analysis.IsPlain == other.IsPlain) return rendered;
        return !other.IsPlain && (thumbnail is null || Darkroom.AreAlike(other, thumbnail))
            ? Render(second, stills) with { Doubt = "The usual decoder made a wrong picture of it; the preview is another decoder's" }
            : rendered with { Doubt = "Two decoders make different pictures of it, and neither looks like the small picture in the file" };
    }

    Rendered Render(Vips.Picture picture, StillKind[] stills)
    {
        List<(StillKind, byte[])> files = [];
        Analysis? analysis = null;
        foreach (StillKind kind in stills)
        {
            bool isLargest = kind == stills[0];
            Vips.Picture smaller = isLargest ? picture : Vips.Shrink(picture, kind.LongestSideInPixels);
            try
            {
                byte[] bytes = kind.Encode(smaller, settings);
                files.Add((kind, bytes));
                if (isLargest) analysis = Analyse(kind, bytes);
            }
            finally
            {
                if (!isLargest) smaller.Dispose();
            }
        }
        return new(files, analysis);
    }

    /// <summary>Puts what was rendered into the cache, the doubt first: whoever finds the pictures knows of it.</summary>
    VisitAnswer Keep(VisitAnswer answer, Rendered rendered, ContentHash hash)
    {
        store.KeepDoubt(hash, rendered.Doubt);
        foreach ((StillKind kind, byte[] bytes) in rendered.Files) store.Put(hash, kind, bytes);
        return answer with { Made = [.. rendered.Files.Select(f => new MadeDerivative(f.Kind.Name, f.Kind.Recipe, f.Bytes.Length))], Analysis = rendered.Analysis, Doubt = rendered.Doubt };
    }

    /// <summary>What was made before of the same bytes, when at least the largest is there: what is smaller is made from that.</summary>
    VisitAnswer? FromCache(VisitAnswer answer, ContentHash hash, StillKind[] stills, IReadOnlyList<string> outdated)
    {
        if (Cached(stills[0]) is not { } largest) return null;
        List<MadeDerivative> found = [];
        foreach (StillKind kind in stills)
        {
            byte[] bytes = kind == stills[0] ? largest : Cached(kind) ?? Smaller(kind);
            found.Add(new(kind.Name, kind.Recipe, bytes.Length));
        }
        return answer with { Made = found, Analysis = Analyse(stills[0], largest), Doubt = store.Doubt(hash) };

        byte[]? Cached(StillKind kind) => outdated.Contains(kind.Name) ? null : store.Find(hash, kind);

        byte[] Smaller(StillKind kind)
        {
            using Vips.Picture picture = Vips.Shrink(largest, kind.LongestSideInPixels);
            byte[] bytes = kind.Encode(picture, settings);
            store.Put(hash, kind, bytes);
            return bytes;
        }
    }

    /// <summary>Of a photo by its preview; of a clip it would only tell whether one of its frames is sharp.</summary>
    static Analysis? Analyse(StillKind largest, byte[] bytes) => largest is Poster ? null : Analysis.Of(bytes);

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

/// <summary>The small versions of one picture, not yet in the cache.</summary>
/// <param name="Analysis">Null of clips.</param>
/// <param name="Doubt">Why it may be the wrong picture.</param>
sealed record Rendered(IReadOnlyList<(StillKind Kind, byte[] Bytes)> Files, Analysis? Analysis, string? Doubt = null);
