using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Albumen.Catalog.Metadata;

namespace Albumen.Catalog;

/// <summary>One thing to be done to one field of many photos.</summary>
/// <param name="Change">
/// From what counts now to what a person states: JSON, <see cref="Field.Cleared"/>, or null for no statement. Throws <see cref="FormatException"/>
/// where it makes no sense for a photo; the message says why.
/// </param>
public sealed record Edit(Field Field, Func<Facts, string?> Change)
{
    public static Edit Set(Field field, string json) => new(field, _ => json);

    /// <summary>Takes a person's statement away, so that what the file and the sidecars say counts again.</summary>
    public static Edit Reset(Field field) => new(field, _ => null);

    /// <summary>
    /// Reads what people write: <c>rating=4</c>, <c>title=Am See</c>, <c>tags+=Animals/Dog</c>, <c>people-=Anna</c>, <c>gps=48.2,16.37</c>, <c>taken=~1978</c>,
    /// <c>place=Austria/Tyrol/Innsbruck</c>, <c>favourite=yes</c>; nothing behind the sign says that there is none, and <c>title!</c> takes a statement back.
    /// </summary>
    /// <exception cref="FormatException">It says what to write instead.</exception>
    public static Edit Parse(string text)
    {
        if (text.EndsWith('!') && Field.Find(text[..^1]) is { } forgotten && forgotten != Field.Trashed) return Reset(forgotten);
        int sign = text.IndexOf('=');
        if (sign < 1) throw new FormatException($"'{text}' changes nothing; write FIELD=VALUE, such as rating=4 or tags+=Holidays");
        char operation = text[sign - 1] is '+' or '-' ? text[sign - 1] : '=';
        string name = (operation == '=' ? text[..sign] : text[..(sign - 1)]).Trim().ToLowerInvariant(), value = text[(sign + 1)..].Trim();
        Field field = Named(name);
        if (field == Field.Trashed) throw new FormatException("what goes into the trash is said with 'albumen trash', and what comes out with 'albumen restore'");
        if (operation != '=')
        {
            if (field != Field.Tags && field != Field.People) throw new FormatException($"only tags and people are lists; write {name}={value}");
            string item = field == Field.Tags ? Tag(value) : Text(value);
            return operation == '+' ? Add(field, item) : Remove(field, item);
        }
        return Set(field, value.Length == 0 ? Field.Cleared : Value(field, value));
    }

    /// <summary>Adds to a list.</summary>
    public static Edit Add(Field field, string item) => new(field, facts => List(field, facts) is var items && items.Contains(item) ? Json(items) : Json([.. items, item]));

    /// <summary>Takes out of a list; of tags also those below it.</summary>
    public static Edit Remove(Field field, string item) => new(field, facts =>
        Json([.. List(field, facts).Where(i => i != item && !(field == Field.Tags && i.StartsWith(item + "/", StringComparison.Ordinal)))]));

    /// <summary>Gives tags and those below them another name; where the new one is there already they become one.</summary>
    public static Edit RenameTags(IReadOnlyCollection<string> from, string to) => new(Field.Tags, facts =>
        Json([.. List(Field.Tags, facts).Select(tag => from.FirstOrDefault(old => tag == old || tag.StartsWith(old + "/", StringComparison.Ordinal)) is { } old ? to + tag[old.Length..] : tag).Distinct()]));

    /// <summary>Sets a camera's clock right: moves the capture time.</summary>
    public static Edit Shift(TimeSpan by) => new(Field.Taken, facts => Json(CaptureTimes.Shift(Known(facts), by), FactsJson.Default.CaptureTime));

    /// <summary>Says in which zone the camera's clock was; the local time stays.</summary>
    public static Edit Zone(TimeZoneInfo zone) => new(Field.Taken, facts => Json(CaptureTimes.InZone(Known(facts), zone), FactsJson.Default.CaptureTime));

    /// <summary>A tag as it is kept: levels parted by single slashes.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static string Tag(string text) => string.Join('/', text.Split('/', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) is { Length: > 0 } tag
        ? Text(tag)
        : throw new FormatException("a tag is a word or several, with slashes between the levels: Animals/Dog");

    static CaptureTime Known(Facts facts) => facts.Taken ?? throw new FormatException("it has no date");

    static Field Named(string name) => Field.Find(name switch { "tag" => "tags", "person" => "people", "date" => "taken", "favorite" => "favourite", "description" => "caption", _ => name })
        ?? throw new FormatException($"there is no field '{name}' to change;{(Spelling.Nearest(name, Field.All.Select(f => f.ToString()!)) is { } meant ? $" did you mean {meant}?" : "")} there are {string.Join(", ", Field.All)}");

    static string Value(Field field, string text) =>
        field == Field.Rating ? Rating(text)
        : field == Field.Taken ? Json(CaptureTimes.FromPerson(text), FactsJson.Default.CaptureTime)
        : field == Field.Gps ? Json(Point(text), FactsJson.Default.GeoPoint)
        : field == Field.Place ? Json(Names(text), FactsJson.Default.PlaceNames)
        : field == Field.Tags ? Json([.. Items(text).Select(Tag).Distinct()])
        : field == Field.People ? Json([.. Items(text).Select(Text).Distinct()])
        : field == Field.Regions ? Json(Areas(text), FactsJson.Default.IReadOnlyListRegion)
        : field == Field.Favourite || field == Field.Archived || field == Field.Hidden ? Switch(text)
        : JsonSerializer.Serialize(Text(text), FactsJson.Default.String);

    static string Rating(string text) => text switch
    {
        "reject" or "rejected" => "-1",
        ['-', '1'] or [>= '0' and <= '5'] => text,
        _ => throw new FormatException($"a rating is from 0 to 5, or -1 for rejected, not '{text}'"),
    };

    static string Switch(string text) => text.ToLowerInvariant() switch
    {
        "yes" or "true" or "on" or "1" => "true",
        "no" or "false" or "off" or "0" => "false",
        _ => throw new FormatException($"write yes or no, not '{text}'"),
    };

    static GeoPoint Point(string text)
    {
        double[] numbers = [.. text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(part =>
            double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : double.NaN)];
        return numbers is [>= -90 and <= 90, >= -180 and <= 180] or [>= -90 and <= 90, >= -180 and <= 180, > -20_000 and < 100_000]
            ? new(Math.Round(numbers[0], 8), Math.Round(numbers[1], 8), numbers.Length == 3 ? Math.Round(numbers[2], 3) : null)
            : throw new FormatException($"a place on the map is latitude,longitude in degrees and perhaps metres of altitude, such as 48.2083,16.3731,171, not '{text}'");
    }

    static PlaceNames Names(string text)
    {
        string?[] parts = [.. text.Split('/', StringSplitOptions.TrimEntries).Select(part => part.Length == 0 ? null : Text(part))];
        return parts.Length is >= 1 and <= 4 && parts.Any(part => part is not null)
            ? new(parts[0], parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2), parts.ElementAtOrDefault(3))
            : throw new FormatException($"a place is country/region/town/location, each of which may be empty, such as Austria/Tyrol/Innsbruck, not '{text}'");
    }

    /// <summary><c>Anna@0.5,0.4,0.1,0.2</c>: the centre and the size of a face in parts of the picture as stored; several with semicolons between.</summary>
    static IReadOnlyList<Region> Areas(string text) => [.. text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(part =>
    {
        int at = part.LastIndexOf('@');
        double[] area = at < 0 ? [] : [.. part[(at + 1)..].Split(',').Select(n => double.TryParse(n, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? Math.Round(number, 8) : double.NaN)];
        return area is [>= 0 and <= 1, >= 0 and <= 1, > 0 and <= 1, > 0 and <= 1]
            ? new Region(at > 0 ? Text(part[..at].Trim()) : null, "Face", area[0], area[1], area[2], area[3])
            : throw new FormatException($"a face is NAME@x,y,width,height: its centre and size in parts of the picture as stored, such as Anna@0.5,0.4,0.1,0.2, not '{part}'");
    })];

    static string[] Items(string text) => text.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    static string Text(string text)
    {
        const int Longest = 16 * 1024;
        if (text.Length is 0 or > Longest) throw new FormatException($"a text has 1 to {Longest} characters");
        // XML 1.0, 2.2: no sidecar could carry it.
        if (text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) || !IsWellFormed(text)) throw new FormatException("a text has no control characters");
        return text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
    }

    static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(text[i]) || text[i] is '\uFFFE' or '\uFFFF') return false;
        return true;
    }

    static IReadOnlyList<string> List(Field field, Facts facts) => (field == Field.Tags ? facts.Tags : facts.People) ?? [];

    static string Json(IReadOnlyList<string> items) => items.Count == 0 ? Field.Cleared : JsonSerializer.Serialize(items, FactsJson.Default.IReadOnlyListString);

    static string Json<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);
}
