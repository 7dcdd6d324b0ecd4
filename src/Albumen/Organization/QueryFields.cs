using System.Globalization;

namespace Albumen.Organization;

/// <summary>The fields of the language, and what their values may be.</summary>
static class QueryFields
{
    static readonly Dictionary<string, State> States = new(StringComparer.OrdinalIgnoreCase)
    {
        ["photo"] = State.Photo,
        ["video"] = State.Video,
        ["raw"] = State.Raw,
        ["favourite"] = State.Favourite,
        ["favorite"] = State.Favourite,
        ["archived"] = State.Archived,
        ["hidden"] = State.Hidden,
        ["missing"] = State.Missing,
        ["trashed"] = State.Trashed,
        ["blurred"] = State.Blurred,
        ["clear"] = State.Clear,
    };

    static readonly Dictionary<string, KnownFact> Facts = Enum.GetValues<KnownFact>()
        .Select(fact => KeyValuePair.Create(fact.ToString(), fact))
        .Concat([new("tag", KnownFact.Tags), new("person", KnownFact.People), new("face", KnownFact.Faces), new("taken", KnownFact.Date)])
        .ToDictionary(StringComparer.OrdinalIgnoreCase);

    static readonly Dictionary<string, Func<Written, Expression>> Fields = new(StringComparer.OrdinalIgnoreCase)
    {
        ["title"] = v => OrNone(v, KnownFact.Title, () => Says(v, (words, open) => new TextSays(TextColumn.Title, words, open))),
        ["caption"] = v => OrNone(v, KnownFact.Caption, () => Says(v, (words, open) => new TextSays(TextColumn.Caption, words, open))),
        ["person"] = v => OrNone(v, KnownFact.People, () => Says(v, (words, open) => new ValueSays(SpokenFact.Person, words, open))),
        ["place"] = v => OrNone(v, KnownFact.Place, () => Says(v, (words, open) => new ValueSays(SpokenFact.Place, words, open))),
        ["camera"] = v => OrNone(v, KnownFact.Camera, () => Says(v, (words, open) => new ValueSays(SpokenFact.Camera, words, open))),
        ["lens"] = v => OrNone(v, KnownFact.Lens, () => Says(v, (words, open) => new ValueSays(SpokenFact.Lens, words, open))),
        ["name"] = v => new ValueIs(WholeFact.Name, v.ToPattern()),
        ["label"] = v => OrNone(v, KnownFact.Label, () => new ValueIs(WholeFact.Label, v.ToPattern())),
        ["stack"] = v => OrNone(v, KnownFact.Stack, () => new ValueIs(WholeFact.Stack, v.ToPattern())),
        ["tag"] = v => OrNone(v, KnownFact.Tags, () => new TagUnder(WithoutSlashes(v).ToPattern())),
        ["album"] = v => OrNone(v, KnownFact.Album, () => new InAlbum(AlbumPath(v).ToPattern())),
        ["folder"] = Folder,
        ["path"] = Path,
        ["volume"] = v => new OnVolume(v.ToPattern()),
        ["rating"] = v => Number(v, NumberFact.Rating, KnownFact.Rating, Plain, 0, "rating:4, rating:>=3, rating:2..4 or rating:none"),
        ["width"] = v => Number(v, NumberFact.Width, KnownFact.Width, Plain, 0, "width:>=4000 (pixels)"),
        ["height"] = v => Number(v, NumberFact.Height, KnownFact.Height, Plain, 0, "height:>=3000 (pixels)"),
        ["orientation"] = Orientation,
        ["iso"] = v => Number(v, NumberFact.Iso, KnownFact.Iso, Plain, Measured, "iso:>1600 or iso:100..400"),
        ["f"] = v => Number(v, NumberFact.F, KnownFact.F, Plain, Measured, "f:2.8 or f:<=4"),
        ["focal"] = v => Number(v, NumberFact.Focal, KnownFact.Focal, Plain, Measured, "focal:50 or focal:24..70 (millimetres)"),
        ["time"] = v => Number(v, NumberFact.Time, KnownFact.Time, Fraction, Measured, "time:1/125 or time:>=2s (of exposure; when it was taken is taken:2019-07-14)"),
        ["duration"] = v => Number(v, NumberFact.Duration, KnownFact.Duration, Stretch, Measured, "duration:>30s, duration:<2m or duration:1:30"),
        ["blur"] = v => Number(v, NumberFact.Blur, KnownFact.Blur, Plain, 0, "blur:<300, blur:100..500 (the sharpness: more is sharper) or blur:none"),
        ["taken"] = Taken,
        ["near"] = Near,
        ["is"] = v => new Is(OneOf(v, "is", States)),
        ["type"] = v => new Is(OneOf(v, "type", States.Where(s => s.Value is State.Photo or State.Video or State.Raw).ToDictionary(StringComparer.OrdinalIgnoreCase))),
        ["has"] = v => new Has(OneOf(v, "has", Facts)),
        ["id"] = v => new IdBegins(Hexadecimal(v, "id", 32)),
        ["sha256"] = v => new HashBegins(Hexadecimal(v, "sha256", 64)),
    };

    /// <summary>How far two numbers that were measured may lie apart and still be equal: 1/60 s is written as 0.0167 too.</summary>
    const double Measured = 0.005;

    /// <summary>Names of fields, for the documentation and for tests.</summary>
    public static IEnumerable<string> Names => Fields.Keys;

    /// <param name="column">Of the field's name.</param>
    public static Expression Read(string field, Written value, int column)
    {
        if (!Fields.TryGetValue(field, out Func<Written, Expression>? read))
        {
            throw new QueryException(Spelling.Nearest(field, Fields.Keys) is { } meant
                ? $"There is no field '{field}'; did you mean {meant}:? To look for the words, quote them: \"{field}:{Shortened(value.Text)}\""
                : $"There is no field '{field}'. There are {string.Join(", ", Fields.Keys.Order(StringComparer.Ordinal))}. To look for the words, quote them: \"{field}:{Shortened(value.Text)}\"", column);
        }
        return value.Text.Trim().Length > 0 ? read(value) : throw value.Error($"{field}: wants a value right behind the colon, without a blank between; one with blanks in it is quoted: {field}:\"a b\"");
    }

    static Expression OrNone(Written value, KnownFact fact, Func<Expression> read) => value.Is("none") ? new Not(new Has(fact)) : read();

    static Expression Says(Written value, Func<string, bool, Expression> make)
    {
        if (!value.HasLetters) throw value.Error($"'{Shortened(value.Text)}' has no letter and no digit to look for");
        (string words, bool isBeginning) = value.ToWords();
        return make(words, isBeginning);
    }

    static Written WithoutSlashes(Written value)
    {
        string text = value.Text;
        int start = text.Length - text.TrimStart('/').Length, end = text.Length - text.TrimEnd('/').Length;
        return start == text.Length ? throw value.Error("A tag is a name, with those above it before it: tag:Animals/Dog") : value.Cut(start, end);
    }

    static Written AlbumPath(Written value)
    {
        const string Top = "/albums/";
        Written path = value.Text.StartsWith(Top, StringComparison.OrdinalIgnoreCase) ? value.Cut(Top.Length) : value;
        string text = path.Text;
        int start = text.Length - text.TrimStart('/').Length, end = text.Length - text.TrimEnd('/').Length;
        return start == text.Length ? throw value.Error("An album is a name, with those it lies in before it: album:Trips/2024") : path.Cut(start, end);
    }

    static InFolder Folder(Written value)
    {
        const int MostNames = 40;
        string[] names = value.Text.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length > MostNames) throw value.Error($"A folder lies at most {MostNames} deep");
        if (value.Text.Contains('*', StringComparison.Ordinal) && !value.IsQuoted) throw value.Error("folder: knows no '*', and finds what lies below anyway. Write path:2019/*/IMG_* instead");
        if (value.Text[0] != '/') return new(null, names);
        if (names.Length > 0 && !names[0].Equals("Folders", StringComparison.OrdinalIgnoreCase))
            throw value.Error($"'{Shortened(value.Text)}' is no folder of a volume. Write folder:/Folders/<volume>/2019 or folder:2019, and for /Timeline taken:2024-07-14");
        return names.Length < 2 ? new(null, []) : new(names[1], names[2..]);
    }

    static PathIs Path(Written value)
    {
        const string Top = "/folders/";
        string text = value.Text;
        if (text.StartsWith(Top, StringComparison.OrdinalIgnoreCase)) return new(value.Cut(Top.Length).ToPattern(), true);
        return new(value.Cut(text.Length - text.TrimStart('/').Length).ToPattern(), false);
    }

    static Expression Orientation(Written value) => value.Text.ToLowerInvariant() switch
    {
        "landscape" => new Shaped(Shape.Landscape),
        "portrait" => new Shaped(Shape.Portrait),
        "square" => new Shaped(Shape.Square),
        _ => Number(value, NumberFact.Orientation, KnownFact.Orientation, Plain, 0, "orientation:landscape, orientation:portrait, orientation:square or EXIF's number, orientation:6"),
    };

    /// <param name="slack">By what part of itself a bound is moved outwards where it is included, so that what is equal is inside.</param>
    /// <param name="examples">For the message.</param>
    static Expression Number(Written value, NumberFact fact, KnownFact known, Func<string, double?> read, double slack, string examples)
    {
        if (value.Is("none")) return new Not(new Has(known));
        if (value.Is("rejected") && fact is NumberFact.Rating) return new NumberIn(fact, new(-1, true, -1, true));
        (string? low, bool includesLow, string? high, bool includesHigh) = Range(value);
        double? from = low is null ? null : Bound(low), until = high is null ? null : Bound(high);
        if (from > until) throw value.Error($"'{Shortened(value.Text)}' ends before it begins");
        return new NumberIn(fact, new(
            from + Math.Abs(from ?? 0) * (includesLow ? -slack : slack), includesLow,
            until + Math.Abs(until ?? 0) * (includesHigh ? slack : -slack), includesHigh));

        double Bound(string text) => read(text) is { } number && double.IsFinite(number) ? number
            : throw value.Error($"'{Shortened(value.Text)}' is not what this field can be. Write {examples}");
    }

    /// <summary>The two ends of <c>a..b</c>, <c>&gt;=a</c> and so on; one value is both.</summary>
    static (string? Low, bool IncludesLow, string? High, bool IncludesHigh) Range(Written value)
    {
        string text = value.Text;
        int dots = text.IndexOf("..", StringComparison.Ordinal);
        return text switch
        {
            ['>', '=', .. var low] => (low, true, null, true),
            ['<', '=', .. var high] => (null, true, high, true),
            ['>', .. var low] => (low, false, null, true),
            ['<', .. var high] => (null, true, high, false),
            ['=', .. var equal] => (equal, true, equal, true),
            ".." => throw value.Error("A range wants at least one end: 2..4, 2.. or ..4"),
            _ when dots >= 0 => (dots == 0 ? null : text[..dots], true, dots + 2 == text.Length ? null : text[(dots + 2)..], true),
            _ => (text, true, text, true),
        };
    }

    static double? Plain(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) ? number : null;

    /// <summary>Seconds of an exposure.</summary>
    static double? Fraction(string text)
    {
        string[] parts = (text.EndsWith('s') ? text[..^1] : text).Split('/');
        return parts switch
        {
            [var whole] => Plain(whole),
            [var over, var under] => Plain(over) / (Plain(under) is 0 ? null : Plain(under)),
            _ => null,
        };
    }

    /// <summary>Seconds of a clip.</summary>
    static double? Stretch(string text)
    {
        if (text.Split(':') is { Length: 2 or 3 } parts) return parts.Aggregate((double?)0, (sum, part) => sum * 60 + Plain(part));
        return text.Length == 0 ? null : text[^1] switch
        {
            's' => Plain(text[..^1]),
            'm' => Plain(text[..^1]) * 60,
            'h' => Plain(text[..^1]) * 3600,
            _ => Plain(text),
        };
    }

    static Expression Taken(Written value)
    {
        if (value.Is("none")) return new Not(new Has(KnownFact.Date));
        if (Edge.ParseLast(value.Text) is { } last) return new TakenIn(last.From, last.Until);
        (string? low, bool includesLow, string? high, bool includesHigh) = Range(value);
        Edge? from = low is null ? null : Bound(low), until = high is null ? null : Bound(high);
        if (from is { Text: { } begin } && until is { Text: { } end } && string.CompareOrdinal(begin, end + "~") > 0) throw value.Error($"'{Shortened(value.Text)}' ends before it begins");
        return new TakenIn(includesLow ? from : from?.ToEnd(), includesHigh ? until?.ToEnd() : until);

        Edge Bound(string text) => Edge.Parse(text)
            ?? throw value.Error($"'{Shortened(text)}' is no date. Write 2019, 2019-07, 2019-07-14, 2019-07-14T15:30, today, -7d or last-30-days; ranges are taken:2019..2021-03 and taken:>2020");
    }

    static Near Near(Written value)
    {
        const double EarthInKilometres = 6371.0088, MostKilometres = 20_016, KilometresPerDegree = 111;
        double?[] parts = [.. value.Text.Split(',').Select(Plain)];
        if (parts is not [{ } latitude and >= -90 and <= 90, { } longitude and >= -180 and <= 180, { } distance and > 0 and < MostKilometres])
            throw value.Error($"'{Shortened(value.Text)}' is no place with a distance. Write near:48.137,11.575,5 (latitude, longitude, kilometres), without blanks");
        double half = Math.Sin(distance / 2 / EarthInKilometres), degrees = distance / KilometresPerDegree;
        return new(latitude, longitude, half * half, latitude - degrees, latitude + degrees);
    }

    static string Hexadecimal(Written value, string field, int most) =>
        value.Text.Length <= most && value.Text.All(char.IsAsciiHexDigit) ? value.Text.ToLowerInvariant()
            : throw value.Error($"{field}: wants the beginning of it, at most {most} hexadecimal digits, and not '{Shortened(value.Text)}'");

    static T OneOf<T>(Written value, string field, IReadOnlyDictionary<string, T> words) =>
        words.TryGetValue(value.Text, out T? meant) ? meant
            : throw value.Error($"{field}: does not know '{Shortened(value.Text)}'" + (Spelling.Nearest(value.Text, words.Keys) is { } near
                ? $"; did you mean {field}:{near.ToLowerInvariant()}?"
                : $". It knows {string.Join(", ", words.Keys.Select(word => word.ToLowerInvariant()).Order(StringComparer.Ordinal))}"));

    static string Shortened(string text) => text.Length <= 60 ? text : $"{text[..60]}…";
}
