using System.Diagnostics;
using System.Security.Cryptography;
using Albumen.Derivatives;

namespace Albumen.Tests.Derivatives;

public sealed class VisitorTests : IDisposable
{
    readonly Studio _studio = new();

    public void Dispose() => _studio.Dispose();

    [Fact]
    public void Small_versions_stand_upright_however_the_camera_was_held()
    {
        string upright = _studio.Quarters("1.jpg", 600, 400);
        // EXIF 0x0112: what must be done to the upright picture to store it so.
        string[][] stored = [[], ["flip", "horizontal"], ["rot", "d180"], ["flip", "vertical"], ["rot", "d90", "flip", "horizontal"], ["rot", "d270"], ["rot", "d270", "flip", "horizontal"], ["rot", "d90"]];
        for (int orientation = 1; orientation <= 8; orientation++)
        {
            string name = $"{orientation}.jpg", from = upright;
            for (int step = 0; step < stored[orientation - 1].Length; step += 2)
            {
                string to = _studio[$"{orientation}-{step}.v"];
                Studio.Run("vips", stored[orientation - 1][step], from, to, stored[orientation - 1][step + 1]);
                from = to;
            }
            if (orientation > 1) Studio.Run("vips", "copy", from, $"{_studio[name]}[Q=95,strip]");
            Studio.Run("exiftool", "-q", "-n", "-overwrite_original", $"-Orientation={orientation}", _studio[name]);

            VisitAnswer answer = _studio.Visit(name);

            string preview = _studio.PathOf(answer, "preview");
            Assert.Equal("600 400 3", Studio.Shape(preview));
            Assert.Equal("320 213 3", Studio.Shape(_studio.PathOf(answer, "thumbnail")));
            Assert.Equal("red green blue white", Colours(preview));
        }
    }

    [Theory]
    [InlineData("a.jpg", 5000, 2500, "2048 1024 3", "320 160 3")]
    [InlineData("a.png", 2500, 5000, "1024 2048 3", "160 320 3")]
    [InlineData("a.jpg", 1000, 500, "1000 500 3", "320 160 3")]
    [InlineData("a.png", 100, 50, "100 50 3", "100 50 3")]
    public void Small_versions_keep_the_shape_and_are_never_enlarged(string name, int width, int height, string preview, string thumbnail)
    {
        Studio.Run("vips", "black", _studio[name], $"{width}", $"{height}", "--bands", "3");

        VisitAnswer answer = _studio.Visit(name);

        Assert.Equal((preview, thumbnail), (Studio.Shape(_studio.PathOf(answer, "preview")), Studio.Shape(_studio.PathOf(answer, "thumbnail"))));
        Assert.Equal((width, height), (answer.Facts!.Width, answer.Facts.Height));
    }

    [Fact]
    public void Sixteen_bits_and_the_colours_of_a_printer_become_those_of_a_screen()
    {
        string quarters = _studio.Quarters("q.png", 400, 300);
        Studio.Run("vips", "colourspace", quarters, _studio["rgb16.png"], "rgb16");
        Studio.Run("vips", "icc_export", quarters, _studio["print.tif"], "--output-profile", "cmyk");
        Studio.Run("vips", "icc_export", quarters, _studio["print.jpg"], "--output-profile", "cmyk");

        foreach (string name in (string[])["rgb16.png", "print.tif", "print.jpg"])
        {
            string preview = _studio.PathOf(_studio.Visit(name), "preview");
            Assert.Equal("400 300 3", Studio.Shape(preview));
            // No ink is as green as a screen.
            Assert.Matches(name == "rgb16.png" ? "^red green blue white$" : "^red .* blue white$", Colours(preview));
        }
    }

    [Fact]
    public void A_wide_gamut_is_converted_and_not_just_relabelled()
    {
        Studio.Run("vips", "icc_transform", _studio.Quarters("q.png", 400, 300), _studio["wide.png"], "p3", "--input-profile", "srgb");
        Assert.InRange(Studio.Pixel(_studio["wide.png"], 0.75, 0.25)[0], 80, 150);

        int[] green = Studio.Pixel(_studio.PathOf(_studio.Visit("wide.png"), "preview"), 0.75, 0.25);

        Assert.True(green[0] < 30 && green[1] > 240 && green[2] < 30, string.Join(' ', green));
    }

    [Fact]
    public void What_is_clear_is_white_in_a_preview_and_clear_in_a_thumbnail()
    {
        Studio.Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=red@0.0:400x300,format=rgba", "-frames:v", "1", _studio["clear.png"]);

        VisitAnswer answer = _studio.Visit("clear.png");

        Assert.All(Studio.Pixel(_studio.PathOf(answer, "preview"), 0.5, 0.5), value => Assert.InRange(value, 250, 255));
        Assert.Equal("320 240 4", Studio.Shape(_studio.PathOf(answer, "thumbnail")));
    }

    [Fact]
    public void Small_versions_tell_nothing_of_place_person_or_camera()
    {
        _studio.Quarters("a.jpg", 600, 400);
        Studio.Run("exiftool", "-q", "-overwrite_original", "-GPSLatitude=47.1", "-GPSLatitudeRef=N", "-Make=Canon", "-Artist=Anna", "-XMP:Title=Secret", "-IPTC:Keywords=Secret", "-Comment=Secret", _studio["a.jpg"]);

        VisitAnswer answer = _studio.Visit("a.jpg");

        foreach (string kind in (string[])["preview", "thumbnail"])
        {
            string tags = Studio.Run("exiftool", "-G0", "-s", "-a", _studio.PathOf(answer, kind));
            Assert.DoesNotMatch(@"\[(EXIF|XMP|IPTC|ICC_Profile|Photoshop)\]", tags);
            Assert.DoesNotContain("Secret", tags);
        }
        Assert.Equal("Canon", answer.Facts!.Camera!.Make);
    }

    [Fact]
    public void More_pixels_than_allowed_are_not_decoded()
    {
        using Studio studio = new(megapixelLimit: 1);
        Studio.Run("vips", "black", studio["a.png"], "2000", "1000");

        VisitAnswer answer = studio.Visit("a.png");

        Assert.Equal(VisitEnd.Read, answer.End);
        Assert.Contains("2000 x 1000 pixels, more than the limit of 1 megapixels", answer.DecodeFault);
        Assert.Empty(answer.Made);
    }

    [Theory]
    [InlineData("jpg", 0.02)]
    [InlineData("png", 0.5)]
    [InlineData("tif", 0.5)]
    [InlineData("webp", 0.5)]
    public void A_file_cut_short_is_an_original_all_the_same(string extension, double left)
    {
        string file = _studio.Quarters($"a.{extension}", 600, 400);
        byte[] bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..(int)(bytes.Length * left)]);

        VisitAnswer answer = _studio.Visit($"a.{extension}");

        Assert.Equal((VisitEnd.Read, 64), (answer.End, answer.Hash!.Length));
        Assert.True(answer.DecodeFault is not null || answer.Made.Count == 2);
    }

    [Fact]
    public void A_clip_shows_a_frame()
    {
        Studio.Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=red:640x360:d=1", "-pix_fmt", "yuv420p", _studio["clip.mp4"]);

        VisitAnswer answer = _studio.Visit("clip.mp4");

        Assert.Equal("video", answer.Kind);
        Assert.Equal("640 360 3", Studio.Shape(_studio.PathOf(answer, "poster")));
        Assert.True(Studio.Pixel(_studio.PathOf(answer, "poster"), 0.5, 0.5)[0] > 200);
    }

    [Fact]
    public void A_picture_of_code_is_never_rendered()
    {
        File.WriteAllText(_studio["a.jpg"], "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>");

        Assert.Empty(_studio.Visit("a.jpg").Made);
    }

    [Fact]
    public void What_the_cache_has_whole_is_not_made_again()
    {
        Studio.Run("vips", "black", _studio["a.png"], "100", "100");
        string preview = _studio.PathOf(_studio.Visit("a.png"), "preview");
        DateTime old = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(preview, old);

        _studio.Visit("a.png");
        Assert.Equal(old, File.GetLastWriteTimeUtc(preview));

        File.WriteAllBytes(preview, File.ReadAllBytes(preview)[..^1]);
        _studio.Visit("a.png");
        Assert.True(new Preview().IsWhole(File.ReadAllBytes(preview)));

        File.SetLastWriteTimeUtc(preview, old);
        _studio.Visit("a.png", outdated: true);
        Assert.NotEqual(old, File.GetLastWriteTimeUtc(preview));
    }

    [Fact]
    public void A_cache_that_takes_no_files_is_not_the_photos_fault()
    {
        Studio.Run("vips", "black", _studio["a.png"], "100", "100");
        Directory.Delete(Path.Combine(_studio.Folder, "cache/derivatives"));
        File.WriteAllText(Path.Combine(_studio.Folder, "cache/derivatives"), "in the way");

        Assert.Equal(VisitEnd.CacheFailed, _studio.Visit("a.png").End);
    }

    [Fact]
    public void Something_else_in_the_place_of_a_small_version_is_not_the_photos_fault()
    {
        Studio.Run("vips", "black", _studio["a.png"], "100", "100");
        string preview = _studio.PathOf(_studio.Visit("a.png"), "preview");
        File.Delete(preview);
        Directory.CreateDirectory(preview);

        Assert.Equal(VisitEnd.CacheFailed, _studio.Visit("a.png").End);
    }

    [Fact]
    public void What_is_not_there_is_gone_and_a_volume_that_is_not_there_is_away()
    {
        Assert.Equal(VisitEnd.Gone, _studio.Visit("nowhere.jpg").End);
        using Visitor visitor = new(_studio.Store, new(), new Darkroom(100, _studio["heavy.lock"]));
        Assert.Equal(VisitEnd.VolumeGone, visitor.Read(new("/nowhere", "a.jpg"u8.ToArray(), VisitDepth.Everything), TestContext.Current.CancellationToken).End);
    }

    [Fact]
    public void Within_a_large_file_the_rate_holds_too_and_the_hash_is_the_same()
    {
        byte[] bytes = new byte[4_000_000];
        new Random(1850).NextBytes(bytes);
        File.WriteAllBytes(_studio["large.bin"], bytes);
        using Visitor visitor = new(_studio.Store, new(), new Darkroom(100, _studio["heavy.lock"]));
        long started = Stopwatch.GetTimestamp();

        VisitAnswer answer = visitor.Read(new(_studio.Folder, "large.bin"u8.ToArray(), VisitDepth.HashOnly) { BytesPerSecond = 4_000_000, FromDisk = true }, TestContext.Current.CancellationToken);

        Assert.Equal((VisitEnd.Read, Convert.ToHexStringLower(SHA256.HashData(bytes))), (answer.End, answer.Hash));
        Assert.True(Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(0.75));
    }

    static string Colours(string file) => string.Join(' ', new[] { (0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75) }.Select(at => Studio.Pixel(file, at.Item1, at.Item2) switch
    {
        [> 170, < 110, < 110] => "red",
        [< 120, > 130, < 130] => "green",
        [< 110, < 110, > 110] => "blue",
        [> 235, > 235, > 235] => "white",
        int[] other => string.Join(',', other),
    }));
}
