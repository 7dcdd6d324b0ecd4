using System.Security.Cryptography;
using System.Text;
using Albumen.Catalog;
using Albumen.Sql;
using Albumen.Storage;
using Albumen.Tests.Storage;
using Dapper;

namespace Albumen.Tests.Catalog;

/// <summary>Photos on a shelf, and a journal of what is said of them. The bytes of a photo are its path.</summary>
sealed class EditDesk : IDisposable
{
    public static readonly Author Anna = new("anna", "cli");

    AppendFile _file;

    public EditDesk()
    {
        (_file, Catalog) = (new(JournalFile), Shelf.Catalog);
        (Journal, Editor) = Open();
    }

    public Shelf Shelf { get; } = new();
    public string JournalFile => Path.Combine(Shelf.Root, "edits.jsonl");
    public Database Catalog { get; private set; }
    public Journal Journal { get; private set; }
    public Editor Editor { get; private set; }

    public void Dispose()
    {
        _file.Dispose();
        Shelf.Dispose();
    }

    public async Task<EditDesk> WithAsync(params string[] photos)
    {
        Shelf.With(photos);
        await Shelf.IndexAsync();
        return this;
    }

    public static string Uid(string photo) => ContentHash.FromBytes(SHA256.HashData(Encoding.UTF8.GetBytes(photo))).ToAssetUid();

    /// <summary>Edits these photos as the words say.</summary>
    public Task<Edited> EditAsync(string[] photos, params string[] edits) => Editor.ApplyAsync(
        Anna, "set " + string.Join(' ', edits), connection => Select(connection, photos), [.. edits.Select(Edit.Parse)], TestContext.Current.CancellationToken);

    public Edited Rehearse(string[] photos, params string[] edits) => Editor.Rehearse(connection => Select(connection, photos), [.. edits.Select(Edit.Parse)]);

    public Task<(Operation Operation, int Left)> UndoAsync(long? number = null) => Journal.UndoAsync(Anna, number, TestContext.Current.CancellationToken);

    /// <summary>What counts of a field of a photo, as JSON.</summary>
    public string? Counts(string photo, Field field)
    {
        using Database.Reader reader = Catalog.Read();
        return field.Read(System.Text.Json.JsonSerializer.Deserialize(
            reader.Connection.QuerySingle<string>("SELECT facts FROM asset WHERE uid = @uid", new { uid = Uid(photo) }), FactsJson.Default.Facts)!);
    }

    /// <summary>All statements there are: <c>photo kind field value</c>, a line each.</summary>
    public string Statements()
    {
        using Database.Reader reader = Catalog.Read();
        return string.Join('\n', reader.Connection.Query<string>("SELECT asset || ' ' || kind || ' ' || field || ' ' || value FROM statement ORDER BY asset, kind, field"));
    }

    public void Execute(string sql, object? parameters = null) => Catalog.WriteAsync(connection => { connection.Execute(sql, parameters); }, TestContext.Current.CancellationToken).GetAwaiter().GetResult();

    /// <summary>As after a crash, or the loss of the catalogue: opens the journal again.</summary>
    /// <param name="change">Done to the file while it is closed.</param>
    public async Task ReopenAsync(bool withoutCatalog = false, Action<string>? change = null)
    {
        _file.Dispose();
        change?.Invoke(JournalFile);
        _file = new(JournalFile);
        if (withoutCatalog) Catalog = Shelf.AnotherCatalog().Catalog;
        (Journal, Editor) = Open();
        await Journal.CatchUpAsync(TestContext.Current.CancellationToken);
    }

    (Journal, Editor) Open()
    {
        Journal journal = new(Catalog, _file, TimeSpan.FromSeconds(2), TimeProvider.System);
        return (journal, new(Catalog, journal));
    }

    static IReadOnlyList<(long Id, string Uid)> Select(System.Data.Common.DbConnection connection, string[] photos) =>
        connection.Query<(long, string)>("SELECT id, uid FROM asset WHERE uid IN @uids ORDER BY name", new { uids = photos.Select(Uid) }).AsList();
}
