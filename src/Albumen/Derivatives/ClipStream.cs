using System.Globalization;
using System.Text.RegularExpressions;
using Albumen.Native;

namespace Albumen.Derivatives;

/// <summary>What ffmpeg says of a clip when it opens it: so no other program needs to be asked what it is made of.</summary>
/// <param name="Codec">Of its pictures: <c>h264</c>, <c>hevc</c>, <c>mjpeg</c>.</param>
/// <param name="PixelFormat">As ffmpeg calls it: <c>yuv420p</c>, <c>yuv420p10le</c>.</param>
/// <param name="Transfer">Of more light than a screen has: <c>smpte2084</c> (PQ) or <c>arib-std-b67</c> (HLG); else null.</param>
/// <param name="Width">As stored, in pixels.</param>
/// <param name="Height">As stored, in pixels.</param>
/// <param name="BitsPerSecond">Of all it holds; null when it is not stated.</param>
/// <param name="AudioCodec">Null when it is silent.</param>
sealed partial record ClipStream(
    string Codec, string PixelFormat, string? Transfer, bool IsInterlaced, int Width, int Height, double? BitsPerSecond, double? FramesPerSecond, string? AudioCodec)
{
    static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    /// <summary>Asks of what a clip is made, without decoding any of it; null where there are no moving pictures.</summary>
    /// <exception cref="PictureException">ffmpeg is not there, or takes too long.</exception>
    public static ClipStream? Of(string path) => Read(Ffmpeg.Run([.. Ffmpeg.Guarded, "-i", path], TimeLimit, output => output.CopyTo(System.IO.Stream.Null)).Said);

    /// <summary>Reads what was said before the first frame; null where there are no moving pictures, such as in a recording with a cover.</summary>
    public static ClipStream? Read(string said)
    {
        int end = said.IndexOf("Stream mapping:", StringComparison.Ordinal);
        string[] lines = (end < 0 ? said : said[..end]).Split('\n');
        if (lines.Select(l => Picture().Match(l)).FirstOrDefault(m => m.Success && !m.Value.Contains("(attached pic)", StringComparison.Ordinal)) is not { } picture) return null;
        string rest = picture.Groups["rest"].Value;
        Match size = Size().Match(rest), rate = Rate().Match(said);
        string? audio = lines.Select(l => Audio().Match(l)).FirstOrDefault(m => m.Success)?.Groups[1].Value;
        return new(
            picture.Groups["codec"].Value, Format().Match(rest).Groups[1].Value,
            rest.Contains("smpte2084", StringComparison.Ordinal) ? "smpte2084" : rest.Contains("arib-std-b67", StringComparison.Ordinal) ? "arib-std-b67" : null,
            rest.Contains("top first", StringComparison.Ordinal) || rest.Contains("bottom first", StringComparison.Ordinal),
            size.Success ? int.Parse(size.Groups[1].Value, CultureInfo.InvariantCulture) : 0, size.Success ? int.Parse(size.Groups[2].Value, CultureInfo.InvariantCulture) : 0,
            rate.Success ? 1000 * double.Parse(rate.Groups[1].Value, CultureInfo.InvariantCulture) : null,
            Frames().Match(rest) is { Success: true } frames ? double.Parse(frames.Groups[1].Value, CultureInfo.InvariantCulture) : null,
            audio);
    }

    /// <summary>Whether it holds nothing but sound, as far as was said.</summary>
    public static bool IsSoundOnly(string said) => Audio().IsMatch(said) && Read(said) is null;

    [GeneratedRegex(@"^  Stream #0:\d+[^:]*: Video: (?<codec>\w+)(?<rest>.*)$")]
    private static partial Regex Picture();

    [GeneratedRegex(@"^  Stream #0:\d+[^:]*: Audio: (\w+)", RegexOptions.Multiline)]
    private static partial Regex Audio();

    // Behind the codec and its profile and tag in brackets.
    [GeneratedRegex(@", ([a-z][a-z0-9]+)(?:\(|,|$)")]
    private static partial Regex Format();

    [GeneratedRegex(@", (\d{1,6})x(\d{1,6})(?= |,|$)")]
    private static partial Regex Size();

    [GeneratedRegex(@"^  Duration: .*bitrate: (\d+) kb/s", RegexOptions.Multiline)]
    private static partial Regex Rate();

    [GeneratedRegex(@", (\d+(?:\.\d+)?) fps")]
    private static partial Regex Frames();
}
