namespace Albumen.Identity;

/// <summary>What slows down somebody who guesses passwords.</summary>
public sealed record SignInSettings
{
    /// <summary>Wrong passwords in a row, from one address or for one name, before the pause. Default 5.</summary>
    public int Failures { get; init; } = 5;

    /// <summary>How long further attempts are refused unchecked. Default 30 seconds.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(30);
}
