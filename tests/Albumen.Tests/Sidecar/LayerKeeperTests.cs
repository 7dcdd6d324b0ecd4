using System.Text;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Sidecar;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Albumen.Tests.Sidecar;

/// <summary>The layer's documents and the copy a volume carries, written by a real scribe.</summary>
public sealed class LayerKeeperTests : IDisposable
{
    static readonly Author Anna = new("anna", "cli");

    readonly string _root = Directory.CreateTempSubdirectory("albumen-layerkeeper-").FullName;
    readonly Scribe _scribe;
    readonly State _state;

    public LayerKeeperTests()
    {
        Directory.CreateDirectory(Path.Combine(_root, "library"));
        (_scribe, _) = Scribe.StartNow(Programs.Albumend, [], [Path.Combine(_root, "library")]);
        _state = new(_root, "state", _scribe);
    }

    static CancellationToken Now => TestContext.Current.CancellationToken;

    string Carried => Path.Combine(_root, "library/.albumen/layer");

    public void Dispose()
    {
        _state.Dispose();
        _scribe.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task The_documents_say_who_is_where_and_what_is_undecided()
    {
        await _state.SayAsync('a', "rating", StatementKind.Person, "4");
        await _state.SayAsync('a', "rating", StatementKind.Conflict, Conflict.Of("3", null, "lib/a.xmp", DateTimeOffset.UnixEpoch).ToJson());
        await _state.PhotoAsync('a', """{"people":["Anna","Ben"],"stack":"s","regions":[{"name":"Anna","type":"Face","x":0.5,"y":0.5,"w":0.1,"h":0.1},{"name":"Rex","type":"Pet","x":0.5,"y":0.5,"w":0.1,"h":0.1}]}""");
        await _state.PhotoAsync('b', """{"people":["Anna"],"stack":"s"}""");

        await _state.Keeper.FollowAsync(TimeSpan.Zero, Now);

        JsonElement[] people = [.. _state.Document("people").EnumerateArray()];
        Assert.Equal([("Anna", 2, 1), ("Ben", 1, 0)], people.Select(p => (p.GetProperty("name").GetString()!, p.GetProperty("photos").GetInt32(), p.GetProperty("marked_in").GetArrayLength())));
        Assert.Equal(2, Assert.Single(_state.Document("stacks").EnumerateArray()).GetProperty("assets").GetArrayLength());
        JsonElement conflict = Assert.Single(_state.Document("conflicts").EnumerateArray());
        Assert.Equal((4, 3, false), (conflict.GetProperty("ours").GetInt32(), conflict.GetProperty("base").GetInt32(), conflict.TryGetProperty("theirs", out _)));
    }

    [Fact]
    public async Task What_did_not_change_is_not_written()
    {
        await _state.SayAsync('a', "rating", StatementKind.Person, "4");
        await _state.Keeper.FollowAsync(TimeSpan.Zero, Now);
        string[] files = [.. Directory.EnumerateFiles(Carried), .. Directory.EnumerateFiles(Path.Combine(_root, "state"), "*.json")];
        DateTime[] before = [.. files.Select(File.GetLastWriteTimeUtc)];
        Assert.Equal(11, files.Length);

        await _state.Keeper.FollowAsync(TimeSpan.Zero, Now);
        await _state.PhotoAsync('c', "{}");
        await _state.Keeper.FollowAsync(TimeSpan.Zero, Now);

        Assert.Equal(before, files.Select(File.GetLastWriteTimeUtc));
    }

    [Fact]
    public async Task A_long_journal_is_carried_in_parts_of_which_only_the_last_changes()
    {
        // A megabyte each.
        for (int i = 0; i < 18; i++) await _state.SayAsync('a', "caption", StatementKind.Person, $"\"{i}{new string('x', 500_000)}\"");
        await _state.Keeper.FollowAsync(TimeSpan.Zero, Now);
        string[] parts = [.. Directory.EnumerateFiles(Carried, "journal-*").Order(StringComparer.Ordinal)];
        Assert.True(parts.Length > 1);
        Assert.All(parts, part => Assert.InRange(new FileInfo(part).Length, 1, 8 << 20));
        DateTime first = File.GetLastWriteTimeUtc(parts[0]);

        await _state.SayAsync('a', "rating", StatementKind.Person, "4");
        await _state.Keeper.FollowAsync(TimeSpan.Zero, Now);

        Assert.Equal(first, File.GetLastWriteTimeUtc(parts[0]));
        Assert.Equal(await File.ReadAllBytesAsync(_state.JournalFile, Now), parts.SelectMany(File.ReadAllBytes).ToArray());
    }

    [Fact]
    public async Task A_layer_that_is_not_known_here_is_never_written_over()
    {
        await _state.SayAsync('a', "rating", StatementKind.Person, "4");
        await _state.Keeper.FollowAsync(TimeSpan.Zero, Now);
        byte[] carried = await File.ReadAllBytesAsync(Path.Combine(Carried, "journal-000001.jsonl"), Now);
        using State other = new(_root, "other", _scribe);
        await other.SayAsync('b', "rating", StatementKind.Person, "1");

        await other.Keeper.FollowAsync(TimeSpan.Zero, Now);

        Assert.Equal((other.Volumes.All[0], 1), Assert.Single(other.Keeper.Strangers));
        Assert.Equal(carried, await File.ReadAllBytesAsync(Path.Combine(Carried, "journal-000001.jsonl"), Now));

        await other.Journal.AdoptAsync([.. Encoding.UTF8.GetString(carried).Split('\n')[..^1].Select(line => ForeignOperation.Read(Encoding.UTF8.GetBytes(line)))], Now);
        await other.Keeper.FollowAsync(TimeSpan.Zero, Now);

        Assert.Empty(other.Keeper.Strangers);
        Assert.Equal(2, (await File.ReadAllLinesAsync(Path.Combine(Carried, "journal-000001.jsonl"), Now)).Length);
    }

    /// <summary>A state folder of its own for the same library.</summary>
    sealed class State : IDisposable
    {
        readonly string _folder;
        readonly Database _catalog;
        readonly AppendFile _journal, _names;

        public State(string root, string name, Scribe scribe)
        {
            _folder = Directory.CreateDirectory(Path.Combine(root, name)).FullName;
            _catalog = new(Path.Combine(_folder, "catalog.db"), "catalog");
            Volumes = new(_catalog, [new("lib", Path.Combine(root, "library"), null, [], Layer: true)]);
            using (VolumeFiles files = new(Volumes.All[0].Settings.Path)) Volumes.Meet(Volumes.All[0], files.StatRoot());
            _journal = new(JournalFile);
            _names = new(Path.Combine(_folder, "names.jsonl"));
            Journal = new(_catalog, _journal, TimeSpan.Zero, TimeProvider.System);
            Keeper = new(_catalog, _folder, new(_journal, _names, Journal.CommittedLength), Volumes, new(_folder, Volumes, new(), scribe, TimeProvider.System), TimeProvider.System, NullLogger<LayerKeeper>.Instance);
        }

        public Volumes Volumes { get; }
        public Journal Journal { get; }
        public LayerKeeper Keeper { get; }
        public string JournalFile => Path.Combine(_folder, "journal.jsonl");

        public JsonElement Document(string name) => JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(Path.Combine(_folder, name + ".json"))).GetProperty(name);

        public Task PhotoAsync(char id, string facts) => _catalog.WriteAsync(connection => connection.Execute("""
            INSERT INTO content (sha256, size_in_bytes, kind, mime) VALUES (@hash, 1, 'image', 'image/jpeg');
            INSERT INTO asset (uid, content_id, name, facts, revision) SELECT @uid, id, 'a.jpg', @facts, id FROM content WHERE sha256 = @hash;
            """, new { hash = Convert.FromHexString(new string(id, 64)), uid = new string(id, 32), facts }), Now);

        public Task SayAsync(char photo, string field, StatementKind kind, string value) =>
            Journal.CommitAsync(Anna, "set", connection => [new(new string(photo, 32), field, kind, Journal.Statement(connection, new string(photo, 32), kind, field), value)], Now);

        public void Dispose()
        {
            _catalog.Dispose();
            _journal.Dispose();
            _names.Dispose();
        }
    }
}
