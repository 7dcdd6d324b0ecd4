namespace Albumen.Identity;

/// <summary>Somebody asked for something about people that cannot be done; the message says what, and what to do.</summary>
public sealed class IdentityException(IdentityFault fault, string message) : Exception(message)
{
    public IdentityFault Fault { get; } = fault;
}

public enum IdentityFault
{
    /// <summary>The value itself is wrong.</summary>
    Invalid,

    /// <summary>No such person or password.</summary>
    Unknown,

    /// <summary>There is one already.</summary>
    Taken,
}
