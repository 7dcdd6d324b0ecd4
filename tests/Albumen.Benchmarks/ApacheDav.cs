using System.Diagnostics;

namespace Albumen.Benchmarks;

/// <summary>Apache with mod_dav on a folder and a free port of loopback: the peer for listings.</summary>
sealed class ApacheDav : IDisposable
{
    const string Modules = "/usr/lib/apache2/modules";

    readonly string _work = Directory.CreateTempSubdirectory("albumen-apache-").FullName;
    readonly int _process;

    /// <exception cref="BenchmarkException">Apache is not installed.</exception>
    public static async Task<ApacheDav> StartAsync(string folder)
    {
        if (!File.Exists(Path.Combine(Modules, "mod_dav_fs.so"))) throw new BenchmarkException("apache2 is not installed: 'make deps', or apt-get install apache2-bin");
        ApacheDav apache = new(folder);
        await Peer.AnswersAsync(apache.Address);
        return apache;
    }

    ApacheDav(string folder)
    {
        int port = RunningDaemon.FreePort();
        Address = new($"http://127.0.0.1:{port}/");
        File.SetUnixFileMode(_work, (UnixFileMode)0x1FF);
        string configuration = Path.Combine(_work, "httpd.conf");
        File.WriteAllText(configuration, $"""
            {string.Concat(((string[])["mpm_event", "authz_core", "mime", "dav", "dav_fs", "dav_lock"]).Select(m => $"LoadModule {m}_module {Modules}/mod_{m}.so\n"))}
            ServerRoot "{_work}"
            Listen 127.0.0.1:{port}
            ServerName 127.0.0.1
            User www-data
            Group www-data
            PidFile httpd.pid
            ErrorLog error.log
            TypesConfig /etc/mime.types
            DocumentRoot "{folder}"
            DAVLockDB DavLock
            <Directory "{folder}">
              Require all granted
            </Directory>
            <Location "/">
              Dav On
            </Location>
            """);
        _process = Process.Start("apache2", ["-f", configuration, "-DFOREGROUND"]).Id;
    }

    public Uri Address { get; }

    public void Dispose()
    {
        using Process stop = Process.Start("kill", [$"{_process}"]);
        stop.WaitForExit();
        Thread.Sleep(300);
        Directory.Delete(_work, recursive: true);
    }
}
