using System.Text;

namespace Albumen.Configuration;

/// <summary>Reads a configuration file as text and holds back what the YAML parser would misread in silence.</summary>
static class YamlText
{
    const int LargestSizeInBytes = 1 << 20;
    const string TooLarge = "is larger than 1 MiB, which no configuration needs";

    /// <summary>The file's text with line feeds only and no byte order mark; null, with an error noted, when it is unfit.</summary>
    public static string? Read(string file, ICollection<ConfigurationError> errors)
    {
        byte[] bytes;
        try
        {
            bytes = ReadAtMost(file, LargestSizeInBytes + 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new(file, 0, 0, $"cannot be read: {e.Message}"));
            return null;
        }
        if (bytes.Length > LargestSizeInBytes)
        {
            errors.Add(new(file, 0, 0, TooLarge));
            return null;
        }
        return Decode(file, bytes, errors) is { } text && IsClean(file, text, errors) ? text : null;
    }

    /// <summary>The same of text that stands in no file yet.</summary>
    /// <param name="file">As it is called in messages.</param>
    public static string? Take(string file, string text, ICollection<ConfigurationError> errors)
    {
        if (Encoding.UTF8.GetByteCount(text) > LargestSizeInBytes)
        {
            errors.Add(new(file, 0, 0, TooLarge));
            return null;
        }
        string plain = text.TrimStart('\uFEFF').ReplaceLineEndings("\n");
        return IsClean(file, plain, errors) ? plain : null;
    }

    /// <summary>Never asks for the length: the path may name a device or a pipe.</summary>
    static byte[] ReadAtMost(string file, int sizeInBytes)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] buffer = new byte[sizeInBytes];
        int length = stream.ReadAtLeast(buffer, sizeInBytes, throwOnEndOfStream: false);
        return buffer[..length];
    }

    static string? Decode(string file, ReadOnlySpan<byte> bytes, ICollection<ConfigurationError> errors)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[Encoding.UTF8.Preamble.Length..];
        int line = 1;
        foreach (Range range in bytes.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> text = bytes[range];
            int column = 1;
            while (!text.IsEmpty)
            {
                if (Rune.DecodeFromUtf8(text, out Rune rune, out int length) is not System.Buffers.OperationStatus.Done)
                {
                    errors.Add(new(file, line, column, $"the byte {text[0]:X2} is not UTF-8; save the file in that encoding"));
                    return null;
                }
                column += rune.Utf16SequenceLength;
                text = text[length..];
            }
            line++;
        }
        return Encoding.UTF8.GetString(bytes).ReplaceLineEndings("\n");
    }

    static bool IsClean(string file, string text, ICollection<ConfigurationError> errors)
    {
        int before = errors.Count;
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;

            // The parser takes a NUL for the end of the file and would ignore all that follows.
            int control = line.IndexOfAnyInRange('\0', '\b') is >= 0 and var at ? at : line.IndexOfAnyInRange('\v', '\x1f');
            if (control >= 0)
                errors.Add(new(file, number, control + 1, $"control character {(int)line[control]:X2}; remove it"));

            // The parser's own message for this names the wrong line.
            int tab = line[..^line.TrimStart(" \t").Length].IndexOf('\t');
            if (tab >= 0) errors.Add(new(file, number, tab + 1, "a tab in the indentation; YAML wants spaces"));

            // Unknown ones are skipped in silence, with all that stands in them.
            if (line is ['%', ..]) errors.Add(new(file, number, 1, "directives ('%...') are not allowed; remove it"));
            if (errors.Count > before) return false;
        }
        return true;
    }
}
