using Albumen.Client;
using Albumen.Configuration;
using Albumen.Daemon.Bus;
using Albumen.Daemon.Tls;

namespace Albumen.Daemon.Diagnosis;

/// <summary>What there must be before a check can look.</summary>
enum Needs
{
    Nothing,
    /// <summary>A configuration that can be used.</summary>
    Settings,
    /// <summary>The daemon that serves.</summary>
    Daemon,
}

/// <summary>
/// One thing <c>albumen doctor</c> looks at. A newcomer says what it is called, what it needs, and what it finds, each time with what to type;
/// <see cref="All"/> is the one list. Nothing is changed by looking.
/// </summary>
abstract class HealthCheck
{
    const string Configuration = "configuration", Doors = "doors", Volumes = "volumes", Folders = "folders", Pictures = "pictures", Stored = "data", Machine = "machine";

    public static IReadOnlyList<HealthCheck> All { get; } =
    [
        new ConfigurationCheck { Group = Configuration },
        new PortCheck { Group = Doors }, new CertificateCheck { Group = Doors }, new ReachCheck { Group = Doors }, new ClientCheck { Group = Doors },
        new VolumeCheck { Group = Volumes }, new WatchCheck { Group = Volumes },
        new FolderCheck { Group = Folders }, new SpaceCheck { Group = Folders },
        new ProgramCheck { Group = Pictures }, new WorkerCheck { Group = Pictures },
        new IntegrityCheck { Group = Stored }, new BackupCheck { Group = Stored }, new SidecarCheck { Group = Stored }, new WorkCheck { Group = Stored },
        new GuardCheck { Group = Machine }, new ClockCheck { Group = Machine }, new MemoryCheck { Group = Machine }, new UnitCheck { Group = Machine }, new BusCheck { Group = Machine },
    ];

    /// <summary>Under which heading it is shown.</summary>
    public required string Group { get; init; }

    /// <summary>What it looks at, in a word or two.</summary>
    public abstract string Name { get; }

    public virtual Needs Needs => Needs.Settings;

    /// <summary>At least one line, also when all is well.</summary>
    public abstract IAsyncEnumerable<Symptom> LookAsync(Patient patient, CancellationToken cancellationToken);

    /// <param name="what">A part of what it looks at; null: the whole.</param>
    protected Symptom Ok(string finding, string? what = null) => new(what ?? Name, finding, "ok", null, Group);

    /// <summary>Worth knowing, and nothing wrong.</summary>
    protected Symptom Note(string finding, string? type = null, string? what = null) => new(what ?? Name, finding, "note", type, Group);

    /// <summary>It works, and will not for long, or not as well as it could.</summary>
    protected Symptom Warning(string finding, string? type = null, string? what = null) => new(what ?? Name, finding, "warning", type, Group);

    /// <summary>Something does not work.</summary>
    public Symptom Failed(string finding, string? type = null, string? what = null) => new(what ?? Name, finding, "failed", type, Group);
}

/// <summary>A check that waits for nobody.</summary>
abstract class PlainCheck : HealthCheck
{
    public sealed override IAsyncEnumerable<Symptom> LookAsync(Patient patient, CancellationToken cancellationToken) => Look(patient, cancellationToken).ToAsyncEnumerable();

    protected abstract IEnumerable<Symptom> Look(Patient patient, CancellationToken cancellationToken);
}

/// <summary>What is looked at.</summary>
/// <param name="Settings">What the daemon runs with, or would.</param>
/// <param name="IsDeep">There is time for every page of the databases.</param>
/// <param name="Running">The daemon; null: it does not run, or is out of reach.</param>
sealed record Patient(Layout Layout, Settings Settings, bool IsDeep, Running? Running)
{
    /// <summary>What to type so that what was changed counts.</summary>
    public string Restart => Layout == Layout.Installed ? $"sudo systemctl {(Running is null ? "start" : "restart")} albumen"
        : $"{(Running is null ? "" : $"kill {Environment.ProcessId}; ")}albumend --root {Shell.Word(Root)} run";

    public string EditConfiguration => $"sudoedit {Shell.Word(Layout.ConfigurationFile)}";

    string Root => Layout.ConfigurationFile[..^Layout.Installed.ConfigurationFile.Length];
}

/// <param name="Urls">Where it listens.</param>
/// <param name="Certificate">What the https door shows; null: it is off.</param>
sealed record Running(Appliance Appliance, Parts Parts, Citizen Citizen, IReadOnlyList<string> Urls, HttpsCertificate? Certificate);

/// <summary>Words of a command line that is shown to be typed.</summary>
static class Shell
{
    /// <summary>A word as it is, or in quotes where a shell would read more into it.</summary>
    public static string Word(string text) => text.Length > 0 && text.All(c => char.IsLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or ':' or '@' or '+' or '=')
        ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
