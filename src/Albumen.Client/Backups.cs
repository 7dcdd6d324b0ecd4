namespace Albumen.Client;

/// <summary>The backups there are, and when the next one is made.</summary>
/// <param name="Folder">Where they lie, on the daemon's machine.</param>
/// <param name="Schedule">As in a crontab; absent when one is made only when asked.</param>
/// <param name="Next">When one is made by itself.</param>
/// <param name="Trouble">Why the last one failed; absent when it did not.</param>
/// <param name="NeededInBytes">What the next one takes.</param>
/// <param name="AvailableInBytes">What there is room for; absent where that cannot be told.</param>
/// <param name="CopiedInBytes">Of the one that is being made; absent while none is.</param>
/// <param name="Backups">The newest first.</param>
public sealed record BackupStatus(string Folder, string? Schedule, DateTimeOffset? Next, string? Trouble, long NeededInBytes, long? AvailableInBytes, long? CopiedInBytes, IReadOnlyList<ListedBackup> Backups);

/// <summary>A backup of databases, layer and configuration.</summary>
/// <param name="Path">Its folder, on the daemon's machine.</param>
/// <param name="Made">Absent, with what follows, when its manifest cannot be read.</param>
/// <param name="Reason"><c>schedule</c>, <c>asked</c>, or <c>migration</c>: before a new version changed the databases.</param>
/// <param name="Albumen">The version that wrote the databases.</param>
/// <param name="Fault">Why it is of no use; absent when its files are there, as long as they were.</param>
public sealed record ListedBackup(string Name, string Path, DateTimeOffset? Made, string? Reason, string? Albumen, long? SizeInBytes, string? Fault);

/// <param name="Wait">Answer when it is made.</param>
public sealed record BackupRequest(bool Wait = false);
