using System.Security.Cryptography;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Derivatives;
using Albumen.Storage;

namespace Albumen.Tests.Derivatives;

public sealed class WorkshopTests : IDisposable
{
    readonly Studio _studio = new();

    public void Dispose() => _studio.Dispose();

    [Fact]
    public void A_proxy_plays_everywhere_and_stands_upright()
    {
        Clip("a.mov", "-c:v libx265 -x265-params log-level=none -pix_fmt yuv420p10le -tag:v hvc1 -s 2560x1440 -r 60 -c:a pcm_s16le -metadata title=Secret");

        string proxy = Make("a.mov", "proxy");

        using JsonDocument probed = JsonDocument.Parse(Studio.Run("ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_entries", "stream=codec_name,profile,pix_fmt,width,height,avg_frame_rate,color_space:format=format_name:format_tags", proxy));
        JsonElement[] streams = [.. probed.RootElement.GetProperty("streams").EnumerateArray()];
        Assert.Equal(("h264", "High", "yuv420p", 1280, 720, "30/1", "bt709"), (
            Text(streams[0], "codec_name"), Text(streams[0], "profile"), Text(streams[0], "pix_fmt"), streams[0].GetProperty("width").GetInt32(), streams[0].GetProperty("height").GetInt32(),
            Text(streams[0], "avg_frame_rate"), Text(streams[0], "color_space")));
        Assert.Equal("aac", Text(streams[1], "codec_name"));
        Assert.DoesNotContain("Secret", probed.RootElement.GetRawText());
        // The film's header comes before the film, so that it begins to play at once.
        byte[] head = File.ReadAllBytes(proxy)[..4096];
        Assert.True(head.AsSpan().IndexOf("moov"u8) is > 0 and < 64);
    }

    [Theory]
    [InlineData("a.mp4", "-c:v libx264 -pix_fmt yuv420p -s 640x360 -c:a aac", "needless")]
    [InlineData("a.mov", "-c:v libx264 -pix_fmt yuv420p -s 640x360 -an", "needless")]
    [InlineData("a.mkv", "-c:v libx264 -pix_fmt yuv420p -s 640x360 -c:a aac", "wanted")]
    [InlineData("a.mp4", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -s 1920x1080 -an", "wanted")]
    [InlineData("a.mp4", "-c:v libx264 -pix_fmt yuv422p -s 640x360 -an", "wanted")]
    [InlineData("a.mp4", "-c:v mpeg4 -s 640x360 -c:a aac", "wanted")]
    public void Only_a_clip_that_needs_it_gets_a_proxy(string name, string words, string expected)
    {
        Clip(name, words);

        LaterDerivative proxy = Assert.Single(_studio.Visit(name).Later, l => l.Kind == "proxy");

        Assert.Equal(expected, proxy.IsNeedless ? "needless" : "wanted");
    }

    [Fact]
    public void What_is_in_the_cache_is_not_wanted()
    {
        Clip("a.mkv", "-c:v libx264 -pix_fmt yuv420p -s 320x180 -an");
        string proxy = Make("a.mkv", "proxy");

        Assert.Equal(new FileInfo(proxy).Length, Assert.Single(_studio.Visit("a.mkv").Later, l => l.Kind == "proxy").SizeInBytes);
        Assert.Equal(new FileInfo(proxy).Length, Assert.Single(_studio.Visit("a.mkv", outdated: true).Later, l => l.Kind == "proxy").SizeInBytes);
    }

    [Theory]
    [InlineData("a.mp4", "-c:v libx264 -pix_fmt yuv420p -s 640x360 -an")]
    [InlineData("a.gif", "-s 640x360 -r 10 -an")]
    public void An_animation_is_a_small_webp_that_moves(string name, string words)
    {
        Clip(name, words);
        Assert.Contains(_studio.Visit(name).Later, l => l is { Kind: "animation", IsNeedless: false });

        byte[] webP = File.ReadAllBytes(Make(name, "animation"));

        Assert.True(Animated.Is(webP, "image/webp"));
        // RFC 9649, 2.7.1.1: the size of the canvas, less one.
        Assert.Equal((480, 270), (1 + (webP[24] | webP[25] << 8), 1 + (webP[27] | webP[28] << 8)));
    }

    [Fact]
    public void A_long_clip_gets_a_sheet_of_sixteen_frames()
    {
        Studio.Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=s=160x90:r=1:d=64", "-c:v", "libx264", "-g", "4", "-pix_fmt", "yuv420p", _studio["a.mp4"]);
        Assert.Contains(_studio.Visit("a.mp4").Later, l => l.Kind == "contact");

        Assert.Equal("1280 720 3", Studio.Shape(Make("a.mp4", "contact")));
    }

    [Fact]
    public void The_clip_in_a_photo_is_cut_out_byte_for_byte()
    {
        Clip("a.mp4", "-c:v libx264 -pix_fmt yuv420p -s 320x180 -an");
        _studio.Quarters("b.jpg", 64, 64);
        byte[] photo = File.ReadAllBytes(_studio["b.jpg"]), clip = File.ReadAllBytes(_studio["a.mp4"]);
        File.WriteAllBytes(_studio["b.jpg"], [.. photo, .. clip, 1, 2, 3]);

        Assert.Equal(clip, File.ReadAllBytes(Make("b.jpg", "motion", new() { Motion = new(photo.Length, clip.Length) })));
        Assert.Equal(MakeEnd.Failed, Ask("b.jpg", "motion", new() { Motion = new(photo.Length, clip.Length + 4) }).End);
    }

    [Fact]
    public void What_cannot_be_made_leaves_nothing_behind()
    {
        Clip("a.mkv", "-c:v libx264 -pix_fmt yuv420p -s 320x180 -an");
        File.WriteAllBytes(_studio["a.mkv"], File.ReadAllBytes(_studio["a.mkv"])[..300]);

        MakeAnswer answer = Ask("a.mkv", "proxy", new());

        Assert.Equal(MakeEnd.Failed, answer.End);
        Assert.DoesNotContain("/proc/", answer.Fault);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_studio.Folder, "cache"), "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }));
    }

    [Fact]
    public void Another_file_in_the_place_of_the_original_is_not_looked_at()
    {
        Clip("a.mkv", "-c:v libx264 -pix_fmt yuv420p -s 320x180 -an");
        FileInfo file = new(_studio["a.mkv"]);

        Assert.Equal(MakeEnd.Gone, new Workshop(_studio.Store).Make(new(_studio.Folder, "a.mkv"u8.ToArray(), null, new(file.Length, 0, 0, null, 0, 0), new string('0', 64), "proxy", "video", "video/x-matroska", new())).End);
        Assert.Equal(MakeEnd.Gone, new Workshop(_studio.Store).Make(new(_studio.Folder, "b.mkv"u8.ToArray(), null, default, new string('0', 64), "proxy", "video", "video/x-matroska", new())).End);
    }

    /// <summary>Half a second of a test picture and a tone.</summary>
    void Clip(string name, string words) =>
        Studio.Run("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=20:d=0.5", "-f", "lavfi", "-i", "sine=440:d=0.5", .. words.Split(' '), _studio[name]]);

    /// <returns>Where it lies.</returns>
    string Make(string name, string kind, Facts? facts = null)
    {
        MakeAnswer answer = Ask(name, kind, facts ?? new Facts { Duration = kind is "contact" ? 64 : 0.5 });
        Assert.Equal((MakeEnd.Made, null), (answer.End, answer.Fault));
        string path = _studio.Store.PathOf(HashOf(name), kind);
        Assert.Equal(answer.SizeInBytes, new FileInfo(path).Length);
        return path;
    }

    MakeAnswer Ask(string name, string kind, Facts facts)
    {
        using VolumeFiles files = new(_studio.Folder);
        files.OpenRead(RelativePath.Parse(name), out FileStat stat).Dispose();
        bool isStill = Path.GetExtension(name) is ".gif" or ".jpg";
        return new Workshop(_studio.Store).Make(new(_studio.Folder, RelativePath.Parse(name).Bytes.ToArray(), null, stat, HashOf(name).ToString(), kind, isStill ? "image" : "video", "", facts));
    }

    ContentHash HashOf(string name) => ContentHash.FromBytes(SHA256.HashData(File.ReadAllBytes(_studio[name])));

    static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
