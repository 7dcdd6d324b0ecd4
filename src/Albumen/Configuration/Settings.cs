using Albumen.Derivatives;
using Albumen.Identity;
using Albumen.Processing;
using Albumen.Storage;

namespace Albumen.Configuration;

/// <summary>Everything the admin decided, checked; what was left out stands at its default.</summary>
public sealed record Settings
{
    public IReadOnlyList<VolumeSettings> Volumes { get; init; } = [];
    public ScanSettings Scan { get; init; } = new();
    public WorkerSettings Workers { get; init; } = new();
    public DerivativeSettings Derivatives { get; init; } = new();

    /// <summary>Null: off. By default on, for this machine only.</summary>
    public HttpSettings? Http { get; init; } = new();

    /// <summary>Null: off, the default.</summary>
    public HttpsSettings? Https { get; init; }

    public LoggingSettings Logging { get; init; } = new();
    public SignInSettings SignIn { get; init; } = new();

    /// <summary>
    /// What is wrong at this moment but may be right in the next, such as a volume that is not mounted. <c>albumend check</c> treats
    /// these as errors; <c>albumend run</c> logs them and starts.
    /// </summary>
    public IReadOnlyList<ConfigurationError> Findings { get; init; } = [];
}
