namespace Albumen.Client;

/// <summary>A piece of work that waits or runs.</summary>
/// <param name="Kind">What is done: <c>read</c>.</param>
/// <param name="Subject">To what: a path in the tree, where it has one.</param>
/// <param name="Attempts">Tries that failed.</param>
/// <param name="NotBefore">It waits for this time; absent when it may run.</param>
/// <param name="Error">Why the last try failed.</param>
public sealed record Job(long Id, string Kind, string Subject, int Priority, int Attempts, DateTimeOffset? NotBefore, string? Error);

/// <summary>Something a person should look at.</summary>
/// <param name="Kind">What sort: <c>undecodable</c>, <c>unreadable</c>, ...</param>
/// <param name="Path">In the tree: <c>/Folders/photos/2024/broken.jpg</c>.</param>
/// <param name="Volume">The volume's name.</param>
/// <param name="Message">What is wrong.</param>
public sealed record Problem(string Kind, string Path, string Volume, string Message, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);

/// <summary>A part of a long list.</summary>
/// <param name="Next">Give it as <c>after</c> for the next part; absent after the last.</param>
/// <param name="Total">How long the whole list is, where that is known.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next = null, long? Total = null);
