using Albumen.Catalog;
using Albumen.Storage;
using Dapper;

namespace Albumen.Daemon.Checking;

/// <summary>Each operation of the journal stands in the catalogue as it stands in the file, and no other does.</summary>
sealed class JournalCheck : Check
{
    const string Restore = "Put a backup of layer/journal.jsonl in its place; or move it away while albumend is stopped: the next start writes it anew from the catalogue.";

    public override string Name => "journal";

    public override string Reads => "layer/journal.jsonl, against the operations and changes of the catalogue";

    public override IEnumerable<Finding> Find(Examined examined, CancellationToken cancellationToken)
    {
        string path = Appliance.JournalFile(examined.Layout);
        long committed = JournalHead.Read(examined.Catalog).Position, operations = examined.Catalog.ExecuteScalar<long>("SELECT count(*) FROM operation"), found = 0, number = 0;
        if (!File.Exists(path))
        {
            if (operations > 0) yield return Wrong(path, $"It is not there, and the catalogue knows {operations} operations of it.", "Start albumend: it writes the file anew from the catalogue.");
            yield break;
        }
        if (new FileInfo(path).Length < committed) yield return Wrong(path, $"It is shorter than what the catalogue has of it ({committed} bytes).", "Start albumend: it writes the file anew from the catalogue.");
        long begin = 0;
        foreach ((byte[] line, long end) in AppendFile.Read(path, 0))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++number % 1000 == 0) examined.Progress($"journal: operation {number} of {operations}");
            string where = $"{path}, line {number} (byte {begin})";
            begin = end;
            Operation? operation = null;
            string? fault = null;
            try
            {
                operation = Operation.FromLine(line);
            }
            catch (FormatException error)
            {
                fault = error.Message;
            }
            if (operation is null)
            {
                yield return Wrong(where, $"{char.ToUpperInvariant(fault![0])}{fault[1..]}.", Restore);
                continue;
            }
            // What stands behind was acknowledged to nobody, or is taken in at the next start.
            if (end > committed) continue;
            found++;
            if (Difference(examined, operation) is { } difference) yield return Wrong(where, difference, Restore);
        }
        if (found < operations) yield return Wrong(path, $"The catalogue knows {operations} operations, and {found} of them stand in the file.", Restore);
    }

    static string? Difference(Examined examined, Operation operation)
    {
        if (examined.Catalog.QueryFirstOrDefault<Row>("SELECT number, id, at, who, door, what, undoes, assets FROM operation WHERE id = @Id", new { operation.Id }) is not { } row)
            return $"The operation {operation.Number} ({operation.What}) is not in the catalogue, or is another one there.";
        if ((row.At, row.Who, row.Door, row.What, row.Undoes, row.Assets) != (operation.At.ToUnixTimeMilliseconds(), operation.Who, operation.Door, operation.What, operation.Undoes, operation.Assets))
            return $"The operation {operation.Number} is another in the catalogue: {row.What}, by {row.Who}.";
        HashSet<(string, string, long, string?, string?)> said = [.. operation.Changes.Select(c => (c.Asset, c.Field, (long)c.Kind, c.Before, c.After))];
        HashSet<(string, string, long, string?, string?)> known = [.. examined.Catalog.Query<(string, string, long, string?, string?)>(
            "SELECT asset, field, kind, before, after FROM change WHERE operation = @Number", new { row.Number })];
        return said.SetEquals(known) ? null : $"The operation {operation.Number} ({operation.What}) has {known.Except(said).Count()} changes in the catalogue that the file does not have, and {said.Except(known).Count()} the other way round.";
    }

    sealed record Row
    {
        public long Number { get; init; }
        public string Id { get; init; } = "";
        public long At { get; init; }
        public string Who { get; init; } = "";
        public string Door { get; init; } = "";
        public string What { get; init; } = "";
        public string? Undoes { get; init; }
        public int Assets { get; init; }
    }
}
