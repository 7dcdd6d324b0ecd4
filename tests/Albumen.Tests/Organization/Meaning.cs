using System.Text;
using System.Text.RegularExpressions;
using Albumen.Catalog;
using Albumen.Organization;

namespace Albumen.Tests.Organization;

/// <summary>What a query means, said once more and plainly: photo by photo, without SQL.</summary>
static class Meaning
{
    public static bool Holds(Expression expression, Photo photo)
    {
        Facts facts = photo.Facts;
        return expression switch
        {
            AllOf all => all.Parts.All(part => Holds(part, photo)),
            AnyOf any => any.Parts.Any(part => Holds(part, photo)),
            Not not => !Holds(not.Inner, photo),
            TextSays { Column: TextColumn.Title } says => Says(facts.Title, says.Words, says.IsBeginning),
            TextSays { Column: TextColumn.Caption } says => Says(facts.Caption, says.Words, says.IsBeginning),
            TextSays says => Texts(photo).Any(text => Says(text, says.Words, says.IsBeginning)),
            ValueSays says => Values(says.Fact, facts).Any(value => Says(value, says.Words, says.IsBeginning)),
            ValueIs whole => Matches(whole.Pattern, whole.Fact switch { WholeFact.Name => photo.Name, WholeFact.Label => facts.Label, _ => facts.Stack }),
            TagUnder tag => (facts.Tags ?? []).Any(has => Ancestors(has).Any(above => Matches(tag.Tag, above))),
            InAlbum album => photo.Albums.Any(path => Ancestors(path).Any(above => Matches(album.Path, above))),
            InFolder folder => (folder.Volume is null || Plain(folder.Volume) == Plain(photo.Volume))
                && folder.Names.Select(Plain).SequenceEqual(photo.Folder.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Plain).Take(folder.Names.Count)),
            PathIs path => Matches(path.Pattern, path.IsFromTree ? $"{photo.Volume}/{photo.Path}" : photo.Path)
                || path.Pattern.Text.StartsWith("*/", StringComparison.Ordinal) && Matches(path.Pattern, (path.IsFromTree ? $"/{photo.Volume}/" : "/") + photo.Path),
            OnVolume volume => Matches(volume.Name, photo.Volume),
            NumberIn number => (number.Fact is NumberFact.Blur ? photo.Sharpness : Number(number.Fact, facts)) is { } value && Contains(number.Interval, value),
            TakenIn taken => photo.Taken is { } time
                && (taken.From is null || string.CompareOrdinal(time, taken.From.ToText(PhotoTable.Today)) >= 0)
                && (taken.Until is null || string.CompareOrdinal(time, taken.Until.ToText(PhotoTable.Today)) < 0),
            Near near => facts.Gps is { } gps && Distance(gps, near) <= 2 * Math.Asin(Math.Sqrt(near.HalfAngleSquared)),
            Has has => Known(has.Fact, photo),
            Is state => state.State switch
            {
                State.Photo => photo.Kind is "image" or "raw",
                State.Video => photo.Kind is "video",
                State.Raw => photo.Kind is "raw",
                State.Favourite => facts.Favourite is true,
                State.Archived => facts.Archived is true,
                State.Hidden => facts.Hidden is true,
                State.Missing => photo.IsMissing,
                State.Blurred => photo.Kind is not "video" && photo.Sharpness < 300,
                State.Clear => photo.Kind is not "video" && photo.Sharpness >= 300,
                State.Trashed => facts.Trashed is not null,
                _ => throw new NotSupportedException($"{state}"),
            },
            Shaped shaped => facts is { Width: { } width, Height: { } height } && ((facts.Orientation ?? 1) >= 5 ? height - width : width - height) is var wider && shaped.Shape switch
            {
                Shape.Landscape => wider > 0,
                Shape.Portrait => wider < 0,
                _ => wider == 0,
            },
            IdBegins id => photo.Uid.StartsWith(id.Digits, StringComparison.Ordinal),
            HashBegins hash => photo.Hash.StartsWith(hash.Digits, StringComparison.Ordinal),
            _ => throw new NotSupportedException($"{expression}"),
        };
    }

    static bool Known(KnownFact fact, Photo photo)
    {
        Facts facts = photo.Facts;
        return fact switch
        {
            KnownFact.Title => !string.IsNullOrEmpty(facts.Title),
            KnownFact.Caption => !string.IsNullOrEmpty(facts.Caption),
            KnownFact.Label => !string.IsNullOrEmpty(facts.Label),
            KnownFact.Stack => !string.IsNullOrEmpty(facts.Stack),
            KnownFact.Tags => facts.Tags is { Count: > 0 },
            KnownFact.People => facts.People is { Count: > 0 },
            KnownFact.Faces => (facts.Regions ?? []).Any(region => region.Type == "Face"),
            KnownFact.Rating => facts.Rating is not (null or 0),
            KnownFact.Date => facts.Taken is not null,
            KnownFact.Offset => facts.Taken?.Offset is not null,
            KnownFact.Gps => facts.Gps is not null,
            KnownFact.Place => Values(SpokenFact.Place, facts).Any(text => !string.IsNullOrEmpty(text)),
            KnownFact.Camera => !string.IsNullOrEmpty(facts.Camera?.Make) || !string.IsNullOrEmpty(facts.Camera?.Model),
            KnownFact.Lens => !string.IsNullOrEmpty(facts.Camera?.Lens),
            KnownFact.Blur => photo.Sharpness is not null,
            KnownFact.Sidecar => photo.HasSidecar,
            KnownFact.Album => photo.Albums.Count > 0,
            _ => Number(Enum.Parse<NumberFact>($"{fact}"), facts) is not null,
        };
    }

    static double? Number(NumberFact fact, Facts facts) => fact switch
    {
        NumberFact.Rating => facts.Rating,
        NumberFact.Width => facts.Width,
        NumberFact.Height => facts.Height,
        NumberFact.Orientation => facts.Orientation,
        NumberFact.Iso => facts.Exposure?.Iso,
        NumberFact.F => facts.Exposure?.F,
        NumberFact.Focal => facts.Exposure?.Focal,
        NumberFact.Time => facts.Exposure?.Time,
        NumberFact.Duration => facts.Duration,
        _ => throw new NotSupportedException($"{fact}"),
    };

    static bool Contains(Interval interval, double value) =>
        (interval.Low is not { } low || (interval.IncludesLow ? value >= low : value > low)) && (interval.High is not { } high || (interval.IncludesHigh ? value <= high : value < high));

    static string?[] Values(SpokenFact fact, Facts facts) => fact switch
    {
        SpokenFact.Person => [.. facts.People ?? []],
        SpokenFact.Place => [facts.Place?.Country, facts.Place?.Region, facts.Place?.Town, facts.Place?.Location],
        SpokenFact.Camera => [$"{facts.Camera?.Make} {facts.Camera?.Model}"],
        _ => [facts.Camera?.Lens],
    };

    static IEnumerable<string?> Texts(Photo photo) =>
    [
        photo.Name, photo.Folder, photo.Facts.Title, photo.Facts.Caption, string.Join("; ", photo.Facts.Tags ?? []), string.Join("; ", photo.Facts.People ?? []),
        $"{photo.Facts.Camera?.Make} {photo.Facts.Camera?.Model} {photo.Facts.Camera?.Lens}",
    ];

    static IEnumerable<string> Ancestors(string tag) => tag.Split('/') is var parts ? Enumerable.Range(1, parts.Length).Select(count => string.Join('/', parts.Take(count))) : [];

    static bool Says(string? text, string words, bool isBeginning)
    {
        string[] has = Tokens(text ?? ""), wanted = Tokens(words);
        return Enumerable.Range(0, Math.Max(0, has.Length - wanted.Length + 1)).Any(start => wanted.Index().All(word =>
            isBeginning && word.Index == wanted.Length - 1 ? has[start + word.Index].StartsWith(word.Item, StringComparison.Ordinal) : has[start + word.Index] == word.Item));
    }

    static string[] Tokens(string text) => Regex.Split(Plain(text), "[^a-z0-9]+") is var tokens ? [.. tokens.Where(token => token.Length > 0)] : [];

    static bool Matches(Pattern pattern, string? text) =>
        text is not null && (pattern.HasWildcards
            ? Regex.IsMatch(Plain(text), $"^{Regex.Escape(Plain(pattern.Text)).Replace("\\*", ".*").Replace("\\?", ".")}$", RegexOptions.Singleline)
            : Plain(text) == Plain(pattern.Text));

    /// <summary>Enough for the words these tests use.</summary>
    static string Plain(string text)
    {
        StringBuilder plain = new();
        foreach (char c in text.ToLowerInvariant()) plain.Append(c switch { 'é' or 'è' => 'e', 'ž' => 'z', 'ü' => 'u', _ => c });
        return plain.Replace("\u0301", "").ToString();
    }

    /// <summary>In radians.</summary>
    static double Distance(GeoPoint gps, Near near)
    {
        (double latitude, double longitude) = (double.DegreesToRadians(gps.Lat), double.DegreesToRadians(gps.Lon));
        (double toLatitude, double toLongitude) = (double.DegreesToRadians(near.Latitude), double.DegreesToRadians(near.Longitude));
        return Math.Acos(Math.Clamp(Math.Sin(latitude) * Math.Sin(toLatitude) + Math.Cos(latitude) * Math.Cos(toLatitude) * Math.Cos(longitude - toLongitude), -1, 1));
    }
}
