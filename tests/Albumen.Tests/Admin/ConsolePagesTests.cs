using System.Text.Json;
using Albumen.Admin.Pages;
using Albumen.Client;
using Conflicts = Albumen.Admin.Pages.Conflicts;
using Duplicates = Albumen.Admin.Pages.Duplicates;
using People = Albumen.Admin.Pages.People;
using Quality = Albumen.Admin.Pages.Quality;

namespace Albumen.Tests.Admin;

/// <summary>What pages of the console decide and say, apart from the terminal.</summary>
public sealed class ConsolePagesTests
{
    static readonly DateTimeOffset Then = new(2024, 7, 14, 15, 30, 12, TimeSpan.Zero);

    [Fact]
    public void A_conflicts_plan_says_what_would_count()
    {
        Conflict conflict = new("0123456789abcdef", "/Folders/lib/2024/a.jpg", "rating", null, Json("4"), Json("null"), "lib/2024/a.jpg.xmp", Then);

        Assert.Equal(["a.jpg: rating stays 4, not none"], Conflicts.Plan([conflict], "ours"));
        Assert.Equal(["a.jpg: rating 4 → none"], Conflicts.Plan([conflict], "theirs"));
        Assert.Equal(["0123456789ab: rating (nothing said) → none"], Conflicts.Plan([conflict with { Path = null, Ours = null }], "theirs"));
    }

    [Theory]
    [InlineData(76, 7, "short", true)]
    [InlineData(76, 7, "a value so long that it would not fit into its column, because it goes on and on until nobody reads it, and then some more words", false)]
    [InlineData(50, 7, "short", false)]
    [InlineData(76, 3, "short", false)]
    // There is room below the values.
    [InlineData(76, 30, "short", false)]
    public void A_picture_stands_beside_a_conflict_where_its_values_can_still_be_read(int width, int lines, string value, bool isBeside) =>
        Assert.Equal(isBeside, Conflicts.PictureBeside(width, lines, ["", value, "4"]) > 0);

    [Theory]
    [InlineData(0, 5, 76, 0, 3)]
    [InlineData(2, 5, 76, 0, 3)]
    [InlineData(4, 5, 76, 2, 3)]
    [InlineData(0, 2, 300, 0, 2)]
    [InlineData(1, 2, 10, 1, 1)]
    public void The_chosen_duplicate_is_among_those_side_by_side(int chosen, int members, int width, int first, int count) => Assert.Equal((first, count), Duplicates.Window(chosen, members, width));

    [Fact]
    public void What_a_group_keeps_is_not_thrown_away_for_another()
    {
        DuplicateSet one = Set("a", "b", "c"), other = Set("b", "d");

        Assert.Equal(["b", "c"], Duplicates.Spare([one], s => s.Members[0]));
        Assert.Equal(["a", "c"], Duplicates.Spare([one], s => s.Members[1]));
        Assert.Equal(["c", "d"], Duplicates.Spare([one, other], s => s.Members[0]));
        Assert.Empty(Duplicates.Spare([], s => s.Members[0]));
    }

    [Theory]
    [InlineData(300, 310, 290)]
    [InlineData(303, 310, 300)]
    [InlineData(500, 550, 490)]
    [InlineData(100, 110, 95)]
    [InlineData(20, 25, 19)]
    [InlineData(1, 2, 1)]
    [InlineData(0.5, 1, 1)]
    [InlineData(1_000_000, 1_000_000, 999_000)]
    public void The_threshold_moves_from_one_round_number_to_the_next(double threshold, double up, double down) =>
        Assert.Equal((up, down), (Quality.Step(threshold, 1), Quality.Step(threshold, -1)));

    [Fact]
    public void The_tabs_count_what_would_be_with_the_threshold_that_is_tried()
    {
        Client.Quality quality = new(new(300, "configuration", 300), 1_224, 68, 1_156, 0, [new(0, 200, 61), new(200, 500, 3), new(500, null, 0)]);

        Assert.Equal("  All 1,224   [Blurred 68]   Clear 1,156    Unprocessed 0 ", Quality.TabLine(quality, 1));
        Assert.Equal("Threshold 300, as configured", Quality.ThresholdLine(quality, null));
        Assert.Equal("Threshold 410 instead of 300: counting…", Quality.ThresholdLine(quality, 410));
        Assert.Equal("0█ [200▁] 500·", Quality.ChartLine(quality.Histogram, 300));

        Client.Quality tried = quality with { Preview = new(410, 13, 2, [new("0123456789abcdef", null, 381, "blurred")]) };
        Assert.Equal("  All 1,224    Blurred 79   [Clear 1,145]   Unprocessed 0 ", Quality.TabLine(tried, 2));
        Assert.Equal("Threshold 410 instead of 300: 13 photos would move to Blurred, 2 to Clear", Quality.ThresholdLine(tried, 410));
        // What was counted was for another one.
        Assert.Equal("Threshold 420 instead of 300: counting…", Quality.ThresholdLine(tried, 420));
        Assert.Equal(["13 photos would move to Blurred, 2 to Clear.", "0123456789ab: 381, to blurred", "and 14 more"], Quality.Plan(tried));
    }

    [Fact]
    public void What_was_analysed_is_summed_up()
    {
        AnalysedPicture blurred = new("0123456789abcdef", "/Folders/lib/a.jpg", 12.5, 300, "blurred", 3), clip = new("0123456789abcdef", "/Folders/lib/b.mp4", 40, 300, null, 3),
            broken = new("0123456789abcdef", "/Folders/lib/c.jpg", null, 300, null, 3, "It is no picture.");

        Assert.Equal("a.jpg: sharpness 12.5, blurred", Quality.Summary([blurred]));
        Assert.Equal("b.mp4: sharpness 40, a clip, neither blurred nor clear", Quality.Summary([clip]));
        Assert.Equal("c.jpg: It is no picture.", Quality.Summary([broken]));
        Assert.Equal("3 photos analysed: 1 blurred, 0 clear; 1 could not be, such as c.jpg: It is no picture.", Quality.Summary([blurred, clip, broken]));
        Assert.Equal("The daemon stopped before anything was analysed.", Quality.Summary([]));
    }

    [Fact]
    public void Who_is_removed_takes_app_passwords_along()
    {
        User anna = new("anna", false, Then);

        Assert.Equal(["There is no app password that would stop working.", "", "Photos, albums and what anna said of them stay."], People.RemovalPlan(anna, []));
        string[] plan = [.. People.RemovalPlan(anna, [new("k7mq", "Phone", Then), new("x2h0", "", Then, Then)])];
        Assert.StartsWith("These 2 app passwords stop working at once", plan[0], StringComparison.Ordinal);
        Assert.Contains("Phone", plan[1], StringComparison.Ordinal);
        Assert.Contains("never used", plan[1], StringComparison.Ordinal);
        Assert.Contains("(no device named)", plan[2], StringComparison.Ordinal);
        Assert.Contains("last used", plan[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_app_password_stands_first_and_is_not_in_what_a_camera_sees()
    {
        const string Secret = "k7mq-x2h0-9vtc-4s8p-dn3e";
        IReadOnlyList<string> lines = People.PasswordLines(new("anna", Secret), "Phone", ["https://nas:1851/", "http://127.0.0.1:1850/"], ["▀▄", "█ "]);

        Assert.Equal($"    {Secret}", lines[0]);
        Assert.Single(lines, l => l.Contains(Secret, StringComparison.Ordinal));
        Assert.Equal(["The first of them, for a camera:", "", "▀▄", "█ "], lines.TakeLast(4));
        Assert.DoesNotContain(People.PasswordLines(new("anna", Secret), "", [], []), l => l.Contains("Mount", StringComparison.Ordinal));
    }

    static DuplicateSet Set(params string[] assets) => new(assets[0], [.. assets.Select(a => new DuplicateMember(a, $"/Folders/lib/{a}.jpg", 1, 1, 1, "", null, true))], assets.Length, 1, "it has more bytes", true);

    static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
