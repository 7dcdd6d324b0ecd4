using System.Runtime.InteropServices;
using System.Text;

namespace Albumen.Admin;

/// <summary>Standard output or error, and nothing else: the runtime's own streams switch a terminal into another mode before they write, and leave it so.</summary>
/// <remarks>When nobody reads any more, as behind <c>| head</c>, the program ends, as by the signal that others get then.</remarks>
sealed partial class StandardStream(int descriptor) : Stream
{
    const int Interrupted = 4, TryAgain = 11, NobodyReads = 32;

    static bool _isBroken;

    public static TextWriter Error { get; } = new StreamWriter(new StandardStream(2), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>The cells of a line; 80 where nobody says.</summary>
    public static int TerminalWidth()
    {
        foreach (int descriptor in (int[])[1, 2, 0])
            if (WindowSize(descriptor, 0x5413, out Window window) == 0 && window.Columns > 0) return window.Columns;
        return 80;
    }

    /// <summary>What somebody types, up to the end of the line; null when there is no more.</summary>
    public static string? ReadLine()
    {
        using FileStream input = new(new(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        using StreamReader reader = new(input);
        return reader.ReadLine();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            nint written = Write(descriptor, buffer, buffer.Length);
            if (written >= 0) buffer = buffer[(int)written..];
            else if (Marshal.GetLastPInvokeError() == TryAgain) Thread.Sleep(10);
            else if (Marshal.GetLastPInvokeError() is var error and not Interrupted)
            {
                // Nobody is there to be told of the others.
                if (descriptor != 1 || _isBroken) return;
                _isBroken = true;
                if (error == NobodyReads) Environment.Exit(Exit.NobodyReads);
                throw new IOException($"The standard output cannot be written: {Marshal.GetPInvokeErrorMessage(error)}.");
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    // struct winsize
    struct Window
    {
        public ushort Rows, Columns, Width, Height;
    }

    // write(2)
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, ReadOnlySpan<byte> buffer, nint length);

    // ioctl(2), TIOCGWINSZ
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int WindowSize(int descriptor, nuint request, out Window window);
}
