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
/// <param name="Work">Whether work that nobody waits for is paused.</param>
/// <param name="StateFreeInBytes">What files can still have on the disk of the state folder; absent while it is not known.</param>
/// <param name="StateTotalInBytes">All of that disk.</param>
/// <param name="Service">The unit of systemd that runs the daemon; absent where none does, or systemd was not heard of yet.</param>
public sealed record Status(
    string Version, double Uptime, string State, string Guard, long MemoryInBytes, Counts Counts, Indexing Indexing, IReadOnlyList<VolumeStatus> Volumes,
    bool Sidecars = true, InboxStatus? Inbox = null, TrashStatus? Trash = null, CacheStatus? Cache = null, Making? Making = null,
    WorkState? Work = null, long? StateFreeInBytes = null, long? StateTotalInBytes = null, Unit? Service = null);

/// <param name="SizeInBytes">Thumbnails, previews and the like that lie in the cache.</param>
/// <param name="ThumbnailsInBytes">Of those, the thumbnails, which are never dropped.</param>
/// <param name="CapInBytes">How large it may become; absent when there is no limit.</param>
/// <param name="Warning">What about the cap cannot be kept to.</param>
/// <param name="FreeInBytes">What files can still have on its disk; absent while it is not known.</param>
/// <param name="TotalInBytes">All of that disk.</param>
public sealed record CacheStatus(long SizeInBytes, long ThumbnailsInBytes, long? CapInBytes = null, string? Warning = null, long? FreeInBytes = null, long? TotalInBytes = null);

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
/// <param name="Waiting">Why it waits or is slow, when it gives way: <c>quiet hours until 06:00</c>, <c>memory pressure 23 %</c>, <c>somebody is being served</c>, <c>paused by an admin until 18:00</c>.</param>
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
/// <param name="FreeInBytes">What files can still have on its disk; absent while it is away, or its disk does not answer.</param>
/// <param name="TotalInBytes">All of that disk.</param>
public sealed record VolumeStatus(
    string Name, string Path, string State, string? Detail, DateTimeOffset? Scanned, long Files, long SizeInBytes, long Pending, long Missing, long Held = 0,
    string? Kind = null, bool ReadOnly = false, string? FileSystem = null, string? Changes = null, double? Every = null,
    long? FreeInBytes = null, long? TotalInBytes = null);

/// <summary>What a volume's confirmation or rejection does.</summary>
/// <param name="Volume">As it is after it.</param>
/// <param name="Plan">What it does, or with a dry run would do, in words.</param>
public sealed record VolumeDecision(VolumeStatus Volume, string Plan);

/// <summary>What the doctor found, of one thing it looked at.</summary>
/// <param name="What">Which thing: <c>configuration</c>, <c>certificate</c>, <c>volume photos</c>, ...</param>
/// <param name="Finding">What was found.</param>
/// <param name="State"><c>ok</c>, <c>note</c> (worth knowing, and nothing wrong), <c>warning</c> or <c>failed</c>.</param>
/// <param name="Type">A command line to type about it; absent when all is well, or there is none.</param>
/// <param name="Group">What it belongs to: <c>configuration</c>, <c>doors</c>, <c>volumes</c>, <c>folders</c>, <c>pictures</c>, <c>data</c> or <c>machine</c>.</param>
public sealed record Symptom(string What, string Finding, string State, string? Type = null, string Group = "");

/// <summary>A format of photos or clips, and whether this machine makes pictures of it.</summary>
/// <param name="Decoder">Who decodes it; absent when nobody does.</param>
/// <param name="Remedy">What to do about that.</param>
public sealed record Format(string Name, string? Decoder = null, string? Remedy = null);

/// <summary>Whether the daemon's parts run.</summary>
/// <param name="Status"><c>ok</c> or <c>failing</c>.</param>
/// <param name="Services">Each part with <c>running</c>, <c>stopped</c> (it has nothing more to do) or <c>failed</c>.</param>
/// <param name="Reason">What is the matter.</param>
public sealed record Health(string Status, IReadOnlyDictionary<string, string>? Services = null, string? Reason = null);
