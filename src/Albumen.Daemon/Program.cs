using Albumen.Catalog;
using Albumen.Configuration;
using Albumen.Daemon;
using Albumen.Daemon.Checking;
using Albumen.Daemon.Diagnosis;
using Albumen.Daemon.Systemd;
using Albumen.Daemon.Tls;
using Albumen.Daemon.Worker;
using Albumen.Native;
using Albumen.Processing;
using Albumen.Sidecar;
using Albumen.Sql;
using Albumen.Storage;
using Microsoft.Extensions.Logging.Abstractions;

const string Usage = """
    albumend [--root DIR] VERB

      run       serve the archive until stopped
      check     read the configuration and say what is wrong with it; exits with 0 or 2
                --to-start: what is only not there at this moment, such as a disk, is said and is no error
                --deep: hold the whole catalogue against itself, the journal and the files, and read every original to
                its end; one line a finding, with what to do; changes nothing; exits with 0, or with 1 if anything was found
                --no-bytes: of originals look at size and time only    --json: a finding as one JSON object a line
      doctor    say what is in the way of a start, and what to type; 'albumen doctor' asks the daemon that runs
                --deep: read every page of the databases    --json: a finding as one JSON object a line
      rebuild   make the catalogue anew from the files, while the daemon is stopped
      restore   put a backup in the place of what is there, while the daemon is stopped; what is there is set aside, and edits that
                were made since stay; exits with 0, or with 1 when no backup is good enough
                --from NAME: this one; also a folder    --dry-run: only say what would be done    --yes: do not ask
      rehearse  try this version on copies of the databases, while another one may be running: bring the copies up to date, hold them
                against themselves, decode a picture; changes nothing; exits with 0, with 1 when something was found, or with 3 when a
                newer version wrote them
      dump      print the catalogue, one JSON object a line
      units DIR write what the configuration says as drop-ins for systemd's units

      --root DIR   keep everything below DIR instead of /etc, /var and /run; also ALBUMEN_ROOT
    """;

Scribe.TakeOver();
OpenSockets.TakeOver();
List<string> words = [.. args];
string? root = Environment.GetEnvironmentVariable("ALBUMEN_ROOT");
if (words.IndexOf("--root") is var at and >= 0)
{
    if (at + 1 == words.Count) return Fail("--root needs a folder.\n\n" + Usage, 2);
    root = words[at + 1];
    words.RemoveRange(at, 2);
}
Layout layout = string.IsNullOrEmpty(root) ? Layout.Installed : Layout.Below(root);

try
{
    switch (words.ToArray())
    {
        case ["worker", .. { Length: 4 } rest]:
            return await WorkerProgram.RunAsync(rest);
        case ["scribe", .. var roots]:
            return await ScribeProgram.RunAsync(roots);
        case ["check"]:
            return Check(layout);
        case ["check", "--to-start"]:
            return Check(layout, isToStart: true);
        case ["check", .. var options] when options.Contains("--deep") && options.All(o => o is "--deep" or "--json" or "--no-bytes"):
            return DeepCheck.Run(layout, ConfigurationReader.Read(layout), options.Contains("--json"), !options.Contains("--no-bytes"));
        case ["doctor", .. var options] when options.All(o => o is "--deep" or "--json"):
            return await DoctorProgram.RunAsync(layout, options.Contains("--deep"), options.Contains("--json"));
        case ["run"]:
            return await Server.RunAsync(layout, Prepare(layout));
        case ["rebuild"]:
            return await Rebuild.RunAsync(layout, Prepare(layout));
        case ["units", var folder]:
            UnitFiles.Write(folder, layout, ConfigurationReader.Read(layout));
            return 0;
        case ["restore", .. var options]:
            return RestoreProgram.Run(layout, options);
        case ["rehearse"]:
            return await Rehearsal.RunAsync(layout);
        case ["dump"]:
            return await Dump.RunAsync(layout, ConfigurationReader.Read(layout));
        case ["--version"]:
            Console.WriteLine($"albumend {Appliance.Version}");
            return 0;
        case ["--help" or "-h" or "help"]:
            Console.WriteLine(Usage);
            return 0;
        default:
            return Fail(Usage, 2);
    }
}
catch (ConfigurationException error)
{
    return Fail(error.Message, 2);
}
catch (StartException error)
{
    return Fail(error.Message, error.ExitCode);
}
catch (Exception error) when (error is DatabaseException or WorkersUnavailableException or FileFault or JournalException)
{
    return Fail(error.Message, error is DatabaseException { IsNewer: true } ? StartException.Newer : 1);
}

catch (TypeInitializationException error) when (error.InnerException is DatabaseException missing)
{
    return Fail(missing.Message, 1);
}

static int Fail(string message, int code)
{
    Console.Error.WriteLine(message);
    return code;
}

static int Check(Layout layout, bool isToStart = false)
{
    Settings settings = ConfigurationReader.Read(layout);
    foreach (ConfigurationError finding in settings.Findings) Console.Error.WriteLine(finding);
    if (settings.Findings.Count > 0 && !isToStart) return 2;
    // systemd asks as root, who can read any key.
    if (isToStart && settings.Https is { Certificate: not null } https && HttpsCertificate.CanRead(https)) new HttpsCertificate(layout, https, TimeProvider.System, NullLogger.Instance).Begin();
    Console.WriteLine($"{layout.ConfigurationFile} is fine: {settings.Volumes.Count} volume{(settings.Volumes.Count == 1 ? "" : "s")}.");
    return 0;
}

// Reads the configuration, makes the daemon's own folders, and gives up the right to write anywhere else.
static Settings Prepare(Layout layout)
{
    Settings settings = ConfigurationReader.Read(layout);
    // access(2): W_OK | X_OK
    const int WriteAndEnter = 3;
    // Nothing of ours is for everybody on this machine: octal 027.
    _ = Libc.SetUserMask(0x17);
    // sockaddr_un(7): the path of a socket has room for 107 bytes.
    if (System.Text.Encoding.UTF8.GetByteCount(layout.Socket) > 107)
        throw new StartException($"The path of the socket {layout.Socket} is longer than the kernel allows (107 bytes). Choose a shorter --root.");
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    string[] folders = [layout.StateFolder, layout.LayerFolder, layout.CacheFolder, Path.Combine(layout.CacheFolder, "derivatives"), layout.RunFolder];
    foreach (string folder in folders)
    {
        try
        {
            Directory.CreateDirectory(folder, Private | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"Cannot make the folder {folder}: {error.Message} Run albumend as a user who may, or choose another place with --root.");
        }
        if (Libc.Access(folder, WriteAndEnter) != 0) throw StartException.CannotWrite(folder, Libc.Describe(Libc.Errno));
    }
    if (Landlock.IsInForce) return settings;
    Markers.Make(layout, settings);
    ScribeProgram.Start(settings);
    List<string> writable = Markers.MakeStaging(layout, settings);
    if (settings.Backup.Folder is { } backups && !Directory.Exists(backups)) Console.Error.WriteLine($"No backup can be made until albumend is restarted: {backups} (backup.folder) is not there; perhaps its disk is not mounted.");
    OpenSockets.PassOn();
    Landlock.RestrictAndRestart([layout.StateFolder, layout.CacheFolder, layout.RunFolder, "/dev/null", .. new[] { settings.Backup.Folder }.OfType<string>().Where(Directory.Exists), .. writable.Select(volume => $"{volume}/{AtomicWriter.Staging}")], writable, network: true, SmallRuntime.Variables);
    return settings;
}
