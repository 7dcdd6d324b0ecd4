using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Albumen.Catalog;
using Albumen.Daemon.WebDav;
using Albumen.Derivatives;
using Albumen.Identity;
using Albumen.Organization;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Albumen.Tree;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Albumen.Tests.WebDav;

/// <summary>A folder of real files, scanned and indexed by the real parts, behind a real Kestrel on loopback. Gone when the test is.</summary>
sealed class ServedArchive : IAsyncDisposable
{
    public const string User = "anna";

    readonly string _root = Directory.CreateTempSubdirectory("albumen-webdav-").FullName;
    readonly Database _auth;
    readonly DerivativeStore _derivatives;
    readonly AppendFile _journalFile;
    readonly SignIn _signIn;
    readonly WorkerPool _workers;
    readonly PlainDisk _inbox;
    readonly Shadows _shadows;
    readonly PathProperties _properties;
    readonly TreeWriter _writer;
    WebApplication? _app;

    ServedArchive()
    {
        Directory.CreateDirectory(Disk);
        Directory.CreateDirectory(Path.Combine(Cache, "derivatives"));
        Catalog = new(Path.Combine(_root, "catalog.db"), "catalog");
        _auth = new(Path.Combine(_root, "auth.db"), "auth");
        People = new(_auth, TimeProvider.System);
        _signIn = new(People, new() { Failures = 3 }, TimeProvider.System);
        Volumes = new(Catalog, [new("photos", Disk, null, [])]);
        _derivatives = new(Cache);
        _journalFile = new(Path.Combine(_root, "journal.jsonl"));
        Journal = new(Catalog, _journalFile, TimeSpan.Zero, TimeProvider.System);
        WorkerCommand worker = new(Programs.Albumend, ["worker", Cache, "82", "78", "100"], new Dictionary<string, string>());
        _workers = new(worker, new() { Count = 2 }, NullLogger<WorkerPool>.Instance);
        InboxHashes hashes = new(_auth);
        Receipts = new(_auth);
        _inbox = new(Inbox);
        Locks = new(_auth, TimeProvider.System);
        _shadows = new(_auth, Path.Combine(_root, "shadow"), Locks, TimeProvider.System);
        Organizer = new(Catalog, Journal);
        Tree = new(Catalog, Volumes, _derivatives, (_inbox, hashes, Receipts), shelves: Organizer.Shelves) { Shadows = _shadows };
        _properties = new(_auth);
        Journal.Committed = cancellationToken => new TimelineIndex(Catalog, TimeProvider.System).CatchUpAsync(cancellationToken);
        _writer = new(Tree, hashes, Locks, _properties, Organizer, new(TimeProvider.System));
    }

    /// <summary>The library folder.</summary>
    public string Disk => Path.Combine(_root, "photos");
    public string Inbox => Path.Combine(_root, "inbox");
    public PathLocks Locks { get; }
    public InboxReceipts Receipts { get; }
    public string Cache => Path.Combine(_root, "cache");
    public Database Catalog { get; }
    public Journal Journal { get; }
    public Organizer Organizer { get; }
    public Volumes Volumes { get; }
    public ArchiveTree Tree { get; }
    public People People { get; }
    public string Password { get; private set; } = "";
    public Uri Address { get; private set; } = null!;
    public HttpClient Client { get; private set; } = null!;
    public List<long> Remade { get; } = [];

    /// <summary>An archive of what <paramref name="fill"/> puts into its folder.</summary>
    public static async Task<ServedArchive> OfAsync(Action<ServedArchive> fill, CancellationToken cancellationToken)
    {
        ServedArchive archive = new();
        fill(archive);
        await archive.IndexAsync(cancellationToken);
        await archive.ServeAsync(cancellationToken);
        return archive;
    }

    public void Write(string path, byte[] bytes)
    {
        string file = Path.Combine(Disk, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
        File.SetLastWriteTimeUtc(file, Modified);
    }

    public void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Of every file written: a whole second and a fraction that no header can carry.</summary>
    public static DateTime Modified { get; } = new(2024, 7, 15, 10, 20, 30, 500, DateTimeKind.Utc);

    /// <summary>Receipts cannot be written from now on, as on a full disk.</summary>
    public Task BreakReceiptsAsync() => _auth.WriteAsync(connection => connection.Execute("CREATE TRIGGER broken BEFORE INSERT ON inbox_receipt BEGIN SELECT RAISE(ABORT, 'broken'); END"), TestContext.Current.CancellationToken);

    public async Task ScanAsync(CancellationToken cancellationToken)
    {
        using VolumeFiles files = new(Disk);
        await new Scanner(Catalog, new() { Settle = TimeSpan.Zero }, TimeProvider.System, NullLogger<Scanner>.Instance).ScanAsync(Volumes.All[0], files, new(), cancellationToken);
    }

    public async Task IndexAsync(CancellationToken cancellationToken)
    {
        await ScanAsync(cancellationToken);
        using Indexer indexer = new(
            Catalog, new JobQueue(Catalog, TimeProvider.System), Volumes, new(TimeProvider.System), new() { Settle = TimeSpan.Zero }, _workers, _derivatives, new(Catalog), Journal, new(new(), new(), TimeProvider.System), TimeProvider.System, NullLogger<Indexer>.Instance);
        await indexer.PrepareAsync(cancellationToken);
        await indexer.DrainAsync(cancellationToken);
        await new TimelineIndex(Catalog, TimeProvider.System).CatchUpAsync(cancellationToken);
    }

    public async Task<HttpResponseMessage> SendAsync(string method, string target, string? body = null, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), new Uri(Address, target));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/xml");
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>A listing as text.</summary>
    public async Task<string> ListAsync(string target, string depth = "1", string? body = null)
    {
        using HttpResponseMessage response = await SendAsync("PROPFIND", target, body, ("Depth", depth));
        Assert.Equal(HttpStatusCode.MultiStatus, response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Sends a request line no client library would, and gives the status it is answered with.</summary>
    public async Task<int> RawAsync(string method, string target)
    {
        using TcpClient connection = new();
        await connection.ConnectAsync(Address.Host, Address.Port, TestContext.Current.CancellationToken);
        await using NetworkStream stream = connection.GetStream();
        string request = $"{method} {target} HTTP/1.1\r\nHost: localhost\r\nDepth: 0\r\nAuthorization: {Credentials}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using StreamReader reader = new(stream);
        string line = await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";
        return int.Parse(line.Split(' ')[1]);
    }

    public AuthenticationHeaderValue Credentials => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        _workers.Dispose();
        _signIn.Dispose();
        Catalog.Dispose();
        _journalFile.Dispose();
        _writer.Dispose();
        _inbox.Dispose();
        _shadows.Dispose();
        _auth.Dispose();
        // .NET cannot delete a name that is not UTF-8.
        using Process remove = Process.Start("rm", ["-rf", _root]);
        await remove.WaitForExitAsync();
    }

    async Task ServeAsync(CancellationToken cancellationToken)
    {
        await People.AddAsync(User, false, cancellationToken);
        Password = (await People.CreatePasswordAsync(User, "test", cancellationToken)).Text;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestLineSize = 32 * 1024;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        _app = builder.Build();
        _app.UseWebDav(new WebDavDoor(Tree, _writer, Locks, _properties, _signIn, Remake, NullLogger<WebDavDoor>.Instance));
        await _app.StartAsync(cancellationToken);
        Address = new(_app.Urls.Single() + "/");
        Client = new() { BaseAddress = Address, DefaultRequestHeaders = { Authorization = Credentials } };

        Task Remake(long content)
        {
            Remade.Add(content);
            return Task.CompletedTask;
        }
    }
}
