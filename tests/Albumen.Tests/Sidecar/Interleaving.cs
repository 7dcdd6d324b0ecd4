using System.Text.Json;
using Albumen.Catalog;
using Albumen.Sidecar;
using Dapper;

namespace Albumen.Tests.Sidecar;

/// <summary>What can happen.</summary>
enum Act
{
    Edit, Reset, Undo, UndoSome, Decide, Foreign, ForeignDeletion, Scan, TakeIn, Write, Settle, Crash, CrashInEdit, CrashInUndo, CrashInTakeIn, CrashAfterIntent, CrashAfterWrite,
}

/// <summary>Something that happens; the numbers choose the photo, the field and the value.</summary>
sealed record Step(Act Act, int Place, int Field, int Value)
{
    public override string ToString() => $"new(Act.{Act}, {Place}, {Field}, {Value})";
}

/// <summary>
/// Lets things happen at a desk, in any order, and remembers who wrote which value; and says in the end what must hold whatever happened.
/// </summary>
sealed class Interleaving(SidecarDesk desk, SidecarSettings settings)
{
    /// <summary>Bytes of a photo and the places where it lies. The last two share their stem.</summary>
    static readonly (string Bytes, string[] Names)[] Photos = [("a", ["a.jpg"]), ("b", ["b.jpg"]), ("c", ["c.jpg", "sub/copy.jpg"]), ("e", ["e.jpg"]), ("raw", ["e.cr2"])];

    /// <summary>Where the other program writes, and of which photos that speaks. A name with capitals: other programs and file systems have their own ways.</summary>
    static readonly (string File, string[] Photos)[] Sidecars =
        [("a.jpg.xmp", ["a"]), ("b.jpg.XMP", ["b"]), ("c.jpg.xmp", ["c"]), ("sub/copy.jpg.xmp", ["c"]), ("e.xmp", ["e", "raw"]), ("e.jpg.xmp", ["e"]), ("a.xmp", ["a"])];

    static readonly Field[] Fields = [.. ForeignProgram.Fields, Field.Favourite, Field.Gps];

    readonly List<(string[] Photos, Field Field, string Value)> _written = [];
    readonly Dictionary<(string File, Field Field), string> _unseen = [], _scanned = [];
    readonly Dictionary<string, string> _foreign = [];
    int _serial;

    public void Prepare()
    {
        foreach ((string bytes, string[] names) in Photos)
            foreach (string name in names) desk.Photo(name, bytes);
    }

    public Task DoAsync(Step step)
    {
        string photo = Photos[step.Place % Photos.Length].Bytes;
        (string file, string[] photos) = Sidecars[step.Place % Sidecars.Length];
        return step.Act switch
        {
            Act.Edit => EditAsync(photo, Fields[step.Field % Fields.Length], step.Value),
            Act.Reset => desk.SetAsync(SidecarDesk.Uid(photo), Fields[step.Field % Fields.Length], null),
            Act.Undo => desk.UndoAsync(),
            Act.UndoSome => desk.UndoAsync(1 + step.Value % 12),
            Act.Decide => desk.ResolveAsync(step.Value % 2 == 0 ? new Decision.Ours() : new Decision.Theirs()),
            Act.Foreign => Foreign(file, photos, ForeignProgram.Fields[step.Field % ForeignProgram.Fields.Count], step.Value),
            Act.ForeignDeletion => Delete(file),
            Act.Scan => ScanAsync(),
            Act.TakeIn => TakeInAsync(),
            Act.Write => desk.WriteAsync(),
            Act.Settle => desk.SettleAsync(),
            Act.Crash => desk.CrashAsync(),
            Act.CrashInEdit => desk.CrashAsync("INSERT ON operation", () => EditAsync(photo, Fields[step.Field % Fields.Length], step.Value)),
            Act.CrashInUndo => desk.CrashAsync("INSERT ON operation", () => desk.UndoAsync()),
            Act.CrashInTakeIn => desk.CrashAsync("DELETE ON job", desk.TakeInAsync),
            Act.CrashAfterIntent => desk.CrashAsync("INSERT ON problem", desk.WriteAsync, isScribeGone: true),
            _ => desk.CrashAsync("UPDATE OF writing ON sidecar WHEN NEW.writing IS NULL AND OLD.writing IS NOT NULL", desk.WriteAsync),
        };
    }

    /// <summary>Nothing more happens. Everything must come to rest, and nothing that anybody wrote be lost.</summary>
    public async Task EndAsync()
    {
        await desk.SettleAsync();
        await AgreeAsync();
        string files = desk.Files(), rows = Rows();

        await desk.SettleAsync();
        Assert.Equal(files, desk.Files());
        Assert.Equal(rows, Rows());

        Assert.DoesNotContain(Directory.EnumerateFiles(desk.Disk, "*", SearchOption.AllDirectories), file => Path.GetFileName(file).StartsWith("._", StringComparison.Ordinal));
        Assert.Equal([], desk.Problems.List(10));
        foreach ((string file, string foreign) in _foreign) Assert.True(foreign == Canonical.Foreign(File.ReadAllBytes(file)), $"{file}: what is not ours was changed");
        Said();

        (string here, string anew) = await desk.RebuiltAsync();
        Assert.Equal(here, anew);
    }

    string Rows() => SidecarDesk.Dump(desk.Catalog) + string.Join('\n', desk.Rows("SELECT folder_id, name, is_mirror, facts, writing, size_in_bytes, modified_ns, inode FROM sidecar ORDER BY 1, 2, 3"));

    async Task EditAsync(string photo, Field field, int choice)
    {
        string value = Value(field, choice) ?? Field.Cleared;
        Edited edited = await desk.SetAsync(SidecarDesk.Uid(photo), field, value);
        if (edited.Operation is not null) _written.Add(([photo], field, value));
    }

    Task Foreign(string name, string[] photos, Field field, int choice)
    {
        string? value = Value(field, choice);
        string file = There(name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        ForeignProgram.Write(file, field, value);
        _foreign[file] = Canonical.Foreign(File.ReadAllBytes(file));
        _scanned.Remove((name, field));
        if (value is null) _unseen.Remove((name, field));
        else _unseen[(name, field)] = value;
        return Task.CompletedTask;
    }

    /// <summary>What is deleted before anybody has read it is lost through nobody's fault.</summary>
    Task Delete(string name)
    {
        string file = There(name);
        File.Delete(file);
        _foreign.Remove(file);
        foreach (Field field in Field.All)
        {
            _unseen.Remove((name, field));
            _scanned.Remove((name, field));
        }
        return Task.CompletedTask;
    }

    async Task ScanAsync()
    {
        await desk.ScanAsync();
        foreach (((string, Field) at, string value) in _unseen) _scanned[at] = value;
        _unseen.Clear();
    }

    async Task TakeInAsync()
    {
        await desk.TakeInAsync();
        foreach (((string file, Field field), string value) in _scanned) _written.Add((Sidecars.First(s => s.File == file).Photos, field, value));
        _scanned.Clear();
    }

    /// <summary>The name it has, whatever its case.</summary>
    string There(string name) => Directory.Exists(Path.GetDirectoryName(desk[name]))
        ? Directory.EnumerateFiles(Path.GetDirectoryName(desk[name])!).FirstOrDefault(file => string.Equals(file, desk[name], StringComparison.OrdinalIgnoreCase)) ?? desk[name]
        : desk[name];

    /// <summary>Null one time in six; then a value of its own, or one of a few.</summary>
    string? Value(Field field, int choice)
    {
        int which = choice % 6;
        if (which == 0) return null;
        string word = which == 1 ? $"own {++_serial}" : $"word {which}";
        return field == Field.Rating ? $"{which}"
            : field == Field.Favourite ? (which % 2 == 0 ? "true" : "false")
            : field == Field.Gps ? $$"""{"lat":{{which}}.5,"lon":{{choice % 90}}}"""
            : field == Field.Tags || field == Field.People ? ForeignProgram.Json([.. ((string[])[word, "one", "two", "three"]).Where((_, i) => i == 0 || (choice / 6 >> i & 1) == 1)])
            : JsonSerializer.Serialize(word);
    }

    /// <summary>What counts is what people stated, else what the sidecars were noted to say; and the sidecars say it too.</summary>
    async Task AgreeAsync()
    {
        await Task.Yield();
        foreach ((string photo, string[] names) in Photos)
        {
            string uid = SidecarDesk.Uid(photo);
            Facts effective = desk.Effective(uid);
            foreach (Field field in Field.All)
            {
                if (desk.Ask<long>("SELECT count(*) FROM change WHERE asset = @uid AND field = @Name AND kind = 0", new { uid, field.Name }) == 0
                    || Statement(uid, field, StatementKind.Conflict) is not null) continue;
                string? wanted = Statement(uid, field, StatementKind.Person) ?? Statement(uid, field, StatementKind.Sidecar);
                // Where a sidecar says nothing any more, what the photo itself says counts.
                if (wanted is not null && (wanted != Field.Cleared || Statement(uid, field, StatementKind.Person) is not null)) Assert.True(field.AreSame(wanted, field.Read(effective)), $"{field} of {photo} is to be {wanted}, but what counts is {field.Read(effective)}");
                foreach (string name in names)
                {
                    string file = There(OwnSidecar(name));
                    string? says = File.Exists(file) ? field.Read(Same.Read(File.ReadAllBytes(file))) : null;
                    Assert.True(field.AreSame(wanted, says), $"{field} of {photo} is to be {wanted}, but {file} says {says}");
                }
            }
        }
    }

    string OwnSidecar(string name) => settings.Name is SidecarName.Stem && !name.StartsWith('e') ? Path.ChangeExtension(name, "xmp") : name + ".xmp";

    string? Statement(string uid, Field field, StatementKind kind) =>
        desk.Ask<string>("SELECT value FROM statement WHERE asset = @uid AND field = @Name AND kind = @kind", new { uid, field.Name, kind = (int)kind });

    /// <summary>Every value that anybody wrote stands in the journal, or counts, or stands in a file.</summary>
    void Said()
    {
        foreach ((string[] photos, Field field, string value) in _written)
        {
            if (value == Field.Cleared) continue;
            List<string> found = [];
            foreach (string photo in photos)
            {
                string uid = SidecarDesk.Uid(photo);
                found.AddRange(Journaled(uid, field));
                if (field.Read(desk.Effective(uid)) is { } effective) found.Add(effective);
            }
            foreach ((string name, string[] of) in Sidecars)
                if (of.Intersect(photos).Any() && There(name) is var file && File.Exists(file) && field.Read(Same.Read(File.ReadAllBytes(file))) is { } says) found.Add(says);
            if (field == Field.Tags || field == Field.People)
                foreach (string item in Items(value)) Assert.True(found.Any(other => Items(other).Contains(item)), $"{item} of {field} of {string.Join(", ", photos)} is lost");
            else Assert.True(found.Any(other => field.AreSame(other, value)), $"{field} {value} of {string.Join(", ", photos)} is lost");
        }
    }

    IEnumerable<string> Journaled(string uid, Field field)
    {
        using Albumen.Sql.Database.Reader reader = desk.Catalog.Read();
        foreach ((long kind, string? before, string? after) in reader.Connection.Query<(long, string?, string?)>("SELECT kind, before, after FROM change WHERE asset = @uid AND field = @Name", new { uid, field.Name }))
            foreach (string? value in (string?[])[before, after])
                if (value is null or Field.Cleared) continue;
                else if (kind != (int)StatementKind.Conflict) yield return value;
                else if (Conflict.FromJson(value).Theirs is { } theirs) yield return theirs.GetRawText();
    }

    static List<string> Items(string json) => JsonSerializer.Deserialize<List<string>>(json) ?? [];
}
