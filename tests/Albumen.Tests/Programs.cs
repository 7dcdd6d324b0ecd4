namespace Albumen.Tests;

/// <summary>The programs under test: in <c>make test</c> those that people install, compiled ahead; otherwise those that were built with the tests.</summary>
static class Programs
{
    public static string Albumend { get; } = Find("albumend", "albumend");

    public static string Albumen { get; } = Find("albumen", "Albumen.Admin");

    static string Find(string published, string built) =>
        Environment.GetEnvironmentVariable("ALBUMEN_PROGRAMS") is { Length: > 0 } folder ? Path.Combine(folder, published) : Path.Combine(AppContext.BaseDirectory, built);
}
