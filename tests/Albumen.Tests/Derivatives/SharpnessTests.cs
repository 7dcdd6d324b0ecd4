using System.Text.Json;
using Albumen.Derivatives;
using Albumen.Tests.Catalog.Metadata;

namespace Albumen.Tests.Derivatives;

/// <summary>The score by which photos are called blurred, on real photos.</summary>
public sealed class SharpnessTests : IDisposable
{
    readonly Studio _studio = new();

    static string Folder => Path.Combine(Corpus.Folder, "sharpness");

    public void Dispose() => _studio.Dispose();

    [Fact]
    public void Nine_of_ten_photos_are_on_the_right_side_of_the_usual_threshold()
    {
        JsonElement expected = Expected();
        List<(string Name, bool IsBlurred, double Sharpness)> photos =
        [
            .. Names(expected, "blurred").Select(name => (name, true, Sharpness(name))),
            .. Names(expected, "sharp").Select(name => (name, false, Sharpness(name))),
        ];
        string found = string.Join('\n', photos.Select(p => $"{p.Name} {(p.IsBlurred ? "blurred" : "sharp")} {p.Sharpness}"));
        TestContext.Current.TestOutputHelper?.WriteLine(found);

        Assert.True(photos.Count(p => p.Sharpness < QualitySettings.UsualThreshold == p.IsBlurred) >= 0.9 * photos.Count, found);
    }

    [Fact]
    public void A_series_from_sharp_to_blurred_is_one_from_high_to_low()
    {
        double[] series = [.. Names(Expected(), "digikam_sharp_to_blurred").Select(Sharpness)];

        Assert.True(series.Length >= 3);
        Assert.Equal(series.OrderDescending(), series);
    }

    [Fact]
    public void The_more_a_photo_is_blurred_the_lower_is_its_score()
    {
        JsonElement expected = Expected();
        foreach (string name in Names(expected, "sharp").Concat(Names(expected, "digikam_sharp_to_blurred").Take(1)))
        {
            List<double> scores = [Sharpness(name)];
            foreach (string sigma in (string[])["1", "2", "4", "8", "16"])
            {
                Studio.Run("vips", "gaussblur", Path.Combine(Folder, name), $"{_studio["soft.jpg"]}[Q=95]", sigma);
                scores.Add(_studio.Visit("soft.jpg", outdated: true).Analysis!.Sharpness);
            }

            Assert.Equal(scores.OrderDescending(), scores);
            Assert.Equal(scores.Count, scores.Distinct().Count());
        }
    }

    double Sharpness(string name)
    {
        string copy = name.Replace('/', '-');
        File.Copy(Path.Combine(Folder, name), _studio[copy], overwrite: true);
        return _studio.Visit(copy).Analysis!.Sharpness;
    }

    static JsonElement Expected()
    {
        Assert.SkipUnless(Directory.Exists(Folder), $"There is no corpus at {Corpus.Folder}; ALBUMEN_CORPUS can name another place.");
        return JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "expected.json"))).RootElement;
    }

    static IEnumerable<string> Names(JsonElement expected, string list) => expected.GetProperty(list).EnumerateArray().Select(name => name.GetString()!);
}
