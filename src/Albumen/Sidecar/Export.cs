using System.Data.Common;
using System.Formats.Tar;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Sidecar;

/// <summary>
/// Everything that is not an original, as one tar stream: the layer's files, all sidecars, an index for programs and one for people. FORMAT.md describes the
/// layout. Nothing is held but one folder's sidecars at a time.
/// </summary>
/// <param name="spoolFolder">For the index while it is made: a tar entry says its length first.</param>
public sealed class Export(Database catalog, LayerFiles layer, Volumes volumes, SidecarFiles files, WorkerPool workers, string spoolFolder, TimeProvider clock)
{
    const int AssetsPerQuery = 500, MostLeftOut = 1000;

    static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The first file, by which an export is known.</summary>
    public const string Mark = "export.json";

    /// <summary>The last file: it is missing where an export broke off.</summary>
    public const string Report = "report.json";

    public async Task WriteAsync(Stream output, CancellationToken cancellationToken)
    {
        List<(string What, string Why)> leftOut = [];
        long sidecars = 0, left = 0;
        DateTimeOffset made = clock.GetUtcNow();
        await using TarWriter tar = new(output, TarEntryFormat.Pax, leaveOpen: true);
        await AddAsync(Mark, """{"albumen_export":1}"""u8.ToArray());
        await AddAsync("README.txt", Encoding.UTF8.GetBytes(Readme));

        foreach ((string stem, AppendFile file, long length) in layer.Growing())
        {
            await using Stream lines = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            await AddStreamAsync($"layer/{stem}.jsonl", new Beginning(lines, length));
        }
        foreach ((string name, byte[] bytes) in LayerDocuments.Make(catalog)) await AddAsync($"layer/{name}", bytes);

        ExportSidecars all = new(catalog, volumes, files, workers, (what, why) =>
        {
            left++;
            if (leftOut.Count < MostLeftOut) leftOut.Add((what, why));
        });
        await foreach (ExportedSidecar sidecar in all.ListAsync(cancellationToken))
        {
            await AddAsync(sidecar.Path, sidecar.Bytes, sidecar.ModifiedNs);
            sidecars++;
        }
        long assets = await IndexAsync();
        await AddAsync(Report, ReportOf(made, assets, sidecars, left, leftOut));

        Task AddAsync(string name, byte[] bytes, long? modifiedNs = null) => AddStreamAsync(name, new MemoryStream(bytes), modifiedNs);

        async Task AddStreamAsync(string name, Stream bytes, long? modifiedNs = null)
        {
            // Octal 0640.
            PaxTarEntry entry = new(TarEntryType.RegularFile, name) { DataStream = bytes, Mode = (UnixFileMode)0x1A0, ModificationTime = modifiedNs is { } ns ? DateTimeOffset.UnixEpoch.AddTicks(ns / 100) : made };
            await tar.WriteEntryAsync(entry, cancellationToken);
        }

        async Task<long> IndexAsync()
        {
            long[] ids = Ids();
            ExportPages pages = new();
            await using Stream index = Spool();
            foreach (long[] some in ids.Chunk(AssetsPerQuery))
                foreach (Indexed asset in Read(some))
                {
                    WriteLine(index, asset);
                    if (pages.Add(asset.Uid, JsonSerializer.Deserialize(asset.Facts, FactsJson.Default.Facts)!, [.. asset.Paths.Select(p => $"{p.Volume}/{p.Path}")]) is var (name, bytes)) await AddAsync(name, bytes);
                }
            if (pages.End() is var (last, page)) await AddAsync(last, page);
            index.Position = 0;
            await AddStreamAsync("index.jsonl", index);
            await AddAsync("index.html", pages.Front());
            return ids.Length;
        }
    }

    sealed record Indexed(string Uid, string Sha256, string Kind, string Mime, long Size, string Facts, IReadOnlyList<(string Volume, string Path)> Paths);

    /// <summary>All assets, the undated last.</summary>
    long[] Ids()
    {
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<long>("SELECT id FROM asset ORDER BY taken IS NULL, taken, uid")];
    }

    IEnumerable<Indexed> Read(long[] ids)
    {
        using Database.Reader reader = catalog.Read();
        DbConnection connection = reader.Connection;
        ILookup<long, (string, string)> paths = connection.Query<(long Asset, string Volume, byte[] Folder, byte[] Name)>("""
            SELECT c.asset_id, v.name, f.path, l.name FROM content c JOIN location l ON l.content_id = c.id JOIN folder f ON f.id = l.folder_id JOIN volume v ON v.id = f.volume_id
            WHERE c.asset_id IN @ids AND l.missing_since IS NULL ORDER BY v.name, f.path, l.name
            """, new { ids }).ToLookup(p => p.Asset, p => (p.Volume, ExportPath.Of(RelativePath.FromBytes(p.Folder).Child(p.Name).Bytes)));
        Dictionary<long, Indexed> found = connection.Query<(long Id, string Uid, byte[] Hash, string Kind, string Mime, long Size, string Facts)>("""
            SELECT a.id, a.uid, c.sha256, c.kind, c.mime, c.size_in_bytes, a.facts FROM asset a JOIN content c ON c.id = a.content_id WHERE a.id IN @ids
            """, new { ids }).ToDictionary(a => a.Id, a => new Indexed(a.Uid, ContentHash.FromBytes(a.Hash).ToString(), a.Kind, a.Mime, a.Size, a.Facts, [.. paths[a.Id]]));
        return [.. ids.Where(found.ContainsKey).Select(id => found[id])];
    }

    static void WriteLine(Stream output, Indexed asset)
    {
        using Utf8JsonWriter json = new(output, Compact);
        json.WriteStartObject();
        json.WriteString("id", asset.Uid);
        json.WriteString("sha256", asset.Sha256);
        json.WriteString("kind", asset.Kind);
        json.WriteString("mime", asset.Mime);
        json.WriteNumber("size", asset.Size);
        json.WriteStartArray("paths");
        foreach ((string volume, string path) in asset.Paths)
        {
            json.WriteStartObject();
            json.WriteString("volume", volume);
            json.WriteString("path", path);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WritePropertyName("facts");
        json.WriteRawValue(asset.Facts);
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    static byte[] ReportOf(DateTimeOffset made, long assets, long sidecars, long left, List<(string What, string Why)> leftOut)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, Compact))
        {
            json.WriteStartObject();
            json.WriteString("made", made);
            json.WriteNumber("assets", assets);
            json.WriteNumber("sidecars", sidecars);
            json.WriteNumber("left_out", left);
            json.WriteStartArray("reasons");
            foreach ((string what, string why) in leftOut)
            {
                json.WriteStartObject();
                json.WriteString("what", what);
                json.WriteString("why", why);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    /// <summary>A file without a name, gone when it is closed or we are killed.</summary>
    FileStream Spool()
    {
        string path = Path.Combine(spoolFolder, $"export-{Guid.NewGuid():N}{AtomicWriter.PartialSuffix}");
        FileStream file = new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, 64 * 1024);
        File.Delete(path);
        return file;
    }

    const string Readme = """
        Everything that Albumen knows of the photos, and none of the photos.

        index.html     all photos by year, for a browser
        index.jsonl    the same for programs: one photo a line, as JSON
        xmp/           what was written into XMP sidecars, under VOLUME/PATH.xmp; beside each photo they serve any program that reads XMP
        xmp-beside/    sidecars beside originals, where xmp/ has a mirrored one of the same name
        layer/         who changed what and when (journal.jsonl), and what follows from it
        report.json    when this was made, and what could not be had

        To take it back into an empty Albumen that has the same photos:

            albumen import-layer THIS-FOLDER

        The format of each file is described in src/Albumen/Sidecar/FORMAT.md of the project, so that any program can read it.

        """;

    /// <summary>The first bytes of a file that grows.</summary>
    sealed class Beginning(Stream file, long length) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => length;
        public override long Position { get => file.Position; set => file.Position = value; }

        public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer, offset, Cut(count));
        public override int Read(Span<byte> buffer) => file.Read(buffer[..Cut(buffer.Length)]);
        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => file.ReadAsync(buffer, offset, Cut(count), cancellationToken);
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => file.ReadAsync(buffer[..Cut(buffer.Length)], cancellationToken);
        public override long Seek(long offset, SeekOrigin origin) => file.Seek(origin is SeekOrigin.End ? length + offset : offset, origin is SeekOrigin.End ? SeekOrigin.Begin : origin);
        public override void Flush() { }
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        int Cut(int count) => (int)Math.Min(count, length - file.Position);
    }
}
