using System.Runtime.InteropServices;

namespace Albumen.Native;

/// <summary>A child process at the other end of a socket, which this process keeps when it executes itself anew. .NET's Process closes everything then.</summary>
static unsafe partial class Companion
{
    // bits/socket.h, spawn.h
    const int Unix = 1, Stream = 1, SetGroup = 2;

    // posix_spawn_file_actions_t and posix_spawnattr_t are 80 and 336 bytes in glibc.
    const int RoomInBytes = 1024;

    /// <summary>
    /// Starts a program whose standard input and output are one end of a socket. Of what this process has open it gets standard error alone. It
    /// leads a process group of its own, so that Ctrl-C in a terminal does not end it before us.
    /// </summary>
    /// <returns>Its id, and our end, which survives execve(2).</returns>
    /// <exception cref="IOException">It cannot be started.</exception>
    public static (int Process, int Socket) Start(string program, IEnumerable<string> arguments, IEnumerable<string> environment)
    {
        int* ends = stackalloc int[2];
        if (socketpair(Unix, Stream, 0, ends) != 0) throw new IOException($"Cannot make a socket: {Libc.Describe(Libc.Errno)}.");
        byte* actions = stackalloc byte[RoomInBytes], attributes = stackalloc byte[RoomInBytes];
        _ = posix_spawn_file_actions_init(actions);
        _ = posix_spawn_file_actions_adddup2(actions, ends[1], 0);
        _ = posix_spawn_file_actions_adddup2(actions, ends[1], 1);
        _ = posix_spawn_file_actions_addclosefrom_np(actions, 3);
        _ = posix_spawnattr_init(attributes);
        _ = posix_spawnattr_setflags(attributes, SetGroup);
        _ = posix_spawnattr_setpgroup(attributes, 0);
        nint[] argv = Strings(arguments.Prepend(program)), envp = Strings(environment);
        int process, error;
        fixed (nint* words = argv, variables = envp) error = posix_spawn(&process, program, actions, attributes, words, variables);
        foreach (nint text in argv.Concat(envp)) Marshal.FreeCoTaskMem(text);
        _ = posix_spawn_file_actions_destroy(actions);
        _ = posix_spawnattr_destroy(attributes);
        _ = Libc.Close(ends[1]);
        if (error == 0) return (process, ends[0]);
        _ = Libc.Close(ends[0]);
        throw new IOException($"Cannot start {program}: {Libc.Describe(error)}.");

        static nint[] Strings(IEnumerable<string> list) => [.. list.Select(Marshal.StringToCoTaskMemUTF8), 0];
    }

    /// <summary>From now on no child and no program executed in this process's place gets this descriptor; or, with <paramref name="on"/> false, all do.</summary>
    /// <returns>False where there is no such descriptor.</returns>
    public static bool CloseOnExecute(int file, bool on = true)
    {
        const int SetFlags = 2, CloseOnExec = 1;
        return Control(file, SetFlags, on ? CloseOnExec : 0) == 0;
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int socketpair(int domain, int type, int protocol, int* ends);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(int* process, string path, byte* actions, byte* attributes, nint* arguments, nint* environment);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_init(byte* actions);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_destroy(byte* actions);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_addclosefrom_np(byte* actions, int from);
    [LibraryImport("libc")] private static partial int posix_spawnattr_init(byte* attributes);
    [LibraryImport("libc")] private static partial int posix_spawnattr_destroy(byte* attributes);
    [LibraryImport("libc")] private static partial int posix_spawnattr_setflags(byte* attributes, short flags);
    [LibraryImport("libc")] private static partial int posix_spawnattr_setpgroup(byte* attributes, int group);
    // Variadic in C; with integer arguments only, a plain signature passes them alike on x86-64 and arm64 Linux.
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)] private static partial int Control(int file, int command, int argument);
}
