using Albumen.Native;

namespace Albumen.Processing;

/// <summary>How a worker and all it starts give way to others. Told by its daemon in the environment, taken by itself.</summary>
static class WorkerManners
{
    const string NiceVariable = "ALBUMEN_NICE", ClassVariable = "ALBUMEN_IO_CLASS";

    /// <summary>What the daemon puts into the environment of its workers.</summary>
    public static IReadOnlyDictionary<string, string> Variables(IoSettings settings) => new Dictionary<string, string>
    {
        [NiceVariable] = $"{settings.Nice}",
        [ClassVariable] = $"{(int)settings.Class}",
    };

    /// <summary>
    /// Takes them for this process's group, which the process must lead: both are properties of threads (setpriority(2), ioprio_set(2)), and of a
    /// group the kernel reaches every one. What is started later inherits them.
    /// </summary>
    /// <returns>What the kernel refused, in words; null when all is well.</returns>
    public static string? Take()
    {
        const int GroupOfNice = 1, GroupOfIo = 2, LowestLevel = 7;
        List<string> refused = [];
        if (int.TryParse(Environment.GetEnvironmentVariable(NiceVariable), out int nice) && nice > 0 && Libc.SetPriority(GroupOfNice, 0, nice) != 0)
            refused.Add($"nice {nice}: {Libc.Describe(Libc.Errno)}");
        if (Enum.TryParse(Environment.GetEnvironmentVariable(ClassVariable), out IoClass ioClass) && ioClass is not IoClass.None)
        {
            // linux/ioprio.h: the class stands above 13 bits for the level; 3 is idle, 2 best effort with levels 0 to 7.
            int priority = ioClass is IoClass.Idle ? 3 << 13 : (2 << 13) | LowestLevel;
            if (Libc.SetIoPriority(GroupOfIo, 0, priority) != 0) refused.Add($"I/O class {ioClass}: {Libc.Describe(Libc.Errno)}");
        }
        return refused.Count == 0 ? null : string.Join("; ", refused);
    }
}
