using System.Data.Common;
using System.Diagnostics;
using System.Text;
using Albumen.Catalog;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Albumen.Tests.Storage;

/// <summary>A library folder of real files and a real catalogue to scan it into; gone when the test is.</summary>
sealed class Shelf : IDisposable
{
    readonly List<Database> _catalogs = [];
    readonly AppendFile _journal;

    public Shelf(params IReadOnlyList<string> exclude)
    {
        Directory.CreateDirectory(Disk);
        (Catalog, Volumes) = AnotherCatalog(exclude);
        _journal = new(Path.Combine(Root, "journal.jsonl"));
        Journal = new(Catalog, _journal, TimeSpan.Zero, TimeProvider.System);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("albumen-shelf-").FullName;
    public string Disk => Path.Combine(Root, "photos");
    public Database Catalog { get; }
    public Volumes Volumes { get; }
    public Volume Volume => Volumes.All[0];
    public Journal Journal { get; }

    /// <summary>One that has seen nothing yet of the same library.</summary>
    public (Database Catalog, Volumes Volumes) AnotherCatalog(params IReadOnlyList<string> exclude)
    {
        Database catalog = new(Path.Combine(Root, $"catalog{_catalogs.Count}.db"), "catalog");
        _catalogs.Add(catalog);
        return (catalog, new(catalog, [new("photos", Disk, null, exclude)]));
    }

    public Shelf With(params IEnumerable<string> paths)
    {
        foreach (string path in paths) Write(path, path);
        return this;
    }

    public void Write(string path, string text) => Write(Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(text));

    /// <summary>A file at a path of bytes, which .NET could not name.</summary>
    public void Write(byte[] path, byte[] bytes)
    {
        string shown = Encoding.UTF8.GetString(path);
        if (!shown.Contains('\uFFFD'))
        {
            string file = Path.Combine(Disk, shown);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, bytes);
            return;
        }
        Shell($"touch $'{string.Concat(path.Select(b => $"\\x{b:x2}"))}'");
    }

    public void Delete(string path) => File.Delete(Path.Combine(Disk, path));

    /// <summary>Runs a bash command in the library folder.</summary>
    public void Shell(string command)
    {
        using Process bash = Process.Start(new ProcessStartInfo("bash", ["-ec", command]) { WorkingDirectory = Disk, RedirectStandardError = true })!;
        string errors = bash.StandardError.ReadToEnd();
        bash.WaitForExit();
        Assert.True(bash.ExitCode == 0, $"{command}: {errors}");
    }

    public Task<ScanSummary> ScanAsync() => ScanAsync(static _ => { });

    public async Task<ScanSummary> ScanAsync(Action<ScanSummary> progress)
    {
        using VolumeFiles files = new(Disk);
        return await ScanAsync(files, progress);
    }

    public Task<ScanSummary> ScanAsync(IVolumeFiles files, Action<ScanSummary>? progress = null) =>
        ScanAsync(files, new ScanOrder { Progress = progress ?? (static _ => { }) });

    public Task<ScanSummary> ScanAsync(IVolumeFiles files, ScanOrder order) => Scanner(Catalog).ScanAsync(Volume, files, order, TestContext.Current.CancellationToken);

    public static Scanner Scanner(Database catalog) => new(catalog, new() { Settle = TimeSpan.Zero }, TimeProvider.System, NullLogger<Scanner>.Instance);

    /// <summary>Takes every waiting file as read, with a content of its own.</summary>
    public Task ReadAllAsync() => Catalog.WriteAsync(connection => connection.Execute("""
        UPDATE location SET content_id = inode WHERE content_id IS NULL;
        DELETE FROM job;
        """), TestContext.Current.CancellationToken);

    /// <summary>The files the catalogue believes to be there.</summary>
    public string Present() => Paths("l.missing_since IS NULL");

    public string Missing() => Paths("l.missing_since IS NOT NULL");

    /// <summary>The files that wait to be read, in the order in which they will be.</summary>
    public static IReadOnlyList<string> Jobs(Database catalog)
    {
        using Database.Reader reader = catalog.Read();
        DbConnection connection = reader.Connection;
        return [.. connection.Query<string>("SELECT subject FROM job ORDER BY priority DESC, id").Select(subject =>
        {
            (long folder, byte[] name) = LocationIndex.FromSubject(subject);
            return RelativePath.FromBytes(connection.QuerySingle<byte[]>("SELECT path FROM folder WHERE id = @folder", new { folder })).Child(name).ToString();
        })];
    }

    public string Jobs() => string.Join(' ', Jobs(Catalog));

    public void Dispose()
    {
        foreach (Database catalog in _catalogs) catalog.Dispose();
        _journal.Dispose();
        // .NET cannot delete a name that is not UTF-8.
        using Process remove = Process.Start("rm", ["-rf", Root]);
        remove.WaitForExit();
    }

    string Paths(string condition)
    {
        using Database.Reader reader = Catalog.Read();
        return string.Join(' ', reader.Connection.Query<(byte[] Folder, byte[] Name)>(
            $"SELECT f.path, l.name FROM location l JOIN folder f ON f.id = l.folder_id WHERE {condition}")
            .Select(row => RelativePath.FromBytes(row.Folder).Child(row.Name)).Order());
    }
}
