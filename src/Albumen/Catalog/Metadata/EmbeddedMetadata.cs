namespace Albumen.Catalog.Metadata;

/// <param name="Type">As recognised from the beginning, corrected by what came after: an MP4 without pictures is a recording.</param>
/// <param name="Facts">Everything the file states; empty facts when it states nothing.</param>
/// <param name="Warnings">What is untidy in it, one sentence each, for the person who looks after the archive.</param>
/// <param name="Hints">For whoever decodes it.</param>
sealed record EmbeddedReading(MediaType Type, Facts Facts, IReadOnlyList<string> Warnings, PictureHints Hints);

/// <summary>
/// Reads what a photo or clip says about itself, and what an XMP sidecar says of another file. Made for a disposable worker process: one file after the other, the tools for rare
/// formats are started when first needed and kept. Untidy metadata is a warning and never an exception.
/// </summary>
sealed class EmbeddedMetadata(string ffprobe = "ffprobe", string exifTool = "exiftool") : IDisposable
{
    readonly ClipProbe _clipProbe = new(ffprobe);
    readonly ExifTool _exifTool = new(exifTool);

    /// <summary>
    /// Reads <paramref name="original"/>, the whole file, seekable, which is left open. <paramref name="path"/> is the same file for a child
    /// process, such as <c>/proc/4711/fd/9</c>.
    /// </summary>
    /// <exception cref="IOException">The original cannot be read.</exception>
    public async Task<EmbeddedReading> ReadAsync(Stream original, MediaType type, string path, CancellationToken cancellationToken)
    {
        Evidence evidence = new();
        try
        {
            ForeignBytes bytes = new(original);
            ReadContainer(bytes, type, evidence);
            if (type.Mime is "image/jpeg" or "image/heic" or "image/heif" or "image/avif") evidence.Motion = MotionVideo.Find(bytes, evidence.Xmp, hasBoxes: type.Mime is not "image/jpeg");
        }
        catch (Exception exception) when (exception is not (IOException or OutOfMemoryException))
        {
            // Our readers are written not to throw. Should one, what it found so far still counts.
            evidence.Warn($"Reading the metadata stopped: {exception.Message}");
        }
        if (type.Kind == MediaKind.Video && evidence.IsSoundOnly) type = type with { Kind = MediaKind.Audio, Mime = "audio/mp4" };
        if (type.IsClip && (evidence.DurationInSeconds is null || (type.Kind == MediaKind.Video && evidence.Width is null)))
            await _clipProbe.ReadAsync(path, type, evidence, cancellationToken);
        if (ExifTool.Suits(type)) await _exifTool.ReadAsync(path, type, evidence, cancellationToken);
        return new(type, Verdict.Of(evidence), evidence.Warnings, PictureHints.Of(evidence));
    }

    static void ReadContainer(ForeignBytes bytes, MediaType type, Evidence evidence)
    {
        switch (type.Mime)
        {
            case "image/jpeg":
                JpegSegments.Read(bytes, evidence);
                break;
            case "image/png":
                StillContainers.ReadPng(bytes, evidence);
                break;
            case "image/webp":
                StillContainers.ReadWebP(bytes, evidence);
                break;
            case "image/gif":
                StillContainers.ReadGif(bytes, evidence);
                break;
            case "image/bmp":
                StillContainers.ReadBmp(bytes, evidence);
                break;
            case "application/vnd.adobe.photoshop":
                StillContainers.ReadPsd(bytes, evidence);
                break;
            case "image/x-portable-pixmap":
                StillContainers.ReadNetpbm(bytes, evidence);
                break;
            case "image/jxl":
                StillContainers.ReadJxl(bytes, evidence);
                break;
            case "image/jp2" or "image/x-j2c":
                StillContainers.ReadJp2(bytes, evidence);
                break;
            case "image/heic" or "image/heif" or "image/avif":
                HeifItems.Read(bytes, evidence);
                break;
            case "image/x-fujifilm-raf":
                RawContainers.ReadRaf(bytes, evidence);
                break;
            case "image/x-minolta-mrw":
                RawContainers.ReadMrw(bytes, evidence);
                break;
            case "image/x-canon-cr3" or "video/mp4" or "video/quicktime" or "video/x-m4v" or "video/3gpp" or "video/3gpp2" or "audio/mp4":
                QuickTimeAtoms.Read(bytes, evidence);
                break;
            case "application/rdf+xml":
                evidence.AddXmp(bytes.Read(0, bytes.Length));
                break;
            default:
                if (type.Kind is MediaKind.Image or MediaKind.Raw && !ExifTool.Suits(type)) RawContainers.ReadTiff(bytes, type, evidence);
                break;
        }
    }

    public void Dispose() => _exifTool.Dispose();
}
