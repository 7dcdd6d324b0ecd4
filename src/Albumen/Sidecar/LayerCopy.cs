using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Sidecar;

/// <summary>
/// The copy of the layer that a volume carries in <c>.albumen/layer</c>, so that the library can be taken elsewhere whole. The files that grow stand there in
/// parts, of which only the last one changes. A layer that has something which is not known here belongs to somebody and is never written over.
/// </summary>
public sealed class LayerCopy(Volume volume, Database catalog, LayerFiles layer, SidecarFiles files)
{
    const int BytesPerPart = 8 << 20;

    // What lies there, by name, and the SHA-256 of its bytes.
    readonly Dictionary<string, (FileStat Stat, string Hash)> _known = [];
    bool _isOurs;

    public Volume Volume => volume;

    /// <summary>Operations and names in the volume's layer that are not known here, as long as there are any.</summary>
    public long Strange { get; private set; }

    /// <summary>Brings the copy up to date.</summary>
    /// <returns>Null when all is well, else what is not.</returns>
    /// <exception cref="IOException">The volume cannot be read.</exception>
    public async Task<string?> WriteAsync(IReadOnlyList<(string Name, byte[] Bytes)> documents, CancellationToken cancellationToken)
    {
        using VolumeFiles there = new(volume.Settings.Path);
        Dictionary<string, FileStat> lies = Lies(there);
        if (!_isOurs && (Strange = CountStrange(there, lies.Keys)) > 0) return null;
        _isOurs = true;
        foreach ((string stem, AppendFile file, long length) in layer.Growing())
        {
            int number = 0;
            foreach (byte[] part in LayerFiles.Parts(file, length, BytesPerPart))
                if (await PutAsync($"{stem}-{++number:D6}.jsonl", part) is { } fault) return fault;
            // Parts of a journal that was longer: of an older state that was put back.
            foreach (string name in lies.Keys.Where(name => IsPart(name, stem) && string.CompareOrdinal(name, $"{stem}-{number:D6}.jsonl") > 0))
                _ = await files.RemoveAsync(volume, ScribeRules.LayerFolder.Child(Encoding.UTF8.GetBytes(name)), isMirror: false, ContentHash.Parse(HashOf(there, name, lies[name])), cancellationToken);
        }
        foreach ((string name, byte[] bytes) in documents)
            if (await PutAsync(name, bytes) is { } fault) return fault;
        return null;

        async Task<string?> PutAsync(string name, byte[] bytes)
        {
            string hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
            FileStat? expected = lies.TryGetValue(name, out FileStat stat) ? stat : null;
            if (expected is not null && HashOf(there, name, stat) == hash) return null;
            switch ((await files.WriteLayerAsync(volume, [(name, expected, bytes)], cancellationToken))[0])
            {
                case WriteResult.Written { Stat: var written }:
                    _known[name] = (written, hash);
                    return null;
                case WriteResult.Failed { Message: var message }:
                    return message;
                default:
                    return $"Somebody else writes {name} in {volume.Settings.Path}/{ScribeRules.LayerFolder}.";
            }
        }
    }

    /// <summary>The layer's files that lie in a volume.</summary>
    static Dictionary<string, FileStat> Lies(VolumeFiles there)
    {
        try
        {
            return there.List(ScribeRules.LayerFolder, out _).Where(e => e.IsFile)
                .Select(e => (Name: RelativePath.Show(e.Name), e.Stat)).ToDictionary(e => e.Name, e => e.Stat);
        }
        catch (FileFault fault) when (fault.IsGone)
        {
            return [];
        }
    }

    string HashOf(VolumeFiles there, string name, FileStat stat)
    {
        if (_known.TryGetValue(name, out (FileStat Stat, string Hash) known) && known.Stat.Equals(stat)) return known.Hash;
        using SafeFileHandle file = there.OpenRead(ScribeRules.LayerFolder.Child(Encoding.UTF8.GetBytes(name)), out FileStat now);
        string made = ContentHash.Of(file).ToString();
        _known[name] = (now, made);
        return made;
    }

    long CountStrange(VolumeFiles there, IEnumerable<string> names)
    {
        long strange = 0;
        using Database.Reader reader = catalog.Read();
        foreach (string name in names.Order(StringComparer.Ordinal))
        {
            bool isJournal = IsPart(name, "journal");
            if (!isJournal && !IsPart(name, "names")) continue;
            foreach (byte[] line in Lines(there, name))
                if (Text(line, isJournal ? "id" : "asset") is { } id && !reader.Connection.ExecuteScalar<bool>(
                    isJournal ? "SELECT EXISTS (SELECT 1 FROM operation WHERE id = @id)" : "SELECT EXISTS (SELECT 1 FROM kept_name WHERE asset = @id)", new { id })) strange++;
        }
        return strange;
    }

    static IEnumerable<byte[]> Lines(VolumeFiles there, string name)
    {
        using SafeFileHandle file = there.OpenRead(ScribeRules.LayerFolder.Child(Encoding.UTF8.GetBytes(name)), out _);
        byte[] chunk = new byte[64 * 1024];
        MemoryStream line = new();
        long at = 0;
        for (int read; (read = RandomAccess.Read(file, chunk, at)) > 0; at += read)
            for (int from = 0; from < read;)
            {
                int end = Array.IndexOf(chunk, (byte)'\n', from, read - from);
                // What cannot be a line of ours is not held whole.
                if (line.Length < BytesPerPart * 8L) line.Write(chunk, from, (end < 0 ? read : end) - from);
                if (end < 0) break;
                yield return line.ToArray();
                line.SetLength(0);
                from = end + 1;
            }
    }

    /// <summary>Null when the line makes no sense.</summary>
    static string? Text(byte[] line, string property)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            return json.RootElement.TryGetProperty(property, out JsonElement value) ? value.GetString() : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    static bool IsPart(string name, string stem) => name.StartsWith(stem, StringComparison.Ordinal) && name.EndsWith(".jsonl", StringComparison.Ordinal);
}
