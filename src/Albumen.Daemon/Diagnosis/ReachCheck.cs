using System.Diagnostics;
using System.Net;
using Albumen.Client;

namespace Albumen.Daemon.Diagnosis;

/// <summary>What a client meets at each door: WebDAV is offered, and nobody gets in without a password.</summary>
sealed class ReachCheck : HealthCheck
{
    public override string Name => "reach";

    public override Needs Needs => Needs.Daemon;

    public override async IAsyncEnumerable<Symptom> LookAsync(Patient patient, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpClient http = LocalClient.Make();
        int doors = 0;
        foreach (string url in patient.Running!.Urls.Where(url => !url.Contains("unix:", StringComparison.Ordinal)))
        {
            doors++;
            long started = Stopwatch.GetTimestamp();
            yield return await FaultAsync(http, Here(url), cancellationToken) is { } fault
                ? Failed($"{url}: {fault}", $"curl -ki -X OPTIONS {Here(url)}")
                : Ok($"{url} answers as a client expects it, in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms.");
        }
        if (doors == 0) yield return Note("No door is open for clients.", patient.EditConfiguration);
        else if (DoorList(patient).All(door => door.Reach == "this machine"))
            yield return Note("Only this machine can mount the archive. For the network, write 'https: on'.", patient.EditConfiguration);
        if (patient.Settings.Http is { } plain && plain.Listen.Host is not ("localhost" or "127.0.0.1" or "::1"))
            yield return plain.Insecure
                ? Warning($"http listens at {plain.Listen} and is 'insecure: on': everyone on the way can read the passwords that come there. Write 'https: on', and let http listen at 127.0.0.1.", patient.EditConfiguration)
                : Note($"http listens at {plain.Listen}, where only this machine can sign in, because nothing is encrypted. Other machines are refused: they need 'https: on', or 'insecure: on' below http.", patient.EditConfiguration);
    }

    static IEnumerable<Door> DoorList(Patient patient) => Api.DoorRoutes.Of(patient.Running!.Urls, patient.Settings.Http is { Insecure: true }, patient.Running.Certificate);

    /// <summary>What a client would stumble over; null when it is well.</summary>
    static async Task<string?> FaultAsync(HttpClient http, Uri door, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage options = await http.SendAsync(new(HttpMethod.Options, door), cancellationToken);
            if (!options.Headers.TryGetValues("DAV", out IEnumerable<string>? classes) || !string.Join(',', classes).Contains('1'))
                return $"OPTIONS is answered with {(int)options.StatusCode} and no DAV header, so no client takes it for WebDAV.";
            using HttpResponseMessage stranger = await http.SendAsync(new(new("PROPFIND"), door), cancellationToken);
            return stranger.StatusCode is not HttpStatusCode.Unauthorized ? $"Without a password PROPFIND is answered with {(int)stranger.StatusCode} instead of 401."
                : stranger.Headers.WwwAuthenticate.All(challenge => challenge.Scheme != "Basic") ? "The answer 401 does not ask for a password (WWW-Authenticate: Basic)."
                : null;
        }
        catch (HttpRequestException error)
        {
            return $"Nobody answers: {error.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "It does not answer within 5 s.";
        }
    }

    /// <summary>An address of this machine at which a door for all addresses is met.</summary>
    static Uri Here(string url) => new(url.Replace("[::]", "127.0.0.1", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)
        .Replace("://*", "://127.0.0.1", StringComparison.Ordinal).Replace("://+", "://127.0.0.1", StringComparison.Ordinal));
}
