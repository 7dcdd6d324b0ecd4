using Albumen.Catalog;
using Albumen.Sidecar;

namespace Albumen.Tests.Sidecar;

/// <summary>
/// The comparison as a table. Of the field <c>title</c> unless another is named: what the file said (nothing known: -), what it says, what a person
/// states, what was noted of the sidecars; and what becomes of it. <c>null</c> is the statement that there is none, an empty text is no statement.
/// </summary>
public sealed class ThreeWayTests
{
    const string Asset = "0123456789abcdef0123456789abcdef", File = "photos/a.jpg.xmp", Unknown = "-";

    static readonly DateTimeOffset Edited = DateTimeOffset.UnixEpoch.AddDays(1), Now = DateTimeOffset.UnixEpoch.AddDays(3);

    [Theory]
    // Nothing happened to the file.
    [InlineData("A", "A", "", "", "")]
    [InlineData("A", "A", "P", "A", "")]
    [InlineData("", "", "P", "", "")]
    // It was changed where no person states anything.
    [InlineData("A", "B", "", "", "sidecar A>B")]
    [InlineData("", "B", "", "", "sidecar null>B")]
    [InlineData("A", "", "", "", "sidecar A>null")]
    [InlineData("A", "B", "", "A", "sidecar A>B")]
    [InlineData("A", "B", "", "null", "sidecar A>B")]
    [InlineData("A", "B", "", "C", "sidecar A>B")]
    [InlineData("", "B", "", "C", "sidecar C>B")]
    [InlineData("A", "B", "", "B", "sidecar A>B")]
    // It said what a person states, and another program has changed that since.
    [InlineData("P", "B", "P", "", "sidecar P>B; person P>")]
    [InlineData("P", "B", "P", "A", "sidecar A>B; person P>")]
    [InlineData("P", "A", "P", "A", "person P>")]
    [InlineData("P", "", "P", "A", "sidecar A>null; person P>")]
    [InlineData("", "B", "null", "", "sidecar null>B; person null>")]
    // Both came to say the same.
    [InlineData("A", "P", "P", "A", "")]
    [InlineData("A", "", "null", "A", "")]
    // Both changed it.
    [InlineData("A", "B", "P", "A", "sidecar A>B; conflict A/B")]
    [InlineData("", "B", "P", "", "sidecar null>B; conflict /B")]
    [InlineData("A", "", "P", "A", "sidecar A>null; conflict A/")]
    [InlineData("A", "B", "null", "A", "sidecar A>B; conflict A/B")]
    public void A_change_is_held_against_what_people_say(string was, string says, string person, string noted, string expected) =>
        Assert.Equal(expected, Compare(was, says, person, noted));

    [Theory]
    [InlineData("B", "", "", "", "")]
    [InlineData("B", "P", "", "P", "sidecar null>B; conflict /B")]
    [InlineData("P", "P", "", "P", "")]
    // It lags behind: an earlier statement, or what it said before the first.
    [InlineData("Q", "P", "", "Q P", "")]
    [InlineData("A", "P", "A", "P A", "")]
    [InlineData("A", "", "A", "A", "")]
    // Silence is no news.
    [InlineData("", "P", "A", "P A", "")]
    [InlineData("", "", "A", "A", "")]
    // Something the journal has never heard of.
    [InlineData("B", "P", "A", "P A", "sidecar A>B; conflict A/B")]
    [InlineData("B", "", "A", "P A", "sidecar A>B")]
    public void After_a_rebuild_what_the_journal_knows_is_no_news(string says, string person, string noted, string history, string expected) =>
        Assert.Equal(expected, Compare(Unknown, says, person, noted, history: history));

    [Fact]
    public void What_another_sidecar_of_the_photo_says_stands_against_one_that_is_new()
    {
        Assert.Equal("", Compare(Unknown, "B", "", "A", history: "A", isPersonal: false, elsewhere: "A"));
        Assert.Equal("sidecar A>B", Compare(Unknown, "B", "", "A", history: "A", isPersonal: false, elsewhere: "C"));
        Assert.Equal("sidecar A>B", Compare(Unknown, "B", "", "A", history: "P A", elsewhere: "A"));
    }

    [Theory]
    [InlineData("A", "P", "P", "", "P", "")]
    // Stated anew since: the file has the older one of ours.
    [InlineData("A", "Q", "P", "A", "Q", "")]
    [InlineData("A", "B", "P", "A", "P", "sidecar A>B; conflict A/B")]
    [InlineData("A", "", "null", "A", "null", "")]
    // Before the crash the edit was taken back.
    [InlineData("A", "P", "", "A", "P", "")]
    public void What_we_were_writing_when_we_died_is_ours(string was, string says, string person, string noted, string writing, string expected) =>
        Assert.Equal(expected, Compare(was, says, person, noted, writing: writing));

    [Theory]
    [InlineData("P", "P", "A", "")]
    [InlineData("A", "", "", "sidecar A>null")]
    [InlineData("A", "", "A", "sidecar A>null")]
    [InlineData("A", "P", "A", "")]
    public void A_deleted_sidecar_takes_only_what_it_said_by_itself_with_it(string was, string person, string noted, string expected) =>
        Assert.Equal(expected, Compare(was, "", person, noted, isGone: true));

    [Fact]
    public void Programs_that_leave_out_what_they_do_not_know_take_no_statement_away()
    {
        Assert.Equal("", Compare("true", "", "true", "", Field.Favourite));
        Assert.Equal("sidecar true>null", Compare("true", "", "", "", Field.Favourite));
        Assert.Equal("sidecar true>false; person true>", Compare("true", "false", "true", "", Field.Favourite));
    }

    [Fact]
    public void Where_one_of_several_is_gone_the_others_speak()
    {
        Assert.Equal("sidecar A>B", Compare("A", "", "", "", elsewhere: "B", isGone: true));
        Assert.Equal("sidecar A>B", Compare("A", "", "", "B", elsewhere: "B", isGone: true));
        Assert.Equal("", Compare("P", "", "P", "A", elsewhere: "B", isGone: true));
        // What counted until now is what an undo brings back, and no news to a rebuild.
        Assert.Equal("sidecar B>A", Compare("", "A", "", "", elsewhere: "B"));
        // It said so already when the journal last heard of the field.
        Assert.Equal("", Compare(Unknown, "B", "", "A", history: "P A", lastChange: Now));
        Assert.Equal("sidecar A>B", Compare(Unknown, "B", "", "A", history: "P A", lastChange: Now - TimeSpan.FromSeconds(1)));
        // It is there, and was told to be silent.
        Assert.Equal("sidecar A>null", Compare("A", "", "", "", elsewhere: "B"));
    }

    [Theory]
    [InlineData(ConflictRule.Ours, 2, "sidecar A>B")]
    [InlineData(ConflictRule.Theirs, 0, "sidecar A>B; person P>")]
    [InlineData(ConflictRule.Newest, 2, "sidecar A>B; person P>")]
    [InlineData(ConflictRule.Newest, 0, "sidecar A>B")]
    [InlineData(ConflictRule.Ask, 2, "sidecar A>B; conflict A/B")]
    public void The_rule_decides(ConflictRule rule, int writtenOnDay, string expected) =>
        Assert.Equal(expected, Compare("A", "B", "P", "A", rule: rule, written: DateTimeOffset.UnixEpoch.AddDays(writtenOnDay)));

    [Theory]
    // A, B, P: the base, theirs and ours of the open conflict; the file said B.
    [InlineData("C", ConflictRule.Ask, "sidecar B>C; conflict A/C")]
    [InlineData("P", ConflictRule.Ask, "settled")]
    [InlineData("A", ConflictRule.Ask, "sidecar B>A; settled")]
    [InlineData("", ConflictRule.Ask, "sidecar B>null; conflict A/")]
    [InlineData("C", ConflictRule.Ours, "sidecar B>C; settled")]
    [InlineData("C", ConflictRule.Theirs, "sidecar B>C; person P>; settled")]
    public void An_open_conflict_follows_the_file(string says, ConflictRule rule, string expected) =>
        Assert.Equal(expected, Compare("B", says, "P", "B", rule: rule, open: Conflict.Of("\"A\"", "\"B\"", File, Now)));

    [Fact]
    public void A_conflict_with_another_file_stays_open() =>
        Assert.Equal("", Compare("", "P", "P", "B", open: Conflict.Of(null, "\"B\"", "photos/copy.jpg.xmp", Now)));

    [Theory]
    [InlineData("x", "x y", "x", "sidecar [x]>[x,y]; person [x]>")]
    [InlineData("x", "x y", "x z", "sidecar [x]>[x,y]; person [x,z]>[x,z,y]")]
    [InlineData("x y", "x", "x y z", "sidecar [x,y]>[x]; person [x,y,z]>[x,z]")]
    [InlineData("x", "x y", "null", "sidecar [x]>[x,y]; person null>[y]")]
    [InlineData("x y", "x", "y", "sidecar [x,y]>[x]; person [y]>null")]
    [InlineData("x", "x y", "z x y", "sidecar [x]>[x,y]")]
    [InlineData("x y", "y x", "z", "")]
    [InlineData("x", "y z", "z y", "")]
    public void Of_lists_both_keep_what_they_added_and_removed(string was, string says, string person, string expected)
    {
        Assert.Equal(expected, Compare(was, says, person, "", Field.Tags));
        Assert.Equal(expected, Compare(was, says, person, "", Field.People));
    }

    [Fact]
    public void Different_fields_never_meet()
    {
        Stand stand = new(Asset, new Dictionary<string, string> { ["title"] = "\"P\"" }, new Dictionary<string, string>(), new Dictionary<string, string>(), _ => ([], Edited, Edited), _ => []);

        StatementChange change = Assert.Single(ThreeWay.Compare(stand, new(new(), new() { Rating = 4 }, null, File, Now), ConflictRule.Ask, Now));

        Assert.Equal(new(Asset, "rating", StatementKind.Sidecar, "null", "4"), change);
    }

    static string Compare(string was, string says, string person, string noted, Field? field = null, string history = "", bool isPersonal = true, string? writing = null, string? elsewhere = null,
        bool isGone = false, ConflictRule rule = ConflictRule.Ask, DateTimeOffset? written = null, Conflict? open = null, DateTimeOffset? lastChange = null)
    {
        Field of = field ?? Field.Title;
        Stand stand = new(Asset, Statements(person), Statements(noted), open is null ? new Dictionary<string, string>() : new() { [of.Name] = open.ToJson() },
            _ => ([.. $"{history} {noted}".Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Json), .. Statements(person).Values], history.Length > 0 || person.Length > 0 ? isPersonal ? Edited : null : null, lastChange),
            _ => elsewhere is null ? [] : [Json(elsewhere)], IsMadeAgain: lastChange is not null);
        Find find = new(was == Unknown ? null : Facts(was), Facts(says), writing is null ? null : new Dictionary<string, string?> { [of.Name] = Json(writing) }, File, written ?? Now, isGone);
        return string.Join("; ", ThreeWay.Compare(stand, find, rule, Now).Select(Show));

        Facts Facts(string value) => of.Write(new(), Json(value));

        Dictionary<string, string> Statements(string value) => Json(value) is { } json ? new() { [of.Name] = json } : [];

        string? Json(string value) => value switch
        {
            "" => null,
            "null" => Field.Cleared,
            _ when of == Field.Title => $"\"{value}\"",
            _ when of == Field.Favourite => value,
            _ => ForeignProgram.Json(value.Split(' ')),
        };
    }

    static string Show(StatementChange change)
    {
        if (change.Kind is not StatementKind.Conflict) return $"{Operation.NameOf(change.Kind)} {change.Before}>{change.After}".Replace("\"", "", StringComparison.Ordinal);
        if (change.After is null) return "settled";
        Conflict conflict = Conflict.FromJson(change.After);
        Assert.Equal((File, Now), (conflict.File, conflict.Since));
        return $"conflict {conflict.Base}/{conflict.Theirs}";
    }
}
