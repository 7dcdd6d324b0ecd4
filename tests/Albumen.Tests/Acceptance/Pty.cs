using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Albumen.Tests.Acceptance;

/// <summary>
/// A terminal with one program on it (pty(7)), in a session of its own. What the program writes is read at once, or as slowly as wanted, and kept with the time it came.
/// </summary>
sealed partial class Pty : IDisposable
{
    const int ReadWrite = 2, NoControllingTerminal = 0x100, NotForChildren = 0x80000, SetSize = 0x5414, Interrupted = 4;

    readonly int _master, _slave;
    readonly List<(long At, int Length)> _arrivals = [];
    readonly MemoryStream _output = new();
    readonly Thread _reader;
    volatile int _bytesPerSecond = int.MaxValue;
    volatile bool _isHungUp;

    /// <param name="variables">Environment variables to set; null removes one.</param>
    /// <param name="words">The program and its words.</param>
    public Pty(int columns, int lines, IReadOnlyDictionary<string, string?> variables, params string[] words)
    {
        _master = Check(PosixOpenPt(ReadWrite | NoControllingTerminal | NotForChildren));
        Check(GrantPt(_master));
        Check(UnlockPt(_master));
        byte[] name = new byte[64];
        Check(-PtsNameR(_master, name, name.Length));
        Terminal = Encoding.ASCII.GetString(name).TrimEnd('\0');
        // Held open, so that its settings outlive the program.
        _slave = Check(Open(Terminal, ReadWrite | NoControllingTerminal | NotForChildren));
        Resize(columns, lines);
        ProcessStartInfo start = new("sh", ["-c", """terminal=$1; shift; exec setsid -c "$@" <"$terminal" >"$terminal" 2>&1""", "sh", Terminal, .. words]);
        start.Environment["TERM"] = "xterm-256color";
        foreach (string variable in (string[])["NO_COLOR", "COLORTERM", "ALBUMEN_ROOT"]) start.Environment.Remove(variable);
        foreach ((string variable, string? value) in variables)
            if (value is null) start.Environment.Remove(variable);
            else start.Environment[variable] = value;
        Started = Stopwatch.GetTimestamp();
        Process = Process.Start(start)!;
        _reader = new(Read) { IsBackground = true, Name = "pty" };
        _reader.Start();
    }

    /// <summary>Such as <c>/dev/pts/7</c>.</summary>
    public string Terminal { get; }

    public Process Process { get; }

    public long Started { get; }

    /// <summary>How many bytes came.</summary>
    public long Length
    {
        get
        {
            lock (_output) return _output.Length;
        }
    }

    public string Output => OutputFrom(0);

    /// <summary>How fast the terminal takes what is written.</summary>
    public int BytesPerSecond { set => _bytesPerSecond = value; }

    public string OutputFrom(long at)
    {
        lock (_output) return Encoding.UTF8.GetString(_output.GetBuffer(), (int)at, (int)(_output.Length - at));
    }

    /// <summary>When the byte with this number came, by <see cref="Stopwatch"/>.</summary>
    public long ArrivalOf(long number)
    {
        lock (_output)
        {
            long length = 0;
            foreach ((long at, int count) in _arrivals)
                if ((length += count) > number) return at;
        }
        throw new InvalidOperationException($"Only {Length} bytes came.");
    }

    public void Send(string keys)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(keys);
        for (int at = 0; at < bytes.Length;) at += Check((int)Write(_master, ref bytes[at], bytes.Length - at));
    }

    public void Resize(int columns, int lines) => Check(Control(_master, SetSize, [(ushort)lines, (ushort)columns, 0, 0]));

    /// <summary>Waits until what came after a place has this in it.</summary>
    /// <exception cref="TimeoutException">It does not come, or the program ended; the message has what came.</exception>
    public async Task<long> UntilAsync(string text, long from, TimeSpan most, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            bool hasEnded = Process.HasExited;
            string output = OutputFrom(from);
            if (output.Contains(text, StringComparison.Ordinal)) return Length;
            if (hasEnded || Stopwatch.GetElapsedTime(started) > most) throw new TimeoutException($"'{text}' did not come{(hasEnded ? $"; it ended with {Process.ExitCode}" : "")}: {output.Replace('\e', '␛')}");
            await Task.Delay(5, cancellationToken);
        }
    }

    void Read()
    {
        byte[] buffer = new byte[65536];
        while (true)
        {
            int most = _bytesPerSecond;
            if (most == 0)
            {
                Thread.Sleep(20);
                continue;
            }
            // A file that somebody reads from is not closed for good.
            PollRequest request = new() { File = _master, Events = 1 };
            if (_isHungUp) return;
            if (Poll(ref request, 1, 50) == 0) continue;
            int wanted = (int)Math.Min(buffer.Length, Math.Max(1L, most / 20L));
            nint read = Read(_master, ref buffer[0], wanted);
            if (read < 0 && Marshal.GetLastPInvokeError() == Interrupted) continue;
            if (read <= 0) return;
            lock (_output)
            {
                _output.Write(buffer, 0, (int)read);
                _arrivals.Add((Stopwatch.GetTimestamp(), (int)read));
            }
            if (most != int.MaxValue) Thread.Sleep(50);
        }
    }

    /// <summary>The window is closed, or the line breaks.</summary>
    public void HangUp()
    {
        if (_isHungUp) return;
        _isHungUp = true;
        _reader.Join();
        _ = Close(_slave);
        _ = Close(_master);
    }

    public void Dispose()
    {
        if (!Process.HasExited) Process.Kill();
        Process.WaitForExit();
        Process.Dispose();
        // Without a slave the reader gets an error (EIO), and ends.
        _bytesPerSecond = int.MaxValue;
        if (!_isHungUp) _ = Close(_slave);
        _reader.Join(TimeSpan.FromSeconds(5));
        if (!_isHungUp) _ = Close(_master);
        _output.Dispose();
    }

    static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [StructLayout(LayoutKind.Sequential)]
    struct PollRequest
    {
        public int File;
        public short Events, Answer;
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollRequest request, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial int PosixOpenPt(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int GrantPt(int master);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int UnlockPt(int master);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static partial int PtsNameR(int master, [In, Out] byte[] name, nint length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int file, ref byte buffer, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int file, ref byte buffer, nint length);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int file, nuint request, [In] ushort[] size);
}
