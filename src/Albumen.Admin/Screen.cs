using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Albumen.Admin;

/// <summary>
/// Where results go. On a terminal: tables that fit it, with bold headings unless NO_COLOR is set. Into a pipe: one row a line, columns parted by tabs, no header.
/// Either way <see cref="Printable"/> keeps the names of files from steering the terminal.
/// </summary>
/// <param name="isQuiet">Only what was asked for, and errors.</param>
sealed class Screen(bool isQuiet = false) : IDisposable
{
    /// <summary>A terminal that can only write on.</summary>
    static readonly bool IsDumb = Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";

    // https://no-color.org: set, and not empty.
    static readonly bool IsPlain = IsDumb || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };

    readonly Stream _output = new StandardStream(1);
    readonly StreamWriter _text = new(new StandardStream(1), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 64 * 1024);

    public bool IsTerminal { get; } = !Console.IsOutputRedirected;

    public bool IsQuiet => isQuiet;

    /// <summary>Whether somebody watches what is written to standard error, on a terminal that can draw a line over.</summary>
    public bool IsWatched { get; } = !Console.IsErrorRedirected && !IsDumb && !isQuiet;

    /// <summary>Whether somebody is there to answer.</summary>
    public bool CanAsk { get; } = !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <summary>How wide the terminal is.</summary>
    public static int Width => StandardStream.TerminalWidth();

    /// <summary>Standard output itself, for bytes that pass through. What was written before comes first.</summary>
    public Stream Output
    {
        get
        {
            _text.Flush();
            return _output;
        }
    }

    /// <summary>What was asked for.</summary>
    public void Line(string text = "") => _text.WriteLine(text);

    /// <summary>What was done, in a sentence; scripts may read it, and <c>--quiet</c> is without it.</summary>
    public void Say(string text)
    {
        if (!isQuiet) Sentence(text);
    }

    /// <summary>A word to somebody at a terminal, and nobody else.</summary>
    public void Remark(string text = "")
    {
        if (IsTerminal && !isQuiet) Sentence(text);
    }

    /// <summary>One JSON object, on a line.</summary>
    public void Json<T>(T value, JsonTypeInfo<T> type) => _text.WriteLine(JsonSerializer.Serialize(value, type));

    /// <param name="headers">Shown on a terminal only.</param>
    /// <param name="nothing">What to say there when no row came.</param>
    public void Table(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows, string nothing)
    {
        if (!IsTerminal)
        {
            foreach (IReadOnlyList<string> row in rows) _text.WriteLine(string.Join('\t', row.Select(Printable.Show)));
            return;
        }
        TextTable table = new(headers, [.. rows.Select(row => (IReadOnlyList<string>)[.. row.Select(Printable.Show)])]);
        if (table.IsEmpty) Remark(nothing);
        else foreach (string line in table.Lines(Width, hasHeader: !isQuiet, isBold: !IsPlain)) _text.WriteLine(line);
    }

    /// <summary>Names and values, one pair a line.</summary>
    public void Pairs(params IEnumerable<(string Name, string? Value)> pairs)
    {
        List<(string Name, string? Value)> known = [.. pairs.Where(p => p.Value is not null)];
        if (known.Count == 0) return;
        int width = known.Max(p => p.Name.Length);
        foreach ((string name, string? value) in known)
            if (!IsTerminal) _text.WriteLine($"{name}\t{Printable.Show(value!)}");
            else
                foreach ((int i, string part) in TextWidth.Wrap(Printable.Show(value!), Math.Max(20, Width - width - 2)).Index())
                    _text.WriteLine($"{(i == 0 ? name : "").PadRight(width)}  {part}");
    }

    /// <summary>Asks, on standard error, so that what is piped stays clean.</summary>
    public bool Asks(string question)
    {
        _text.Flush();
        StandardStream.Error.Write($"{Printable.Show(question)} [y/N] ");
        return StandardStream.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }

    public void Error(string message)
    {
        _text.Flush();
        StandardStream.Error.WriteLine($"albumen: {Printable.Show(message)}");
    }

    /// <summary>An empty screen, where there is one.</summary>
    public void Clear()
    {
        if (IsTerminal && !IsDumb) _text.Write("\e[H\e[2J");
    }

    public void Flush() => _text.Flush();

    public void Dispose() => _text.Dispose();

    void Sentence(string text)
    {
        foreach (string line in IsTerminal ? TextWidth.Wrap(text, Width) : [text]) _text.WriteLine(line);
    }
}
