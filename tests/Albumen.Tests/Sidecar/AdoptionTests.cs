using System.Text;
using System.Text.Json.Nodes;
using Albumen.Catalog;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Tests.Sidecar;

/// <summary>Journals of several machines that come together, and what another program makes of one that follows FORMAT.md alone.</summary>
public sealed class AdoptionTests : IDisposable
{
    static readonly string Photo = new('a', 32), Other = new('b', 32);
    static readonly Author Anna = new("anna", "cli");

    readonly string _root = Directory.CreateTempSubdirectory("albumen-adoption-").FullName;
    readonly List<Machine> _machines = [];

    static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (Machine machine in _machines) machine.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task What_was_edited_here_later_stands_and_the_other_edit_is_kept_in_the_journal()
    {
        Machine there = New(), here = New();
        there.Clock.Minute = 1;
        await there.SetAsync(Photo, "rating", "2");
        await there.SetAsync(Photo, "title", "\"Theirs\"");
        here.Clock.Minute = 2;
        await here.SetAsync(Photo, "rating", "5");

        Adopted would = here.Journal.RehearseAdoption(there.Operations());
        Adopted adopted = await here.Journal.AdoptAsync(there.Operations(), Now);

        Assert.Equal((2, 0, 1), (adopted.Taken, adopted.Known, adopted.Overruled));
        Assert.Equal((2, 0, 1), (would.Taken, would.Known, would.Overruled));
        Assert.Equal([Photo], adopted.Elsewhere);
        Assert.Equal($"{Photo} 0 rating 5, {Photo} 0 title \"Theirs\"", here.Statements());
        Assert.Equal([1, 2, 3], here.Operations().Select(o => o.Number));
        Assert.Equal((0, 2), await here.Journal.AdoptAsync(there.Operations(), Now) is var again ? (again.Taken, again.Known) : default);
    }

    [Fact]
    public async Task Operations_whose_transaction_fails_are_taken_back_from_the_file()
    {
        Machine there = New(), here = New();
        await there.SetAsync(Photo, "rating", "2");
        await here.SetAsync(Photo, "title", "\"Ours\"");
        byte[] before = await File.ReadAllBytesAsync(here.File, Now);
        await here.FailAtCommitAsync();

        await Assert.ThrowsAsync<DatabaseException>(() => here.Journal.AdoptAsync(there.Operations(), Now));

        Assert.Equal(before, await File.ReadAllBytesAsync(here.File, Now));
        Assert.Equal($"{Photo} 0 title \"Ours\"", await here.RebuiltAsync());
    }

    [Fact]
    public async Task Both_sides_agree_once_each_has_the_others_journal()
    {
        for (int seed = 0; seed < 6; seed++)
        {
            Random random = new(seed);
            Machine[] machines = [New(), New(), New()];
            for (int step = 0; step < 40; step++)
            {
                Machine one = machines[random.Next(3)];
                // Clocks differ, and are set back.
                one.Clock.Minute = random.Next(100);
                if (random.Next(6) == 0) await one.Journal.AdoptAsync(machines[random.Next(3)].Operations(), Now);
                else await one.SetAsync(random.Next(2) == 0 ? Photo : Other, random.Next(2) == 0 ? "rating" : "title", random.Next(4) switch { 0 => null, 1 => Field.Cleared, _ => "" }, random);
            }
            foreach (Machine one in machines)
                foreach (Machine other in machines) await one.Journal.AdoptAsync(other.Operations(), Now);
            foreach (Machine one in machines)
                foreach (Machine other in machines) await one.Journal.AdoptAsync(other.Operations(), Now);

            Assert.Single(machines.Select(m => m.Statements()).Distinct());
            foreach (Machine machine in machines)
            {
                Assert.Equal(machine.Statements(), Replay(await File.ReadAllTextAsync(machine.File, Now)));
                Assert.Equal(machine.Statements(), await machine.RebuiltAsync());
            }
        }
    }

    [Theory]
    [InlineData("rating", "person", "\"four\"", "JSON")]
    [InlineData("taken", "person", """{"local":"","source":"x","precision":"exact"}""", "capture time")]
    [InlineData("taken", "person", """{"local":"2024-07-14","offset":"Z","source":"x","precision":"day"}""", "capture time")]
    [InlineData("colour", "person", "1", "colour")]
    [InlineData("colour", "conflict", "{}", "colour")]
    [InlineData("rating", "conflict", "7", "conflict")]
    [InlineData("rating", "conflict", "{}", "conflict")]
    [InlineData("rating", "content", "{}", "SHA-256")]
    [InlineData("rating", "name", "\"a.jpg\"", "rating")]
    [InlineData("name", "name", "1", "name")]
    [InlineData("name", "name", "null", "name")]
    [InlineData("rating", "nobody", "1", "nobody")]
    public void An_operation_that_could_not_have_been_done_here_is_refused(string field, string of, string after, string why)
    {
        string line = $$"""{"number":1,"id":"{{Photo}}","at":"2024-01-01T00:00:00.000Z","who":"a","door":"cli","what":"x","changes":[{"of":"{{of}}","field":"{{field}}","after":{{after}},"assets":["{{Photo}}"]}]}""";

        Assert.Contains(why, Assert.Throws<FormatException>(() => ForeignOperation.Read(Encoding.UTF8.GetBytes(line))).Message);
    }

    [Fact]
    public void An_operation_that_says_one_thing_twice_is_refused_and_values_are_written_as_we_do()
    {
        string change = $$"""{"of":"person","field":"gps","after":{"lon": 2.0, "lat":1e0},"assets":["{{Photo}}"]}""", head = $$"""{"number":1,"id":"{{Photo}}","at":"2024-01-01T00:00:00.000Z","who":"a","door":"cli","what":"x","changes":[""";

        Assert.Throws<FormatException>(() => ForeignOperation.Read(Encoding.UTF8.GetBytes($"{head}{change},{change}]}}")));
        Assert.Throws<FormatException>(() => ForeignOperation.Read(Encoding.UTF8.GetBytes($"{head.Replace(Photo, "../x")}{change}]}}")));
        Assert.Equal("""{"lat":1,"lon":2}""", ForeignOperation.Read(Encoding.UTF8.GetBytes($"{head}{change}]}}")).Changes[0].After);
    }

    /// <summary>A reader that knows FORMAT.md and nothing else of ours.</summary>
    static string Replay(string journal)
    {
        Dictionary<(string Asset, int Kind, string Field), (string At, string Id, string? Value)> statements = [];
        foreach (string line in journal.Split('\n')[..^1])
        {
            JsonObject operation = JsonNode.Parse(line)!.AsObject();
            string at = (string)operation["at"]!, id = (string)operation["id"]!;
            foreach (JsonNode? node in operation["changes"]!.AsArray())
            {
                JsonObject change = node!.AsObject();
                string? value = change.TryGetPropertyValue("after", out JsonNode? after) ? after?.ToJsonString() ?? "null" : null;
                foreach (JsonNode? asset in change["assets"]!.AsArray())
                {
                    (string, int, string) key = ((string)asset!, Array.IndexOf(["person", "sidecar", "conflict", "content"], (string?)change["of"]), (string)change["field"]!);
                    if (!statements.TryGetValue(key, out (string At, string Id, string? Value) stands) || string.CompareOrdinal(at + id, stands.At + stands.Id) > 0) statements[key] = (at, id, value);
                }
            }
        }
        return string.Join(", ", statements.Where(s => s.Value.Value is not null).OrderBy(s => s.Key.Asset, StringComparer.Ordinal).ThenBy(s => s.Key.Kind).ThenBy(s => s.Key.Field, StringComparer.Ordinal)
            .Select(s => $"{s.Key.Asset} {s.Key.Kind} {s.Key.Field} {s.Value.Value}"));
    }

    Machine New()
    {
        Machine machine = new(Directory.CreateDirectory(Path.Combine(_root, $"{_machines.Count}")).FullName);
        _machines.Add(machine);
        return machine;
    }

    sealed class SetClock : TimeProvider
    {
        public int Minute { get; set; }

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2024, 7, 14, 12, 0, 0, TimeSpan.Zero) + TimeSpan.FromMinutes(Minute);
    }

    sealed class Machine : IDisposable
    {
        readonly Database _catalog;
        readonly AppendFile _file;

        public Machine(string folder)
        {
            _catalog = new(Path.Combine(folder, "catalog.db"), "catalog");
            _file = new(File = Path.Combine(folder, "journal.jsonl"));
            Journal = new(_catalog, _file, TimeSpan.Zero, Clock);
        }

        public string File { get; }
        public SetClock Clock { get; } = new();
        public Journal Journal { get; }

        public Task SetAsync(string photo, string field, string? value, Random? random = null)
        {
            if (value is "") value = field == "rating" ? $"{random!.Next(6)}" : $"\"{random!.Next(6)}\"";
            return Journal.CommitAsync(Anna, "set", connection => [new(photo, field, StatementKind.Person, Journal.Statement(connection, photo, StatementKind.Person, field), value)], Now);
        }

        /// <summary>From here on each operation leaves something that is only found wrong when its transaction ends.</summary>
        public Task FailAtCommitAsync() => _catalog.WriteAsync(connection => connection.Execute("""
            CREATE TABLE loose (volume INTEGER REFERENCES volume (id) DEFERRABLE INITIALLY DEFERRED);
            CREATE TRIGGER leave AFTER INSERT ON operation BEGIN INSERT INTO loose VALUES (999); END
            """), Now);

        public List<Operation> Operations() => [.. _file.ReadFrom(0).Select(line => ForeignOperation.Read(line.Line))];

        public string Statements() => Statements(_catalog);

        /// <summary>What a catalogue made from the file says.</summary>
        public async Task<string> RebuiltAsync()
        {
            string path = File + $".{Guid.NewGuid():N}.db";
            using Database anew = new(path, "catalog");
            await new Journal(anew, _file, TimeSpan.Zero, Clock).CatchUpAsync(Now);
            return Statements(anew);
        }

        static string Statements(Database catalog)
        {
            using Database.Reader reader = catalog.Read();
            return string.Join(", ", reader.Connection.Query<(string, long, string, string)>("SELECT asset, kind, field, value FROM statement ORDER BY asset, kind, field")
                .Select(s => $"{s.Item1} {s.Item2} {s.Item3} {s.Item4}"));
        }

        public void Dispose()
        {
            _catalog.Dispose();
            _file.Dispose();
        }
    }
}
