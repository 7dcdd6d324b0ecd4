using System.Data.Common;
using Albumen.Sql;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Albumen.Tests.Sql;

public sealed class DatabaseTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("albumen-sql-").FullName;

    string File => Path.Combine(_folder, "catalog.db");

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("catalog")]
    [InlineData("auth")]
    public async Task A_file_is_made_once_and_opened_as_it_is_after_that(string schema)
    {
        string[] tables;
        using (Database first = new(File, schema))
        {
            tables = Tables(first);
            await first.WriteAsync(connection => connection.Execute("CREATE TABLE mine (x); INSERT INTO mine VALUES (42)"), Cancelled);
        }
        using Database second = new(File, schema);

        Assert.NotEmpty(tables);
        Assert.Equal(tables.Append("mine").Order(), Tables(second));
        using Database.Reader reader = second.Read();
        Assert.Equal(42, reader.Connection.ExecuteScalar<long>("SELECT x FROM mine"));
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused_and_left_alone()
    {
        using (Database catalog = new(File, "catalog")) await catalog.WriteAsync(connection => connection.Execute("PRAGMA user_version = 999"), Cancelled);

        DatabaseException error = Assert.Throws<DatabaseException>(() => new Database(File, "catalog"));

        Assert.Contains(File, error.Message);
        Assert.Contains("newer version", error.Message);
        Assert.Contains("Install", error.Message);
    }

    [Theory]
    [InlineData("catalog", "albumend rebuild")]
    [InlineData("auth", "backup")]
    public void A_damaged_file_is_named_with_what_to_do(string schema, string advice)
    {
        System.IO.File.WriteAllText(File, new string('x', 5000));

        DatabaseException error = Assert.Throws<DatabaseException>(() => new Database(File, schema, $"Remedy: {advice}"));

        Assert.Contains(File, error.Message);
        Assert.Contains("damaged", error.Message);
        Assert.Contains(advice, error.Message);
        Assert.Equal(5000, new FileInfo(File).Length);
    }

    [Fact]
    public void An_answer_without_rows_is_an_empty_list_whatever_its_columns_are()
    {
        using Database catalog = new(File, "catalog");
        using Database.Reader reader = catalog.Read();

        Assert.Empty(reader.Connection.Query<Counted>("SELECT id, count(*) AS how_many FROM volume GROUP BY id"));
        Assert.Null(reader.Connection.QuerySingleOrDefault<Counted>("SELECT id, count(*) AS how_many FROM volume GROUP BY id"));
    }

    sealed record Counted(long Id, long HowMany);

    [Fact]
    public void A_place_where_no_file_can_be_is_named() =>
        Assert.Contains("/nowhere/catalog.db", Assert.Throws<DatabaseException>(() => new Database("/nowhere/catalog.db", "catalog")).Message);

    [Fact]
    public void A_file_that_is_not_there_cannot_be_read() =>
        Assert.Contains("albumend run", Assert.Throws<DatabaseException>(() => Database.ForReading(File, "")).Message);

    [Fact]
    public async Task What_is_open_for_reading_cannot_be_written()
    {
        using Database catalog = new(File, "catalog");
        using Database other = Database.ForReading(File, "");
        using Database.Reader reader = other.Read();

        Assert.Throws<SqliteException>(() => reader.Connection.Execute("DELETE FROM volume"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => other.WriteAsync(_ => { }, Cancelled));
    }

    [Fact]
    public async Task What_fails_half_way_leaves_nothing_and_the_next_may_write()
    {
        using Database catalog = new(File, "catalog");

        await Assert.ThrowsAsync<InvalidOperationException>(() => catalog.WriteAsync(connection =>
        {
            Add(connection, "one");
            throw new InvalidOperationException();
        }, Cancelled, durable: true));
        await catalog.WriteAsync(connection => Add(connection, "two"), Cancelled);

        Assert.Equal(["two"], Names(catalog));
    }

    [Fact]
    public async Task Readers_read_while_somebody_writes_and_see_what_was_committed()
    {
        using Database catalog = new(File, "catalog");
        using SemaphoreSlim writing = new(0), go = new(0);
        Task write = Task.Run(() => catalog.WriteAsync(connection =>
        {
            Add(connection, "one");
            writing.Release();
            go.Wait(Cancelled);
        }, Cancelled), Cancelled);
        await writing.WaitAsync(Cancelled);

        Parallel.For(0, 8, _ => Assert.Empty(Names(catalog)));
        go.Release();
        await write;

        Parallel.For(0, 8, _ => Assert.Equal(["one"], Names(catalog)));
    }

    [Fact]
    public async Task Any_number_may_write_at_once()
    {
        using Database catalog = new(File, "catalog");

        await Parallel.ForAsync(0, 200, Cancelled, async (i, cancelled) => await catalog.WriteAsync(connection => Add(connection, $"{i}"), cancelled));

        Assert.Equal(200, Names(catalog).Length);
    }

    static void Add(DbConnection connection, string name) => connection.Execute("INSERT INTO volume (name) VALUES (@name)", new { name });

    static string[] Names(Database catalog)
    {
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<string>("SELECT name FROM volume")];
    }

    static string[] Tables(Database database)
    {
        using Database.Reader reader = database.Read();
        return [.. reader.Connection.Query<string>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")];
    }
}
