using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Albumen.Admin.Terminal;

/// <summary>Something that came from the terminal.</summary>
abstract record Input;

/// <summary>A key, by a name such as <c>a</c>, <c>Enter</c>, <c>Up</c>, <c>C-d</c> (with Control), <c>A-x</c> (with Alt).</summary>
sealed record Key(string Name) : Input
{
    /// <summary>What it types; null for the others.</summary>
    public string? Text => Name == "Space" ? " " : Name.Length > 0 && new StringInfo(Name).LengthInTextElements == 1 ? Name : null;
}

/// <summary>Text that was pasted, all at once.</summary>
sealed record Pasted(string Text) : Input;

/// <summary>A button went down, or the wheel turned.</summary>
/// <param name="Wheel">-1 up, 1 down, 0 none.</param>
sealed record Mouse(int X, int Y, int Wheel) : Input;

/// <summary>The terminal says what it can: which attributes it has (DA1), the size of a cell in pixels, or that it knows kitty's pictures.</summary>
sealed record Reply(string Kind, int[] Numbers) : Input;

/// <summary>
/// Takes apart what a terminal sends (ECMA-48, xterm's control sequences). Sequences may come in parts; unknown ones are dropped, and what comes after them is read.
/// What is pasted never becomes keys, however long it is.
/// </summary>
sealed class InputReader
{
    const int LongestSequence = 1 << 16, LongestPaste = 1 << 16;
    static readonly TimeSpan EscapeIsAKey = TimeSpan.FromMilliseconds(40), SequenceIsCut = TimeSpan.FromMilliseconds(500), PasteIsCut = TimeSpan.FromSeconds(5);

    readonly List<byte> _bytes = [];
    List<byte>? _pasted;

    /// <summary>How long to wait for the rest of what has begun; null when nothing has.</summary>
    public TimeSpan? Patience => _pasted is not null ? PasteIsCut : _bytes.Count switch { 0 => null, 1 => EscapeIsAKey, _ => SequenceIsCut };

    /// <param name="isEnd">Nothing came for so long.</param>
    public IReadOnlyList<Input> Take(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        _bytes.AddRange(bytes);
        List<Input> found = [];
        ReadOnlySpan<byte> left = CollectionsMarshal.AsSpan(_bytes);
        while (left.Length > 0)
        {
            Input? input = null;
            int used = _pasted is { } pasted ? TakePasted(left, pasted, out input) : Next(left, isEnd, out input);
            if (input is PasteBegins) _pasted = [];
            else if (input is not null) found.Add(input);
            if (used == 0 && left.Length < LongestSequence && !isEnd) break;
            left = left[(used == 0 ? left.Length : used)..];
        }
        _bytes.RemoveRange(0, _bytes.Count - left.Length);
        if (isEnd && _pasted is { } cut)
        {
            found.Add(TextOf(cut));
            _pasted = null;
        }
        return found;
    }

    /// <summary>Bracketed paste ends in CSI 201 ~. What is longer than anybody means is read, and left out.</summary>
    int TakePasted(ReadOnlySpan<byte> bytes, List<byte> pasted, out Input? input)
    {
        ReadOnlySpan<byte> terminator = "\e[201~"u8;
        int end = bytes.IndexOf(terminator), length = end;
        // The last bytes may be the begin of the terminator.
        for (int kept = Math.Min(bytes.Length, terminator.Length - 1); length < 0; kept--)
            if (bytes.EndsWith(terminator[..kept])) length = bytes.Length - kept;
        pasted.AddRange(bytes[..Math.Min(length, LongestPaste - pasted.Count)]);
        input = null;
        if (end < 0) return length;
        input = TextOf(pasted);
        _pasted = null;
        return end + terminator.Length;
    }

    static Pasted TextOf(List<byte> pasted) => new(Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(pasted)));

    /// <returns>How many bytes it took; 0 when it is not there whole.</returns>
    static int Next(ReadOnlySpan<byte> bytes, bool isEnd, out Input? input)
    {
        input = null;
        switch (bytes)
        {
            case [0x1B]:
                if (isEnd) input = new Key("Esc");
                return isEnd ? 1 : 0;
            case [0x1B, 0x1B, ..]:
                input = new Key("Esc");
                return 1;
            // Nothing follows what would begin a sequence: somebody typed it with Alt.
            case [0x1B, ((byte)'[' or (byte)'O' or (byte)'P' or (byte)']' or (byte)'_') and var letter] when isEnd:
                input = new Key($"A-{(char)letter}");
                return 2;
            case [0x1B, (byte)'[', .. var rest]:
                return Sequence(rest, out input) is > 0 and var used ? used + 1 : 0;
            case [0x1B, (byte)'O', .. var rest]:
                // Some put the modifiers before it: O2S.
                int digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
                if (digits < 0) return 0;
                input = Named(rest[digits], int.TryParse(rest[..digits], CultureInfo.InvariantCulture, out int held) ? held : 1);
                return digits + (rest[digits] < 0x20 ? 2 : 3);
            case [0x1B, (byte)'_' or (byte)'P' or (byte)']', ..]:
                return Text(bytes, out input);
            case [0x1B, .. var rest]:
                int taken = Next(rest, isEnd, out input);
                input = input is Key { Name: var name } ? new Key($"A-{name}") : null;
                return taken == 0 ? 0 : taken + 1;
            case [< 32 or 127, ..]:
                input = bytes[0] switch
                {
                    0 => new Key("C-Space"),
                    9 => new Key("Tab"),
                    10 or 13 => new Key("Enter"),
                    8 or 127 => new Key("Backspace"),
                    < 27 and var control => new Key($"C-{(char)(control + 'a' - 1)}"),
                    _ => null,
                };
                return 1;
            case [32, ..]:
                input = new Key("Space");
                return 1;
        }
        OperationStatus status = Rune.DecodeFromUtf8(bytes, out Rune rune, out int length);
        if (status is OperationStatus.NeedMoreData && !isEnd) return 0;
        if (status is OperationStatus.Done && !Rune.IsControl(rune)) input = new Key(rune.ToString());
        return Math.Max(1, length);
    }

    /// <summary>After the Escape of a CSI: parameters up to a final byte (ECMA-48, 5.4). Anything else in between begins something new.</summary>
    static int Sequence(ReadOnlySpan<byte> bytes, out Input? input)
    {
        input = null;
        int length = bytes.IndexOfAnyExceptInRange((byte)0x20, (byte)0x3F);
        if (length < 0) return 0;
        int used = length + 2;
        if (bytes[length] is < 0x40 or > 0x7E) return length + 1;
        string text = Encoding.ASCII.GetString(bytes[..length]);
        char final = (char)bytes[length];
        int[] numbers = [.. text.TrimStart('<', '?', '>').Split(';', ':').Select(n => int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0)];
        int modifiers = numbers.Length > 1 ? numbers[1] : 1;
        switch (final)
        {
            case '[' when text.Length == 0:
                // Of Linux's own console: F1 to F5 as [A to [E.
                if (bytes.Length < 2) return 0;
                if (bytes[1] is >= (byte)'A' and <= (byte)'E') input = new Key($"F{bytes[1] - 'A' + 1}");
                return input is null ? used : used + 1;
            case 'M' when text.Length == 0:
                // A terminal that knows no SGR: three bytes, each 32 more than what is meant.
                if (bytes.Length < 4) return 0;
                input = Press(bytes[1] - 32, bytes[2] - 32, bytes[3] - 32);
                return used + 3;
            case 'M' when text.StartsWith('<') && numbers.Length == 3:
                input = Press(numbers[0], numbers[1], numbers[2]);
                break;
            case '~' when numbers is [200]:
                input = new PasteBegins();
                break;
            case '~':
                input = Modified(numbers[0] switch { 1 or 7 => "Home", 2 => "Insert", 3 => "Delete", 4 or 8 => "End", 5 => "PageUp", 6 => "PageDown", 11 => "F1", 12 => "F2", 13 => "F3", 14 => "F4", 15 => "F5", _ => null }, modifiers);
                break;
            case 'c' when text.StartsWith('?'):
                input = new Reply("attributes", numbers);
                break;
            case 't':
                input = new Reply("size", numbers);
                break;
            case 'Z':
                input = new Key("BackTab");
                break;
            default:
                input = Named((byte)final, modifiers);
                break;
        }
        return used;
    }

    /// <summary>A string of the terminal's, up to its terminator (ECMA-48, 8.3.143; xterm takes BEL too). Another sequence breaks it off.</summary>
    static int Text(ReadOnlySpan<byte> bytes, out Input? input)
    {
        input = null;
        int length = bytes[2..].IndexOfAny((byte)0x1B, (byte)0x07) + 2;
        if (length < 2) return 0;
        if (bytes[length] == 0x1B && length + 1 == bytes.Length) return 0;
        if (bytes[length] == 0x1B && bytes[length + 1] != '\\') return length;
        if (bytes.StartsWith("\e_G"u8)) input = new Reply("kitty", []);
        return bytes[length] == 0x1B ? length + 2 : length + 1;
    }

    static Mouse? Press(int button, int column, int line) =>
        button is 0 or 64 or 65 && column > 0 && line > 0 ? new(column - 1, line - 1, button switch { 64 => -1, 65 => 1, _ => 0 }) : null;

    static Key? Named(byte final, int modifiers) => Modified((char)final switch
    {
        'A' => "Up",
        'B' => "Down",
        'C' => "Right",
        'D' => "Left",
        'H' => "Home",
        'F' => "End",
        'P' => "F1",
        'Q' => "F2",
        'R' => "F3",
        'S' => "F4",
        _ => null,
    }, modifiers);

    static Key? Modified(string? name, int modifiers)
    {
        int held = Math.Max(1, modifiers) - 1;
        return name is null ? null : new($"{((held & 4) != 0 ? "C-" : "")}{((held & 2) != 0 ? "A-" : "")}{((held & 1) != 0 ? "S-" : "")}{name}");
    }

    /// <summary>What comes next was pasted.</summary>
    sealed record PasteBegins : Input;
}
