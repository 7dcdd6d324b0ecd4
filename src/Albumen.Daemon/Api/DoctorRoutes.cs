using Albumen.Client;
using Albumen.Daemon.Bus;
using Albumen.Daemon.Diagnosis;
using Albumen.Daemon.Tls;

namespace Albumen.Daemon.Api;

/// <summary>/doctor: everything that is looked at, and what to type where it is not well.</summary>
static class DoctorRoutes
{
    /// <param name="listening">Where the daemon listens, as the web server has it.</param>
    public static void Map(RouteGroupBuilder api, Appliance appliance, Parts parts, Citizen citizen, Func<IEnumerable<string>> listening, HttpsCertificate? certificate)
    {
        Doctor doctor = new();
        api.MapGet("/doctor", (bool? deep, CancellationToken cancellationToken) =>
                doctor.LookAsync(new(appliance.Layout, appliance.Settings, deep ?? false, new(appliance, parts, citizen, [.. listening()], certificate)), hasSettings: true, cancellationToken))
            .WithSummary("What was looked at and how it is; with what to type where that is not well. With deep=true also every page of the databases, which takes long.");
        api.MapGet("/formats", () => (IReadOnlyList<Format>)[.. appliance.Indexer.Formats.Select(f => new Format(f.Format, f.Decoder, f.Remedy))])
            .WithSummary("The formats of photos and clips, and which of them this machine makes pictures of.");
    }
}
