using System.Text.Json;

namespace Albumen.Client;

/// <summary>A person and another program changed the same field of the same photo. What the person said counts until somebody decides.</summary>
/// <param name="Asset">Its id.</param>
/// <param name="Path">Where it lies in the tree.</param>
/// <param name="Base">What both started from; absent is nothing.</param>
/// <param name="Ours">What a person said here; absent is nothing.</param>
/// <param name="Theirs">What the sidecar says; absent is nothing.</param>
/// <param name="File">Volume and path of the sidecar.</param>
public sealed record Conflict(string Asset, string? Path, string Field, JsonElement? Base, JsonElement? Ours, JsonElement? Theirs, string File, DateTimeOffset Since);

/// <summary>Decides one conflict, or all.</summary>
public sealed record ConflictDecision
{
    /// <summary>A path in the tree, or the beginning of an id.</summary>
    public string? Photo { get; init; }

    public string? Field { get; init; }

    /// <summary>Instead of photo and field: all there are.</summary>
    public bool All { get; init; }

    /// <summary><c>ours</c>: what was said here; <c>theirs</c>: what the sidecar says.</summary>
    public string? Take { get; init; }

    /// <summary>Neither, but this, written as in an edit.</summary>
    public string? Value { get; init; }

    /// <summary>Only say what would be done.</summary>
    public bool DryRun { get; init; }
}

/// <param name="Operation">Its number in the log; absent in a dry run.</param>
/// <param name="Resolved">How many conflicts are decided.</param>
public sealed record DecidedConflicts(long? Operation, int Resolved);
