using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Albumen.Client;

namespace Albumen.Admin;

/// <summary>What can be seen of a daemon that does not answer: whether systemd runs it, its socket, and what <c>albumend doctor</c> finds without it.</summary>
static class Outside
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(5), DoctorLimit = TimeSpan.FromMinutes(1), DeepLimit = TimeSpan.FromMinutes(15);

    /// <param name="error">Why it cannot be reached.</param>
    public static async Task<IReadOnlyList<Symptom>> LookAsync(ParseResult line, DaemonUnreachableException error, bool isDeep, CancellationToken cancellationToken) =>
        Door.Remote(line) is { } url ? await NetworkAsync(new(url), error, cancellationToken) : await HereAsync(Door.RootOf(line), error, isDeep, cancellationToken);

    static async Task<IReadOnlyList<Symptom>> NetworkAsync(Uri url, DaemonUnreachableException error, CancellationToken cancellationToken)
    {
        List<Symptom> found = [Failed("albumend", error.Message, $"curl -kv {url}")];
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(url.Host, cancellationToken).WaitAsync(Limit, cancellationToken);
            found.Add(new("name", $"{url.Host} is {string.Join(", ", addresses.Take(4).Select(address => $"{address}"))}.", "ok", null, "doors"));
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(addresses, url.Port, cancellationToken).AsTask().WaitAsync(Limit, cancellationToken);
            found.Add(new("port", $"Somebody listens at port {url.Port}, and does not answer as albumend does. Is it http or https?", "warning", $"openssl s_client -connect {url.Host}:{url.Port}", "doors"));
        }
        catch (Exception fault) when (fault is SocketException or TimeoutException)
        {
            found.Add(found.Count == 1 ? Failed("name", $"{url.Host} is not known here: {fault.Message}.", $"getent hosts {url.Host}")
                : Failed("port", $"Nobody answers at port {url.Port} of {url.Host}: {fault.Message}.", "albumen doctor"));
        }
        return found;
    }

    static async Task<IReadOnlyList<Symptom>> HereAsync(string root, DaemonUnreachableException error, bool isDeep, CancellationToken cancellationToken)
    {
        bool isInstalled = root == "/";
        string socket = Path.Combine(root, "run/albumen/albumend.sock");
        List<Symptom> found =
        [
            error.InnerException?.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied }
                ? Failed("albumend", error.Message, "sudo adduser $USER albumen")
                : Failed("albumend", error.Message, isInstalled ? "sudo systemctl start albumen" : $"albumend --root {root} run"),
        ];
        if (File.Exists(socket) && error.InnerException?.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            found.Add(new("socket", $"{socket} was left by a daemon that was killed; the next start replaces it.", "note", null, "doors"));
        if (isInstalled && await UnitAsync(cancellationToken) is { } unit) found.Add(unit);
        if (Find("albumend") is not { } program)
        {
            found.Add(Failed("program", "albumend is not installed, or not in PATH.", "sudo apt-get install albumen"));
            return found;
        }
        found.AddRange(await DoctorAsync(program, root, isDeep, cancellationToken));
        return found;
    }

    /// <summary>What systemd says; null where there is none.</summary>
    static async Task<Symptom?> UnitAsync(CancellationToken cancellationToken)
    {
        if (Find("systemctl") is not { } systemctl || await RunAsync(systemctl, ["is-active", "albumen"], Limit, cancellationToken) is not (_, var said)) return null;
        return said.Trim() switch
        {
            "active" => new("service", "systemd says that albumend is active.", "note", "journalctl -u albumen -n 50", "doors"),
            "activating" => new("service", "systemd is starting albumend.", "note", "journalctl -fu albumen", "doors"),
            "failed" => Failed("service", "albumend failed, and systemd does not start it again by itself.", "journalctl -u albumen -n 50"),
            "inactive" => Failed("service", "systemd does not run albumend.", "sudo systemctl enable --now albumen"),
            _ => null,
        };
    }

    static async Task<IReadOnlyList<Symptom>> DoctorAsync(string albumend, string root, bool isDeep, CancellationToken cancellationToken)
    {
        string[] words = [.. root == "/" ? Array.Empty<string>() : ["--root", root], "doctor", "--json", .. isDeep ? ["--deep"] : Array.Empty<string>()];
        string typed = $"{albumend} {string.Join(' ', words.Where(word => word != "--json"))}";
        if (await RunAsync(albumend, words, isDeep ? DeepLimit : DoctorLimit, cancellationToken) is not (var code, var said)) return [Failed("program", $"{albumend} does not come to an end.", typed)];
        try
        {
            Symptom[] found = [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize(line, ApiJson.Default.Symptom)!)];
            return found.Length > 0 ? found : [Failed("program", $"{albumend} ends with code {code} and says nothing.", typed)];
        }
        catch (JsonException)
        {
            return [Failed("program", $"{albumend} is of another version than this command line.", $"{albumend} --version")];
        }
    }

    /// <summary>Beside this program, else where programs are.</summary>
    static string? Find(string program) => ((string[])[AppContext.BaseDirectory, .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/usr/lib/albumen"])
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>How it ended and what it printed; null when it took too long or could not be started.</summary>
    static async Task<(int Code, string Said)?> RunAsync(string program, string[] words, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
            process.StandardInput.Close();
            // What it complains of is taken off it, so that it does not wait for somebody to read it.
            Task<string> complaints = process.StandardError.ReadToEndAsync(cancellationToken);
            try
            {
                string said = await process.StandardOutput.ReadToEndAsync(cancellationToken).WaitAsync(limit, cancellationToken);
                await process.WaitForExitAsync(cancellationToken).WaitAsync(limit, cancellationToken);
                await complaints;
                return (process.ExitCode, said);
            }
            finally
            {
                if (!process.HasExited) process.Kill();
            }
        }
        catch (Exception error) when (error is Win32Exception or TimeoutException)
        {
            return null;
        }
    }

    static Symptom Failed(string what, string finding, string type) => new(what, finding, "failed", type, "doors");
}
