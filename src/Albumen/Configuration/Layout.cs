namespace Albumen.Configuration;

/// <summary>Where Albumen's own files lie: at the places Debian gives a service, or all below one folder.</summary>
public sealed record Layout
{
    Layout(string prefix)
    {
        ConfigurationFile = $"{prefix}/etc/albumen/albumen.yaml";
        ConfigurationFolder = $"{prefix}/etc/albumen/conf.d";
        StateFolder = $"{prefix}/var/lib/albumen";
        CacheFolder = $"{prefix}/var/cache/albumen";
        RunFolder = $"{prefix}/run/albumen";
        Socket = $"{RunFolder}/albumend.sock";
    }

    /// <summary>The places of an installed Albumen.</summary>
    public static Layout Installed { get; } = new("");

    /// <summary>The same set below <paramref name="root"/> (<c>--root DIR</c>), which is made absolute but need not exist.</summary>
    public static Layout Below(string root) => new(Path.GetFullPath(root).TrimEnd('/'));

    public string ConfigurationFile { get; }

    /// <summary>Holds further <c>*.yaml</c> files, read after <see cref="ConfigurationFile"/> in the order of their names.</summary>
    public string ConfigurationFolder { get; }

    /// <summary>The catalogue and the accounts; lose nothing of it.</summary>
    public string StateFolder { get; }

    /// <summary>What people did, in files from which the catalogue can be made anew.</summary>
    public string LayerFolder => $"{StateFolder}/layer";

    /// <summary>Where backups lie if no other folder is configured.</summary>
    public string BackupFolder => $"{StateFolder}/backups";

    /// <summary>Derivatives; may be deleted at any time.</summary>
    public string CacheFolder { get; }

    public string RunFolder { get; }

    /// <summary>Where <c>albumen</c> reaches <c>albumend</c>.</summary>
    public string Socket { get; }
}
