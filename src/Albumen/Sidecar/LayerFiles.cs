using Albumen.Storage;

namespace Albumen.Sidecar;

/// <summary>What stands in the layer folder besides the documents: the files that only grow.</summary>
/// <param name="Journal">Counts up to what is committed.</param>
/// <param name="Names">Of the timeline.</param>
/// <param name="JournalLength">How much of the journal is committed, in bytes.</param>
public sealed record LayerFiles(AppendFile Journal, AppendFile Names, Func<long> JournalLength)
{
    /// <summary>Each with its name in the folder, and how many bytes of it count now.</summary>
    public IReadOnlyList<(string Stem, AppendFile File, long Length)> Growing() => [("journal", Journal, JournalLength()), ("names", Names, Names.Length)];

    /// <summary>Whole lines in pieces of at most <paramref name="most"/> bytes; a line that is longer is a piece by itself.</summary>
    public static IEnumerable<byte[]> Parts(AppendFile file, long length, int most)
    {
        MemoryStream part = new();
        foreach ((byte[] line, long end) in file.ReadFrom(0))
        {
            if (end > length) break;
            if (part.Length > 0 && part.Length + line.Length + 1 > most)
            {
                yield return part.ToArray();
                part.SetLength(0);
            }
            part.Write(line);
            part.WriteByte((byte)'\n');
        }
        if (part.Length > 0) yield return part.ToArray();
    }
}
