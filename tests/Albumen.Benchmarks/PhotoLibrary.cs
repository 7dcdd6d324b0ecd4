using System.Globalization;

namespace Albumen.Benchmarks;

/// <summary>Generated photos of 12 megapixels, each with bytes of its own: from the picture set beside the repository where there is one, else from noise.</summary>
static class PhotoLibrary
{
    /// <returns>One folder a part; all parts together have so many photos.</returns>
    public static string[] Make(Workplace work, int photos, int parts)
    {
        string seeds = work.Make("seeds");
        if (Workplace.Corpus is { } corpus) Command.Bash("printf '%s\\0' \"$1\"/jpeg/photos/* | head -z -n 6 | xargs -0 \"$1/bench-seeds.sh\" \"$2\"", corpus, seeds);
        else Invent(seeds);

        string[] folders = [.. Enumerable.Range(0, parts).Select(part => Path.Combine(work.Folder, $"library-{part}"))];
        for (int part = 0; part < parts; part++)
        {
            int first = photos * part / parts, count = photos * (part + 1) / parts - first;
            if (Workplace.Corpus is { } script)
                Command.Run("python3", Path.Combine(script, "make-library.py"), seeds, folders[part], "--count", $"{count}", "--first", $"{first}", "--max-seed", "20000000",
                    "--dup", "0", "--raw", "0", "--live", "0", "--video", "0", "--no-hash", "--manifest", "/dev/null");
            else Multiply(seeds, folders[part], first, count);
        }
        Directory.Delete(seeds, recursive: true);
        return folders;
    }

    /// <summary>Soft shapes under the noise of a sensor, which is what makes a photo expensive to decode.</summary>
    static void Invent(string seeds)
    {
        for (int seed = 0; seed < 4; seed++)
            Command.Bash("""
                cd "$1"
                vips perlin shapes.v 4000 3000 --cell-size 400 --seed "$2" --uchar
                vips gaussnoise noise.v 4000 3000 --mean 0 --sigma 4 --seed "$2"
                vips add shapes.v noise.v grey.v
                vips bandjoin "grey.v grey.v grey.v" sum.v
                vips cast sum.v cast.v uchar
                vips copy cast.v "seed-$2.jpg[Q=90]" --interpretation srgb
                exiftool -q -overwrite_original -DateTimeOriginal="2024:07:1$2 12:00:00" -Make=Albumen -Model=Seed -ExposureTime=1/250 -FNumber=4 -ISO=200 "seed-$2.jpg"
                rm ./*.v
                """, seeds, seed.ToString(CultureInfo.InvariantCulture));
    }

    static void Multiply(string seeds, string folder, int first, int count)
    {
        byte[][] pictures = [.. Directory.GetFiles(seeds, "*.jpg").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        for (int i = first; i < first + count; i++)
        {
            string day = Directory.CreateDirectory(Path.Combine(folder, $"{2004 + i % 20}")).FullName;
            File.WriteAllBytes(Path.Combine(day, $"IMG_{i:D5}.jpg"), JpegComment.Numbered(pictures[i % pictures.Length], i));
        }
    }
}
