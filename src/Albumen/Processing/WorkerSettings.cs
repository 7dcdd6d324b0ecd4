namespace Albumen.Processing;

/// <summary>The disposable processes that open foreign files, and what one file may cost them.</summary>
public sealed record WorkerSettings
{
    /// <summary>Processes at work side by side. Default: one per core, at most 2.</summary>
    public int Count { get; init; } = Math.Min(2, Environment.ProcessorCount);

    /// <summary>For one file; a worker that takes longer is ended and the file becomes a problem. Default 60 seconds.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For one worker; a file that needs more becomes a problem. Default 1 GiB.</summary>
    public long MemoryLimitInBytes { get; init; } = 1L << 30;

    /// <summary>Millions of pixels; a picture that announces more is not decoded and becomes a problem. Default 300.</summary>
    public int MegapixelLimit { get; init; } = 300;
}
