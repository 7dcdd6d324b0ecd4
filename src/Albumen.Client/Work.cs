namespace Albumen.Client;

/// <summary>Whether work that nobody waits for is paused.</summary>
/// <param name="Since">When it was paused.</param>
/// <param name="Until">When it goes on by itself; absent when only somebody can resume it.</param>
public sealed record WorkState(bool Paused, DateTimeOffset? Since = null, DateTimeOffset? Until = null);

/// <summary>A wish for rest.</summary>
/// <param name="Minutes">For so long, at most a year; absent until somebody resumes it.</param>
public sealed record PauseRequest(double? Minutes = null);

/// <summary>A piece of work that waits or runs.</summary>
/// <param name="Kind">What is done: <c>read</c> (a file), <c>take-in</c> (what a sidecar says), <c>sidecar</c> (written) or <c>place</c> (noted after a folder was moved).</param>
/// <param name="Subject">To what: a path in the tree, where it has one; of <c>sidecar</c> the id of the asset.</param>
/// <param name="Priority">0 unless somebody said otherwise: -10 low, 10 high; from 100 on somebody waits for it.</param>
/// <param name="Attempts">Tries that failed.</param>
/// <param name="NotBefore">It waits for this time; absent when it may run.</param>
/// <param name="Error">Why the last try failed.</param>
public sealed record Job(long Id, string Kind, string Subject, int Priority, int Attempts, DateTimeOffset? NotBefore, string? Error);

/// <summary>How much work there is.</summary>
/// <param name="Kinds">Each kind, also those of which nothing waits.</param>
public sealed record JobSummary(IReadOnlyList<JobKindSummary> Kinds);

/// <summary>Of one kind. The three counts have no job in common.</summary>
/// <param name="Waiting">May run, or runs.</param>
/// <param name="Failed">Tried in vain; they are tried again, those that failed too often when somebody asks.</param>
/// <param name="PutOff">Wait for a time, or for their volume.</param>
/// <param name="Done">Since the daemon started; absent where that is not counted.</param>
/// <param name="PerSecond">Lately; absent where that is not counted.</param>
public sealed record JobKindSummary(string Kind, long Waiting, long Failed, long PutOff, long? Done = null, double? PerSecond = null);

/// <summary>Jobs that are to be tried at once, although they failed or were put off: named, or of a kind, or all.</summary>
/// <param name="Ids">At most 1,000.</param>
/// <param name="Kind">Of this kind only.</param>
/// <param name="All">Says that all are meant where neither ids nor a kind is given.</param>
/// <param name="DryRun">Only say how many.</param>
public sealed record JobRetry(IReadOnlyList<long>? Ids = null, string? Kind = null, bool All = false, bool DryRun = false);

/// <param name="Count">Tried at once, or with a dry run would be.</param>
/// <param name="Away">Left as they are, because their volume is away; they run when it is back.</param>
public sealed record RetriedJobs(long Count, long Away = 0);

/// <param name="Ids">At most 1,000.</param>
/// <param name="Priority"><c>low</c>, <c>normal</c> or <c>high</c>. What somebody waits for stays ahead of all.</param>
public sealed record JobPriority(IReadOnlyList<long> Ids, string Priority);

/// <param name="Count">Jobs that have this priority now.</param>
public sealed record PrioritisedJobs(long Count);

/// <summary>Something a person should look at.</summary>
/// <param name="Kind">What sort: <c>undecodable</c>, <c>unreadable</c>, ...</param>
/// <param name="Path">In the tree: <c>/Folders/photos/2024/broken.jpg</c>.</param>
/// <param name="Volume">The volume's name.</param>
/// <param name="Message">What is wrong.</param>
public sealed record Problem(string Kind, string Path, string Volume, string Message, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);

/// <summary>How many problems there are.</summary>
/// <param name="Kinds">Each kind of which there is one.</param>
public sealed record ProblemSummary(long Total, IReadOnlyList<ProblemKindSummary> Kinds);

/// <param name="Retry">What trying it again does; absent where that cannot mend it.</param>
/// <param name="Otherwise">What to do instead, where it cannot.</param>
public sealed record ProblemKindSummary(string Kind, long Count, string? Retry = null, string? Otherwise = null);

/// <summary>Problems whose files are to be read or made again: of paths, or of a kind, or all.</summary>
/// <param name="Paths">In the tree, as the problems have them; at most 1,000.</param>
/// <param name="Kind">Of this kind only.</param>
/// <param name="All">Says that all are meant where neither paths nor a kind is given.</param>
/// <param name="DryRun">Only say how many.</param>
public sealed record ProblemRetry(IReadOnlyList<string>? Paths = null, string? Kind = null, bool All = false, bool DryRun = false);

/// <param name="Count">Problems that are tried again, or with a dry run would be.</param>
/// <param name="Left">Those that are not, with the reason.</param>
public sealed record RetriedProblems(long Count, IReadOnlyList<LeftProblems> Left);

/// <param name="Reason">Why trying again does not help, and what does.</param>
public sealed record LeftProblems(string Kind, long Count, string Reason);

/// <summary>A line of the daemon's own log.</summary>
/// <param name="Number">Higher than that of any line before it, also before a restart: a daemon counts from the milliseconds of its start. A step of more than one means
/// that lines between were dropped, or the daemon was restarted.</param>
/// <param name="Level"><c>debug</c>, <c>information</c>, <c>warning</c>, <c>error</c> or <c>critical</c>.</param>
/// <param name="Part">Which part of the daemon says it.</param>
public sealed record Message(long Number, DateTimeOffset Time, string Level, string Part, string Text);

/// <summary>A part of a long list.</summary>
/// <param name="Next">Give it as <c>after</c> for the next part; absent after the last.</param>
/// <param name="Total">How long the whole list is, where that is known.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next = null, long? Total = null);
