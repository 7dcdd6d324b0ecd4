using Albumen.Daemon.Bus;

namespace Albumen.Daemon.Api;

/// <summary>/units: what systemd says of albumend.</summary>
static class UnitRoutes
{
    public static void Map(RouteGroupBuilder api, Citizen citizen) => api.MapGet("/units", () => citizen.Units.Known)
        .WithSummary("albumend's own service, sockets and timers, as systemd described them last; none where systemd did not start it.");
}
