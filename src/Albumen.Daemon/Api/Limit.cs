namespace Albumen.Daemon.Api;

/// <summary>How much of a list is sent at once.</summary>
static class Limit
{
    public const int Default = 100, Max = 1000;

    /// <exception cref="RefusedException">It is not positive.</exception>
    public static int Of(int? limit) => limit switch
    {
        null => Default,
        < 1 => throw RefusedException.BadRequest($"A limit is from 1 to {Max}."),
        _ => Math.Min(limit.Value, Max),
    };
}
