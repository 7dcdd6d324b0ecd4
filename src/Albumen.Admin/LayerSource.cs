using System.Text.RegularExpressions;

namespace Albumen.Admin;

/// <summary>A sidecar of an export.</summary>
/// <param name="Path">On the volume, as the export writes it.</param>
/// <param name="File">Where it lies now; null: it is a link, a folder of a strange kind or the like.</param>
sealed record FoundSidecar(string Volume, string Path, string? File);

/// <summary>What can be taken back: an export, the <c>.albumen/layer</c> of a volume, or the layer folder of a state. Links in it are not followed.</summary>
sealed partial class LayerSource
{
    /// <summary>A journal with a change of a million photos in one line is within it.</summary>
    const int LongestLine = 64 << 20;

    readonly string _folder;
    readonly string? _sidecars;

    /// <exception cref="UsageException">There is nothing of the kind in the folder.</exception>
    public LayerSource(string folder)
    {
        string path = System.IO.Path.GetFullPath(folder);
        if (!Directory.Exists(path)) throw new UsageException($"There is no folder {path}.");
        string[] candidates = [System.IO.Path.Combine(path, "layer"), path, System.IO.Path.Combine(path, ".albumen/layer")];
        _folder = candidates.FirstOrDefault(HasJournal)
            ?? throw new UsageException($"{path} is neither an export nor a layer: no journal.jsonl or journal-000001.jsonl lies in it. Choose a folder that 'albumen export' wrote, or .albumen/layer of a volume.");
        string sidecars = System.IO.Path.Combine(path, "xmp");
        if (File.Exists(System.IO.Path.Combine(path, ExportFolder.Mark)) && Directory.Exists(sidecars)) _sidecars = sidecars;
    }

    /// <summary>Of an export whose end is missing.</summary>
    public bool IsBrokenOff => _sidecars is not null && !File.Exists(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(_sidecars)!, ExportFolder.Report));

    /// <summary>Files whose last line was torn, so that it was left out.</summary>
    public HashSet<string> Torn { get; } = [];

    public IEnumerable<string> Journals => Files("journal");

    public IEnumerable<string> Names => Files("names");

    /// <summary>Whole lines of a file in pieces of at most some megabytes, with the number of the first one; a line that is longer comes alone.</summary>
    /// <exception cref="InvalidDataException">A line is longer than any.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public IEnumerable<(long First, int Lines, ReadOnlyMemory<byte> Bytes)> Pieces(string file)
    {
        const int MostBytes = 4 << 20, MostLines = 1000;
        using FileStream stream = File.OpenRead(file);
        byte[] chunk = new byte[128 * 1024];
        using MemoryStream piece = new();
        long first = 1, lineBegin = 0;
        int lines = 0;
        for (int length; (length = stream.Read(chunk)) > 0;)
            for (int at = 0; at < length;)
            {
                int end = Array.IndexOf(chunk, (byte)'\n', at, length - at);
                piece.Write(chunk, at, (end < 0 ? length : end + 1) - at);
                if (piece.Length - lineBegin > LongestLine) throw new InvalidDataException($"{file}, line {first + lines}: it is longer than {LongestLine >> 20} MB, and no line of a journal is. Nothing of it was taken.");
                if (end < 0) break;
                at = end + 1;
                lines++;
                if (piece.Length >= MostBytes || lines == MostLines)
                {
                    yield return (first, lines, piece.ToArray());
                    first += lines;
                    lines = 0;
                    piece.SetLength(0);
                }
                lineBegin = piece.Length;
            }
        // A line without its end was never finished, and never counted.
        if (piece.Length > lineBegin) Torn.Add(file);
        if (lines > 0) yield return (first, lines, piece.ToArray().AsMemory(0, (int)lineBegin));
    }

    /// <summary>The sidecars of an export; none of a layer alone.</summary>
    public IEnumerable<FoundSidecar> Sidecars()
    {
        if (_sidecars is null) yield break;
        Stack<string> folders = new([_sidecars]);
        while (folders.TryPop(out string? folder))
            foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderByDescending(e => e.Name, StringComparer.Ordinal))
            {
                string path = System.IO.Path.GetRelativePath(_sidecars, entry.FullName);
                int slash = path.IndexOf('/');
                if (entry.LinkTarget is not null) yield return new("", path, null);
                else if (entry is DirectoryInfo) folders.Push(entry.FullName);
                // On top lie volumes.
                else if (slash > 0) yield return new(path[..slash], path[(slash + 1)..], entry.FullName);
            }
    }

    IEnumerable<string> Files(string stem) => Directory.EnumerateFiles(_folder).Where(file => NameOf().Match(System.IO.Path.GetFileName(file)) is { Success: true } match && match.Groups[1].Value == stem)
        .Where(file => new FileInfo(file).LinkTarget is null).Order(StringComparer.Ordinal);

    static bool HasJournal(string folder) => Directory.Exists(folder) && Directory.EnumerateFiles(folder).Any(file => NameOf().Match(System.IO.Path.GetFileName(file)) is { Success: true } match && match.Groups[1].Value == "journal");

    [GeneratedRegex(@"^(journal|names)(-[0-9]{6})?\.jsonl\z")]
    private static partial Regex NameOf();
}
