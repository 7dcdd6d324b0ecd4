using System.Diagnostics;
using Albumen.Derivatives;
using Albumen.Organization;
using Albumen.Sql;
using Dapper;

namespace Albumen.Tests.Organization;

public sealed class QueryTests : IDisposable
{
    readonly PhotoTable _table = new(
        new("2019/Italy/IMG_1.jpg", new()
        {
            Title = "The cat of Lisbon",
            Caption = "New York, said the café",
            Rating = 5,
            Label = "Red",
            Tags = ["Animals/Dog", "Žižkov"],
            People = ["Anna Smith", "Jones"],
            Taken = new("2019-07-14T15:30:12.25", "+02:00", "test", "exact"),
            Gps = new(48.1372, 11.5755, null),
            Place = new("Germany", "Bavaria", "München", null),
            Camera = new("Canon", "EOS R6", "RF 50mm F1.8"),
            Exposure = new(0.0167, 2.8, 1600, 50),
            Width = 4000,
            Height = 3000,
            Orientation = 6,
            Favourite = true,
            Stack = "s1",
            Regions = [new("Anna Smith", "Face", 0.5, 0.5, 0.1, 0.1)],
        })
        { HasSidecar = true },
        new("2019/Clip.mp4", new() { Rating = 0, Taken = new("1978", null, "test", "year"), Duration = 90, Tags = ["Animals"], People = ["Anna", "Smith"], Width = 1920, Height = 1080, Archived = true }, "video"),
        new("raw/100%_a.CR3", new() { Rating = -1, Taken = new("2024-07-14T08:00:00", null, "test", "exact"), Tags = ["Animalsx", "Pets/Dog"], Hidden = true, Camera = new("Canon", "EOS R62", null) }, "raw", "nas"),
        new("gone.jpg", new(), IsMissing: true));

    public void Dispose() => _table.Dispose();

    [Theory]
    // Words
    [InlineData("lisbon cat", "1")]
    [InlineData("LISBON italy", "1")]
    [InlineData("lis", "")]
    [InlineData("lis*", "1")]
    [InlineData("\"york said\"", "1")]
    [InlineData("\"said york\"", "")]
    [InlineData("\"the caf\"*", "1")]
    [InlineData("cafe", "1")]
    [InlineData("& canon", "1 3")]
    [InlineData("title:cat", "1")]
    [InlineData("title:york", "")]
    [InlineData("caption:\"NEW YORK\"", "1")]
    [InlineData("person:anna", "1 2")]
    [InlineData("person:\"anna smith\"", "1")]
    [InlineData("person:\"smith jones\"", "")]
    [InlineData("place:munchen", "1")]
    [InlineData("place:bav*", "1")]
    [InlineData("place:\"bavaria munchen\"", "")]
    [InlineData("camera:r6", "1")]
    [InlineData("camera:r6*", "1 3")]
    [InlineData("camera:50mm", "")]
    [InlineData("lens:50mm", "1")]
    // Whole values
    [InlineData("tag:animals", "1 2")]
    [InlineData("tag:Animals/Dog", "1")]
    [InlineData("tag:/animals/", "1 2")]
    [InlineData("tag:dog", "")]
    [InlineData("tag:*/dog", "1 3")]
    [InlineData("tag:Anim*", "1 2 3")]
    [InlineData("tag:Animals/*", "1")]
    [InlineData("tag:zizkov", "1")]
    [InlineData("tag:none", "4")]
    [InlineData("label:RED", "1")]
    [InlineData("label:re", "")]
    [InlineData("label:none", "2 3 4")]
    [InlineData("name:img_?.jpg", "1")]
    [InlineData("name:\"img_?.jpg\"", "")]
    [InlineData("name:100%_*", "3")]
    [InlineData("stack:S1", "1")]
    [InlineData("path:2019/italy/*", "1")]
    [InlineData("path:*/italy/*", "1")]
    [InlineData("path:/Folders/nas/*", "3")]
    [InlineData("folder:2019", "1 2")]
    [InlineData("folder:2019/ITALY", "1")]
    [InlineData("folder:Italy", "")]
    [InlineData("folder:/Folders/photos/2019", "1 2")]
    [InlineData("folder:/Folders/nas", "3")]
    [InlineData("folder:/", "1 2 3 4")]
    [InlineData("volume:NAS", "3")]
    // Numbers
    [InlineData("rating:5", "1")]
    [InlineData("rating:>=0", "1 2")]
    [InlineData("rating:..0", "2 3")]
    [InlineData("rating:none", "2 4")]
    [InlineData("rating:rejected", "3")]
    [InlineData("-rating:5", "2 3 4")]
    [InlineData("iso:>1600", "")]
    [InlineData("iso:>=1600", "1")]
    [InlineData("time:1/60", "1")]
    [InlineData("f:2..2.8", "1")]
    [InlineData("focal:50", "1")]
    [InlineData("width:>2000", "1")]
    [InlineData("duration:1:30", "2")]
    [InlineData("duration:>1m", "2")]
    [InlineData("orientation:portrait", "1")]
    [InlineData("orientation:landscape", "2")]
    [InlineData("orientation:6", "1")]
    // Times: today is 2024-07-14
    [InlineData("taken:2019", "1")]
    [InlineData("taken:2019-07-14T15:30", "1")]
    [InlineData("taken:2019-08", "")]
    [InlineData("taken:1978..2019-07", "1 2")]
    [InlineData("taken:1978-01", "")]
    [InlineData("taken:<1978-02", "2")]
    [InlineData("taken:>2019", "3")]
    [InlineData("taken:today", "3")]
    [InlineData("taken:yesterday", "")]
    [InlineData("taken:-7d..", "3")]
    [InlineData("taken:last-1-day", "3")]
    [InlineData("taken:last-6-YEARS", "1 3")]
    [InlineData("taken:none", "4")]
    // The rest
    [InlineData("near:48.137,11.575,1", "1")]
    [InlineData("near:48.2,11.575,1", "")]
    [InlineData("is:photo", "1 3 4")]
    [InlineData("type:VIDEO", "2")]
    [InlineData("is:raw", "3")]
    [InlineData("is:favorite", "1")]
    [InlineData("is:archived", "2")]
    [InlineData("is:hidden", "3")]
    [InlineData("is:missing", "4")]
    [InlineData("has:gps", "1")]
    [InlineData("has:faces", "1")]
    [InlineData("has:rating", "1 3")]
    [InlineData("has:date", "1 2 3")]
    [InlineData("has:offset", "1")]
    [InlineData("has:sidecar", "1")]
    // Putting together
    [InlineData("cat OR rating:-1 is:raw", "1 3")]
    [InlineData("(cat OR rating:-1) is:raw", "3")]
    [InlineData("cat OR clip AND is:video", "1 2")]
    [InlineData("NOT cat rating:..0", "2 3")]
    [InlineData("-(cat OR is:video)", "3 4")]
    [InlineData("NOT NOT cat", "1")]
    [InlineData("RATING:5 Tag:ANIMALS", "1")]
    [InlineData("canon and", "")]
    public void A_query_finds(string query, string photos) => Assert.Equal(photos, string.Join(' ', _table.Find(query)));

    [Fact]
    public void An_asset_is_found_by_its_id_and_its_hash()
    {
        Photo photo = _table.Photos[2];

        Assert.Equal([3], _table.Find($"id:{photo.Uid[..12].ToUpperInvariant()}"));
        Assert.Equal([3], _table.Find($"sha256:{photo.Hash}"));
        Assert.Equal([3], _table.Find($"sha256:{photo.Hash[..13]}"));
    }

    [Theory]
    [InlineData("ratng:4", 1, "There is no field 'ratng'; did you mean rating:? To look for the words, quote them: \"ratng:4\"")]
    [InlineData("cat has:gsp", 9, "has: does not know 'gsp'; did you mean has:gps?")]
    [InlineData("cat is:purple", 8, "is: does not know 'purple'. It knows archived, blurred, clear, favorite, favourite, hidden, missing, photo, raw, trashed, video")]
    [InlineData("rating:many", 8, "'many' is not what this field can be. Write rating:4, rating:>=3, rating:2..4 or rating:none")]
    [InlineData("rating:4..2", 8, "'4..2' ends before it begins")]
    [InlineData("taken:2019-13", 7, "'2019-13' is no date.")]
    [InlineData("taken:2020..2019", 7, "ends before it begins")]
    [InlineData("tag: Animals", 5, "tag: wants a value right behind the colon")]
    [InlineData("folder:/Timeline/2024", 8, "for /Timeline taken:2024-07-14")]
    [InlineData("near:48,11", 6, "Write near:48.137,11.575,5")]
    [InlineData("id:xyz", 4, "hexadecimal digits, and not 'xyz'")]
    [InlineData("title:&", 7, "no letter and no digit")]
    [InlineData("(cat", 1, "This '(' is never closed")]
    [InlineData("cat)", 4, "This ')' closes nothing")]
    [InlineData("cat ()", 6, "nothing between these parentheses")]
    [InlineData("cat \"dog", 5, "This quote is never closed")]
    [InlineData("cat AND", 8, "Something must follow AND")]
    [InlineData("OR cat", 1, "Something must stand before OR")]
    [InlineData("cat AND OR dog", 9, "Something must follow AND")]
    [InlineData("(cat OR ) dog", 9, "Something must follow OR")]
    [InlineData("NOT", 4, "Something must follow NOT")]
    [InlineData("& -", 1, "at least one word with a letter or a digit")]
    [InlineData("", 1, "at least one word with a letter or a digit")]
    public void What_is_wrong_is_said_with_its_column(string query, int column, string message)
    {
        QueryException error = Assert.Throws<QueryException>(() => Query.Parse(query));

        Assert.Contains(message, error.Message);
        Assert.Equal(column, error.Column);
        Assert.EndsWith($"(column {column})", error.Message);
    }

    [Theory]
    [InlineData("lis", "1")]
    [InlineData("cat lis", "1")]
    [InlineData("\"canon\" (r6", "1 3")]
    [InlineData("canon) \"eos", "1 3")]
    [InlineData("\"the lis\"", "")]
    [InlineData("lis -video", "")]
    public void In_a_search_the_last_of_words_alone_may_be_a_beginning(string query, string photos) =>
        Assert.Equal(photos, string.Join(' ', _table.Find(Query.ForSearch(query))));

    [Theory]
    [InlineData("(rating:4")]
    [InlineData("(cat AND dog")]
    [InlineData("\"")]
    [InlineData("((")]
    public void A_search_forgives_nothing_but_words(string query) => Assert.Throws<QueryException>(() => Query.ForSearch(query));

    [Theory]
    [InlineData("'; DROP TABLE asset; --")]
    [InlineData("title:\"' OR 1=1 --\"")]
    [InlineData("tag:\"x') OR 1=1 OR ('\"")]
    [InlineData("tag:%")]
    [InlineData("name:____")]
    [InlineData("\"\"\" OR name:*\"")]
    [InlineData("\"NEAR(a b)\" \"{name} : x\" a^b a+b")]
    [InlineData("label:\\%")]
    [InlineData("folder:../..")]
    [InlineData("volume:@q0")]
    [InlineData("title:\"a\0b\"")]
    [InlineData("person:\uD800x")]
    public void Nothing_in_a_value_is_taken_for_SQL(string query)
    {
        Assert.Empty(_table.Find(query));
        Assert.Equal(4, _table.Find("folder:/").Count);
    }

    [Fact]
    public void What_people_write_stands_in_parameters_only()
    {
        Condition condition = QueryCompiler.Compile(Query.Parse("evil title:evil tag:evil name:evil* folder:/Folders/evil/evil path:evil volume:evil label:evil person:evil stack:evil"), PhotoTable.Today, BlurLine.Usual);

        Assert.DoesNotContain("evil", condition.Sql);
    }

    [Fact]
    public void The_deepest_and_longest_query_still_runs()
    {
        string deep = string.Concat(Enumerable.Repeat("(is:photo OR NOT (is:video AND ", Query.MaxDepth / 3)) + "path:x tag:y folder:a/b" + new string(')', Query.MaxDepth / 3 * 2);
        string nots = string.Concat(Enumerable.Repeat("NOT ", Query.MaxDepth)) + "path:x";
        string groups = string.Concat(Enumerable.Repeat("(is:raw OR (cat ", Query.MaxDepth / 2)) + "is:missing" + new string(')', Query.MaxDepth);
        string wide = string.Join(" OR ", Enumerable.Repeat("tag:a", Query.MaxTerms));

        foreach (string query in (string[])[deep, nots, groups, wide, wide.Replace(" OR ", " ")]) Assert.InRange(_table.Find(query).Count, 0, 4);
        Assert.Contains("at most 250 words", Assert.Throws<QueryException>(() => Query.Parse(wide + " OR x")).Message);
        Assert.Contains("16 deep", Assert.Throws<QueryException>(() => Query.Parse("NOT " + nots)).Message);
    }

    [Fact]
    public void Hostile_text_is_refused_at_once()
    {
        long started = Stopwatch.GetTimestamp();
        foreach (string text in (string[])
            [new('(', 10_000), new('(', 3_000), new('-', 3_900), new('"', 3_999), new('a', 1_000_000), string.Concat(Enumerable.Repeat("NOT ", 900)), string.Concat(Enumerable.Repeat("a ", 1999))])
        {
            Assert.InRange(Assert.Throws<QueryException>(() => Query.ForSearch(text)).Message.Length, 10, 300);
            Assert.Throws<QueryException>(() => Query.Parse(text));
        }
        _ = _table.Find("name:" + string.Concat(Enumerable.Repeat("*a", 1900)));
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 2);
    }

    [Fact]
    public void Any_text_is_understood_or_refused()
    {
        string[] pieces = ["(", ")", "\"", "-", " ", "NOT ", " AND ", " OR ", ":", "..", ">", "=", "*", "?", "tag", "rating", "taken", "4", "-7d", "a", "é", "/", ",", "none", "\0", "\uD83D", "near", "1e999", "has", "gps"];
        Random random = new(7);
        for (int i = 0; i < 5000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            try
            {
                Query query = Query.ForSearch(text);
                if (i % 10 == 0) _ = _table.Find(query);
            }
            catch (QueryException error)
            {
                Assert.InRange(error.Column, 1, text.Length + 1);
            }
        }
    }

    [Fact]
    public void A_selection_has_its_ids_in_order_and_no_more_than_wanted()
    {
        using Database.Reader reader = _table.Catalog.Read();

        Assert.Equal([(1, _table.Photos[0].Uid), (2, _table.Photos[1].Uid)], AssetQuery.Select(reader.Connection, Query.Parse("folder:/"), 2, BlurLine.Usual));
    }

    [Fact]
    public async Task A_photo_with_a_copy_left_is_not_missing()
    {
        await _table.Catalog.WriteAsync(connection => connection.Execute("UPDATE location SET content_id = NULL, previous_content_id = 1 WHERE content_id = 1"), TestContext.Current.CancellationToken);

        Assert.Equal([4], _table.Find("is:missing"));
        await _table.Catalog.WriteAsync(connection => connection.Execute("UPDATE location SET content_id = 4 WHERE content_id = 2"), TestContext.Current.CancellationToken);
        Assert.Empty(_table.Find("is:missing"));
    }
}
