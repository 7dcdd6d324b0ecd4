using System.Data.Common;
using System.Text;
using System.Text.Json;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Catalog;

/// <summary>Who changes something, and through which door.</summary>
public sealed record Author(string Who, string Door)
{
    /// <summary>What other programs wrote into sidecars.</summary>
    public static readonly Author Sidecar = new("another program", "sidecar");

    /// <summary>What a scan found.</summary>
    public static readonly Author Scan = new("albumend", "scan");
}

/// <summary>
/// Every change of the virtual layer, in order. An operation stands in <c>layer/journal.jsonl</c>, on the disk, before it is committed; so the
/// catalogue can be thrown away. No other code writes <c>operation</c>, <c>change</c> and <c>statement</c>.
/// </summary>
/// <remarks>
/// Of two operations that change the same statement the one with the later time counts, and of the same time the greater id. What is done here always gets a
/// later time than what stands in the journal, so for that the order of the lines is enough; an operation that comes from another copy finds its place by its time.
/// </remarks>
/// <param name="delay">How long no further edit must come before the sidecar of an asset is written.</param>
public sealed class Journal(Database catalog, AppendFile file, TimeSpan delay, TimeProvider clock)
{
    /// <summary>The job of writing the sidecars of an asset; the subject is its uid.</summary>
    public const string WriteJob = "sidecar";

    internal const string Cursor = "journal";

    // The time of the last operation, in milliseconds since 1970.
    long? _latest;

    // Null while it may be another.
    JournalHead? _head;

    /// <summary>Called after each operation of <see cref="CommitAsync(Author, string, Func{DbConnection, IReadOnlyList{StatementChange}}, CancellationToken, string?)"/> that changed something of assets, so that higher rungs can ask what changed.</summary>
    public Func<CancellationToken, Task> Committed { get; set; } = _ => Task.CompletedTask;

    /// <summary>Decides and does an operation in one transaction; it is durable when this returns.</summary>
    /// <returns>Null when there was nothing to change.</returns>
    /// <exception cref="IOException">The disk is full or failing; nothing was changed.</exception>
    public async Task<Operation?> CommitAsync(Author author, string what, Func<DbConnection, IReadOnlyList<StatementChange>> decide, CancellationToken cancellationToken, string? undoes = null)
    {
        Operation? operation = await catalog.WriteAsync(connection => Record(connection, author, what, decide(connection), undoes), cancellationToken);
        // Who follows it follows what is known of assets, also when whoever asked for it has gone.
        if (operation is not null && operation.Changes.Any(c => c.IsOfAsset)) await Committed(CancellationToken.None);
        return operation;
    }

    /// <summary>Does an operation in the caller's transaction.</summary>
    /// <returns>Null when <paramref name="changes"/> is empty.</returns>
    public Operation? Record(DbConnection connection, Author author, string what, IReadOnlyList<StatementChange> changes, string? undoes = null)
    {
        if (changes.Count == 0) return null;
        if (changes.Any(c => c.Kind is StatementKind.Person)) changes = [.. changes, .. Settled(connection, changes)];
        JournalHead head = Head(connection);
        long position = head.Position;
        // Of a transaction that failed after its line was written.
        file.CutTo(position);
        DateTimeOffset now = clock.GetUtcNow();
        // The clock may have been set back, or stand still.
        long at = Math.Max(now.ToUnixTimeMilliseconds(), Math.Min(Latest(connection) + 1, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
        Operation operation = new(
            head.Number + 1, Guid.CreateVersion7(now).ToString("N"), DateTimeOffset.FromUnixTimeMilliseconds(at), author.Who, author.Door, what, undoes, changes);
        byte[] line = operation.ToLine();
        file.Append(line, durable: true);
        // Else a start before the next operation would do what was refused.
        catalog.OnRollback(() => TakeBack(position));
        Apply(connection, operation, now.ToUnixTimeSeconds() + (long)Math.Ceiling(delay.TotalSeconds), position + line.Length);
        JournalHead next = new(operation.Number, position + line.Length, changes.Any(c => c.Kind is StatementKind.Album or StatementKind.Smart or StatementKind.TagFolder) ? operation.Number : head.Arranged);
        catalog.OnCommit(() => _head = next);
        return operation;
    }

    void TakeBack(long position)
    {
        try
        {
            file.CutTo(position);
        }
        catch (IOException)
        {
            // The next operation does.
        }
    }

    /// <summary>Does what stands in the file and not in the catalogue: all of it in one that was made anew, the last operation after a crash.</summary>
    /// <exception cref="JournalException">A line cannot be understood.</exception>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        const int BytesPerTransaction = 4 << 20;
        long position = await catalog.WriteAsync(RestoreFile, cancellationToken);
        List<(Operation Operation, long End)> some = [];
        foreach ((Operation read, long after) in Read(file, position))
        {
            some.Add((read, after));
            if (after - position < BytesPerTransaction) continue;
            await TakeAsync();
            position = after;
        }
        await TakeAsync();

        async Task TakeAsync()
        {
            if (some.Count == 0) return;
            await catalog.WriteAsync(connection =>
            {
                foreach ((Operation operation, long end) in some)
                {
                    if (!IsKnown(connection, operation.Id)) Apply(connection, operation, 0, end);
                    else SetPosition(connection, end);
                }
            }, cancellationToken);
            some.Clear();
        }
    }

    /// <summary>Makes sure that a journal can be read, to its end.</summary>
    /// <exception cref="JournalException">A line cannot be understood.</exception>
    public static void Check(AppendFile file)
    {
        foreach (var _ in Read(file, 0)) { }
    }

    static IEnumerable<(Operation Operation, long End)> Read(AppendFile file, long position)
    {
        foreach ((byte[] line, long end) in file.ReadFrom(position))
        {
            Operation operation;
            try
            {
                operation = Operation.FromLine(line);
            }
            catch (FormatException error)
            {
                throw new JournalException($"{file.Path}, byte {end - line.Length - 1}: {error.Message}. Mend that line, or move it away to go on without it.", error);
            }
            yield return (operation, end);
        }
    }

    /// <summary>
    /// Takes over operations of another copy of the journal, as the next ones here; those that are known already are left out. What was changed here after one of
    /// them keeps its value.
    /// </summary>
    /// <exception cref="IOException">The disk is full or failing; nothing was changed.</exception>
    public async Task<Adopted> AdoptAsync(IReadOnlyList<Operation> foreign, CancellationToken cancellationToken)
    {
        Adopted adopted = await catalog.WriteAsync(connection => Adopt(connection, foreign), cancellationToken);
        if (adopted.Taken > 0) await Committed(CancellationToken.None);
        return adopted;
    }

    /// <summary>What <see cref="AdoptAsync"/> would do.</summary>
    public Adopted RehearseAdoption(IReadOnlyList<Operation> foreign)
    {
        using Database.Reader reader = catalog.Read();
        DbConnection connection = reader.Connection;
        List<Operation> fresh = [.. foreign.DistinctBy(o => o.Id).Where(o => !IsKnown(connection, o.Id))];
        return new(fresh.Count, foreign.Count - fresh.Count, fresh.Sum(o => o.Changes.Count(c => IsOverruled(connection, o, c))), Elsewhere(connection, foreign));
    }

    Adopted Adopt(DbConnection connection, IReadOnlyList<Operation> foreign)
    {
        (long number, long position, _) = JournalHead.Read(connection);
        // Of a transaction that failed after its line was written.
        file.CutTo(position);
        using MemoryStream lines = new();
        int taken = 0, overruled = 0;
        foreach (Operation operation in foreign.Where(o => !IsKnown(connection, o.Id)))
        {
            Operation ours = operation with { Number = ++number };
            lines.Write(ours.ToLine());
            overruled += Apply(connection, ours, 0, position + lines.Length);
            LookAgain(connection, ours);
            taken++;
        }
        catalog.OnRollback(() => TakeBack(position));
        if (taken > 0) file.Append(lines.GetBuffer().AsSpan(0, (int)lines.Length), durable: true);
        return new(taken, foreign.Count - taken, overruled, Elsewhere(connection, foreign));
    }

    /// <summary>What their sidecars say may be what was stated elsewhere: that is told apart anew. And what they are called is decided anew.</summary>
    static void LookAgain(DbConnection connection, Operation operation)
    {
        foreach (StatementChange named in operation.Changes.Where(c => c.Kind is StatementKind.Name)) AssetIndex.NameAnew(connection, named.Asset);
        foreach (string asset in operation.Changes.Where(c => c.Kind is StatementKind.Person or StatementKind.Sidecar).Select(c => c.Asset).Distinct())
            foreach ((long folder, byte[] name) in connection.Query<(long, byte[])>("""
                SELECT l.folder_id, l.name FROM asset a JOIN content c ON c.asset_id = a.id JOIN location l ON l.content_id = c.id WHERE a.uid = @asset AND l.missing_since IS NULL
                """, new { asset }).AsList())
                JobQueue.Add(connection, LocationIndex.SidecarJob, LocationIndex.Subject(folder, name));
    }

    /// <summary>The assets of these operations that the catalogue has not met.</summary>
    static IReadOnlyList<string> Elsewhere(DbConnection connection, IReadOnlyList<Operation> operations)
    {
        const int PerQuery = 500;
        List<string> elsewhere = [];
        foreach (string[] some in operations.SelectMany(o => o.Changes).Select(c => c.Photo).OfType<string>().Distinct().Chunk(PerQuery))
            elsewhere.AddRange(some.Except(connection.Query<string>("SELECT uid FROM asset WHERE uid IN @some", new { some })));
        return elsewhere;
    }

    /// <summary>Where the journal stands, which is asked once for each change that does not come from here.</summary>
    public JournalHead Head(DbConnection connection) => _head ?? JournalHead.Read(connection);

    /// <summary>How far the file is committed, in bytes: what stands behind that may be taken back.</summary>
    public long CommittedLength()
    {
        using Database.Reader reader = catalog.Read();
        return JournalHead.Read(reader.Connection).Position;
    }

    /// <summary>A statement as it stands now; null when there is none.</summary>
    public static string? Statement(DbConnection connection, string asset, StatementKind kind, string field) => connection.QueryFirstOrDefault<string?>("""
        SELECT value FROM statement WHERE asset = @asset AND kind = @kind AND field = @field
        """, new { asset, kind = (int)kind, field });

    /// <summary>All statements of one kind, by field.</summary>
    public static Dictionary<string, string> Statements(DbConnection connection, string asset, StatementKind kind) =>
        connection.Query<(string Field, string Value)>("SELECT field, value FROM statement WHERE asset = @asset AND kind = @kind", new { asset, kind = (int)kind })
            .ToDictionary(s => s.Field, s => s.Value);

    /// <summary>All values that people and sidecars ever gave a field; when a person's changed last, and when any did (null: never).</summary>
    public static (IReadOnlyList<string?> Values, DateTimeOffset? Person, DateTimeOffset? Any) History(DbConnection connection, string asset, Field field)
    {
        List<(long Kind, string? Before, string? After, long At)> changes = connection.Query<(long, string?, string?, long)>("""
            SELECT c.kind, c.before, c.after, o.at FROM change c JOIN operation o ON o.number = c.operation WHERE c.asset = @asset AND c.field = @Name AND c.kind IN (0, 1) ORDER BY o.at, o.id
            """, new { asset, field.Name }).AsList();
        return ([.. changes.Where(c => c.Before is not null).Select(c => c.Before), .. changes.Select(c => c.After)],
            At(changes.FindLastIndex(c => c.Kind == (int)StatementKind.Person)), At(changes.Count - 1));

        DateTimeOffset? At(int index) => index < 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(changes[index].At);
    }

    /// <summary>The asset that a content belongs to by what was found earlier; null when that is not noted.</summary>
    public static string? AssetOf(DbConnection connection, ContentHash content) => connection.QueryFirstOrDefault<string?>("""
        SELECT asset FROM statement WHERE field = @field AND kind = 3
        """, new { field = content.ToString() });

    /// <summary>Which of an asset's contents is the later one: the number of the operation with which it went on with this one; 0 for its first.</summary>
    public static long VersionOf(DbConnection connection, string asset, ContentHash content) => connection.ExecuteScalar<long?>("""
        SELECT max(operation) FROM change WHERE asset = @asset AND field = @field AND kind = 3
        """, new { asset, field = content.ToString() }) ?? 0;

    /// <summary>Has the sidecars of an asset written, in the caller's transaction.</summary>
    /// <param name="notBefore">Unix seconds.</param>
    public static void WriteSidecars(DbConnection connection, string asset, long notBefore) => JobQueue.Add(connection, WriteJob, asset, notBefore);

    /// <summary>Operations, the last one first, from before a number on.</summary>
    public IReadOnlyList<LoggedOperation> List(long before, int most, string? asset = null)
    {
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<LoggedOperation>($"""
            SELECT o.number, o.id, o.at, o.who, o.door, o.what, (SELECT u.number FROM operation u WHERE u.id = o.undoes) AS undoes, o.assets,
                   (SELECT max(u.number) FROM operation u WHERE u.undoes = o.id) AS undone_by
            FROM operation o WHERE o.number < @before {(asset is null ? "" : "AND o.number IN (SELECT operation FROM change WHERE asset = @asset)")}
            ORDER BY o.number DESC LIMIT @most
            """, new { before, most, asset })];
    }

    /// <summary>A page of what an operation changed, in the order of assets and fields.</summary>
    /// <param name="skip">How many changes stood on the pages before.</param>
    public IReadOnlyList<StatementChange> Changes(long operation, int most, int skip = 0)
    {
        using Database.Reader reader = catalog.Read();
        return [.. ChangesOf(reader.Connection, operation, most, skip)];
    }

    /// <summary>
    /// Takes an operation back: each of its statements that still stands becomes what it was before. What other programs wrote into sidecars
    /// is overruled by what was there before.
    /// </summary>
    /// <param name="number">Null: the last one that a person did and that was not taken back.</param>
    /// <returns>The operation that does it, and how many changes were left as they are because something changed them since.</returns>
    /// <exception cref="UndoException">There is nothing to take back.</exception>
    public async Task<(Operation Operation, int Left)> UndoAsync(Author author, long? number, CancellationToken cancellationToken)
    {
        (long Number, string Id, string What, IReadOnlyList<StatementChange> Changes, int Left) plan = default;
        (Operation Operation, int Left) done = await catalog.WriteAsync(connection =>
        {
            plan = PlanUndo(connection, number);
            return (Record(connection, author, plan.What, plan.Changes, plan.Id)!, plan.Left);
        }, cancellationToken);
        await Committed(CancellationToken.None);
        return done;
    }

    /// <summary>What <see cref="UndoAsync"/> would do.</summary>
    /// <inheritdoc cref="UndoAsync"/>
    public (long Number, string Id, string What, IReadOnlyList<StatementChange> Changes, int Left) PlanUndo(long? number)
    {
        using Database.Reader reader = catalog.Read();
        return PlanUndo(reader.Connection, number);
    }

    static (long Number, string Id, string What, IReadOnlyList<StatementChange> Changes, int Left) PlanUndo(DbConnection connection, long? number)
    {
        (long number, string id, string what)? found = connection.QueryFirstOrDefault<(long, string, string)?>(number is null
            ? """
              SELECT number, id, what FROM operation o WHERE door NOT IN ('sidecar', 'scan') AND undoes IS NULL
              AND NOT EXISTS (SELECT 1 FROM operation u WHERE u.undoes = o.id AND NOT EXISTS (SELECT 1 FROM operation r WHERE r.undoes = u.id))
              ORDER BY number DESC LIMIT 1
              """
            : "SELECT number, id, what FROM operation WHERE number = @number", new { number });
        if (found is not { } operation) throw new UndoException(number is null ? "Nothing was changed that could be taken back." : $"There is no operation {number}; 'albumen log' lists them.");

        List<(StatementChange Change, string? Now)> all = [.. Standing(connection, operation.number)];
        HashSet<(string, string)> personal = [.. all.Where(c => c.Change.Kind is StatementKind.Person).Select(c => (c.Change.Asset, c.Change.Field))];
        List<StatementChange> inverse = [];
        int left = 0;
        foreach ((StatementChange change, string? now) in all)
            switch (change.Kind)
            {
                // No file comes back by that.
                case StatementKind.Purged:
                    break;
                case StatementKind.Person or StatementKind.Conflict or > StatementKind.Name when now == change.After:
                    inverse.Add(change with { Before = now, After = change.Before });
                    break;
                // A sidecar says what it says; a person can say otherwise.
                case StatementKind.Sidecar when now == change.After && !personal.Contains((change.Asset, change.Field)):
                    string? person = Statement(connection, change.Asset, StatementKind.Person, change.Field);
                    if (person is null && change.Before != change.After) inverse.Add(new(change.Asset, change.Field, StatementKind.Person, null, change.Before ?? Field.Cleared));
                    else left++;
                    break;
                case StatementKind.Person or StatementKind.Conflict or > StatementKind.Name:
                    left++;
                    break;
            }
        left += ArrangedUndo.KeepWhole(connection, [.. all.Select(c => c.Change)], inverse);
        if (inverse.Count == 0) throw new UndoException($"Operation {operation.number} ({operation.what}) has left nothing that could be taken back: all of it was changed since, or is no edit.");
        return (operation.number, operation.id, $"undo {operation.number}: {operation.what}", inverse, left);
    }

    /// <summary>A conflict is none any more when the person withdraws what the other program disagreed with, or says the same as it.</summary>
    static IEnumerable<StatementChange> Settled(DbConnection connection, IReadOnlyList<StatementChange> changes)
    {
        Dictionary<(string, string), string> open = connection.Query<(string Asset, string Field, string Value)>("SELECT asset, field, value FROM statement WHERE kind = 2").ToDictionary(c => (c.Asset, c.Field), c => c.Value);
        if (open.Count == 0) yield break;
        foreach (StatementChange decided in changes.Where(c => c.Kind is StatementKind.Conflict)) open.Remove((decided.Asset, decided.Field));
        foreach (StatementChange change in changes.Where(c => c.Kind is StatementKind.Person))
            if (open.TryGetValue((change.Asset, change.Field), out string? conflict) && Field.Find(change.Field) is { } field
                && (change.After is null || field.AreSame(change.After, Conflict.FromJson(conflict).Theirs?.GetRawText())))
                yield return new(change.Asset, change.Field, StatementKind.Conflict, conflict, null);
    }

    static IEnumerable<StatementChange> ChangesOf(DbConnection connection, long operation, int most, int skip = 0) =>
        connection.Query<(string Asset, string Field, long Kind, string? Before, string? After)>("""
            SELECT asset, field, kind, before, after FROM change WHERE operation = @operation ORDER BY asset, field, kind LIMIT @most OFFSET @skip
            """, new { operation, most, skip }).Select(c => new StatementChange(c.Asset, c.Field, (StatementKind)c.Kind, c.Before, c.After));

    /// <summary>What an operation changed, and what stands there now.</summary>
    static IEnumerable<(StatementChange Change, string? Now)> Standing(DbConnection connection, long operation) =>
        connection.Query<(string Asset, string Field, long Kind, string? Before, string? After, string? Now)>("""
            SELECT c.asset, c.field, c.kind, c.before, c.after, s.value
            FROM change c LEFT JOIN statement s ON s.asset = c.asset AND s.kind = c.kind AND s.field = c.field WHERE c.operation = @operation ORDER BY c.asset, c.field, c.kind
            """, new { operation }).Select(c => (new StatementChange(c.Asset, c.Field, (StatementKind)c.Kind, c.Before, c.After), c.Now));

    /// <param name="end">How far the file is committed with it, in bytes.</param>
    /// <returns>How many of its changes count no more, because something changed the same later.</returns>
    int Apply(DbConnection connection, Operation operation, long writeNotBefore, long end)
    {
        _head = null;
        long at = operation.At.ToUnixTimeMilliseconds();
        HashSet<StatementChange> overruled = at <= Latest(connection) ? [.. operation.Changes.Where(c => IsOverruled(connection, operation, c))] : [];
        // One command, however many the changes are.
        connection.Execute($"""
            INSERT INTO operation (number, id, at, who, door, what, undoes, assets) VALUES (@Number, @Id, @at, @Who, @Door, @What, @Undoes, @Assets);
            INSERT INTO change (asset, field, kind, operation, before, after)
              SELECT {Change("asset")}, {Change("field")}, {Change("kind")}, @Number, {Change("before")}, {Change("after")} FROM {Dialect.JsonItems("@changes")};
            DELETE FROM statement WHERE (asset, kind, field) IN
              (SELECT {Change("asset")}, {Change("kind")}, {Change("field")} FROM {Dialect.JsonItems("@changes")} WHERE {Change("counts")} AND {Change("after")} IS NULL);
            INSERT INTO statement (asset, kind, field, value)
              SELECT {Change("asset")}, {Change("kind")}, {Change("field")}, {Change("after")} FROM {Dialect.JsonItems("@changes")} WHERE {Change("counts")} AND {Change("after")} IS NOT NULL
              ON CONFLICT (asset, kind, field) DO UPDATE SET value = excluded.value;
            INSERT INTO cursor (name, position) VALUES (@Cursor, @end) ON CONFLICT (name) DO UPDATE SET position = @end
            """, new { operation.Number, operation.Id, at, operation.Who, operation.Door, operation.What, operation.Undoes, operation.Assets, changes = ToRows(operation.Changes, overruled), Cursor, end });
        string[] assets = [.. operation.Changes.Where(c => c.Kind is StatementKind.Person or StatementKind.Sidecar or StatementKind.Conflict).Select(c => c.Asset).Distinct()];
        AssetIndex.Relayer(connection, assets);
        foreach (string asset in assets) WriteSidecars(connection, asset, writeNotBefore);
        _latest = Math.Max(at, Latest(connection));
        return overruled.Count;

        static string Change(string column) => Dialect.Json("value", column);
    }

    static string ToRows(IReadOnlyList<StatementChange> changes, HashSet<StatementChange> overruled)
    {
        using MemoryStream rows = new();
        using (Utf8JsonWriter json = new(rows))
        {
            json.WriteStartArray();
            foreach (StatementChange change in changes)
            {
                json.WriteStartObject();
                json.WriteString("asset", change.Asset);
                json.WriteString("field", change.Field);
                json.WriteNumber("kind", (int)change.Kind);
                json.WriteString("before", change.Before);
                json.WriteString("after", change.After);
                json.WriteBoolean("counts", !overruled.Contains(change));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(rows.GetBuffer().AsSpan(0, (int)rows.Length));
    }

    static bool IsOverruled(DbConnection connection, Operation operation, StatementChange change) => connection.ExecuteScalar<bool>("""
        SELECT EXISTS (SELECT 1 FROM change c JOIN operation o ON o.number = c.operation WHERE c.asset = @Asset AND c.field = @Field AND c.kind = @kind AND (o.at, o.id) > (@at, @Id))
        """, new { change.Asset, change.Field, kind = (int)change.Kind, at = operation.At.ToUnixTimeMilliseconds(), operation.Id });

    static bool IsKnown(DbConnection connection, string id) => connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM operation WHERE id = @id)", new { id });

    long Latest(DbConnection connection) => _latest ??= connection.ExecuteScalar<long>("SELECT coalesce(max(at), 0) FROM operation");

    /// <summary>A file that was lost, or put back from an old backup, is written anew from the catalogue. What it held may be known nowhere else, and stays beside it.</summary>
    long RestoreFile(DbConnection connection)
    {
        long position = JournalHead.Read(connection).Position;
        if (file.Length >= position) return position;
        file.BeginAnew();
        foreach (LoggedRow row in connection.Query<LoggedRow>("SELECT number, id, at, who, door, what, undoes FROM operation ORDER BY number").AsList())
            file.Append(new Operation(row.Number, row.Id, DateTimeOffset.FromUnixTimeMilliseconds(row.At), row.Who, row.Door, row.What, row.Undoes, [.. ChangesOf(connection, row.Number, int.MaxValue)]).ToLine(), durable: false);
        file.Append([], durable: true);
        SetPosition(connection, file.Length);
        return file.Length;
    }

    void SetPosition(DbConnection connection, long position)
    {
        _head = null;
        connection.Execute("INSERT INTO cursor (name, position) VALUES (@Cursor, @position) ON CONFLICT (name) DO UPDATE SET position = @position", new { Cursor, position });
    }

    sealed record LoggedRow(long Number, string Id, long At, string Who, string Door, string What, string? Undoes);
}

/// <summary>Where the journal stands.</summary>
/// <param name="Number">Of its last operation; 0 before the first.</param>
/// <param name="Position">How far the file is committed, in bytes.</param>
/// <param name="Arranged">The number of the last operation that changed an album, a smart album or a tag that exists by itself, not counting what is in albums.</param>
public sealed record JournalHead(long Number, long Position, long Arranged)
{
    public static JournalHead Read(DbConnection connection)
    {
        (long number, long? position, long? arranged) = connection.QuerySingle<(long, long?, long?)>("""
            SELECT (SELECT coalesce(max(number), 0) FROM operation), (SELECT position FROM cursor WHERE name = @Cursor), (SELECT max(operation) FROM change WHERE kind IN (5, 7, 8))
            """, new { Journal.Cursor });
        return new(number, position ?? 0, arranged ?? 0);
    }
}

/// <summary>An operation as it is listed. Times: milliseconds since 1970.</summary>
public sealed record LoggedOperation
{
    // With properties, not parameters: of columns without a value SQLite cannot say the types, and Dapper would find no constructor.
    public long Number { get; init; }
    public string Id { get; init; } = "";
    public long At { get; init; }
    public string Who { get; init; } = "";
    public string Door { get; init; } = "";
    public string What { get; init; } = "";
    /// <summary>How many it changed.</summary>
    public long Assets { get; init; }
    /// <summary>The number of the operation that it took back.</summary>
    public long? Undoes { get; init; }
    /// <summary>The number of the last operation that took it back.</summary>
    public long? UndoneBy { get; init; }
}

/// <summary>What became of operations of another copy of the journal.</summary>
/// <param name="Taken">Operations.</param>
/// <param name="Known">Operations that were here already.</param>
/// <param name="Overruled">Changes of those taken that do not count, because the same was changed here later.</param>
/// <param name="Elsewhere">Assets they speak of and that were not met here; what is said of them is kept for the day they are.</param>
public sealed record Adopted(int Taken, int Known, int Overruled, IReadOnlyList<string> Elsewhere);

/// <summary>There is nothing to take back; the message says why.</summary>
public sealed class UndoException(string message) : Exception(message);

/// <summary>The journal cannot be read; the message says which line and what to do.</summary>
public sealed class JournalException(string message, Exception inner) : Exception(message, inner);
