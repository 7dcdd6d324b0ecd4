using Albumen.Organization;

namespace Albumen.Tests.Organization;

/// <summary>Random queries over random photos: each compiles, runs, and finds what a plain reading of it finds.</summary>
public sealed class RandomQueryTests : IDisposable
{
    static readonly string[] Words = ["Anna", "Smith", "anna", "café", "Cafe\u0301", "Žižkov", "lisbon", "Sunset", "dog", "R6", "50mm", "München", "a_b", "100%", "it's", "2019"];
    static readonly string[] Dates = ["1978", "1978-06", "2018-12-31T23:59:59", "2019", "2019-07", "2019-07-14", "2019-07-14T15:30:12.25", "2024-07-13T10:00:00", "2024-07-14T08:00:00", "2024-06-20T01:02:03"];

    readonly PhotoTable _table = new([.. Enumerable.Range(0, 300).Select(i => RandomPhoto(new Random(i), i))]);

    public void Dispose() => _table.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_query_finds_what_it_says(int seed)
    {
        Random random = new(seed);
        int found = 0;
        for (int i = 0; i < 300; i++)
        {
            string text = RandomQuery(random, depth: 4);
            Query query = Query.Parse(text);
            IReadOnlyList<long> expected = [.. _table.Photos.Index().Where(photo => Meaning.Holds(query.Root, photo.Item)).Select(photo => photo.Index + 1L)];

            IReadOnlyList<long> actual = _table.Find(query);

            Assert.True(expected.SequenceEqual(actual), $"{text}\nexpected {string.Join(' ', expected)}\nfound    {string.Join(' ', actual)}");
            found += actual.Count is > 0 and < 300 ? 1 : 0;
        }
        // So that it says something: many find some and not all.
        Assert.InRange(found, 120, 300);
    }

    [Fact]
    public void Every_field_is_among_them()
    {
        Random random = new(5);
        HashSet<string> fields = [.. Enumerable.Range(0, 3000).Select(_ => RandomTerm(random).Split(':') is [var field, _, ..] ? field.ToLowerInvariant() : "")];

        Assert.Empty(QueryFields.Names.Except(fields));
    }

    static string RandomQuery(Random random, int depth)
    {
        if (depth == 0 || random.Next(4) == 0) return RandomTerm(random);
        string one = RandomQuery(random, depth - 1), other = RandomQuery(random, depth - 1);
        return random.Next(7) switch
        {
            0 => $"{one} {other}",
            1 => $"{one} AND {other}",
            2 or 3 => $"({one}) OR {other}",
            4 => $"NOT ({one})",
            5 => $"-({one} {other})",
            _ => $"({one} OR {other}) {RandomTerm(random)}",
        };
    }

    static string RandomTerm(Random random)
    {
        return random.Next(33) switch
        {
            0 or 1 => Word(),
            2 => "title:" + Word(),
            3 => "Caption:" + Word(),
            4 => "person:" + Word(),
            5 => "place:" + Word(),
            6 => "camera:" + Word(),
            7 => "lens:" + Word(),
            8 => "label:" + Pick(["red", "RED", "re*", "none", "b?ue", "\"re*\""]),
            9 or 10 => "tag:" + Pick(["Animals", "animals/dog", "*dog", "Café", "none", "Animals/*", "Žižkov", "\"a_b\"", "An?mals"]),
            11 => "name:" + Pick(["IMG_1*", "img_?.jpg", "*.CR3", "\"IMG_7.jpg\"", "*%*"]),
            12 => "path:" + Pick(["2019/*", "*/Italy/*", "/Folders/photos/*", "*IMG_1?.jpg", "2019/Italy/IMG_3.jpg", "/folders/nas/2019*"]),
            13 or 14 => "folder:" + Pick(["2019", "2019/italy", "/Folders/photos/2019", "/Folders", "/Folders/NAS", "nothing", "München"]),
            15 => "volume:" + Pick(["photos", "NAS", "*"]),
            16 or 17 => "rating:" + Pick(["4", ">=3", "2..4", "none", "<1", "rejected", "..2", "=5", ">4"]),
            18 or 19 => "taken:" + Pick(["2019", "2019-07", "2019..2021-03-01", ">2020", "<=1978-06", "none", "today", "yesterday", "-7d..", "last-30-days", "last-1-month", "..-2w", ">=2019-07-14T15:30", "1978", "<1978-06"]),
            20 => "iso:" + Pick(["100", ">1600", "100..400", "none"]),
            21 => "f:" + Pick(["2.8", "<=4", "none"]),
            22 => "focal:" + Pick(["50", "24..70", ">=200"]),
            23 => "time:" + Pick(["1/60", ">=1s", "<1/100", "none", "1/500..1/30"]),
            24 => "near:" + Pick(["48.137,11.575,5", "-36.85,174.76,800", "0,180,500", "89.9,0,300", "48,11,20000"]),
            25 => "is:" + Pick(["photo", "video", "raw", "favourite", "favorite", "archived", "hidden", "missing", "blurred", "clear"]),
            26 => "has:" + Pick([.. Enum.GetNames<KnownFact>(), "tag", "person"]),
            27 => "type:" + Pick(["photo", "video", "RAW"]),
            28 => Pick(["id:", "sha256:"]) + $"{random.Next(256):x2}"[..random.Next(1, 3)],
            29 => Pick(["width:>=4000", "height:3000", "width:4000", "height:..2000", "duration:>30s", "duration:1:30", "duration:none"]),
            31 => "blur:" + Pick(["<300", ">=300", "100..500", "none"]),
            30 => "album:" + Pick(["Trips", "trips/café", "Trips/*", "none", "\"a_b\"", "*2024", "/Albums/Trips/", "Cafe\u0301"]),
            _ => Pick(["orientation:landscape", "orientation:portrait", "orientation:square", "orientation:6", "stack:none", "stack:s*", "stack:s1"]),
        };

        string Pick(string[] from) => from[random.Next(from.Length)];

        string Word() => (Pick(Words), random.Next(4)) switch
        {
            (var word, 0) => $"\"{word} {Pick(Words)}\"",
            (var word, 1) => $"{word[..Math.Min(3, word.Length)]}*",
            var (word, _) => word,
        };
    }

    static Photo RandomPhoto(Random random, int number)
    {
        string date = Pick(Dates);
        return new(
            $"{Pick(["", "2019/", "2019/Italy/", "2020/Italy/", "München/100%/"])}IMG_{number}{Pick([".jpg", ".JPG", ".CR3"])}",
            new()
            {
                Width = Maybe(4000) ?? Maybe(3000),
                Height = Maybe(3000),
                Orientation = Maybe(random.Next(1, 9)),
                Taken = random.Next(5) == 0 ? null : new(date, date.Length > 10 && random.Next(2) == 0 ? Pick(["+02:00", "-05:00"]) : null, "test", "exact"),
                Gps = random.Next(3) == 0 ? null : new(random.Next(3) == 0 ? 48.1 + random.NextDouble() / 10 : random.Next(-90, 91), random.Next(3) == 0 ? 11.5 + random.NextDouble() / 10 : random.Next(-180, 181), null),
                Camera = random.Next(3) == 0 ? null : new(Say("Canon"), Say(Pick(["EOS R6", "Smith & Anna", "R62"])), Say(Pick(["RF 50mm F1.8", "EF 50 mm", "R6 Cafè"]))),
                Exposure = random.Next(3) == 0 ? null : new(Maybe(Pick([0.0167, 1 / 125.0, 2])), Maybe(Pick([2.8, 4, 5.6])), Maybe(Pick([100.0, 400, 3200])), Maybe(Pick([24.0, 50, 200]))),
                Rating = Maybe(random.Next(-1, 6)),
                Label = random.Next(2) == 0 ? null : Pick(["Red", "blue", "re*", ""]),
                Title = Text(),
                Caption = Text(),
                Tags = random.Next(3) == 0 ? null : [.. Enumerable.Range(0, random.Next(4)).Select(_ => Pick(["Animals", "Animals/Dog", "animals/cat/small", "Pets/Dog", "café", "Žižkov", "a_b", "axb", "Animalsx"]))],
                People = random.Next(3) == 0 ? null : [.. Enumerable.Range(0, random.Next(3)).Select(_ => Pick(["Anna", "Anna Smith", "Smith", "Anna-Lena Žižkov"]))],
                Regions = random.Next(3) == 0 ? [new("Anna", Pick(["Face", "Pet"]), 0.5, 0.5, 0.1, 0.1)] : null,
                Place = random.Next(3) == 0 ? null : new(Say("Germany"), Say("Lisbon"), Say("München"), Say("Café Anna")),
                Favourite = Maybe(random.Next(2) == 0),
                Archived = Maybe(random.Next(2) == 0),
                Hidden = Maybe(random.Next(2) == 0),
                Stack = random.Next(3) == 0 ? Pick(["s1", "s2", "x"]) : null,
                Duration = Maybe(Pick([10.0, 90, 90.2, 300])),
            },
            Pick(["image", "image", "raw", "video"]), Pick(["photos", "photos", "nas"]), random.Next(10) == 0, random.Next(5) == 0)
        {
            Sharpness = Maybe(Pick([12.5, 299.99, 300, 1200])),
            Albums = random.Next(2) == 0 ? [] : [.. Enumerable.Range(0, random.Next(3)).Select(_ => Pick(["Trips", "Trips/Café", "Trips/2024", "a_b", "axb", "Café/2024"])).Distinct()],
        };

        T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

        T? Maybe<T>(T value) where T : struct => random.Next(2) == 0 ? value : null;

        string? Say(string value) => random.Next(2) == 0 ? value : null;

        string? Text() => random.Next(3) == 0 ? null : string.Join(' ', Enumerable.Range(0, random.Next(5)).Select(_ => Pick(Words)));
    }
}
