using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Albumen.Native;

/// <summary>
/// Promise 1 kept by the kernel: a process under Landlock may write, truncate, create and remove below the folders it names and nowhere else,
/// whatever its code or a decoder's bug attempts. Reading stays a matter of permissions. The restriction binds a thread and all it starts,
/// for good; so it is set first and the program then executes itself anew, with every later thread inside.
/// </summary>
static unsafe class Landlock
{
    // linux/landlock.h: the rights that change something. Execute, read-file and read-dir (bits 0, 2, 3) are left alone.
    const ulong WriteFile = 1 << 1, RemoveAndMake = 0x1FF << 4, MakeFolder = 1 << 7, MakeFile = 1 << 8, Refer = 1 << 13, Truncate = 1 << 14;
    const ulong TcpBindAndConnect = 3;
    const string Done = "ALBUMEN_RESTRICTED";

    /// <summary>What the kernel enforces for this process, for <c>albumen status</c>.</summary>
    public static string State => Environment.GetEnvironmentVariable(Done) ?? "off: not started under Landlock";

    /// <summary>Whether this process was restarted already, restricted as far as the kernel can.</summary>
    public static bool IsInForce => Environment.GetEnvironmentVariable(Done) is { Length: > 0 };

    /// <summary>
    /// Executes this program again, restricted to writing below <paramref name="writable"/>, and to adding below <paramref name="addable"/>; the second time it returns at once.
    /// Where the kernel has no Landlock the program goes on without, and <see cref="State"/> says so.
    /// </summary>
    /// <exception cref="IOException">A folder cannot be opened, or the kernel refuses the restriction it offers.</exception>
    /// <param name="settings">Further variables for the restarted program, such as the runtime's own, which it reads only at its start.</param>
    /// <param name="addable">Folders that new files may be moved into and folders made in (from Linux 5.19 on); what lies there cannot be written, cut, removed or replaced.</param>
    public static void RestrictAndRestart(IEnumerable<string> writable, IEnumerable<string> addable, bool network, params IEnumerable<KeyValuePair<string, string>> settings)
    {
        if (IsInForce) return;

        int version = (int)Libc.Syscall(Libc.SysLandlockCreate, 0, 0, 1, 0);
        string state = version switch
        {
            <= 0 => "off: this kernel has no Landlock (5.13 or later has); originals are guarded by file permissions only",
            < 3 => "on, without the truncate right (Linux 6.2 or later has it)",
            _ => "on",
        };
        if (version > 0) Restrict(version, writable, addable, network);

        string[] arguments = Encoding.UTF8.GetString(File.ReadAllBytes("/proc/self/cmdline")).TrimEnd('\0').Split('\0');
        // Debuggers' pipes would be made in /tmp, which is out of reach now.
        List<string> environment = [$"{Done}={state}", "DOTNET_EnableDiagnostics=0"];
        HashSet<string> decided = [Done, "DOTNET_EnableDiagnostics", .. settings.Select(s => s.Key)];
        environment.AddRange(settings.Select(s => $"{s.Key}={s.Value}"));
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
            if (!decided.Contains((string)entry.Key)) environment.Add($"{entry.Key}={entry.Value}");
        string program = Environment.ProcessPath ?? throw new UnreachableException("A running process has a path.");
        _ = Libc.Execute(program, arguments, environment);
        throw new IOException($"Cannot execute {program} again: {Libc.Describe(Libc.Errno)}.");
    }

    static void Restrict(int version, IEnumerable<string> writable, IEnumerable<string> addable, bool network)
    {
        ulong rights = WriteFile | RemoveAndMake | (version >= 2 ? Refer : 0) | (version >= 3 ? Truncate : 0);
        ulong* attributes = stackalloc ulong[] { rights, !network && version >= 4 ? TcpBindAndConnect : 0 };
        int rules = (int)Libc.Syscall(Libc.SysLandlockCreate, (nint)attributes, version >= 4 ? 16 : 8, 0, 0);
        Check(rules, "create a Landlock ruleset");

        foreach (string path in writable) Allow(rules, path, Directory.Exists(path) ? rights : rights & (WriteFile | Truncate));
        foreach (string path in addable) Allow(rules, path, rights & (MakeFolder | MakeFile | Refer));

        const int NoNewPrivileges = 38;
        Check(Libc.ProcessControl(NoNewPrivileges, 1, 0, 0, 0), "give up new privileges");
        Check((int)Libc.Syscall(Libc.SysLandlockRestrict, rules, 0, 0, 0), "restrict this process");
        _ = Libc.Close(rules);
    }

    static void Allow(int rules, string path, ulong rights)
    {
        int folder = Libc.OpenAt(Libc.AtFdCwd, Encoding.UTF8.GetBytes(path), Libc.OPath);
        Check(folder, $"open {path}");
        // struct landlock_path_beneath_attr is packed: u64 rights, s32 descriptor.
        byte* rule = stackalloc byte[12];
        *(ulong*)rule = rights;
        *(int*)(rule + 8) = folder;
        Check((int)Libc.Syscall(Libc.SysLandlockAdd, rules, 1, (nint)rule, 0), $"allow writing below {path}");
        _ = Libc.Close(folder);
    }

    static void Check(int result, string what)
    {
        if (result < 0) throw new IOException($"Cannot {what}: {Libc.Describe(Marshal.GetLastPInvokeError())}.");
    }
}
