namespace Albumen.Client;

/// <summary>How the daemon is.</summary>
/// <param name="Version">Of the daemon.</param>
/// <param name="Uptime">Seconds.</param>
/// <param name="State"><c>idle</c>, <c>scanning</c> (walking a volume), <c>indexing</c> (reading files) or <c>stalled</c>.</param>
/// <param name="Sidecars">False when sidecars beside originals cannot be written until albumend is restarted.</param>
/// <param name="Guard">What keeps originals safe from the daemon itself: Landlock's state, <c>on</c> or why not.</param>
/// <param name="MemoryInBytes">Resident, of the daemon without its workers.</param>
/// <param name="Inbox">What becomes of photos and clips in the inbox.</param>
/// <param name="Trash">What lies in the trash.</param>
/// <param name="Cache">How full the cache of small versions is; absent until it was counted.</param>
/// <param name="Making">The proxy, or the like, that is made now.</param>
public sealed record Status(
    string Version, double Uptime, string State, string Guard, long MemoryInBytes, Counts Counts, Indexing Indexing, IReadOnlyList<VolumeStatus> Volumes,
    bool Sidecars = true, InboxStatus? Inbox = null, TrashStatus? Trash = null, CacheStatus? Cache = null, Making? Making = null);

/// <param name="SizeInBytes">Thumbnails, previews and the like that lie in the cache.</param>
/// <param name="ThumbnailsInBytes">Of those, the thumbnails, which are never dropped.</param>
/// <param name="CapInBytes">How large it may become; absent when there is no limit.</param>
/// <param name="Warning">What about the cap cannot be kept to.</param>
public sealed record CacheStatus(long SizeInBytes, long ThumbnailsInBytes, long? CapInBytes = null, string? Warning = null);

/// <param name="Waiting">Photos and clips that lie in the inbox and are not taken in yet.</param>
/// <param name="Done">Taken in since the daemon started.</param>
/// <param name="Trouble">Why nothing is taken in, and what to do.</param>
public sealed record InboxStatus(long Waiting, long Done, string? Trouble = null);

/// <param name="Assets">Photos and clips.</param>
/// <param name="Contents">Different contents, other files included.</param>
/// <param name="Locations">Files that are there.</param>
/// <param name="Problems">See <c>/api/v1/problems</c>.</param>
/// <param name="Jobs">Work that waits or runs.</param>
public sealed record Counts(long Assets, long Contents, long Locations, long Problems, long Jobs);

/// <param name="Scanning">The volume that is walked now; absent when none is.</param>
/// <param name="Done">Files read since the daemon started.</param>
/// <param name="Left">Files to read.</param>
/// <param name="PerSecond">Files a second, lately; 0 when idle.</param>
/// <param name="Trouble">Why nothing moves, when it is stalled.</param>
/// <param name="Waiting">Why it waits or is slow, when it gives way: <c>quiet hours until 06:00</c>, <c>memory pressure 23 %</c>, <c>somebody is being served</c>.</param>
public sealed record Indexing(string? Scanning, long Done, long Left, double PerSecond, string? Trouble = null, string? Waiting = null);

/// <param name="State"><c>new</c>, <c>online</c>, <c>offline</c> (away; it comes back by itself), <c>suspect</c> (it looks wrong: confirm or reject it) or <c>rejected</c>.</param>
/// <param name="Detail">Why it is not online, and what can be done.</param>
/// <param name="Kind"><c>local</c>, <c>removable</c> or <c>network</c>; absent until it was seen.</param>
/// <param name="ReadOnly">Mounted read-only.</param>
/// <param name="FileSystem">Its type and what is mounted: <c>ext4 on /dev/sda1</c>.</param>
/// <param name="Changes">How Albumen learns of changes: <c>watched</c>, or <c>polled</c> and why.</param>
/// <param name="Every">Seconds between two full scans; absent when there are none but those asked for.</param>
/// <param name="Scanned">When a scan last came to its end.</param>
/// <param name="Files">Files that are there.</param>
/// <param name="SizeInBytes">Of those files together.</param>
/// <param name="Pending">Of them, those not read yet.</param>
/// <param name="Missing">Files that were there once and are gone.</param>
/// <param name="Held">Files that are not found and of which nothing is decided yet, because there are too many of them.</param>
public sealed record VolumeStatus(
    string Name, string Path, string State, string? Detail, DateTimeOffset? Scanned, long Files, long SizeInBytes, long Pending, long Missing, long Held = 0,
    string? Kind = null, bool ReadOnly = false, string? FileSystem = null, string? Changes = null, double? Every = null);

/// <summary>What a volume's confirmation or rejection does.</summary>
/// <param name="Volume">As it is after it.</param>
/// <param name="Plan">What it does, or with a dry run would do, in words.</param>
public sealed record VolumeDecision(VolumeStatus Volume, string Plan);

/// <summary>Something that stands in the daemon's way.</summary>
/// <param name="What">Which part of it: <c>guard</c>, <c>programs</c>, <c>volume</c>, <c>watching</c>, <c>indexing</c>, <c>verification</c>.</param>
/// <param name="Finding">What is the matter, and what to do or type.</param>
public sealed record Symptom(string What, string Finding);

/// <summary>A format of photos or clips, and whether this machine makes pictures of it.</summary>
/// <param name="Decoder">Who decodes it; absent when nobody does.</param>
/// <param name="Remedy">What to do about that.</param>
public sealed record Format(string Name, string? Decoder = null, string? Remedy = null);

/// <summary>Whether the daemon's parts run.</summary>
/// <param name="Status"><c>ok</c> or <c>failing</c>.</param>
/// <param name="Services">Each part with <c>running</c>, <c>stopped</c> (it has nothing more to do) or <c>failed</c>.</param>
/// <param name="Reason">What is the matter.</param>
public sealed record Health(string Status, IReadOnlyDictionary<string, string>? Services = null, string? Reason = null);
