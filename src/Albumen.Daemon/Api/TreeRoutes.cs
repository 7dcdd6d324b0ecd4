using Albumen.Client;
using Albumen.Tree;

namespace Albumen.Daemon.Api;

/// <summary>/tree and /entry: the archive as folders.</summary>
static class TreeRoutes
{
    const int BytesPerWrite = 64 * 1024;

    public static void Map(RouteGroupBuilder api, Appliance appliance)
    {
        api.MapGet("/tree", async (string path, bool? recursive, HttpContext context) =>
        {
            Node node = Find(appliance, path);
            context.Response.ContentType = "application/x-ndjson";
            await WriteAsync(context.Response.Body,
                node.IsFolder ? TreeLines.Below(appliance.Tree, node, Viewer.Admin, recursive ?? false) : [node], context.RequestAborted);
        }).Produces<TreeEntry>(StatusCodes.Status200OK, "application/x-ndjson").ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("What is in a folder, one JSON object a line; with recursive, everything below it.");

        api.MapGet("/entry", async (string path, HttpContext context) =>
        {
            Node node = Find(appliance, path);
            context.Response.ContentType = "application/json";
            await WriteAsync(context.Response.Body, [node], context.RequestAborted);
        }).Produces<TreeEntry>().ProducesProblem(StatusCodes.Status404NotFound).WithSummary("One folder or file.");
    }

    static Node Find(Appliance appliance, string path)
    {
        if (!path.StartsWith('/')) throw RefusedException.BadRequest($"'{path}' is not a path in the tree: those begin with '/'.");
        return appliance.Tree.Find(path, Viewer.Admin) ?? throw RefusedException.NotFound($"There is no {path}.");
    }

    static async Task WriteAsync(Stream body, IEnumerable<Node> nodes, CancellationToken cancellationToken)
    {
        using MemoryStream lines = new(BytesPerWrite * 2);
        foreach (Node node in nodes)
        {
            TreeLines.Write(lines, node);
            if (lines.Length < BytesPerWrite) continue;
            await SendAsync();
        }
        await SendAsync();

        async Task SendAsync()
        {
            await body.WriteAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length), cancellationToken);
            lines.SetLength(0);
        }
    }
}
