using System.Globalization;
using Albumen.Catalog.Metadata;

namespace Albumen.Derivatives;

/// <summary>A picture that moves: of an animated still its first ten seconds, of a clip three seconds without sound. WebP, at most 480 px on its longer side, in a loop.</summary>
sealed class Animation : LaterKind
{
    const int LongestSideInPixels = 480, StillSeconds = 10, ClipSeconds = 3, StillFrames = 15, ClipFrames = 8;
    const long LargestInBytes = 16 << 20;

    public override string Name => "animation";
    public override int Recipe => 1;
    public override string MediaType => "image/webp";
    public override string Extension => ".webp";

    public override MakeWhen When(DerivativeSettings settings) => settings.Animation;

    // ffmpeg does not read animated WebP; those are small as they are.
    public override Fit FitOf(Subject subject) => subject.IsAnimated ? subject.Type.Mime is "image/webp" ? Fit.Needless : Fit.Wanted : subject.Stream is not null ? Fit.Wanted : Fit.Unsuited;

    public override void Make(Workpiece work)
    {
        bool isClip = work.Subject.Type.Kind is MediaKind.Video;
        double start = isClip ? Math.Min(3, work.Subject.Duration / 10) : 0;
        ClipStream? stream = isClip ? ClipStream.Of(work.Link) : null;
        string toScreen = stream?.Transfer is { } transfer ? "," + ClipFilter.ToScreen(transfer) : "";
        Ffmpeg.RunToFile(
            [
                .. Ffmpeg.Guarded, .. start > 0 ? (string[])["-ss", start.ToString("0.###", CultureInfo.InvariantCulture)] : [], "-t", $"{(isClip ? ClipSeconds : StillSeconds)}", "-i", work.Link,
                "-map", "0:V:0", "-an", "-sn", "-dn", "-map_metadata", "-1", "-vf", $"{ClipFilter.Fit(LongestSideInPixels)},setsar=1{toScreen}", "-fpsmax", $"{(isClip ? ClipFrames : StillFrames)}",
                "-c:v", "libwebp_anim", "-quality", "70", "-compression_level", "2", "-loop", "0", "-fflags", "+bitexact", "-f", "webp",
            ], work, Limit(work.Subject), LargestInBytes);
    }
}
