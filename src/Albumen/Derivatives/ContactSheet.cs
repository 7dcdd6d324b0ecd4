using System.Globalization;

namespace Albumen.Derivatives;

/// <summary>A long clip at a glance: sixteen of its frames, evenly spaced, four by four. JPEG, 1280 px wide.</summary>
sealed class ContactSheet : LaterKind
{
    const int Across = 4, WidthInPixels = 320, LongInSeconds = 60;
    const long LargestInBytes = 8 << 20;

    public override string Name => "contact";
    public override int Recipe => 1;
    public override string MediaType => "image/jpeg";
    public override string Extension => ".jpg";

    public override MakeWhen When(DerivativeSettings settings) => settings.Contact;

    public override Fit FitOf(Subject subject) => subject.Stream is not null && subject.Duration >= LongInSeconds ? Fit.Wanted : Fit.Unsuited;

    public override void Make(Workpiece work)
    {
        ClipStream? stream = ClipStream.Of(work.Link);
        string toScreen = stream?.Transfer is { } transfer ? ClipFilter.ToScreen(transfer) + "," : "";
        const int Count = Across * Across;
        // Each frame by a seek of its own, to the key frame there: what lies between is not decoded.
        IEnumerable<string> inputs = Enumerable.Range(0, Count).SelectMany(i => (IEnumerable<string>)
            [.. Ffmpeg.Guarded, "-noaccurate_seek", "-ss", (work.Subject.Duration * (i + 0.5) / Count).ToString("0.###", CultureInfo.InvariantCulture), "-t", "1", "-i", work.Link]);
        IEnumerable<string> frames = Enumerable.Range(0, Count).Select(i =>
            $"[{i}:V:0]trim=end_frame=1,setpts=0,scale=w={WidthInPixels}:h='max(2,2*round({WidthInPixels / 2}*ih/iw/sar))':flags=area,setsar=1,{toScreen}scale=out_color_matrix=bt601:out_range=pc,format=yuvj420p[f{i}];");
        string joined = string.Concat(frames) + string.Concat(Enumerable.Range(0, Count).Select(i => $"[f{i}]")) + $"concat=n={Count},tile={Across}x{Across}[sheet]";
        Ffmpeg.RunToFile([.. inputs, "-filter_complex", joined, "-map", "[sheet]", "-frames:v", "1", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-q:v", "4", "-f", "mjpeg"],
            work, Limit(work.Subject), LargestInBytes);
    }
}
