using System.CommandLine;
using System.Text;

namespace Albumen.Admin;

/// <summary>
/// The configuration file of this machine. It is replaced as a whole or not at all, also in a power cut, keeps owner and permissions, and the one before
/// it is kept beside it. The daemon may not write there, so the command line does, with the rights of whoever types.
/// </summary>
sealed class ConfigurationFile
{
    const int LargestInBytes = 1 << 20;

    ConfigurationFile(string path, string root)
    {
        Path = path;
        Root = root;
        Text = TryRead(path);
        Previous = TryRead(PreviousPath);
    }

    public string Path { get; }

    /// <summary>What stands in it; null: there is none.</summary>
    public string? Text { get; }

    /// <summary>What stood in it before the last time it was replaced.</summary>
    public string? Previous { get; }

    string Root { get; }

    string PreviousPath => $"{Path}.previous";

    /// <exception cref="UsageException">The daemon is on another machine, or the file cannot be read.</exception>
    public static ConfigurationFile Of(ParseResult line)
    {
        if (Door.Remote(line) is not null) throw new UsageException("The configuration is written on the machine that albumend runs on; log in there. 'albumen config show' and 'check' work with --url.");
        string root = Door.RootOf(line), path = System.IO.Path.Combine(root, "etc/albumen/albumen.yaml");
        // A link leads to where it is kept, and stays one.
        return new(new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path, root);
    }

    /// <summary>A file that somebody names, or standard input.</summary>
    /// <exception cref="UsageException">It cannot be read.</exception>
    public static string ReadGiven(string file)
    {
        if (file is "-") return Console.In.ReadToEnd();
        return TryRead(file) ?? throw new UsageException($"There is no file {file}.");
    }

    /// <returns>The exit code; what happened was said.</returns>
    public int Replace(string text, bool asJson, Screen screen)
    {
        string unfinished = $"{Path}.new", kept = $"{PreviousPath}.new";
        bool isInPlace = false;
        try
        {
            if (TryRead(Path) != Text) throw new IOException($"{Path} was changed meanwhile by somebody else.");
            // Both lie there whole before either gets its name: a full disk loses neither.
            if (Text is not null) Write(kept, Text);
            Write(unfinished, text);
            if (Text is not null) File.Move(kept, PreviousPath, overwrite: true);
            File.Move(unfinished, Path, overwrite: true);
            isInPlace = true;
            Disk.Sync(Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            TryDelete(unfinished);
            TryDelete(kept);
            screen.Error($"{error.Message} {(isInPlace ? "It is in place, and a power cut could still lose it." : "Nothing was put in place.")}{(error is UnauthorizedAccessException ? " Use sudo." : "")}");
            return Exit.Failed;
        }
        if (!asJson) screen.Say($"{Path} was replaced; what it was is in {PreviousPath} (albumen config revert). It counts when albumend is started again. "
            + $"Type: {(Root == "/" ? "sudo systemctl reload albumen" : $"albumend --root {Root} run")}");
        return Exit.Done;
    }

    /// <summary>As the present one is owned, and on the disk before it gets its name.</summary>
    void Write(string file, string text)
    {
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.Delete(file);
        using (FileStream stream = new(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private | UnixFileMode.GroupRead }))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            if (File.Exists(Path)) Disk.MakeLike(file, Path);
            stream.Flush(flushToDisk: true);
        }
    }

    static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It could not be written either.
        }
    }

    static string? TryRead(string file)
    {
        try
        {
            if (!File.Exists(file)) return null;
            if (new FileInfo(file).Length > LargestInBytes) throw new UsageException($"{file} is larger than 1 MiB, which no configuration needs.");
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"Cannot read {file}: {error.Message}");
        }
    }
}
