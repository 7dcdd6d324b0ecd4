using Albumen.Derivatives;

namespace Albumen.Tests.Derivatives;

public sealed class ClipPosterTests : IDisposable
{
    readonly Studio _studio = new();

    public void Dispose() => _studio.Dispose();

    [Theory]
    [InlineData("a.mp4", "-c:v libx264 -pix_fmt yuv420p")]
    [InlineData("b.mov", "-c:v libx265 -x265-params log-level=none -pix_fmt yuv420p -tag:v hvc1")]
    [InlineData("c.mov", "-c:v prores_ks -pix_fmt yuv422p10le")]
    [InlineData("d.avi", "-c:v mjpeg -pix_fmt yuvj422p")]
    [InlineData("e.mkv", "-c:v libx264 -pix_fmt yuv444p")]
    [InlineData("f.webm", "-c:v libvpx-vp9 -pix_fmt yuva420p -deadline realtime")]
    [InlineData("g.3gp", "-c:v h263 -s 352x288")]
    [InlineData("h.mpg", "-c:v mpeg2video -q:v 2")]
    [InlineData("i.wmv", "-c:v wmv2 -q:v 2")]
    [InlineData("j.flv", "-c:v flv1 -q:v 2")]
    [InlineData("k.mts", "-c:v libx264 -flags +ilme+ildct -top 1 -f mpegts")]
    [InlineData("l.ogv", "-c:v libtheora -q:v 8")]
    [InlineData("m.mp4", "-c:v libx264 -vf crop=301:175,format=yuv444p")]
    [InlineData("n.mp4", "-c:v libx264 -pix_fmt yuv420p -frames:v 1")]
    [InlineData("o.mp4", "-c:v libx264 -pix_fmt yuv420p -movflags frag_keyframe+empty_moov")]
    public void Every_kind_of_clip_shows_its_colours(string name, string words)
    {
        Film(name, words);

        VisitAnswer answer = _studio.Visit(name);

        Assert.Equal(("video", null), (answer.Kind, answer.DecodeFault));
        AssertQuarters(_studio.PathOf(answer, "poster"));
        Assert.Equal(["poster", "thumbnail"], answer.Made.Select(m => m.Kind));
    }

    [Theory]
    [InlineData("bt709", "tv")]
    [InlineData("bt709", "pc")]
    [InlineData("smpte170m", "tv")]
    [InlineData("smpte170m", "pc")]
    public void Matrix_and_range_are_those_the_clip_states(string matrix, string range)
    {
        Film("a.mp4", $"-vf scale=out_color_matrix={matrix}:out_range={range},format=yuv420p -c:v libx264 -qp 8 -colorspace {matrix} -color_primaries bt709 -color_trc bt709 -color_range {range}");

        AssertQuarters(_studio.PathOf(_studio.Visit("a.mp4"), "poster"), within: 12);
    }

    [Theory]
    [InlineData("1:0:0:0:1:0", "320 180 3", "red green blue white")]
    [InlineData("0:1:0:-1:0:0", "180 320 3", "white red green blue")]
    [InlineData("-1:0:0:0:-1:0", "320 180 3", "blue white red green")]
    [InlineData("0:-1:0:1:0:0", "180 320 3", "green blue white red")]
    [InlineData("-1:0:0:0:1:0", "320 180 3", "green red white blue")]
    [InlineData("1:0:0:0:-1:0", "320 180 3", "white blue green red")]
    public void A_clip_stands_upright_however_it_was_held_or_mirrored(string matrix, string shape, string quarters)
    {
        Film("a.mp4", "-c:v libx264 -pix_fmt yuv420p");
        Turn("a.mp4", [.. matrix.Split(':').Select(int.Parse)]);

        string poster = _studio.PathOf(_studio.Visit("a.mp4"), "poster");

        Assert.Equal(shape, Studio.Shape(poster));
        Assert.Equal(quarters, Quarters(poster));
    }

    [Fact]
    public void Pixels_become_square()
    {
        Film("a.mp4", "-c:v libx264 -pix_fmt yuv420p -vf scale=720:576,setsar=64/45");

        Assert.Equal("1024 576 3", Studio.Shape(_studio.PathOf(_studio.Visit("a.mp4"), "poster")));
    }

    [Fact]
    public void A_poster_is_no_larger_than_a_preview()
    {
        Film("a.mp4", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -vf scale=3840:2160 -frames:v 2");

        Assert.Equal("2048 1152 3", Studio.Shape(_studio.PathOf(_studio.Visit("a.mp4"), "poster")));
    }

    [Theory]
    [InlineData("smpte2084")]
    [InlineData("arib-std-b67")]
    public void What_is_brighter_than_a_screen_is_shown_on_one(string transfer)
    {
        // White paper, as a camera would record it (ITU-R BT.2408, 2.1: 203 cd/m2).
        Film("a.mov", $"-vf zscale=tin=iec61966-2-1:pin=709:p=2020:t={transfer}:m=2020_ncl:r=tv:npl=203,format=yuv420p10le "
            + $"-c:v libx265 -x265-params log-level=none:colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc -color_primaries bt2020 -color_trc {transfer} -colorspace bt2020nc -tag:v hvc1");

        string poster = _studio.PathOf(_studio.Visit("a.mov"), "poster");

        Assert.Equal("red green blue white", Quarters(poster));
        Assert.All(Studio.Pixel(poster, 0.25, 0.75), value => Assert.InRange(value, 195, 250));
    }

    [Fact]
    public void A_clip_that_begins_in_the_dark_shows_what_comes_then()
    {
        _studio.Quarters("q.png", 640, 360);
        Studio.Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=black:640x360:d=2:r=10", "-loop", "1", "-framerate", "10", "-t", "3", "-i", _studio["q.png"],
            "-filter_complex", "[1]format=yuv420p[b];[0]format=yuv420p[a];[a][b]concat", "-pix_fmt", "yuv420p", _studio["a.mp4"]);

        AssertQuarters(_studio.PathOf(_studio.Visit("a.mp4"), "poster"));
    }

    [Theory]
    [InlineData("a.m4a", null)]
    [InlineData("a.mp4", "there is only sound in it")]
    [InlineData("a.mkv", "there is only sound in it")]
    [InlineData("a.wmv", "there is only sound in it")]
    public void What_is_only_heard_has_no_poster_and_is_a_problem_where_the_name_promises_a_clip(string name, string? fault)
    {
        Studio.Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=440:d=1", _studio[name]);

        VisitAnswer answer = _studio.Visit(name);

        Assert.Equal((VisitEnd.Read, fault), (answer.End, answer.DecodeFault));
        Assert.Empty(answer.Made);
    }

    [Fact]
    public void A_cover_is_not_the_clip()
    {
        Studio.Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=white:64x64", "-frames:v", "1", _studio["cover.png"]);
        _studio.Quarters("q.png", 320, 180);
        Studio.Run("ffmpeg", "-v", "error", "-i", _studio["cover.png"], "-loop", "1", "-t", "1", "-i", _studio["q.png"], "-map", "0", "-map", "1", "-c:v:0", "png", "-disposition:v:0", "attached_pic",
            "-c:v:1", "libx264", "-pix_fmt:v:1", "yuv420p", _studio["a.mp4"]);

        string poster = _studio.PathOf(_studio.Visit("a.mp4"), "poster");

        Assert.Equal("320 180 3", Studio.Shape(poster));
        AssertQuarters(poster);
    }

    [Theory]
    [InlineData("a.mp4", 0.5)]
    [InlineData("a.mp4", 0.01)]
    [InlineData("a.mkv", 0.005)]
    public void A_clip_cut_short_is_one_problem(string name, double left)
    {
        Film(name, "-c:v libx264 -pix_fmt yuv420p");
        byte[] bytes = File.ReadAllBytes(_studio[name]);
        File.WriteAllBytes(_studio[name], bytes[..Math.Max(64, (int)(bytes.Length * left))]);

        VisitAnswer answer = _studio.Visit(name);

        Assert.Equal(VisitEnd.Read, answer.End);
        Assert.NotNull(answer.DecodeFault);
        Assert.Empty(answer.Warnings);
        Assert.DoesNotContain("/proc/", answer.DecodeFault);
    }

    [Fact]
    public void What_ffmpeg_says_of_a_clip_is_understood()
    {
        ClipStream? stream = ClipStream.Read("""
            Input #0, mov,mp4,m4a,3gp,3g2,mj2, from '/proc/1/fd/3':
              Metadata:
                title           : Stream #0:0: Video: no (x), rgb24, 1x1
              Duration: 00:01:04.53, start: 0.000000, bitrate: 17123 kb/s
              Stream #0:0[0x1]: Video: png, rgba(pc), 64x64 [SAR 1:1 DAR 1:1], 90k tbr, 90k tbn (attached pic)
              Stream #0:1[0x2](und): Video: hevc (Main 10) (hvc1 / 0x31637668), yuv420p10le(tv, bt2020nc/bt2020/arib-std-b67, top first), 3840x2160 [SAR 1:1 DAR 16:9], 16990 kb/s, 29.97 fps, 29.97 tbr, 600 tbn (default)
              Stream #0:2[0x3](und): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, stereo, fltp, 128 kb/s (default)
            Stream mapping:
              Stream #0:1 -> #0:0 (hevc (native) -> ppm (native))
            Output #0, image2pipe, to 'pipe:1':
              Stream #0:0: Video: ppm, rgb24, 2048x1152
            """);

        Assert.Equal(new ClipStream("hevc", "yuv420p10le", "arib-std-b67", true, 3840, 2160, 17_123_000, 29.97, "aac"), stream);
    }

    /// <summary>Ten frames of quarters in red, green, blue and white.</summary>
    void Film(string name, string words)
    {
        _studio.Quarters("q.png", 320, 180);
        Studio.Run("ffmpeg", ["-v", "error", "-loop", "1", "-framerate", "25", "-t", "0.4", "-i", _studio["q.png"], .. words.Split(' '), _studio[name]]);
    }

    /// <summary>Writes the matrix of the film's track, a, b, u, c, d, v of ISO/IEC 14496-12, 8.3.2; where the picture is moved to does not matter here.</summary>
    void Turn(string name, int[] matrix)
    {
        byte[] bytes = File.ReadAllBytes(_studio[name]);
        int header = bytes.AsSpan().IndexOf("tkhd"u8) + 4 + 40;
        for (int i = 0; i < matrix.Length; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(header + 4 * i), matrix[i] << 16);
        File.WriteAllBytes(_studio[name], bytes);
    }

    static readonly (double X, double Y)[] Middles = [(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)];

    static void AssertQuarters(string file, int within = 40)
    {
        int[][] expected = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]];
        foreach ((int[] colour, (double x, double y)) in expected.Zip(Middles))
            Assert.All(Studio.Pixel(file, x, y).Zip(colour), value => Assert.InRange(value.First, value.Second - within, value.Second + within));
    }

    static string Quarters(string file) => string.Join(' ', Middles.Select(at => Studio.Pixel(file, at.X, at.Y) switch
    {
        [> 150, < 130, < 130] => "red",
        [< 150, > 150, < 150] => "green",
        [< 130, < 130, > 110] => "blue",
        [> 190, > 190, > 190] => "white",
        int[] other => string.Join(',', other),
    }));
}
