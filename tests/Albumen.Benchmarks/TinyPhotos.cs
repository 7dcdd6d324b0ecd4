using System.Globalization;

namespace Albumen.Benchmarks;

/// <summary>Many photos of a few pixels, each with bytes of its own.</summary>
static class TinyPhotos
{
    public static void Make(string folder, int photos, int perFolder)
    {
        string seed = Path.Combine(folder, "seed.jpg");
        Command.Run("vips", "black", seed, "16", "16", "--bands", "3");
        byte[] jpeg = File.ReadAllBytes(seed);
        File.Delete(seed);
        int number = 0;
        foreach (string path in Paths(photos, perFolder))
        {
            string file = Path.Combine(folder, path);
            if (number % perFolder == 0) Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, JpegComment.Numbered(jpeg, ++number));
        }
    }

    /// <summary>Below the folder, in order.</summary>
    public static IEnumerable<string> Paths(int photos, int perFolder) =>
        Enumerable.Range(0, photos).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i / perFolder:D3}/IMG_{i:D6}.JPG"));
}
