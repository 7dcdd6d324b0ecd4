namespace Albumen.Admin;

/// <summary>What a script learns from <c>$?</c>.</summary>
static class Exit
{
    public const int Done = 0;

    /// <summary>The daemon said no, or failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense.</summary>
    public const int Usage = 2;

    /// <summary>Done as far as it could be: a volume was offline, or part of it unreadable, or originals have rotted.</summary>
    public const int Partly = 3;

    public const int Unreachable = 4;

    /// <summary>As a shell says of what SIGPIPE ended.</summary>
    public const int NobodyReads = 141;
}
