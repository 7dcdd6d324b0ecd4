using System.Globalization;

namespace Albumen.Benchmarks;

/// <summary>Many tiny files, each with bytes of its own.</summary>
static class SmallFiles
{
    public const int Usual = 100_000;

    public static void Make(string folder, int files, int folders)
    {
        DateTime longAgo = new(2024, 7, 14, 12, 0, 0, DateTimeKind.Utc);
        for (int f = 0; f < folders; f++)
        {
            string sub = Directory.CreateDirectory(Path.Combine(folder, $"folder-{f:D4}")).FullName;
            for (int i = 0; i < files / folders; i++)
            {
                string path = Path.Combine(sub, $"note-{i:D6}.txt");
                File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"{f} {i}\n"));
                File.SetLastWriteTimeUtc(path, longAgo);
            }
        }
    }
}
