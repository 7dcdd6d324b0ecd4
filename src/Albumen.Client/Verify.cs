namespace Albumen.Client;

/// <summary>Asks for originals to be read again and held against their hashes.</summary>
/// <param name="Volumes">Names; null is all.</param>
/// <param name="Wait">Answer with progress, line by line, until all is read.</param>
/// <param name="Rate">How fast, <c>20MB/s</c> or <c>off</c> for as fast as can be; null is as configured.</param>
/// <param name="Anew">Begin at the beginning, where one that is under way or was stopped would go on.</param>
public sealed record VerifyRequest(IReadOnlyList<string>? Volumes = null, bool Wait = false, string? Rate = null, bool Anew = false);

/// <summary>One line of progress of a verification that is waited for. The last has the state <c>done</c> or <c>stalled</c>.</summary>
/// <param name="State"><c>verifying</c>, <c>done</c> when none of the volumes is read any more, or <c>stalled</c> when something must be put right before it can go on.</param>
/// <param name="Volumes">Those that were asked for.</param>
/// <param name="Reason">Why it is stalled.</param>
public sealed record VerifyProgress(string State, IReadOnlyList<VerifiedVolume> Volumes, string? Reason = null)
{
    public bool IsLast => State is "done" or "stalled";
}

/// <summary>How the verification of the volumes is.</summary>
/// <param name="Schedule">As in a crontab; absent when volumes are verified only when asked.</param>
/// <param name="Next">When it begins by itself.</param>
/// <param name="BytesPerSecond">How fast files are read at most; 0 is as fast as can be.</param>
/// <param name="Trouble">Why nothing moves, when it is stalled.</param>
public sealed record VerifyStatus(string? Schedule, DateTimeOffset? Next, long BytesPerSecond, string? Trouble, IReadOnlyList<VerifiedVolume> Volumes);

/// <summary>The last verification of a volume.</summary>
/// <param name="State"><c>never</c>, <c>waiting</c>, <c>running</c>, <c>paused</c> (the volume is away), <c>stopped</c> or <c>finished</c>.</param>
/// <param name="Detail">Why it is paused.</param>
/// <param name="Files">Read so far.</param>
/// <param name="SizeInBytes">Of those files together.</param>
/// <param name="Rotted">Of them, those whose bytes changed though nobody edited them.</param>
/// <param name="Edited">Those that changed since they were indexed; they are indexed again.</param>
/// <param name="Unreadable">Those that could not be read.</param>
/// <param name="TotalFiles">How many there are to read; absent unless it is running.</param>
/// <param name="TotalSizeInBytes">Likewise.</param>
/// <param name="BytesPerSecond">Lately; absent unless it is running.</param>
public sealed record VerifiedVolume(
    string Volume, string State, string? Detail, DateTimeOffset? Started, DateTimeOffset? Finished, long Files, long SizeInBytes, long Rotted, long Edited, long Unreadable,
    long? TotalFiles = null, long? TotalSizeInBytes = null, double? BytesPerSecond = null);

/// <param name="Volumes">Names; null is all.</param>
public sealed record StopRequest(IReadOnlyList<string>? Volumes = null);

/// <param name="Stopped">How many were under way.</param>
public sealed record StoppedVerifications(int Stopped);

/// <param name="Path">In the tree: <c>/Folders/photos/2024/a.jpg</c>.</param>
public sealed record AcceptRequest(string Path);
