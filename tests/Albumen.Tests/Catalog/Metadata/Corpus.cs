using System.Text.Json;

namespace Albumen.Tests.Catalog.Metadata;

/// <summary>
/// A folder of real media with a <c>truth.json</c> that other programs made, kept beside the repository (<c>../shared/corpus</c>) or where
/// <c>ALBUMEN_CORPUS</c> says. Tests that need it are skipped without it.
/// </summary>
static class Corpus
{
    public static string Folder { get; } = Find();

    public static IEnumerable<JsonElement> Files()
    {
        string truth = Path.Combine(Folder, "truth.json");
        Assert.SkipUnless(File.Exists(truth), $"There is no corpus at {Folder}; ALBUMEN_CORPUS can name another place.");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(truth));
        return [.. document.RootElement.GetProperty("files").EnumerateArray().Select(f => f.Clone())];
    }

    static string Find()
    {
        if (Environment.GetEnvironmentVariable("ALBUMEN_CORPUS") is { Length: > 0 } named) return named;
        for (DirectoryInfo? up = new(AppContext.BaseDirectory); up is not null; up = up.Parent)
            if (File.Exists(Path.Combine(up.FullName, "Albumen.slnx"))) return Path.GetFullPath(Path.Combine(up.FullName, "../shared/corpus"));
        return "../shared/corpus";
    }
}
