using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Albumen.Admin;

/// <summary>
/// Where results go. On a terminal: tables, coloured unless NO_COLOR is set. Into a pipe: one row a line, columns parted by tabs, no header.
/// Either way <see cref="Printable"/> keeps the names of files from steering the terminal.
/// </summary>
sealed class Screen : IDisposable
{
    readonly Stream _output = Console.OpenStandardOutput();
    readonly StreamWriter _text;

    public Screen() => _text = new(_output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 64 * 1024);

    public bool IsTerminal { get; } = !Console.IsOutputRedirected;

    /// <summary>Whether somebody watches what is written to standard error.</summary>
    public bool IsWatched { get; } = !Console.IsErrorRedirected;

    /// <summary>Standard output itself, for bytes that pass through. What was written before comes first.</summary>
    public Stream Output
    {
        get
        {
            _text.Flush();
            return _output;
        }
    }

    public void Line(string text = "") => _text.WriteLine(text);

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

        Table table = new() { Border = TableBorder.Simple };
        foreach (string header in headers) table.AddColumn(new TableColumn(new Text(header, new Style(decoration: Decoration.Bold))));
        foreach (IReadOnlyList<string> row in rows) table.AddRow(row.Select(cell => new Text(Printable.Show(cell))));
        _text.Flush();
        if (table.Rows.Count == 0) _text.WriteLine(nothing);
        else AnsiConsole.Write(table);
    }

    /// <summary>Names and values, one pair a line.</summary>
    public void Pairs(params IEnumerable<(string Name, string? Value)> pairs)
    {
        List<(string Name, string? Value)> known = [.. pairs.Where(p => p.Value is not null)];
        if (known.Count == 0) return;
        int width = known.Max(p => p.Name.Length);
        foreach ((string name, string? value) in known)
            _text.WriteLine(IsTerminal ? $"{name.PadRight(width)}  {Printable.Show(value!)}" : $"{name}\t{Printable.Show(value!)}");
    }

    public void Error(string message)
    {
        _text.Flush();
        Console.Error.WriteLine($"albumen: {Printable.Show(message)}");
    }

    public void Flush() => _text.Flush();

    public void Dispose() => _text.Dispose();
}
