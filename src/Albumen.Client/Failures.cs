namespace Albumen.Client;

/// <summary>An answer that says no (RFC 9457).</summary>
/// <param name="Title">What went wrong, in short.</param>
/// <param name="Detail">What, where, and what to do.</param>
/// <param name="Status">HTTP status code.</param>
public sealed record ProblemDetails(string? Title, string? Detail, int? Status);

/// <summary>The daemon refused or failed; the message is for the person who asked.</summary>
public sealed class ApiException(int status, string title, string? detail) : Exception(detail ?? title)
{
    /// <summary>HTTP status code.</summary>
    public int Status => status;

    public string Title => title;
}

/// <summary>Nobody answers; the message says where it was tried and what to do.</summary>
public sealed class DaemonUnreachableException(string message, Exception? inner = null) : Exception(message, inner);
