using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Albumen.Tests.Acceptance;

/// <summary>
/// Requests and what must come back, as they stand in a <c>.requests</c> file. A case begins with <c>= its name</c>; each further line is one request:
/// <code>PUT f [If-Match: $tag] {bytes} -> 204 [ETag: pattern] {part of the body} (tag=ETag)</code>
/// A path is within the case's own folder, which is <c>.</c>, unless it begins with a slash. A header in brackets is sent, or must match a pattern; <c>[!Name]</c> must be
/// absent. A body in braces is sent, or must be contained; <c>{=text}</c> must be all, <c>{!text}</c> must not be there. Parentheses keep a header's value for later lines.
/// <c>ben:</c> before a method is somebody else, <c>nobody:</c> is who has no password. <c>LIST</c> answers with the names in a folder, <c>CUT</c> closes the connection
/// behind the body, <c>WAIT</c> waits seconds.
/// </summary>
sealed partial class RequestScript(Uri address, IReadOnlyDictionary<string, string> people, string folder)
{
    const string LockBody = """<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:{0}/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner>somebody</D:owner></D:lockinfo>""";
    const string Spaces = """ xmlns:D="DAV:" xmlns:a="urn:albumen" xmlns:oc="http://owncloud.org/ns" xmlns:Z="urn:schemas-microsoft-com:" xmlns:t="urn:test" """;

    readonly RawClient _client = new(address);
    readonly Dictionary<string, string> _kept = new() { ["base"] = $"{address.Scheme}://{address.Authority}", ["folder"] = folder };

    /// <summary>The cases of a file: their names and lines.</summary>
    public static IReadOnlyDictionary<string, string[]> Cases(string file)
    {
        Dictionary<string, List<string>> cases = [];
        List<string>? lines = null;
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Acceptance", file)).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'))
            if (line[0] == '=') cases.Add(line[1..].Trim(), lines = []);
            else lines!.Add(line);
        return cases.ToDictionary(c => c.Key, c => c.Value.ToArray());
    }

    public async Task RunAsync(IEnumerable<string> lines)
    {
        foreach (string line in lines)
            if (line.StartsWith("WAIT ", StringComparison.Ordinal)) await Task.Delay(TimeSpan.FromSeconds(double.Parse(line[5..], CultureInfo.InvariantCulture)), TestContext.Current.CancellationToken);
            else await LineAsync(line);
    }

    async Task LineAsync(string line)
    {
        string[] sides = line.Split(" -> ", 2);
        Assert.True(sides.Length == 2, $"no answer is expected in '{line}'");
        string[] words = Kept(Parts().Replace(sides[0], "").Trim()).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string who = "anna";
        if (words[0].EndsWith(':')) (who, words) = (words[0][..^1], words[1..]);
        string method = words[0];
        bool isCut = method == "CUT";
        if (isCut) (method, words) = (words[1], words[1..]);
        string target = Within(words[1]);

        List<(string Name, string Value)> headers = who == "nobody" ? [] : [("Authorization", people[who])];
        byte[]? body = null;
        long? length = null;
        foreach (string part in Parts().Matches(sides[0]).Select(m => Kept(m.Value)))
            if (part[0] == '{') body = BodyOf(part[1..^1]);
            else if (part[1..^1].Split(": ", 2) is [var name, var value])
            {
                if (name == "Length") length = long.Parse(value, CultureInfo.InvariantCulture);
                else headers.Add((name, name == "Destination" ? Within(value) : value));
            }
        bool isList = method == "LIST";
        if (isList) (method, body) = ("PROPFIND", Encoding.UTF8.GetBytes("""<propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>"""));
        if (isList) headers.Add(("Depth", "1"));

        RawAnswer answer = await _client.SendAsync(method, target, headers, body, length, isCut);
        if (!isCut) Check(line, sides[1], isList ? answer with { Body = Encoding.UTF8.GetBytes(Names(answer.Text)) } : answer);
    }

    string Within(string path) => path switch
    {
        "." => folder,
        "*" or ['/', ..] => path,
        _ => path.Contains(':', StringComparison.Ordinal) ? path : $"{folder}/{path}",
    };

    void Check(string line, string expected, RawAnswer answer)
    {
        string status = expected.Trim().Split(' ')[0], told = $"{line}\n{answer.Status}\n{string.Join('\n', answer.Headers.Select(h => $"{h.Name}: {h.Value}"))}\n\n{answer.Text}";
        Assert.True(status.Split('|').Contains($"{answer.Status}"), told);
        foreach (string part in Parts().Matches(expected).Select(m => Kept(m.Value)))
        {
            string text = part[1..^1];
            bool isRight = (part[0], text) switch
            {
                ('[', ['!', .. var absent]) => answer.Header(absent).Length == 0,
                ('[', _) when text.Split(": ", 2) is [var name, var pattern] => Regex.IsMatch(answer.Header(name), $"^({pattern})$"),
                ('{', ['=', .. var whole]) => answer.Text == whole,
                ('{', ['!', .. var absent]) => !answer.Text.Contains(absent, StringComparison.Ordinal),
                _ => answer.Text.Contains(text, StringComparison.Ordinal),
            };
            Assert.True(isRight, $"{part}\n{told}");
        }
        foreach (Match keep in Keeps().Matches(expected)) _kept[keep.Groups[1].Value] = answer.Header(keep.Groups[2].Value).Trim('<', '>');
    }

    static byte[] BodyOf(string text) => text.Split(' ', 2) switch
    {
        ["lock"] => Encoding.UTF8.GetBytes(LockBody.Replace("{0}", "exclusive", StringComparison.Ordinal)),
        ["shared"] => Encoding.UTF8.GetBytes(LockBody.Replace("{0}", "shared", StringComparison.Ordinal)),
        ["prop", var names] => Encoding.UTF8.GetBytes($"<D:propfind{Spaces}><D:prop>{string.Concat(names.Split(' ').Select(n => $"<{n}/>"))}</D:prop></D:propfind>"),
        ["set", var elements] => Encoding.UTF8.GetBytes($"<D:propertyupdate{Spaces}><D:set><D:prop>{elements}</D:prop></D:set></D:propertyupdate>"),
        ["remove", var elements] => Encoding.UTF8.GetBytes($"<D:propertyupdate{Spaces}><D:remove><D:prop>{elements}</D:prop></D:remove></D:propertyupdate>"),
        ["chunks", var chunks] => Encoding.UTF8.GetBytes(string.Concat(chunks.Split(' ').Select(c => $"{Encoding.UTF8.GetByteCount(c):x}\r\n{c}\r\n")) + "0\r\n\r\n"),
        ["torn", var chunks] => Encoding.UTF8.GetBytes(string.Concat(chunks.Split(' ').Select(c => $"{Encoding.UTF8.GetByteCount(c):x}\r\n{c}\r\n"))),
        ["times", var what] when what.Split(' ', 2) is [var count, var repeated] => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(repeated, int.Parse(count, CultureInfo.InvariantCulture)))),
        _ => Encoding.UTF8.GetBytes(text),
    };

    /// <summary>What is in a folder by its multistatus, decoded, in order; folders with a slash.</summary>
    static string Names(string listing) => string.Join(' ', Hrefs().Matches(listing).Skip(1)
        .Select(m => m.Groups[1].Value).Select(href => Uri.UnescapeDataString(href.TrimEnd('/').Split('/')[^1]) + (href.EndsWith('/') ? "/" : "")).Order(StringComparer.Ordinal));

    string Kept(string text) => Variables().Replace(text, m => _kept.TryGetValue(m.Groups[1].Value, out string? value) ? value : m.Value);

    [GeneratedRegex(@"\$([a-z]+\d?)")]
    private static partial Regex Variables();

    // A brace begins or ends a body only at a space, so that XML and JSON can stand in it.
    [GeneratedRegex(@"(?<=^|\s)(\[[^\]]*(\[[^\]]*\][^\]]*)*\]|\{.*?\})(?=\s|$)")]
    private static partial Regex Parts();

    [GeneratedRegex(@"(?<=\s)\((\w+)=([\w-]+)\)")]
    private static partial Regex Keeps();

    [GeneratedRegex("<D:href>(.*?)</D:href>")]
    private static partial Regex Hrefs();
}
