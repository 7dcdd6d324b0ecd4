using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Albumen.Tests.Acceptance;

namespace Albumen.Benchmarks;

/// <summary>out/albumend on a root and a port of its own, with one volume; ended when disposed.</summary>
sealed class RunningDaemon : IDisposable
{
    static readonly string Programs = Path.Combine(Workplace.Repository, "out");

    public static readonly string Program = Path.Combine(Programs, "albumend");

    readonly string _root;
    readonly Process _process;

    /// <summary>Starts it. Its first scan begins at once.</summary>
    /// <param name="isSupervised">It is waited for as systemd does, see <see cref="UntilReady"/>.</param>
    /// <exception cref="BenchmarkException">It does not answer; the message has its log.</exception>
    public RunningDaemon(string root, string volume, bool isSupervised = false)
    {
        _root = root;
        int port = FreePort();
        Address = new($"http://127.0.0.1:{port}/");
        Directory.CreateDirectory(Path.Combine(root, "etc/albumen"));
        File.WriteAllText(Path.Combine(root, "etc/albumen/albumen.yaml"), $$"""
            volumes:
              - name: photos
                path: {{volume}}
            http: { listen: "127.0.0.1:{{port}}" }
            https: off
            """);
        if (!File.Exists(Program)) throw new BenchmarkException($"{Program} is missing: make build");
        string log = Path.Combine(root, "log"), notify = Path.Combine(root, "notify");
        ProcessStartInfo start = new("sh", ["-c", "exec \"$0\" --root \"$1\" run > \"$2\" 2>&1", Program, root, log]);
        if (isSupervised) start.Environment["NOTIFY_SOCKET"] = notify;
        File.Delete(notify);
        using Socket? supervisor = isSupervised ? new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 } : null;
        supervisor?.Bind(new UnixDomainSocketEndPoint(notify));
        long started = Stopwatch.GetTimestamp();
        _process = Process.Start(start)!;
        byte[] message = new byte[4096];
        while (supervisor is not null && UntilReady == default)
            if (Encoding.UTF8.GetString(message, 0, supervisor.Receive(message)).Split('\n').Contains("READY=1")) UntilReady = Stopwatch.GetElapsedTime(started);
        string socket = Path.Combine(root, "run/albumen/albumend.sock");
        for (; !Answers(socket); Thread.Sleep(20))
            if (_process.HasExited || Stopwatch.GetElapsedTime(started).TotalSeconds > 60)
            {
                Dispose();
                throw new BenchmarkException($"albumend does not answer:\n{File.ReadAllText(log)}");
            }
    }

    public Uri Address { get; }

    /// <summary>From its start to its READY=1; zero unless it is supervised.</summary>
    public TimeSpan UntilReady { get; }

    /// <summary>The console, on a terminal of its own.</summary>
    public Pty Console(int columns, int lines) => new(columns, lines, new Dictionary<string, string?>(), Path.Combine(Programs, "albumen"), "--root", _root, "console", "--pictures", "blocks");

    /// <summary>The command line.</summary>
    public (string Output, TimeSpan Time) Albumen(params string[] arguments) => Command.Run(Path.Combine(Programs, "albumen"), ["--root", _root, .. arguments]);

    /// <summary>What the last scan took by the daemon's own clock, in seconds.</summary>
    public double LastScan() => SecondsOf(Scans().Last());

    /// <summary>What the walk took that found the files.</summary>
    public double FirstScan() => SecondsOf(Scans().First());

    IEnumerable<string> Scans() => File.ReadLines(Path.Combine(_root, "log")).Where(l => l.Contains("Scanned photos"));

    static double SecondsOf(string line)
    {
        return double.Parse(line[(line.IndexOf(" in ", line.IndexOf("folders", StringComparison.Ordinal), StringComparison.Ordinal) + 4)..].Split(' ')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>A client that signs in with an app password, as a mounted folder does.</summary>
    public HttpClient SignedIn()
    {
        Albumen("user", "add", "anna");
        using JsonDocument answer = JsonDocument.Parse(Albumen("app-password", "create", "anna", "--json").Output);
        string password = answer.RootElement.GetProperty("password").GetString()!;
        HttpClient client = new() { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"anna:{password}")));
        return client;
    }

    /// <summary>Processor seconds of the daemon and of every worker it started, as long as they live.</summary>
    public double ProcessorSeconds() => Family().Sum(ProcessorSecondsOf);

    /// <summary>The same without the daemon itself: what looking into files takes, with all that workers start.</summary>
    public double WorkerSeconds() => Family().Skip(1).Sum(ProcessorSecondsOf);

    /// <summary>Resident memory in MiB, of the daemon alone.</summary>
    public double ResidentMegabytes() => ResidentOf(_process.Id);

    /// <summary>Resident memory in MiB, of the daemon and its workers; what they share counts for each.</summary>
    public double FamilyMegabytes() => Family().Sum(ResidentOf);

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            using Process stop = Process.Start("kill", [$"{_process.Id}"]);
            stop.WaitForExit();
            if (!_process.WaitForExit(15_000)) _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
    }

    int[] Family()
    {
        // Children are listed under the thread that started them.
        string children = string.Concat(Directory.GetDirectories($"/proc/{_process.Id}/task").Select(task => ReadOrNothing($"{task}/children")));
        return [_process.Id, .. children.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(int.Parse)];
    }

    // proc(5), stat: fields 14 to 17 are the ticks of the process and of its dead children, in user and in system mode.
    static double ProcessorSecondsOf(int process)
    {
        string stat = ReadOrNothing($"/proc/{process}/stat");
        return stat.Length == 0 ? 0 : stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..15].Sum(ticks => double.Parse(ticks, CultureInfo.InvariantCulture)) / 100;
    }

    static double ResidentOf(int process)
    {
        string? line = ReadOrNothing($"/proc/{process}/status").Split('\n').FirstOrDefault(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[6..^2], CultureInfo.InvariantCulture) / 1024;
    }

    static string ReadOrNothing(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    static bool Answers(string socket)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    internal static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
