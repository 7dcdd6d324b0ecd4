namespace Albumen.Client;

/// <summary>What the daemon runs with.</summary>
/// <param name="File">The configuration file, as the daemon sees it.</param>
/// <param name="Settings">Every key there is.</param>
public sealed record Configuration(string File, IReadOnlyList<Setting> Settings);

/// <summary>A key of the configuration, what holds for it, and where that was said.</summary>
/// <param name="Key"><c>scan.every</c>, <c>volumes.photos.path</c>.</param>
/// <param name="Value">As it would be written; absent when it is not set and has no default.</param>
/// <param name="Source"><c>default</c> or <c>file</c>.</param>
/// <param name="File">The file that sets it.</param>
/// <param name="Line">Of that file, from 1.</param>
/// <param name="Default">What holds when no file sets it.</param>
public sealed record Setting(string Key, string? Value, string Source, string? File = null, int? Line = null, string? Default = null);

/// <summary>A configuration to look at.</summary>
/// <param name="Yaml">What would stand in albumen.yaml; absent: what stands there now. The files in conf.d count as they are.</param>
public sealed record ConfigurationRequest(string? Yaml = null);

/// <summary>What is to be said of a configuration.</summary>
/// <param name="File">The file that <see cref="ConfigurationRequest.Yaml"/> would be.</param>
/// <param name="Valid">The daemon could start with it.</param>
/// <param name="Errors">Why it could not, in the order of files and lines.</param>
/// <param name="Findings">What is wrong now and may be right later, as a volume that is not mounted.</param>
/// <param name="Changes">What would be different from what runs; empty when it is not valid.</param>
public sealed record ConfigurationCheck(string File, bool Valid, IReadOnlyList<ConfigurationFault> Errors, IReadOnlyList<ConfigurationFault> Findings, IReadOnlyList<SettingChange> Changes);

/// <summary>One thing to mend.</summary>
/// <param name="Line">From 1; 0 when the whole file is meant.</param>
/// <param name="Column">From 1; 0 when the whole file is meant.</param>
/// <param name="Message">What is wrong and what to write instead.</param>
public sealed record ConfigurationFault(string File, int Line, int Column, string Message);

/// <summary>A key that would have another value.</summary>
/// <param name="Before">Absent when it is not there now, as with a new volume.</param>
/// <param name="After">Absent when it would not be there any more.</param>
/// <param name="Restart">It counts when albumend is started again.</param>
public sealed record SettingChange(string Key, string? Before, string? After, bool Restart = true);
