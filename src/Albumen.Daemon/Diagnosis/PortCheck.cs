using System.Net;
using System.Net.Sockets;
using Albumen.Client;
using Albumen.Configuration;

namespace Albumen.Daemon.Diagnosis;

/// <summary>Whether the configured addresses are ours, or can be at the next start.</summary>
sealed class PortCheck : HealthCheck
{
    public override string Name => "ports";

    public override async IAsyncEnumerable<Symptom> LookAsync(Patient patient, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ListenAddress[] running = patient.Running is null ? [] : [.. Addresses(patient.Settings)];
        if (patient.Running is { } daemon) yield return running.Length == 0 ? Note("http and https are off: the archive cannot be mounted.", patient.EditConfiguration)
            : Ok($"albumend listens at {string.Join(" and ", daemon.Urls.Where(url => !url.Contains("unix:", StringComparison.Ordinal)))}.");
        // Of a file that was changed meanwhile: what it would come to.
        ListenAddress[] wanted = [.. Addresses(OnDisk(patient))];
        if (patient.Running is null && wanted.Length == 0) yield return Note("http and https are off: the archive could not be mounted.", patient.EditConfiguration);
        foreach (ListenAddress address in wanted.Except(running))
            switch (address.Port == 0 ? null : Refusal(address))
            {
                case null when patient.Running is null && address.Port == 0:
                    yield return Ok($"{address} is any free port.");
                    break;
                case null when patient.Running is null:
                    yield return Ok($"{address} is free for albumend.");
                    break;
                case SocketError.AddressAlreadyInUse when patient.Running is null && await IsAlbumenAsync(address, cancellationToken):
                    yield return Ok($"albumend listens at {address}.");
                    break;
                case SocketError.AddressAlreadyInUse when running.All(known => known.Port != address.Port):
                    yield return Failed($"Another program listens at {address}, so albumend could not start. Stop that, or choose another port with http: or https: in {patient.Layout.ConfigurationFile}.",
                        $"sudo ss -tlnp 'sport = :{address.Port}'");
                    break;
                case SocketError.AccessDenied:
                    yield return Failed($"albumend may not listen at {address}: ports below 1024 are for root. Choose 1024 or more with http: or https: in {patient.Layout.ConfigurationFile}.", patient.EditConfiguration);
                    break;
                case SocketError.AddressNotAvailable:
                    yield return Failed($"{address} is no address of this machine. Correct http: or https: in {patient.Layout.ConfigurationFile}.", "ip -brief address");
                    break;
            }
    }

    static Settings OnDisk(Patient patient)
    {
        try
        {
            return ConfigurationReader.Read(patient.Layout);
        }
        catch (ConfigurationException)
        {
            // Another check says so.
            return patient.Settings;
        }
    }

    static IEnumerable<ListenAddress> Addresses(Settings settings) => ((ListenAddress?[])[settings.Http?.Listen, settings.Https?.Listen]).OfType<ListenAddress>();

    /// <summary>Why nobody could listen there now; null when one could.</summary>
    static SocketError? Refusal(ListenAddress address)
    {
        IPAddress ip = address.Host switch
        {
            ListenAddress.AnyHost => IPAddress.IPv6Any,
            "localhost" => IPAddress.Loopback,
            _ => IPAddress.Parse(address.Host),
        };
        try
        {
            using Socket socket = new(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (ip.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(new IPEndPoint(ip, address.Port));
            return null;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode;
        }
    }

    /// <summary>Whether it is a daemon of ours that answers, which whoever asks may only not speak to.</summary>
    static async Task<bool> IsAlbumenAsync(ListenAddress address, CancellationToken cancellationToken)
    {
        string host = address.Host is ListenAddress.AnyHost or "localhost" ? "127.0.0.1" : address.Host.Contains(':') ? $"[{address.Host}]" : address.Host;
        using HttpClient http = LocalClient.Make();
        foreach (string scheme in (string[])["http", "https"])
            try
            {
                return (await http.GetStringAsync($"{scheme}://{host}:{address.Port}/health", cancellationToken)).Contains("\"status\"", StringComparison.Ordinal);
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // Not this way.
            }
        return false;
    }
}
