using System.Text;
using Albumen.Backups;
using Albumen.Catalog;
using Albumen.Catalog.Stacks;
using Albumen.Derivatives;
using Albumen.Identity;
using Albumen.Processing;
using Albumen.Sidecar;
using Albumen.Storage;
using Albumen.Tree;
using Microsoft.Extensions.Logging;

namespace Albumen.Configuration;

/// <summary>Everything the admin decided, checked; what was left out stands at its default.</summary>
public sealed record Settings
{
    public IReadOnlyList<VolumeSettings> Volumes { get; init; } = [];
    public TimeSettings Time { get; init; } = new();
    public ScanSettings Scan { get; init; } = new();
    public WorkerSettings Workers { get; init; } = new();
    public IoSettings Io { get; init; } = new();
    public DerivativeSettings Derivatives { get; init; } = new();
    public CacheSettings Cache { get; init; } = new();
    public QualitySettings Quality { get; init; } = new();
    public VerifySettings Verify { get; init; } = new();
    public BackupSettings Backup { get; init; } = new();
    public SidecarSettings Sidecars { get; init; } = new();
    public StackSettings Stacks { get; init; } = new();
    public InboxSettings Inbox { get; init; } = new();
    public TrashSettings Trash { get; init; } = new();
    public WebDavSettings WebDav { get; init; } = new();

    /// <summary>Null: off. By default on, for this machine only.</summary>
    public HttpSettings? Http { get; init; } = new();

    /// <summary>Null: off, the default.</summary>
    public HttpsSettings? Https { get; init; }

    /// <summary>Null: off. By default on, for what other machines can reach.</summary>
    public AnnounceSettings? Announce { get; init; } = new();

    public LoggingSettings Logging { get; init; } = new();
    public SignInSettings SignIn { get; init; } = new();

    /// <summary>
    /// What is wrong at this moment but may be right in the next, such as a volume that is not mounted. <c>albumend check</c> treats
    /// these as errors; <c>albumend run</c> logs them and starts.
    /// </summary>
    public IReadOnlyList<ConfigurationError> Findings { get; init; } = [];

    /// <summary>Every key there is, with what holds for it, as the reader was told.</summary>
    public IReadOnlyList<ConfiguredKey> Keys { get; init; } = [];
}

/// <summary>The door without encryption, meant for this machine or a proxy on it.</summary>
public sealed record HttpSettings
{
    /// <summary>Default <c>127.0.0.1:1850</c>.</summary>
    public ListenAddress Listen { get; init; } = new("127.0.0.1", 1850);

    /// <summary>Whether passwords of other machines are taken, which everyone on the way could read. Default no.</summary>
    public bool Insecure { get; init; }
}

/// <summary>The door for the network.</summary>
public sealed record HttpsSettings
{
    /// <summary>Default, once https is switched on: <c>*:1851</c>.</summary>
    public ListenAddress Listen { get; init; } = new(ListenAddress.AnyHost, 1851);

    /// <summary>Absolute path of a PEM file with the certificate and its chain; null: Albumen makes its own.</summary>
    public string? Certificate { get; init; }

    /// <summary>Absolute path of a PEM file with the private key; set exactly when <see cref="Certificate"/> is.</summary>
    public string? Key { get; init; }

    /// <summary>
    /// What systemd hands over where the daemon's user may not see the files themselves (systemd.exec(5), LoadCredential=tls.crt:... and
    /// tls.key:...); null: nothing.
    /// </summary>
    public static (string Certificate, string Key)? Credential =>
        Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } folder && File.Exists($"{folder}/tls.crt") && File.Exists($"{folder}/tls.key")
            ? ($"{folder}/tls.crt", $"{folder}/tls.key") : null;
}

/// <summary>How the archive is announced in the network, for file managers and phones to find.</summary>
public sealed record AnnounceSettings
{
    /// <summary>Stands for what this machine is called in the network.</summary>
    public const string Host = "{host}";

    /// <summary>RFC 6763, 4.1.1: the name of a service instance.</summary>
    public const int LongestNameInBytes = 63;

    /// <summary>What people see; default <c>Albumen on {host}</c>.</summary>
    public string Name { get; init; } = $"Albumen on {Host}";

    /// <exception cref="FormatException">It cannot be such a name.</exception>
    public static string ParseName(string text) =>
        text.Trim() is { Length: > 0 } name && Encoding.UTF8.GetByteCount(name) <= LongestNameInBytes && !name.Any(char.IsControl)
            ? name
            : throw new FormatException($"write a name of at most {LongestNameInBytes} bytes; {Host} in it stands for the name of this machine");
}

/// <summary>How the offset from UTC is found where a photo states none.</summary>
public sealed record TimeSettings
{
    /// <summary>Absolute path of a file that <see cref="PlaceZones"/> reads; null, the default: places are not asked.</summary>
    public string? Places { get; init; }
}

public sealed record LoggingSettings
{
    /// <summary>The least important message that is still written: debug, information, warning or error. Default information.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;
}
