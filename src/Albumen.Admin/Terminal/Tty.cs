using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Albumen.Admin.Terminal;

/// <summary>
/// The terminal itself: while one of these lives it shows the alternate screen and sends each key as it is pressed. Whatever ends the program (return, exception,
/// a signal that can be caught) has it as it was before. The sequences are those of xterm, which all that matter understand.
/// </summary>
sealed partial class Tty : IDisposable
{
    const int In = 0, Out = 1, Now = 0, InputQueue = 0, SizeRequest = 0x5413, StopSignal = 20, Interrupted = 4, TryAgain = 11, CanRead = 1, CanWrite = 4, ForWriting = 0x1 | 0x100 | 0x800 | 0x80000;
    const string Enter = "\e[?1049h\e[?25l\e[?2004h\e[?1000h\e[?1006h";
    // The first ends what a frame may have been broken off in.
    const string Leave = "\e\\\e[?2026l\e[0m\e[?1006l\e[?1000l\e[?2004l\e[?25h\e[?1049l";
    static readonly TimeSpan MostForLeaving = TimeSpan.FromSeconds(1), MostForStopping = TimeSpan.FromMilliseconds(200);

    // struct termios of glibc is 60 bytes, and is only handed back.
    readonly byte[] _before = new byte[64];
    readonly Lock _lock = new();
    readonly List<PosixSignalRegistration> _signals = [];
    readonly ManualResetEventSlim _continued = new();
    // A description of the terminal of its own, which does not block; the one that was given is also the shell's.
    readonly int _out;
    volatile bool _isLeaving;
    bool _isOn;

    /// <exception cref="UsageException">Standard input or output is no terminal.</exception>
    public Tty()
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected || GetAttributes(In, _before) != 0)
            throw new UsageException("The console needs a terminal. 'albumen console --plain' works line by line; 'albumen status' and the other verbs work anywhere.");
        _out = Open("/proc/self/fd/1", ForWriting) is >= 0 and var own ? own : Out;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => TurnOff();
        AppDomain.CurrentDomain.UnhandledException += (_, _) => TurnOff();
    }

    /// <summary>Something asks the program to end.</summary>
    public event Action? Ending;

    /// <summary>The window has another size, or the program goes on after it was stopped: all is to be drawn again.</summary>
    public event Action? Changed;

    /// <summary>Columns, lines, and the pixels of both where the terminal knows them.</summary>
    public (int Columns, int Lines, int Width, int Height) Size
    {
        get
        {
            ushort[] size = new ushort[4];
            return Control(_out, SizeRequest, size) == 0 && size[0] > 0 && size[1] > 0 ? (size[1], size[0], size[2], size[3]) : (80, 24, 0, 0);
        }
    }

    public void TurnOn()
    {
        lock (_lock)
        {
            if (_isOn) return;
            (_isOn, _isLeaving) = (true, false);
            Begin();
        }
        if (_signals.Count > 0) return;
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                TurnOff();
                Ending?.Invoke();
            }));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Changed?.Invoke()));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, context =>
        {
            // The runtime would set the terminal as it found it.
            context.Cancel = true;
            _continued.Set();
            // Somebody else stopped it, and the shell had the terminal meanwhile.
            lock (_lock)
                if (_isOn) Begin();
            Changed?.Invoke();
        }));
    }

    void Begin()
    {
        byte[] raw = [.. _before];
        MakeRaw(raw);
        // In the background this stops the program until it is in the foreground, before it has written anything.
        _ = SetAttributes(In, Now, raw);
        Write(Enter, Timeout.InfiniteTimeSpan);
    }

    public void TurnOff()
    {
        // A frame that a slow terminal does not take is given up.
        _isLeaving = true;
        lock (_lock)
        {
            if (!_isOn) return;
            _isOn = false;
            Write(Leave, MostForLeaving);
            // What the terminal still answered is not for the shell.
            _ = Discard(In, InputQueue);
            _ = SetAttributes(In, Now, _before);
        }
    }

    /// <summary>Gives the terminal back to the shell (job control) until somebody types <c>fg</c>. Where there is no shell, the kernel does not stop it.</summary>
    public void Stop()
    {
        TurnOff();
        _continued.Reset();
        // To the whole group, as the terminal itself would. It takes effect a moment later, and nothing may be written before that.
        _ = Kill(0, StopSignal);
        _continued.Wait(MostForStopping);
        TurnOn();
        Changed?.Invoke();
    }

    /// <summary>Asks the terminal something; it answers as if that were typed.</summary>
    public void Ask(string question)
    {
        lock (_lock)
            if (_isOn) Write(question, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Shows it, unless the terminal was given back meanwhile.</summary>
    public void Show(StringBuilder frame)
    {
        lock (_lock)
            if (_isOn && frame.Length > 0) Write(frame.ToString(), Timeout.InfiniteTimeSpan);
    }

    void Write(ReadOnlySpan<char> text, TimeSpan most)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        long started = Stopwatch.GetTimestamp();
        for (int at = 0; at < bytes.Length;)
        {
            if (most == Timeout.InfiniteTimeSpan ? _isLeaving : Stopwatch.GetElapsedTime(started) > most) return;
            nint written = Write(_out, ref bytes[at], bytes.Length - at);
            if (written > 0) at += (int)written;
            else if (Marshal.GetLastPInvokeError() is TryAgain)
            {
                PollRequest request = new() { File = _out, Events = CanWrite };
                _ = Poll(ref request, 1, 100);
            }
            else if (Marshal.GetLastPInvokeError() is not Interrupted) return;
        }
    }

    /// <summary>Waits for bytes that were typed.</summary>
    /// <param name="patience">No longer than that; null: as long as it takes.</param>
    /// <returns>How many came; 0 when none did, -1 when the terminal is gone.</returns>
    public static int Read(byte[] buffer, TimeSpan? patience)
    {
        while (true)
        {
            PollRequest request = new() { File = In, Events = CanRead };
            int ready = Poll(ref request, 1, patience is { } most ? (int)most.TotalMilliseconds : -1);
            if (ready == 0) return 0;
            if (ready < 0 && Marshal.GetLastPInvokeError() == Interrupted) continue;
            nint read = ready < 0 ? -1 : Read(In, ref buffer[0], buffer.Length);
            if (read < 0 && Marshal.GetLastPInvokeError() is Interrupted or TryAgain) continue;
            return read <= 0 ? -1 : (int)read;
        }
    }

    public void Dispose()
    {
        TurnOff();
        foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
        if (_out != Out) _ = Close(_out);
    }

    [StructLayout(LayoutKind.Sequential)]
    struct PollRequest
    {
        public int File;
        public short Events, Answer;
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetAttributes(int file, [In, Out] byte[] attributes);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetAttributes(int file, int when, [In] byte[] attributes);

    [LibraryImport("libc", EntryPoint = "tcflush", SetLastError = true)]
    private static partial int Discard(int file, int queue);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int how);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw([In, Out] byte[] attributes);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int file, nuint request, [In, Out] ushort[] size);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int file, ref byte buffer, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int file, ref byte buffer, nint length);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollRequest request, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
