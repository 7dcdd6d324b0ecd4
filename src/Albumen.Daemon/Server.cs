using System.Net;
using System.Net.Sockets;
using Albumen.Configuration;
using Albumen.Daemon.Api;
using Albumen.Daemon.Bus;
using Albumen.Daemon.Systemd;
using Albumen.Daemon.Tls;
using Albumen.Daemon.WebDav;
using Albumen.Native;
using Albumen.Processing;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace Albumen.Daemon;

/// <summary><c>albumend run</c>: opens the doors, starts the parts, and waits to be stopped.</summary>
static class Server
{
    public static async Task<int> RunAsync(Layout layout, Settings settings)
    {
        Messages messages = new(TimeProvider.System);
        using SerilogLoggerFactory loggers = Logging(settings.Logging.Level, messages);
        Microsoft.Extensions.Logging.ILogger logger = loggers.CreateLogger("albumend");
        foreach (ConfigurationError finding in settings.Findings) logger.Finding(finding);
        using Appliance appliance = await Appliance.OpenAsync(layout, settings, loggers);
        using Parts parts = new(loggers.CreateLogger<Parts>());
        using Citizen citizen = new(appliance, loggers);
        Pace pace = new(appliance.Indexer, TimeProvider.System);
        foreach (string missing in await appliance.Indexer.PrepareAsync(CancellationToken.None)) logger.Missing(missing);

        foreach ((string old, string name) in appliance.Volumes.Renamed)
        {
            logger.Recognised(old, name);
            await appliance.Catalog.WriteAsync(connection => Catalog.Problems.Rename(connection, old, name), CancellationToken.None);
        }
        // Before anything is served: a catalogue that was thrown away knows its edits again, one that was killed its last.
        await appliance.CatchUpAsync(CancellationToken.None);
        if (appliance.ReplacedJournal is { } replaced) logger.JournalReplaced(replaced);
        await appliance.Recovery!.NoteAsync(appliance.Catalog, TimeProvider.System);

        bool isOurSocket = !OpenSockets.Has(layout.Socket);
        await using WebApplication app = Build(appliance, parts, pace, messages, citizen, loggers);
        await ListenAsync(app, layout, settings);
        // The group may talk to the daemon; who is an admin is decided by the caller's credentials.
        if (isOurSocket) File.SetUnixFileMode(layout.Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        logger.Listening(Environment.ProcessId, string.Join(", ", app.Urls.Where(url => !url.Contains("unix:", StringComparison.Ordinal)).Append(layout.Socket)), Landlock.State);

        parts.Failing = appliance.Suspicion.MarkIfDamage;
        // Every long-running part of the daemon.
        parts.Start("indexer", appliance.Indexer.RunAsync);
        parts.Start("maker", appliance.Maker.RunAsync);
        parts.Start("rasters", appliance.Rasters.RunAsync);
        parts.Start("scanner", appliance.Scanning.RunAsync);
        parts.Start("sidecars", appliance.Sidecars.RunAsync);
        parts.Start("layer", appliance.Layer.RunAsync);
        parts.Start("inbox", appliance.InboxKeeper.RunAsync);
        parts.Start("cache", stop => appliance.CacheKeeper.RunAsync(appliance.Indexer.CacheChecked, stop));
        parts.Start("purge", cancellationToken => appliance.Purge.KeepAsync(() => appliance.Scanning.HasSeenAll, cancellationToken));
        parts.Start("verifier", appliance.Verification.RunAsync);
        parts.Start("verification schedule", appliance.VerificationSchedule.RunAsync);
        parts.Start("backups", appliance.BackupSchedule.RunAsync);
        parts.Start("databases", appliance.Suspicion.WatchAsync);
        parts.Start("pace", pace.RunAsync);
        parts.Start("closed doors", OpenSockets.RefuseAsync);
        using Reload reload = new(layout, settings, logger);
        parts.Start("bus", stop => citizen.RunAsync(app.Urls, stop));
        parts.Start("watchdog", new Watchdog(appliance.Scanning).RunAsync);

        Task ended = await Task.WhenAny(app.WaitForShutdownAsync(CancellationToken.None), parts.Failed.Task, reload.Wanted);
        Native.Systemd.Notify("STOPPING=1");
        await parts.StopAsync();
        await app.StopAsync(CancellationToken.None);
        if (isOurSocket) File.Delete(layout.Socket);
        logger.Stopped();
        return ended == parts.Failed.Task ? 1 : ended == reload.Wanted ? Reload.ExitCode : 0;
    }

    static WebApplication Build(Appliance appliance, Parts parts, Pace pace, Messages messages, Citizen citizen, ILoggerFactory loggers)
    {
        HttpsCertificate? certificate = appliance.Settings.Https is { } https ? new(appliance.Layout, https, TimeProvider.System, loggers.CreateLogger<HttpsCertificate>()) : null;
        certificate?.Begin();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddApi();
        // How long requests under way may take to their end. systemd keeps the doors meanwhile; at a terminal somebody waits.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(Native.Systemd.IsSupervisor ? 60 : 5));
        builder.WebHost.UseKestrelHttpsConfiguration();
        // What is answered is sent by the thread that wrote it, and not handed to another for each part: a tenth of the time of a large file.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Deep folders with names of other scripts make long request lines.
            kestrel.Limits.MaxRequestLineSize = 32 * 1024;
            kestrel.Limits.MaxConcurrentConnections = 2000;
            Doors(kestrel, appliance.Layout, appliance.Settings, certificate);
        });
        WebApplication app = builder.Build();
        app.UseCourtesy(appliance.Courtesy);
        app.UsePlainHttpGuard(appliance.Settings, loggers.CreateLogger(nameof(PlainHttpGuard)));
        app.MapApi(appliance, parts, pace, messages, citizen, certificate);
        app.UseWebDav(new(appliance.Tree, appliance.TreeWriter, appliance.Locks, appliance.PathProperties, appliance.SignIn, content => Task.WhenAll(appliance.Indexer.RemakeAsync([content], JobQueue.Awaited, parts.Stopping), appliance.Maker.RestoreAsync(content, parts.Stopping)), loggers.CreateLogger<WebDavDoor>(),
            content => appliance.Maker.AskAsync(content, "proxy", parts.Stopping))
        {
            Failed = error => appliance.Explain(error),
        });
        return app;
    }

    static void Doors(KestrelServerOptions kestrel, Layout layout, Settings settings, HttpsCertificate? certificate)
    {
        if (OpenSockets.Take(layout.Socket) is { } open) kestrel.ListenHandle(open);
        else
        {
            // We hold the lock on the state folder, so whoever made this socket is gone.
            File.Delete(layout.Socket);
            kestrel.ListenUnixSocket(layout.Socket);
        }
        if (settings.Http is { } http) Listen(kestrel, http.Listen, null);
        if (settings.Https is { } https) Listen(kestrel, https.Listen, certificate);
    }

    static void Listen(KestrelServerOptions kestrel, ListenAddress address, HttpsCertificate? certificate)
    {
        Action<ListenOptions> configure = options =>
        {
            if (certificate is not null) options.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => certificate.Handshake() });
        };
        if ((OpenSockets.Take(address) ?? OpenSockets.Open(address)) is { } open) kestrel.ListenHandle(open, configure);
        else if (address.Host == ListenAddress.AnyHost) kestrel.ListenAnyIP(address.Port, configure);
        // Port 0 is any free one, which Kestrel gives to an address, not to "localhost".
        else if (address.Host == "localhost") kestrel.Listen(IPAddress.Loopback, address.Port, configure);
        else kestrel.Listen(IPAddress.Parse(address.Host), address.Port, configure);
    }

    static async Task ListenAsync(WebApplication app, Layout layout, Settings settings)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            throw new StartException($"{error.Message.TrimEnd('.')}: another program listens there. Stop it, or choose another address with http: or https: in {layout.ConfigurationFile}.");
        }
        catch (SocketException error)
        {
            string doors = string.Join(" and ", ((ListenAddress?[])[settings.Http?.Listen, settings.Https?.Listen]).OfType<ListenAddress>());
            throw new StartException($"Cannot listen on {doors}: {error.Message}. Check http: and https: in {layout.ConfigurationFile}.");
        }
    }

    /// <summary>To the journal with structured fields when systemd runs us, else readable lines. Only here Serilog is known.</summary>
    /// <param name="messages">Keeps the last of them, too.</param>
    public static SerilogLoggerFactory Logging(LogLevel level, Messages? messages = null)
    {
        LoggerConfiguration configuration = new LoggerConfiguration()
            .MinimumLevel.Is(level switch
            {
                LogLevel.Debug or LogLevel.Trace => LogEventLevel.Debug,
                LogLevel.Warning => LogEventLevel.Warning,
                LogLevel.Error or LogLevel.Critical => LogEventLevel.Error,
                _ => LogEventLevel.Information,
            })
            .MinimumLevel.Override("Microsoft", level <= LogLevel.Debug ? LogEventLevel.Information : LogEventLevel.Error)
            // It writes a stack trace where ListenAsync says in one line what is wrong.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal);
        configuration = Native.Systemd.HasJournal
            ? configuration.WriteTo.Sink(new JournalSink())
            : configuration.WriteTo.Console(outputTemplate: "{Timestamp:HH:mm:ss} {Level:u4} {Message:lj}{NewLine}{Exception}", standardErrorFromLevel: LogEventLevel.Verbose);
        if (messages is not null) configuration = configuration.WriteTo.Sink(new MessageSink(messages));
        return new(configuration.CreateLogger(), dispose: true);
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The volume {Name} is the one that was called {Old}; all that is known of it goes on")]
    public static partial void Recognised(this Microsoft.Extensions.Logging.ILogger logger, string old, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The journal was shorter than what the catalogue knows of it, as after a backup was put back, and was written anew from the catalogue; what it held is in {Replaced}")]
    public static partial void JournalReplaced(this Microsoft.Extensions.Logging.ILogger logger, string replaced);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Finding}")]
    public static partial void Finding(this Microsoft.Extensions.Logging.ILogger logger, ConfigurationError finding);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not installed: {Missing}")]
    public static partial void Missing(this Microsoft.Extensions.Logging.ILogger logger, string missing);

    [LoggerMessage(Level = LogLevel.Information, Message = "albumend {ProcessId} serves {Addresses}; guard of the originals (Landlock): {Landlock}")]
    public static partial void Listening(this Microsoft.Extensions.Logging.ILogger logger, int processId, string addresses, string landlock);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopped")]
    public static partial void Stopped(this Microsoft.Extensions.Logging.ILogger logger);
}
