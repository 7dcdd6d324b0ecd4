using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Albumen.Daemon.WebDav;
using Albumen.Derivatives;
using Albumen.Identity;
using Albumen.Sql;
using Albumen.Storage;
using Albumen.Tree;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Albumen.Benchmarks;

/// <summary>PROPFIND Depth 1 with the six usual properties: a folder of 10,000 photos against Apache's mod_dav on the same folder, and one of 100,000 alone.</summary>
static class PropfindBenchmark
{
    const int Rounds = 21, WarmUps = 5;
    const string Ask = """
        <?xml version="1.0" encoding="utf-8"?>
        <D:propfind xmlns:D="DAV:"><D:prop><D:resourcetype/><D:getcontentlength/><D:getlastmodified/><D:creationdate/><D:getetag/><D:getcontenttype/></D:prop></D:propfind>
        """;

    public static async Task RunAsync()
    {
        string root = Directory.CreateTempSubdirectory("albumen-propfind-").FullName;
        try
        {
            string disk = Path.Combine(root, "photos"), folder = Path.Combine(disk, "ten-thousand");
            Directory.CreateDirectory(folder);
            for (int i = 1; i <= 10_000; i++) File.WriteAllBytes(Path.Combine(folder, $"IMG_{i:D5}.JPG"), new byte[100 + i % 50]);
            // Apache reads it as another user.
            File.SetUnixFileMode(root, (UnixFileMode)0x1ED);

            using Database catalog = new(Path.Combine(root, "catalog.db"), "catalog"), auth = new(Path.Combine(root, "auth.db"), "auth");
            Volumes volumes = new(catalog, [new("photos", disk, null, [])]);
            using (VolumeFiles files = new(disk))
                await new Scanner(catalog, new(), TimeProvider.System, NullLogger<Scanner>.Instance).ScanAsync(volumes.All[0], files, _ => { }, CancellationToken.None);
            await catalog.WriteAsync(PretendRead, CancellationToken.None);

            (HttpClient client, WebApplication app) = await ServeAsync(catalog, auth, volumes, root);
            using ApacheDav? apache = await ApacheDav.StartAsync(disk);
            using HttpClient peer = new() { BaseAddress = apache?.Address };
            Samples ours = new(), theirs = new(), long100 = new(), first100 = new();
            for (int round = -WarmUps; round < Rounds; round++)
            {
                (TimeSpan time, _) = await ListAsync(client, "/Folders/photos/ten-thousand/", 10_000);
                if (round >= 0) ours.Add(time);
                if (apache is null) continue;
                (time, _) = await ListAsync(peer, "/ten-thousand/", 10_000);
                if (round >= 0) theirs.Add(time);
            }
            Console.WriteLine(apache is null
                ? $"propfind-10000: ours {ours}; apache2 is not installed"
                : $"propfind-10000: ours {ours}, apache {theirs}, ratio {ours.Median / theirs.Median:0.00}");

            for (int round = -2; round < 5; round++)
            {
                (TimeSpan time, TimeSpan first) = await ListAsync(client, "/Folders/photos/hundred-thousand/", 100_000);
                if (round < 0) continue;
                long100.Add(time);
                first100.Add(first);
            }
            Console.WriteLine($"propfind-100000: ours {long100}, first byte {first100}");
            await app.DisposeAsync();
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>What a finished index would hold, for the scanned folder and for one that is only in the catalogue.</summary>
    static void PretendRead(System.Data.Common.DbConnection connection)
    {
        const string Insert = """
            INSERT INTO content (id, sha256, size_in_bytes, kind, mime, asset_id) SELECT @offset + i, randomblob(32), 100, 'image', 'image/jpeg', @offset + i FROM n;
            """;
        foreach ((int count, int offset) in ((int, int)[])[(10_000, 0), (100_000, 10_000)])
        {
            string numbers = $"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})";
            connection.Execute("PRAGMA defer_foreign_keys = ON");
            connection.Execute($"{numbers} {Insert}", new { offset });
            connection.Execute($$"""
                {{numbers}} INSERT INTO asset (id, uid, content_id, name, taken, facts, revision)
                SELECT @offset + i, lower(hex(randomblob(16))), @offset + i, 'IMG', '2024-07-14T15:30:12+02:00', '{"width":4000,"height":3000}', i FROM n
                """, new { offset });
            connection.Execute($"{numbers} INSERT INTO derivative (content_id, kind, recipe, size_in_bytes) SELECT @offset + i, 'preview', 1, 1000 FROM n", new { offset });
        }
        long folder = connection.ExecuteScalar<long>("SELECT max(id) FROM folder");
        connection.Execute("UPDATE location SET content_id = CAST(substr(entry_name, 5, 5) AS INTEGER) WHERE folder_id = @folder", new { folder });
        connection.Execute("""
            INSERT INTO folder (id, volume_id, parent_id, path, entry_name, entry_key, modified_ns)
            SELECT id + 1, volume_id, parent_id, CAST('hundred-thousand' AS BLOB), 'hundred-thousand', 'hundred-thousand', modified_ns FROM folder WHERE id = @folder
            """, new { folder });
        connection.Execute("""
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
            INSERT INTO location (folder_id, name, size_in_bytes, modified_ns, changed_ns, inode, entry_name, entry_key, content_id)
            SELECT @folder + 1, CAST(printf('IMG_%06d.JPG', i) AS BLOB), 100, 1721038830000000000 + i, 0, 0, printf('IMG_%06d.JPG', i), printf('img_%06d.jpg', i), 10000 + i FROM n
            """, new { folder });
    }

    static async Task<(HttpClient, WebApplication)> ServeAsync(Database catalog, Database auth, Volumes volumes, string root)
    {
        People people = new(auth, TimeProvider.System);
        await people.AddAsync("anna", false, CancellationToken.None);
        string password = (await people.CreatePasswordAsync("anna", "benchmark", CancellationToken.None)).Text;

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        ArchiveTree tree = new(catalog, volumes, new DerivativeStore(root));
        app.UseWebDav(new WebDavDoor(tree, new SignIn(people, new(), TimeProvider.System), _ => Task.CompletedTask, NullLogger<WebDavDoor>.Instance));
        await app.StartAsync();
        HttpClient client = new() { BaseAddress = new(app.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"anna:{password}")));
        return (client, app);
    }

    static async Task<(TimeSpan All, TimeSpan First)> ListAsync(HttpClient client, string target, int entries)
    {
        using HttpRequestMessage request = new(new HttpMethod("PROPFIND"), target);
        request.Headers.Add("Depth", "1");
        request.Content = new StringContent(Ask, Encoding.UTF8, "application/xml");
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using Stream stream = await response.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[256 * 1024];
        TimeSpan? first = null;
        long bytes = 0;
        for (int read; (read = await stream.ReadAsync(buffer)) > 0; bytes += read) first ??= Stopwatch.GetElapsedTime(start);
        TimeSpan all = Stopwatch.GetElapsedTime(start);
        if (response.StatusCode != HttpStatusCode.MultiStatus || bytes < entries * 200L) throw new InvalidOperationException($"{client.BaseAddress} answered {response.StatusCode} with {bytes} bytes.");
        return (all, first!.Value);
    }
}
