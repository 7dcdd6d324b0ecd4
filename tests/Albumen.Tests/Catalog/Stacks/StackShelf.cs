using System.Diagnostics;
using System.Security.Cryptography;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;
using Albumen.Catalog.Stacks;
using Albumen.Sql;
using Albumen.Storage;
using Albumen.Tests.Storage;
using Dapper;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tests.Catalog.Stacks;

/// <summary>A shelf whose files are read for what they say of themselves, without a picture made of them, and stacked.</summary>
sealed class StackShelf : IDisposable
{
    readonly AppendFile _file;

    public StackShelf()
    {
        _file = new(Path.Combine(Shelf.Root, "stated.jsonl"));
        Journal = new(Catalog, _file, TimeSpan.Zero, TimeProvider.System);
    }

    public Shelf Shelf { get; } = new();

    public Database Catalog => Shelf.Catalog;

    public Journal Journal { get; }

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _file.Dispose();
        Shelf.Dispose();
    }

    /// <summary>A file that says this of itself. What is of one text is one photo in several places.</summary>
    public StackShelf With(string path, Facts facts, string? bytes = null)
    {
        Shelf.Write(path, bytes ?? path);
        _said[path] = facts;
        return this;
    }

    readonly Dictionary<string, Facts> _said = [];

    /// <summary>Scans, takes each waiting file as read, some hundred at a time, and stacks after each.</summary>
    public async Task<StackShelf> IndexAsync(StackSettings? rules = null)
    {
        const int PerTransaction = 200;
        using EmbeddedMetadata metadata = new();
        await Shelf.ScanAsync();
        await Catalog.WriteAsync(connection => connection.Execute("DELETE FROM job"), Cancelled);
        foreach ((long folder, byte[] path, byte[] name)[] some in Waiting().Chunk(PerTransaction))
        {
            List<Sighting> sightings = [];
            foreach ((long folder, byte[] path, byte[] name) in some) sightings.Add(await ReadAsync(metadata, folder, RelativePath.FromBytes(path), name));
            await Catalog.WriteAsync(connection => sightings.ForEach(sighting => AssetIndex.Record(connection, sighting, 0)), Cancelled);
            await StackAsync(rules);
        }
        while (await Catalog.WriteAsync(connection => AssetIndex.DescribeMoved(connection, PerTransaction, []).Count > 0, Cancelled)) { }
        await StackAsync(rules);
        return this;
    }

    /// <summary>What stacking has taken.</summary>
    public TimeSpan Stacking { get; private set; }

    public async Task StackAsync(StackSettings? rules = null)
    {
        long begun = Stopwatch.GetTimestamp();
        await new StackIndex(Catalog, Shelf.Volumes, rules ?? new()).CatchUpAsync(Cancelled);
        Stacking += Stopwatch.GetElapsedTime(begun);
    }

    /// <summary>Each stack in one line: its members by name, in the order of their roles, the one that is shown with a star; the stacks in alphabetical order.</summary>
    public string[] Stacks()
    {
        using Database.Reader reader = Catalog.Read();
        return [.. reader.Connection.Query<(string Stack, string Name, string Role, string Rule, long IsCover)>(
            "SELECT m.stack, a.name, m.role, m.rule, m.cover_id = m.asset_id FROM stack_member m JOIN asset a ON a.id = m.asset_id ORDER BY m.role, a.name")
            .GroupBy(m => m.Stack).Select(stack => string.Join(' ', stack.Select(m => $"{m.Role}:{m.Name}{(m.IsCover != 0 ? "*" : "")}"))).Order(StringComparer.Ordinal)];
    }

    /// <summary>Who is with whom, by the hashes of their bytes.</summary>
    public HashSet<string> Groups()
    {
        using Database.Reader reader = Catalog.Read();
        return [.. reader.Connection.Query<(string Stack, byte[] Hash)>("SELECT m.stack, c.sha256 FROM stack_member m JOIN asset a ON a.id = m.asset_id JOIN content c ON c.id = a.content_id")
            .GroupBy(m => m.Stack, m => Convert.ToHexStringLower(m.Hash)).Select(stack => string.Join(' ', stack.Order(StringComparer.Ordinal)))];
    }

    IReadOnlyList<(long Folder, byte[] Path, byte[] Name)> Waiting()
    {
        using Database.Reader reader = Catalog.Read();
        return reader.Connection.Query<(long, byte[], byte[])>(
            "SELECT f.id, f.path, l.name FROM location l JOIN folder f ON f.id = l.folder_id WHERE l.content_id IS NULL AND l.missing_since IS NULL ORDER BY f.id, l.name").AsList();
    }

    async Task<Sighting> ReadAsync(EmbeddedMetadata metadata, long folder, RelativePath path, byte[] name)
    {
        string file = Path.Combine(Shelf.Disk, path.Child(name).ToString());
        using VolumeFiles files = new(Shelf.Disk);
        using SafeFileHandle handle = files.OpenRead(path.Child(name), out FileStat stat);
        byte[] bytes = await File.ReadAllBytesAsync(file, Cancelled);
        ContentHash hash = ContentHash.FromBytes(SHA256.HashData(bytes));
        if (_said.TryGetValue(path.Child(name).ToString(), out Facts? facts))
        {
            (string kind, string mime) = Path.GetExtension(file).ToLowerInvariant() switch { ".mov" or ".mp4" => ("video", "video/mp4"), ".cr2" or ".arw" => ("raw", "image/x-raw"), ".heic" => ("image", "image/heic"), _ => ("image", "image/jpeg") };
            return new(folder, name, hash, stat, kind, mime, facts);
        }
        MediaType type = MediaType.Sniff(bytes.AsSpan(0, Math.Min(bytes.Length, MediaType.HeadLength)), Path.GetFileName(file));
        using MemoryStream stream = new(bytes, 0, bytes.Length, writable: false, publiclyVisible: true);
        EmbeddedReading reading = await metadata.ReadAsync(stream, type, file, Cancelled);
        return new(folder, name, hash, stat, reading.Type.Kind.ToString().ToLowerInvariant(), reading.Type.Mime, reading.Facts);
    }
}
