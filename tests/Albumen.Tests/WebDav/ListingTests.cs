using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Dapper;

namespace Albumen.Tests.WebDav;

/// <summary>Alone, since what it measures is of the whole process.</summary>
[CollectionDefinition(nameof(ListingTests), DisableParallelization = true)]
[Collection(nameof(ListingTests))]
public sealed class ListingTests
{
    const int Entries = 100_000, BetweenLooks = 8_000_000;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hundred_thousand_files_in_one_folder_cost_no_memory_and_no_wait()
    {
        await using ServedArchive archive = await ServedArchive.OfAsync(a => a.Write("many/first.jpg", "first"), Stop);
        await archive.Catalog.WriteAsync(connection => connection.Execute("""
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @count)
            INSERT INTO location (folder_id, name, size_in_bytes, modified_ns, changed_ns, inode, entry_name, entry_key)
            SELECT (SELECT max(id) FROM folder), CAST(printf('IMG_%06d.JPG', i) AS BLOB), i, 1721038830000000000 + i, 0, 0, printf('IMG_%06d.JPG', i), printf('img_%06d.jpg', i) FROM n
            """, new { count = Entries - 1 }), Stop);
        await ReadAsync(archive);

        long before = GC.GetTotalMemory(forceFullCollection: true);
        List<long> live = [];
        (int entries, long bytes, TimeSpan firstByte, TimeSpan all) = await ReadAsync(archive, _ => live.Add(GC.GetTotalMemory(forceFullCollection: true)));

        Assert.Equal(Entries + 1, entries);
        Assert.True(live.Count > 4);
        // What the listing holds, it holds at each look in its later half.
        double held = (live.Skip(live.Count / 2).Min() - before) / 1e6;
        TestContext.Current.TestOutputHelper!.WriteLine($"{bytes} bytes, first {firstByte.TotalMilliseconds:0.0} ms, all {all.TotalMilliseconds:0} ms, {held:0} MB held");
        // The answer itself has 50 MB.
        Assert.InRange(held, -1000, 16);
        Assert.True(firstByte < all / 2);
    }

    [Fact]
    public async Task A_long_listing_is_compressed_for_who_likes_that()
    {
        await using ServedArchive archive = await ServedArchive.OfAsync(a =>
        {
            for (int i = 0; i < 600; i++) a.Write($"many/{i:D4}.txt", "");
        }, Stop);
        string plain = await archive.ListAsync("/Folders/photos/many/");

        using HttpResponseMessage response = await archive.SendAsync("PROPFIND", "/Folders/photos/many/", null, ("Depth", "1"), ("Accept-Encoding", "br, gzip;q=0.5"));
        Assert.Equal("gzip", response.Content.Headers.ContentEncoding.Single());
        await using GZipStream unzipped = new(await response.Content.ReadAsStreamAsync(Stop), CompressionMode.Decompress);
        using StreamReader text = new(unzipped);
        Assert.Equal(plain, await text.ReadToEndAsync(Stop));

        using HttpResponseMessage refused = await archive.SendAsync("PROPFIND", "/Folders/photos/many/", null, ("Depth", "1"), ("Accept-Encoding", "gzip;q=0"));
        Assert.Empty(refused.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task A_listing_that_cannot_be_finished_is_cut_and_never_looks_whole()
    {
        await using ServedArchive archive = await ServedArchive.OfAsync(a => a.Write("many/first.jpg", "first"), Stop);
        // After 1,000 good rows, one that cannot be read.
        await archive.Catalog.WriteAsync(connection => connection.Execute("""
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
            INSERT INTO location (folder_id, name, size_in_bytes, modified_ns, changed_ns, inode, entry_name, entry_key)
            SELECT (SELECT max(id) FROM folder), CAST(printf('a%06d', i) AS BLOB), i, 0, 0, 0, printf('a%06d', i), printf('a%06d', i) FROM n;
            INSERT INTO content (id, sha256, size_in_bytes, kind, mime) VALUES (999, x'00', 1, 'other', 'broken');
            UPDATE location SET content_id = 999 WHERE name = CAST('a001000' AS BLOB)
            """), Stop);

        await Assert.ThrowsAnyAsync<Exception>(() => archive.ListAsync("/Folders/photos/many/"));
    }

    static async Task<(int Entries, long Bytes, TimeSpan FirstByte, TimeSpan All)> ReadAsync(ServedArchive archive, Action<long>? look = null)
    {
        using HttpRequestMessage request = new(new HttpMethod("PROPFIND"), new Uri(archive.Address, "/Folders/photos/many/"));
        request.Headers.Add("Depth", "1");
        Stopwatch watch = Stopwatch.StartNew();
        using HttpResponseMessage response = await archive.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        await using Stream stream = await response.Content.ReadAsStreamAsync(Stop);
        byte[] buffer = new byte[64 * 1024];
        byte[] mark = Encoding.ASCII.GetBytes("<D:response>");
        int kept = 0, entries = 0;
        long bytes = 0;
        TimeSpan? first = null;
        for (int read; (read = await stream.ReadAsync(buffer.AsMemory(kept), Stop)) > 0;)
        {
            first ??= watch.Elapsed;
            if (bytes / BetweenLooks != (bytes + read) / BetweenLooks) look?.Invoke(bytes);
            bytes += read;
            // A mark may lie across two parts.
            int length = kept + read;
            entries += buffer.AsSpan(0, length).Count(mark);
            kept = Math.Min(mark.Length - 1, length);
            buffer.AsSpan(length - kept, kept).CopyTo(buffer);
        }
        return (entries, bytes, first!.Value, watch.Elapsed);
    }
}
