using Albumen.Catalog;

namespace Albumen.Tests.Sidecar;

/// <summary>Values as people state them, from the plain to the odd; the same for the same seed.</summary>
sealed class RandomValues(int seed)
{
    static readonly string[] Words = ["Oma", "Šárka", "海辺", "a & b", "<tag>", "\"quoted\"", "it's", "]]>", "two  blanks", "line\nbreak", "tab\there", "carriage\rreturn", "emoji 🦊", "ﬁ", "日本 語", "x;y", "comma, too", "50%", "http://a/b?c=d&e", "=1+1"];

    readonly Random _random = new(seed);

    /// <summary>All fields, or about half of them; about every sixth is cleared.</summary>
    public Dictionary<Field, string?> Next(bool all = false)
    {
        Facts facts = Facts();
        return Field.All.Where(_ => all || _random.Next(2) == 0).ToDictionary(field => field, field => _random.Next(6) switch
        {
            0 => _random.Next(2) == 0 ? null : Field.Cleared,
            _ => field.Read(facts),
        });
    }

    public Facts Facts() => new()
    {
        Title = Text(),
        Caption = Text() + "\n" + Text(),
        Rating = _random.Next(-1, 6),
        Label = _random.Next(2) == 0 ? "Red" : Text(),
        Tags = [.. Enumerable.Range(0, _random.Next(1, 6)).Select(_ => string.Join('/', Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Word().Replace('/', '-')))).Distinct()],
        Taken = Taken(),
        Gps = new(Math.Round(_random.NextDouble() * 180 - 90, 8), Math.Round(_random.NextDouble() * 360 - 180, 8), _random.Next(3) switch { 0 => null, 1 => Math.Round(_random.NextDouble() * 9000 - 400, 3), _ => _random.Next(-10, 10) }),
        Place = new(Maybe(Text), Maybe(Text), "Praha", Maybe(Text)),
        People = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Text()).Distinct()],
        Regions = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Region())],
        Favourite = _random.Next(2) == 0,
        Archived = _random.Next(2) == 0,
        Hidden = _random.Next(2) == 0,
        Stack = $"stack-{_random.Next()}",
    };

    public Region Region() => new(Maybe(Text), _random.Next(3) == 0 ? "Pet" : "Face", Part(), Part(), Part(), Part());

    CaptureTime Taken()
    {
        DateTime moment = new DateTime(1880, 1, 1).AddSeconds(_random.NextInt64(140L * 365 * 86400));
        bool? approximate = _random.Next(3) == 0 ? true : null;
        string? offset = _random.Next(3) switch { 0 => null, 1 => "+00:00", _ => "-03:30" };
        return _random.Next(5) switch
        {
            0 => new($"{moment:yyyy}", null, "person", "year") { Approximate = approximate },
            1 => new($"{moment:yyyy-MM}", null, "person", "month") { Approximate = approximate },
            2 => new($"{moment:yyyy-MM-dd}", null, "person", "day") { Approximate = approximate },
            3 => new($"{moment:yyyy-MM-ddTHH:mm:ss}.25", offset, "person", "exact"),
            _ => new($"{moment:yyyy-MM-ddTHH:mm:ss}", offset, "person", "exact") { Approximate = approximate },
        };
    }

    double Part() => Math.Round(_random.NextDouble(), _random.Next(2, 7));

    string Text() => string.Join(' ', Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Word()));

    string Word() => Words[_random.Next(Words.Length)];

    string? Maybe(Func<string> text) => _random.Next(4) == 0 ? null : text();
}
