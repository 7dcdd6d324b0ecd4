using System.Globalization;

namespace Albumen.Derivatives;

/// <summary>A clip that every browser and phone plays, over slow links too: H.264 High and AAC in MP4, at most 720 lines and 30 frames a second, upright, without metadata.</summary>
sealed class Proxy : LaterKind
{
    const int ShortSideInPixels = 720, MostFramesPerSecond = 30;
    const double VideoBitsPerSecond = 2_500_000, AudioBitsPerSecond = 128_000;
    /// <summary>An original of so many bits a second is as good, if it is of this kind already.</summary>
    const double ModestBitsPerSecond = 4_000_000;

    const double LargestUnmeasuredInBytes = 7.0 * (1L << 30);

    public override string Name => "proxy";
    public override int Recipe => 1;
    public override string MediaType => "video/mp4";
    public override string Extension => ".mp4";

    public override MakeWhen When(DerivativeSettings settings) => settings.Proxy;

    public override Fit FitOf(Subject subject) => subject.Stream is not { } stream ? Fit.Unsuited : IsGoodEnough(subject, stream) ? Fit.Needless : Fit.Wanted;

    static bool IsGoodEnough(Subject subject, ClipStream stream) =>
        stream is { Codec: "h264", PixelFormat: "yuv420p" or "yuvj420p", Transfer: null, IsInterlaced: false, AudioCodec: null or "aac" or "mp3", BitsPerSecond: <= ModestBitsPerSecond }
        && Math.Min(stream.Width, stream.Height) <= ShortSideInPixels && subject.Type.Mime is "video/mp4" or "video/quicktime" or "video/x-m4v";

    /// <summary>A 4K clip of 10 bits takes ten times as long as it plays, on a small machine.</summary>
    public override TimeSpan Limit(Subject subject) => TimeSpan.FromSeconds(subject.Duration > 0 ? Math.Min(60 + 40 * subject.Duration, 12 * 3600) : 3600);

    public override void Make(Workpiece work)
    {
        ClipStream? stream = ClipStream.Of(work.Link);
        // Where nothing says how long it is, it is no larger than the original, but for what that saves by a better codec.
        double most = work.Subject.Duration > 0
            ? (VideoBitsPerSecond + AudioBitsPerSecond) / 8 * 1.3 * work.Subject.Duration + (1 << 20)
            : Math.Min(LargestUnmeasuredInBytes, 4.0 * RandomAccess.GetLength(work.Original) + (100 << 20));
        Ffmpeg.RunToFile(
            [
                .. Ffmpeg.Guarded, "-i", work.Link, "-map", "0:V:0", "-map", "0:a:0?", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1",
                "-vf", Filters(stream), "-fpsmax", $"{MostFramesPerSecond}",
                "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", "23", "-maxrate", Text(VideoBitsPerSecond), "-bufsize", Text(VideoBitsPerSecond * 2), "-threads", "2",
                // All of it is said, so that every player shows the same colours.
                "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
                "-c:a", "aac", "-b:a", Text(AudioBitsPerSecond), "-ac", "2", "-movflags", "+faststart", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-f", "mp4",
            ], work, Limit(work.Subject), (long)most);
    }

    static string Filters(ClipStream? stream)
    {
        string part = $"min(1,{ShortSideInPixels}/min(iw*sar,ih))";
        string deinterlace = stream is { IsInterlaced: true } ? "bwdif=deint=interlaced," : "", toScreen = stream?.Transfer is { } transfer ? ClipFilter.ToScreen(transfer) + "," : "";
        // H.264 has colour for every other pixel, so both sides are even.
        return $"{deinterlace}scale=w='max(2,2*round(iw*sar*{part}/2))':h='max(2,2*round(ih*{part}/2))':flags=bicubic,setsar=1,{toScreen}scale=out_color_matrix=bt709:out_range=tv,format=yuv420p";
    }

    static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
