namespace Albumen.Benchmarks;

/// <summary>A temporary folder that is gone afterwards, and where the repository lies.</summary>
sealed class Workplace : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("albumen-bench-").FullName;

    /// <summary>The folder with the Makefile.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The picture set that lies beside the repository on some machines; null elsewhere.</summary>
    public static string? Corpus { get; } =
        (Environment.GetEnvironmentVariable("ALBUMEN_CORPUS") ?? Path.Combine(Repository, "../shared/corpus")) is var folder && File.Exists(Path.Combine(folder, "make-library.py"))
            ? Path.GetFullPath(folder) : null;

    /// <summary>Other users may look into it: Apache reads as www-data.</summary>
    public Workplace() => File.SetUnixFileMode(Folder, (UnixFileMode)0x1ED);

    public string Make(string name) => Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    static string FindRepository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Albumen.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new BenchmarkException("The benchmarks must lie inside the repository.");
    }
}
