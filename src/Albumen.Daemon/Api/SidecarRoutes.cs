using Albumen.Client;
using Albumen.Sidecar;
using Albumen.Storage;

namespace Albumen.Daemon.Api;

/// <summary>Sidecars: where they lie, and trying those again that could not be written.</summary>
static class SidecarRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance, Parts parts)
    {
        api.MapPost("/volumes/{name}/sidecars/relocate", async (string name, RelocateRequest request) =>
            {
                Volume volume = VolumeRoutes.Find(appliance, name);
                bool toMirror = request.To switch
                {
                    "mirror" => true,
                    "beside" => false,
                    _ => throw RefusedException.BadRequest($"Sidecars lie beside the originals or in the mirror; '{request.To}' is neither."),
                };
                Relocated relocated = await appliance.SidecarMover.MoveAsync(volume, toMirror, request.DryRun, parts.Stopping);
                return new RelocateAnswer(relocated.Moved, [.. relocated.Left.Select(left => new LeftSidecar(left.Path, left.Reason))],
                    appliance.SidecarFiles.PlacementOf(volume).ToString().ToLowerInvariant());
            })
            .ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Moves the sidecars of a volume beside the originals or into the mirror, without loss.");

        api.MapPost("/sidecars/sync", async () =>
            {
                await appliance.Sidecars.Writer.RetryAsync(parts.Stopping);
                appliance.Sidecars.Wake();
            })
            .WithSummary("Has sidecars that could not be written tried again at once.");
    }
}
