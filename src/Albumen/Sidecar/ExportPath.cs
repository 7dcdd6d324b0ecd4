using System.Buffers;
using System.Text;

namespace Albumen.Sidecar;

/// <summary>
/// A path of a volume as text that can stand in an archive: UTF-8, where a byte that is none becomes <c>%</c> and two hexadecimal digits, and a <c>%</c> that could
/// be taken for that becomes <c>%25</c>.
/// </summary>
public static class ExportPath
{
    public static string Of(ReadOnlySpan<byte> path)
    {
        StringBuilder text = new();
        while (!path.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(path, out Rune rune, out int length) is not OperationStatus.Done)
                foreach (byte odd in path[..length]) text.Append($"%{odd:X2}");
            else if (rune.Value == '%' && IsCode(path[1..])) text.Append("%25");
            else text.Append(rune);
            path = path[length..];
        }
        return text.ToString();
    }

    /// <exception cref="FormatException">It leads out of the volume.</exception>
    public static RelativePath Read(string text)
    {
        byte[] coded = Encoding.UTF8.GetBytes(text);
        List<byte> path = new(coded.Length);
        for (int at = 0; at < coded.Length; at++)
            if (coded[at] == '%' && IsCode(coded.AsSpan(at + 1)))
            {
                path.Add(Convert.FromHexString(Encoding.ASCII.GetString(coded, at + 1, 2))[0]);
                at += 2;
            }
            else
            {
                path.Add(coded[at]);
            }
        return RelativePath.FromBytes([.. path]);
    }

    static bool IsCode(ReadOnlySpan<byte> rest) => rest.Length >= 2 && char.IsAsciiHexDigit((char)rest[0]) && char.IsAsciiHexDigit((char)rest[1]);
}
