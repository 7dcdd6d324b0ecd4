using System.Runtime.InteropServices;

namespace Albumen.Native;

/// <summary>What the kernel knows of its clock (adjtimex(2)); nothing is set.</summary>
static unsafe partial class Clock
{
    // struct timex is 208 bytes on 64-bit machines; with modes = 0, its first field, it is only filled in.
    const int SizeInBytes = 256, Unsynchronised = 5;

    /// <summary>Whether somebody keeps it right; null where the kernel does not tell, as in some containers.</summary>
    public static bool? IsSynchronised
    {
        get
        {
            byte* timex = stackalloc byte[SizeInBytes];
            new Span<byte>(timex, SizeInBytes).Clear();
            return adjtimex(timex) switch
            {
                < 0 => null,
                Unsynchronised => false,
                _ => true,
            };
        }
    }

    [LibraryImport("libc")] private static partial int adjtimex(byte* timex);
}
