using System.Diagnostics;

namespace Albumen.Benchmarks;

/// <summary>Another server on a folder and a free port of loopback, ended when disposed.</summary>
sealed class Peer : IDisposable
{
    readonly string _work = Directory.CreateTempSubdirectory("albumen-peer-").FullName;
    readonly Process _process;

    Peer(Uri address, Func<string, ProcessStartInfo> start)
    {
        Address = address;
        File.SetUnixFileMode(_work, (UnixFileMode)0x1FF);
        _process = Process.Start(start(_work))!;
    }

    public Uri Address { get; }

    /// <summary>nginx, which sends files from the kernel.</summary>
    /// <exception cref="BenchmarkException">It is not installed.</exception>
    public static Task<Peer> NginxAsync(string folder)
    {
        int port = RunningDaemon.FreePort();
        return StartAsync("nginx", "nginx", port, work =>
        {
            File.WriteAllText(Path.Combine(work, "nginx.conf"), $$"""
                worker_processes 2;
                daemon off;
                pid {{work}}/pid;
                error_log {{work}}/error.log;
                events { worker_connections 256; }
                http {
                  access_log off;
                  sendfile on;
                  client_body_temp_path {{work}}/body;
                  proxy_temp_path {{work}}/proxy;
                  fastcgi_temp_path {{work}}/fastcgi;
                  uwsgi_temp_path {{work}}/uwsgi;
                  scgi_temp_path {{work}}/scgi;
                  server { listen 127.0.0.1:{{port}}; location / { root {{folder}}; } }
                }
                """);
            return new("nginx", ["-c", Path.Combine(work, "nginx.conf"), "-e", Path.Combine(work, "error.log")]);
        });
    }

    /// <summary>rclone's WebDAV server, which writes what it gets straight to the disk and waits for nothing.</summary>
    /// <exception cref="BenchmarkException">It is not installed.</exception>
    public static Task<Peer> RcloneAsync(string folder)
    {
        int port = RunningDaemon.FreePort();
        return StartAsync("rclone", "rclone", port, _ => new("rclone", ["serve", "webdav", "--config", "/dev/null", "--addr", $"127.0.0.1:{port}", "--vfs-cache-mode=off", folder]) { RedirectStandardError = true });
    }

    /// <summary>Waits until a server answers, whatever it says.</summary>
    public static async Task AnswersAsync(Uri address)
    {
        using HttpClient client = new();
        for (int attempt = 0; ; attempt++)
            try
            {
                using HttpResponseMessage _ = await client.GetAsync(address);
                return;
            }
            catch (HttpRequestException) when (attempt < 100)
            {
                await Task.Delay(100);
            }
    }

    public void Dispose()
    {
        using Process stop = Process.Start("kill", [$"{_process.Id}"]);
        stop.WaitForExit();
        if (!_process.WaitForExit(5000)) _process.Kill();
        _process.Dispose();
        Directory.Delete(_work, recursive: true);
    }

    static async Task<Peer> StartAsync(string program, string package, int port, Func<string, ProcessStartInfo> start)
    {
        try
        {
            Peer peer = new(new($"http://127.0.0.1:{port}/"), start);
            await AnswersAsync(peer.Address);
            return peer;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new BenchmarkException($"{program} is not installed: 'make deps', or apt-get install {package}");
        }
    }
}
