using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Native;

/// <summary>
/// One connection to the system bus, by sd-bus(3) of libsystemd. Nothing here waits: calls are answered, and signals heard, while <see cref="Process"/> runs.
/// All of it belongs to one thread.
/// </summary>
sealed unsafe partial class SdBus : IDisposable
{
    const string Library = "libsystemd.so.0";

    readonly nint _bus;
    readonly HashSet<Handler> _handlers = [];
    ExceptionDispatchInfo? _fault;

    SdBus(nint bus) => _bus = bus;

    public static bool IsInstalled => NativeLibrary.TryLoad(Library, typeof(SdBus).Assembly, null, out _);

    /// <summary>A new connection, to where DBUS_SYSTEM_BUS_ADDRESS points if that is set. It is used once it <see cref="IsReady"/>.</summary>
    /// <exception cref="BusException">There is no bus.</exception>
    public static SdBus OpenSystem()
    {
        Check(sd_bus_open_system(out nint bus));
        return new(bus);
    }

    /// <summary>The bus has let us in.</summary>
    public bool IsReady => sd_bus_is_ready(_bus) > 0;

    /// <summary>What to poll(2) for before <see cref="Process"/> is worth calling again.</summary>
    /// <exception cref="BusException">The connection is lost.</exception>
    public Inotify.Waiting Waiting => new() { File = Check(sd_bus_get_fd(_bus)), Wanted = (short)Check(sd_bus_get_events(_bus)) };

    /// <summary>How long at most, in milliseconds; -1 is for ever.</summary>
    public int MostToWait
    {
        get
        {
            Check(sd_bus_get_timeout(_bus, out ulong microseconds));
            if (microseconds == ulong.MaxValue) return -1;
            // Of CLOCK_MONOTONIC, as Stopwatch.
            double left = (microseconds / 1e3) - (Stopwatch.GetTimestamp() * 1e3 / Stopwatch.Frequency);
            return (int)Math.Clamp(Math.Ceiling(left), 0, int.MaxValue);
        }
    }

    /// <summary>Does one piece of what there is to do.</summary>
    /// <returns>False when there is nothing more at the moment.</returns>
    /// <exception cref="BusException">The connection is lost.</exception>
    public bool Process()
    {
        int done = Check(sd_bus_process(_bus, 0));
        Interlocked.Exchange(ref _fault, null)?.Throw();
        return done > 0;
    }

    /// <summary>Asks somebody on the bus.</summary>
    /// <param name="arguments">Writes them.</param>
    /// <param name="answered">Hears the answer, which may be an error; null when the connection was closed before.</param>
    public void Call(string whom, string path, string face, string member, Action<BusMessage>? arguments, Action<BusMessage?> answered, TimeSpan patience)
    {
        Check(sd_bus_message_new_method_call(_bus, out nint message, whom, path, face, member));
        try
        {
            arguments?.Invoke(new(message));
            Handler handler = Remember(answered, isCall: true);
            int result = sd_bus_call_async(_bus, out nint slot, message, &Heard, GCHandle.ToIntPtr(handler.Itself), (ulong)patience.TotalMicroseconds);
            handler.Slot = slot;
            if (result < 0) Forget(handler);
            Check(result);
        }
        finally
        {
            sd_bus_message_unref(message);
        }
    }

    /// <summary>Hears signals, until what it returns is disposed of.</summary>
    /// <param name="rule">D-Bus Specification, Match Rules.</param>
    public IDisposable Listen(string rule, Action<BusMessage> heard)
    {
        Handler handler = Remember(message => heard(message!.Value), isCall: false);
        int result = sd_bus_add_match_async(_bus, out nint slot, rule, &Heard, 0, GCHandle.ToIntPtr(handler.Itself));
        handler.Slot = slot;
        if (result < 0) Forget(handler);
        Check(result);
        return handler;
    }

    /// <summary>Closes the connection; who waits for an answer hears that there is none.</summary>
    public void Dispose()
    {
        Handler[] left = [.. _handlers];
        foreach (Handler handler in left) Forget(handler);
        sd_bus_close_unref(_bus);
        foreach (Handler handler in left.Where(handler => handler.IsCall)) handler.Heard(null);
    }

    static int Check(int result) => result >= 0 ? result : throw new BusException(Libc.Describe(-result));

    Handler Remember(Action<BusMessage?> heard, bool isCall)
    {
        Handler handler = new(this, heard, isCall);
        _handlers.Add(handler);
        return handler;
    }

    void Forget(Handler handler)
    {
        if (!_handlers.Remove(handler)) return;
        if (handler.Slot != 0) sd_bus_slot_unref(handler.Slot);
        handler.Itself.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int Heard(nint message, nint userData, nint error)
    {
        Handler handler = (Handler)GCHandle.FromIntPtr(userData).Target!;
        try
        {
            if (handler.IsCall) handler.Bus.Forget(handler);
            handler.Heard(new(message));
        }
        catch (BusException)
        {
            // Somebody says what he never would. It is as if he had said nothing.
        }
        catch (Exception fault)
        {
            // No exception passes through C; it goes on where that ends.
            handler.Bus._fault ??= ExceptionDispatchInfo.Capture(fault);
        }
        return 0;
    }

    /// <summary>Who hears of an answer or a signal.</summary>
    sealed class Handler : IDisposable
    {
        public Handler(SdBus bus, Action<BusMessage?> heard, bool isCall)
        {
            (Bus, Heard, IsCall) = (bus, heard, isCall);
            Itself = GCHandle.Alloc(this);
        }

        public SdBus Bus { get; }
        public Action<BusMessage?> Heard { get; }
        public bool IsCall { get; }
        public GCHandle Itself { get; }
        public nint Slot { get; set; }

        public void Dispose() => Bus.Forget(this);
    }

    [LibraryImport(Library)] private static partial int sd_bus_open_system(out nint bus);
    [LibraryImport(Library)] private static partial nint sd_bus_close_unref(nint bus);
    [LibraryImport(Library)] private static partial int sd_bus_is_ready(nint bus);
    [LibraryImport(Library)] private static partial int sd_bus_get_fd(nint bus);
    [LibraryImport(Library)] private static partial int sd_bus_get_events(nint bus);
    [LibraryImport(Library)] private static partial int sd_bus_get_timeout(nint bus, out ulong microseconds);
    [LibraryImport(Library)] private static partial int sd_bus_process(nint bus, nint message);
    [LibraryImport(Library)] private static partial nint sd_bus_slot_unref(nint slot);
    [LibraryImport(Library)] private static partial nint sd_bus_message_unref(nint message);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] private static partial int sd_bus_message_new_method_call(nint bus, out nint message, string destination, string path, string face, string member);
    [LibraryImport(Library)] private static partial int sd_bus_call_async(nint bus, out nint slot, nint message, delegate* unmanaged[Cdecl]<nint, nint, nint, int> callback, nint userData, ulong microseconds);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] private static partial int sd_bus_add_match_async(nint bus, out nint slot, string match, delegate* unmanaged[Cdecl]<nint, nint, nint, int> callback, nint installed, nint userData);
}

/// <summary>What is said on the bus: written before it is sent, or read, value by value, as long as the handler runs that heard it.</summary>
readonly unsafe partial struct BusMessage(nint message)
{
    const string Library = "libsystemd.so.0";

    /// <summary>The object that speaks; empty when none does.</summary>
    public string Path => Marshal.PtrToStringUTF8(sd_bus_message_get_path(message)) ?? "";

    /// <summary>What was answered instead of what was asked for; null when all is well.</summary>
    public BusException? Error
    {
        get
        {
            if (sd_bus_message_is_method_error(message, 0) <= 0) return null;
            // sd_bus_error: name, message, and a number that is not ours.
            nint* error = (nint*)sd_bus_message_get_error(message);
            string? name = Marshal.PtrToStringUTF8(error[0]);
            return new(Marshal.PtrToStringUTF8(error[1]) is { Length: > 0 } text ? text : name ?? "an error without a name", name);
        }
    }

    public void Write(string text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        fixed (byte* start = bytes) Append('s', start);
    }

    public void Write(int number) => Append('i', &number);

    public void Write(uint number) => Append('u', &number);

    public void Write(ushort number) => Append('q', &number);

    /// <summary>A list of texts (<c>as</c>).</summary>
    public void Write(IEnumerable<string> texts)
    {
        Check(sd_bus_message_open_container(message, (byte)'a', "s"));
        foreach (string text in texts) Write(text);
        Check(sd_bus_message_close_container(message));
    }

    /// <summary>A list of lists of bytes (<c>aay</c>).</summary>
    public void Write(IEnumerable<byte[]> lists)
    {
        Check(sd_bus_message_open_container(message, (byte)'a', "ay"));
        foreach (byte[] list in lists)
            fixed (byte* start = list) Check(sd_bus_message_append_array(message, (byte)'y', start, (nuint)list.Length));
        Check(sd_bus_message_close_container(message));
    }

    /// <summary>A text, or the path of an object.</summary>
    public string ReadText()
    {
        nint text;
        Read(Peek().Type is (byte)'o' ? 'o' : 's', &text);
        return Marshal.PtrToStringUTF8(text)!;
    }

    public int ReadInt32()
    {
        int number;
        Read('i', &number);
        return number;
    }

    public bool ReadFlag()
    {
        int flag;
        Read('b', &flag);
        return flag != 0;
    }

    /// <summary>An open file, which is the caller's from now on.</summary>
    public SafeFileHandle ReadFile()
    {
        // fcntl(2): F_DUPFD_CLOEXEC. That of the message goes with it.
        const int Duplicate = 1030;
        int file;
        Read('h', &file);
        int own = Control(file, Duplicate, 0);
        return own >= 0 ? new(own, ownsHandle: true) : throw new BusException(Libc.Describe(Libc.Errno));
    }

    /// <summary>Begins to read what is inside of the next value: a list, an entry, a structure.</summary>
    /// <returns>False at the end of the list that holds it.</returns>
    public bool Enter(char type, string contents) => Check(sd_bus_message_enter_container(message, (byte)type, contents)) > 0;

    /// <summary>Goes on behind what was entered; all of it must be read.</summary>
    public void Leave() => Check(sd_bus_message_exit_container(message));

    /// <summary>Passes over values of these types.</summary>
    public void Skip(string types) => Check(sd_bus_message_skip(message, types));

    /// <summary>Properties (<c>a{sv}</c>) with their values, of those that are wanted: texts, numbers, flags, and lists of texts.</summary>
    public IReadOnlyDictionary<string, object> ReadProperties(params ReadOnlySpan<string> wanted)
    {
        Dictionary<string, object> found = [];
        for (Enter('a', "{sv}"); Enter('e', "sv"); Leave())
        {
            string name = ReadText();
            if (wanted.Contains(name) && ReadVariant() is { } value) found[name] = value;
            else if (!wanted.Contains(name)) Skip("v");
        }
        Leave();
        return found;
    }

    object? ReadVariant()
    {
        string contents = Marshal.PtrToStringUTF8(Peek().Contents)!;
        Enter('v', contents);
        object? value = contents switch
        {
            "s" or "o" => ReadText(),
            "b" => ReadFlag(),
            "i" or "u" or "t" => ReadNumber(contents[0]),
            "as" => ReadTexts(),
            _ => null,
        };
        if (value is null) Skip(contents);
        Leave();
        return value;
    }

    ulong ReadNumber(char type)
    {
        ulong number = 0;
        Read(type, &number);
        return number;
    }

    /// <summary>A list of texts, or of paths.</summary>
    public IReadOnlyList<string> ReadTexts()
    {
        List<string> texts = [];
        Enter('a', Marshal.PtrToStringUTF8(Peek().Contents) ?? "s");
        while (Peek().Type is not 0) texts.Add(ReadText());
        Leave();
        return texts;
    }

    /// <returns>A type of 0 at the end.</returns>
    (byte Type, nint Contents) Peek() => Check(sd_bus_message_peek_type(message, out byte type, out nint contents)) > 0 ? (type, contents) : default;

    void Read(char type, void* value)
    {
        if (Check(sd_bus_message_read_basic(message, (byte)type, value)) == 0) throw new BusException("the message ends too early");
    }

    void Append(char type, void* value) => Check(sd_bus_message_append_basic(message, (byte)type, value));

    static int Check(int result) => result >= 0 ? result : throw new BusException(Libc.Describe(-result));

    [LibraryImport(Library)] private static partial nint sd_bus_message_get_path(nint message);
    [LibraryImport(Library)] private static partial int sd_bus_message_is_method_error(nint message, nint name);
    [LibraryImport(Library)] private static partial nint sd_bus_message_get_error(nint message);
    [LibraryImport(Library)] private static partial int sd_bus_message_append_basic(nint message, byte type, void* value);
    [LibraryImport(Library)] private static partial int sd_bus_message_append_array(nint message, byte type, void* values, nuint sizeInBytes);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] private static partial int sd_bus_message_open_container(nint message, byte type, string contents);
    [LibraryImport(Library)] private static partial int sd_bus_message_close_container(nint message);
    [LibraryImport(Library)] private static partial int sd_bus_message_read_basic(nint message, byte type, void* value);
    [LibraryImport(Library)] private static partial int sd_bus_message_peek_type(nint message, out byte type, out nint contents);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] private static partial int sd_bus_message_enter_container(nint message, byte type, string contents);
    [LibraryImport(Library)] private static partial int sd_bus_message_exit_container(nint message);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] private static partial int sd_bus_message_skip(nint message, string types);
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)] private static partial int Control(int file, int command, int argument);
}

/// <summary>The bus or somebody on it said no, or is gone.</summary>
/// <param name="name">What kind of error, as <c>org.freedesktop.Avahi.CollisionError</c>; null when the bus itself said it.</param>
sealed class BusException(string message, string? name = null) : Exception(message)
{
    public string? Name => name;
}
