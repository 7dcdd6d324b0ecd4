using Albumen.Catalog;
using Albumen.Client;
using Albumen.Tree;
using Microsoft.AspNetCore.Http.Features;
using ImportedSidecar = Albumen.Client.ImportedSidecar;

namespace Albumen.Daemon.Api;

/// <summary>/export and /layer: everything that is no original, out and in.</summary>
static class LayerRoutes
{
    // A line with a change of a million photos fits.
    const int MostBytes = 96 << 20;

    public static void Map(RouteGroupBuilder api, Appliance appliance)
    {
        api.MapGet("/export", async (HttpContext context, CancellationToken cancellationToken) =>
        {
            context.Response.ContentType = "application/x-tar";
            await appliance.Export.WriteAsync(context.Response.Body, cancellationToken);
        }).Produces(StatusCodes.Status200OK).WithSummary("Everything that is no original, as a tar archive; 'albumen export' unpacks it. The last file is report.json: without it the archive broke off.");

        api.MapPost("/layer/import", async (long? first, bool? dry_run, HttpContext context) =>
        {
            List<Catalog.Operation> operations = [];
            long number = first ?? 1;
            foreach (ReadOnlyMemory<byte> line in await LinesAsync(context)) operations.Add(Read(line, number++));
            Adopted adopted = dry_run is true ? appliance.Journal.RehearseAdoption(operations) : await appliance.Journal.AdoptAsync(operations, context.RequestAborted);
            return new ImportedOperations(adopted.Taken, adopted.Known, adopted.Overruled, adopted.Elsewhere);
        }).Accepts<string>("application/x-ndjson").ProducesProblem(StatusCodes.Status400BadRequest)
            .WithSummary("Takes over lines of another journal, all or none; those that are known are left out, and what was changed here later stands.");

        api.MapPost("/layer/names", async (bool? dry_run, HttpContext context) =>
        {
            IReadOnlyList<ReadOnlyMemory<byte>> lines = await LinesAsync(context);
            KeptName[] names = [.. lines.Select(line => NameFile.Foreign(line)).OfType<KeptName>()];
            int taken = await appliance.Timeline.TakeOverAsync(names, dry_run is true, context.RequestAborted);
            return new ImportedNames(taken, names.Length - taken, lines.Count - names.Length);
        }).Accepts<string>("application/x-ndjson").WithSummary("Takes over names that the timeline gave elsewhere; a photo that has one keeps it.");

        api.MapPost("/layer/sidecars", async (SidecarBatch batch, bool? dry_run, CancellationToken cancellationToken) =>
        {
            List<ImportedSidecar> files = [];
            foreach (SidecarFile file in batch.Files)
            {
                (Sidecar.ImportedSidecar end, string? reason) = await appliance.SidecarImport.TakeAsync(file.Volume, file.Path, file.Bytes, dry_run is true, cancellationToken);
                files.Add(new($"{end}".ToLowerInvariant(), reason));
            }
            if (dry_run is not true) appliance.Sidecars.Wake();
            return new ImportedSidecars(files);
        }).ProducesProblem(StatusCodes.Status400BadRequest).WithSummary("Takes sidecars of an export back into the mirror, where no other one is.");
    }

    static Catalog.Operation Read(ReadOnlyMemory<byte> line, long number)
    {
        try
        {
            return ForeignOperation.Read(line);
        }
        catch (FormatException error)
        {
            throw RefusedException.BadRequest($"Line {number} of the journal cannot be understood: {error.Message}. Nothing of it was taken.");
        }
    }

    static async Task<IReadOnlyList<ReadOnlyMemory<byte>>> LinesAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MostBytes;
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        ReadOnlyMemory<byte> rest = body.ToArray();
        List<ReadOnlyMemory<byte>> lines = [];
        while (!rest.IsEmpty)
        {
            int end = rest.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = end < 0 ? rest : rest[..end];
            if (!line.IsEmpty) lines.Add(line);
            rest = end < 0 ? default : rest[(end + 1)..];
        }
        return lines;
    }
}
