namespace Albumen.Client;

/// <summary>A unit of systemd that runs albumend, or starts it: its service, sockets and timers.</summary>
/// <param name="Name"><c>albumen.service</c>.</param>
/// <param name="Active"><c>active</c>, <c>inactive</c>, <c>failed</c>, ...</param>
/// <param name="Sub">More exactly: <c>running</c>, <c>listening</c>, <c>waiting</c>, ...</param>
/// <param name="Since">When it became active; absent when it is not.</param>
/// <param name="NeedsReload">Its file was changed, and systemd has not read it since.</param>
/// <param name="Restarts">How often systemd started a service again by itself.</param>
/// <param name="MemoryInBytes">Of a service, its workers included; absent where systemd does not count it.</param>
/// <param name="Next">When a timer elapses next.</param>
public sealed record Unit(string Name, string Active, string Sub, DateTimeOffset? Since = null, bool NeedsReload = false, long? Restarts = null, long? MemoryInBytes = null, DateTimeOffset? Next = null);
