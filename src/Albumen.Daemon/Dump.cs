using System.Data.Common;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Configuration;
using Albumen.Daemon.Api;
using Albumen.Derivatives;
using Albumen.Sql;
using Albumen.Storage;
using Albumen.Tree;
using Dapper;

namespace Albumen.Daemon;

/// <summary>
/// <c>albumend dump</c>: the whole catalogue, one JSON object a line, the same for the same files however it came about: what stands where in the
/// tree, the layers of each asset, what people said, every operation, the problems.
/// </summary>
static class Dump
{
    public static async Task<int> RunAsync(Layout layout, Settings settings)
    {
        Recovery.RequireUsable(layout);
        await CatchUpAsync(layout);
        using Database catalog = Database.ForReading(Appliance.CatalogFile(layout), Appliance.DamagedCatalog);
        ArchiveTree tree = new(catalog, new Volumes(catalog, settings.Volumes), new DerivativeStore(layout.CacheFolder));
        await using Stream output = Console.OpenStandardOutput();
        await using BufferedStream buffered = new(output, 64 * 1024);
        foreach (string top in (string[])["/Folders", "/Timeline", "/Albums", "/Tags"])
            foreach (Node node in TreeLines.Below(tree, tree.Find(top, Viewer.Admin)!, Viewer.Admin))
                TreeLines.Write(buffered, node);

        using Database.Reader reader = catalog.Read();
        await using Utf8JsonWriter writer = new(buffered);
        // What lies nowhere any more is no part of it: the files do not tell what they were.
        const string Lies = "EXISTS (SELECT 1 FROM content o JOIN location p ON p.content_id = o.id WHERE o.asset_id = a.id AND p.missing_since IS NULL)";
        Lines($"SELECT a.uid AS asset, lower(hex(c.sha256)) AS sha256, a.name FROM asset a JOIN content c ON c.id = a.content_id WHERE {Lies} ORDER BY a.uid");
        Lines($"SELECT a.uid AS asset, l.source AS layer, l.facts FROM layer l JOIN asset a ON a.id = l.asset_id WHERE {Lies} ORDER BY a.uid, l.source");
        Lines("SELECT asset, kind, field, value FROM statement ORDER BY asset, kind, field");
        Lines("SELECT number AS operation, id, at, who, door, what, undoes, assets FROM operation ORDER BY number");
        Lines("SELECT operation, asset, kind, field, before, after FROM change ORDER BY operation, asset, kind, field");
        Lines("SELECT kind AS problem, volume, path, message FROM problem ORDER BY volume, path, kind");
        return 0;

        // One row a line, under the names of its columns; those that are null are absent.
        void Lines(string sql)
        {
            using DbDataReader rows = (DbDataReader)reader.Connection.ExecuteReader(sql);
            while (rows.Read())
            {
                writer.WriteStartObject();
                for (int i = 0; i < rows.FieldCount; i++)
                    if (rows.IsDBNull(i)) continue;
                    else if (rows.GetFieldType(i) == typeof(long)) writer.WriteNumber(rows.GetName(i), rows.GetInt64(i));
                    else writer.WriteString(rows.GetName(i), rows.GetString(i));
                writer.WriteEndObject();
                writer.Flush();
                buffered.WriteByte((byte)'\n');
                writer.Reset();
            }
        }
    }

    /// <summary>What a daemon that was killed had written into the journal and not into the catalogue yet.</summary>
    static async Task CatchUpAsync(Layout layout)
    {
        string journalFile = Appliance.JournalFile(layout);
        if (!File.Exists(Appliance.CatalogFile(layout)) || !File.Exists(journalFile)) return;
        // An older one is changed by a start alone, which backs it up before.
        if (Recovery.SchemaOf(Appliance.CatalogFile(layout)) < Database.NewestOf("catalog")) return;
        try
        {
            using FileStream alone = Appliance.Claim(layout);
            using Database catalog = new(Appliance.CatalogFile(layout), "catalog", Appliance.DamagedCatalog);
            using AppendFile file = new(journalFile);
            await new Journal(catalog, file, TimeSpan.Zero, TimeProvider.System).CatchUpAsync(CancellationToken.None);
            if (NewCatalogue.IsMadeAgain(catalog)) return;
            using AppendFile nameFile = new(Appliance.NamesFile(layout));
            await new TimelineIndex(catalog, TimeProvider.System, names => NameFile.Append(nameFile, names)).CatchUpAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is StartException or UnauthorizedAccessException or IOException)
        {
            // It is running, and does that itself; or this user may only read.
        }
    }
}
