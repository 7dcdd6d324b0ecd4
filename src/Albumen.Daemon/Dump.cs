using System.Text.Json;
using Albumen.Catalog;
using Albumen.Configuration;
using Albumen.Daemon.Api;
using Albumen.Derivatives;
using Albumen.Sql;
using Albumen.Storage;
using Albumen.Tree;

namespace Albumen.Daemon;

/// <summary><c>albumend dump</c>: the whole catalogue, one JSON object a line, the same for the same files however it came about.</summary>
static class Dump
{
    public static int Run(Layout layout, Settings settings)
    {
        using Database catalog = Database.ForReading(Appliance.CatalogFile(layout), Appliance.DamagedCatalog);
        ArchiveTree tree = new(catalog, new Volumes(catalog, settings.Volumes), new DerivativeStore(layout.CacheFolder));
        using Stream output = Console.OpenStandardOutput();
        using BufferedStream buffered = new(output, 64 * 1024);
        foreach (string top in (string[])["/Folders", "/Timeline"])
            foreach (Node node in TreeLines.Below(tree, tree.Find(top, Viewer.Admin)!, Viewer.Admin))
                TreeLines.Write(buffered, node);

        using Utf8JsonWriter writer = new(buffered);
        foreach (Problem problem in new Problems(catalog).List(int.MaxValue))
        {
            writer.WriteStartObject();
            writer.WriteString("problem", problem.Kind);
            writer.WriteString("volume", problem.Volume);
            writer.WriteString("path", problem.Path);
            writer.WriteString("message", problem.Message);
            writer.WriteEndObject();
            writer.Flush();
            buffered.WriteByte((byte)'\n');
            writer.Reset();
        }
        return 0;
    }
}
