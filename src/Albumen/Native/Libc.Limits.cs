using System.Runtime.InteropServices;

namespace Albumen.Native;

static unsafe partial class Libc
{
    // linux/resource.h
    const int ProcessorTime = 0, FileSize = 1, CoreSize = 4, AddressSpace = 9;

    /// <summary>prlimit(2): what another process of ours may take. One that has ended takes nothing, so it is no fault when there is none.</summary>
    public static void LimitProcess(int process, ulong addressSpaceInBytes, ulong processorSeconds)
    {
        Limit(process, AddressSpace, addressSpaceInBytes);
        Limit(process, ProcessorTime, processorSeconds);
    }

    /// <summary>How large the files may become that this process, and all it starts, writes; and that none of them leaves its memory behind when it dies.</summary>
    public static void LimitOwnFiles(ulong largestInBytes)
    {
        Limit(0, FileSize, largestInBytes);
        Limit(0, CoreSize, 0);
    }

    static void Limit(int process, int resource, ulong most)
    {
        // The soft limit and the hard one.
        ulong* limit = stackalloc ulong[2];
        limit[0] = limit[1] = most;
        _ = prlimit(process, resource, limit, null);
    }

    [LibraryImport("libc", EntryPoint = "prlimit64")] private static partial int prlimit(int process, int resource, ulong* limit, ulong* before);
}
