using System.Text.Json;
using System.Text.Json.Serialization;

namespace Albumen.Client;

/// <summary>Changes what is known of photos and clips, as one operation. All that <c>query</c>, <c>paths</c> and <c>assets</c> select is meant.</summary>
public sealed record EditRequest
{
    /// <summary>In the language of the search.</summary>
    public string? Query { get; init; }

    /// <summary>In the tree.</summary>
    public IReadOnlyList<string>? Paths { get; init; }

    /// <summary>A folder among the paths means everything below it.</summary>
    public bool Recursive { get; init; }

    /// <summary>Beginnings of ids.</summary>
    public IReadOnlyList<string>? Assets { get; init; }

    /// <summary>Also all that are in a stack with one of them. Without it each is meant for itself, also where it stands for others.</summary>
    public bool Stacks { get; init; }

    /// <summary><c>rating=4</c>, <c>tags+=Holidays</c>, <c>title=Am See</c>, <c>caption=</c> (there shall be none), <c>title!</c> (what the file says counts again).</summary>
    public IReadOnlyList<string>? Set { get; init; }

    /// <summary>Moves capture times: <c>+1h</c>, <c>-1d2h30m</c>.</summary>
    public string? Shift { get; init; }

    /// <summary>In which zone the camera's clock was: <c>Europe/Berlin</c>. The local time stays.</summary>
    public string? Zone { get; init; }

    /// <summary>Of the whole library, unless something is selected.</summary>
    public TagRename? RenameTags { get; init; }

    /// <summary>Only say what would be done.</summary>
    public bool DryRun { get; init; }

    /// <summary>For the next page of changes of a dry run: what <see cref="EditResult.Next"/> said.</summary>
    public string? After { get; init; }
}

/// <summary>Tags, with those below them, that get another name; where it exists already they become one.</summary>
public sealed record TagRename(IReadOnlyList<string> From, string To);

/// <summary>What was done, or in a dry run what would be.</summary>
/// <param name="Operation">Its number in the log; absent when nothing was changed.</param>
/// <param name="Selected">Photos and clips that were meant.</param>
/// <param name="Changed">Of those, the ones that said otherwise.</param>
/// <param name="Changes">The first 1000.</param>
/// <param name="Next">In a dry run: give it as <c>after</c> for the next page; absent after the last.</param>
public sealed record EditResult(long? Operation, int Selected, int Changed, IReadOnlyList<RefusedEdit> Refused, IReadOnlyList<EditChange> Changes, string? Next = null);

/// <summary>A photo or clip for which it makes no sense; nothing of it was changed.</summary>
/// <param name="Asset">Its id.</param>
/// <param name="Path">Where it lies in the tree, of the first 1000.</param>
public sealed record RefusedEdit(string Asset, string? Path, string Reason);

/// <summary>One field of one photo. Values have the shape they have in an asset; absent is none.</summary>
/// <param name="Asset">Its id.</param>
/// <param name="Path">Where it lies in the tree.</param>
public sealed record EditChange(string Asset, string? Path, string Field, JsonElement? Before, JsonElement? After);

/// <summary>Everything that was changed at once.</summary>
/// <param name="Number">From 1, in the order in which they were done.</param>
/// <param name="Door">Where it came in: <c>cli</c>, <c>api</c>, <c>webdav</c>, <c>sidecar</c>, <c>scan</c>, <c>import</c>.</param>
/// <param name="What">In words.</param>
/// <param name="Assets">How many photos and clips it changed.</param>
/// <param name="Undoes">The operation it took back.</param>
/// <param name="UndoneBy">The last operation that took it back.</param>
public sealed record Operation(long Number, DateTimeOffset Time, string Who, string Door, string What, long Assets, long? Undoes, long? UndoneBy);

/// <summary>One operation with what it changed.</summary>
/// <param name="Next">Give it as <c>after</c> for the next page of changes; absent after the last.</param>
public sealed record OperationDetail(Operation Operation, IReadOnlyList<StatementChange> Changes, string? Next = null);

/// <summary>One statement that became another.</summary>
/// <param name="Asset">Its id; of an album or smart album, that one's; of a tag that exists by itself, <c>tags</c>.</param>
/// <param name="Path">Where it lies in the tree.</param>
/// <param name="Of">
/// Whose statement: <c>person</c>, <c>sidecar</c>, <c>conflict</c>, or <c>content</c> (the field is a SHA-256 with which the photo goes on); or of what:
/// <c>album</c>, <c>entry</c> (of an album), <c>smart</c>, <c>tag_folder</c>.
/// </param>
public sealed record StatementChange(string Asset, string? Path, string Of, string Field)
{
    /// <summary>Absent: there was no statement; null: that there is no value.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Before { get; init; }

    /// <inheritdoc cref="Before"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement After { get; init; }
}

/// <summary>An operation was taken back, or would be.</summary>
/// <param name="Operation">The number of the operation that did it, which can itself be taken back; absent in a dry run.</param>
/// <param name="What">In words.</param>
/// <param name="Changed">Photos and clips.</param>
/// <param name="Left">Changes that were left as they are, because something changed them since.</param>
/// <param name="Changes">In a dry run, the first 1000.</param>
/// <param name="Of">In a dry run, the number of the operation that would be taken back.</param>
public sealed record UndoResult(long? Operation, string What, int Changed, int Left, IReadOnlyList<StatementChange>? Changes = null, long? Of = null);
