using Albumen.Catalog;
using Albumen.Tree;

namespace Albumen.Tests.Tree;

/// <summary>Where newcomers go.</summary>
public sealed class PlaceTemplateTests
{
    static readonly CaptureTime Noon = new("2024-07-14T12:00:00", "+02:00", "test", "exact");

    [Theory]
    [InlineData("{volume}/{yyyy}/{yyyy-mm-dd}/{name}", "2024/2024-07-14/IMG_1.JPG")]
    [InlineData("{volume}/{yyyy-mm}/{dd} {make}/{stem}-{user}.{ext}", "2024-07/14 Canon/IMG_1-anna.JPG")]
    [InlineData("{volume}/{user}/{folder}/{name}", "anna/Trips/Rome/IMG_1.JPG")]
    [InlineData("{volume}/{model}/{name}", "EOS_R6/IMG_1.JPG")]
    public void Words_in_braces_stand_for_what_is_known(string template, string expected) =>
        Assert.Equal(expected, PlaceTemplate.Parse(template).Of(new("IMG_1.JPG", Noon, new("Canon", "EOS/R6", null), "anna", "Trips/Rome")).ToString());

    [Theory]
    [InlineData("{volume}/{yyyy}/{yyyy-mm-dd}/{name}", "1978/1978-06/a.jpg")]
    [InlineData("{volume}/{yyyy}-{mm}-{dd}/{name}", "1978-06/a.jpg")]
    [InlineData("{volume}/{make} {model}/{user}/{folder}/{name}", "a.jpg")]
    public void What_is_not_known_is_left_out(string template, string expected) =>
        Assert.Equal(expected, PlaceTemplate.Parse(template).Of(new("a.jpg", new("1978-06", null, "test", "month"), null, "", "")).ToString());

    [Theory]
    [InlineData("what?.jpg", "what_.jpg")]
    [InlineData("CON.jpg", "CON_.jpg")]
    [InlineData("._a.jpg", "__a.jpg")]
    [InlineData("a/b.jpg", "a_b.jpg")]
    [InlineData("..", "__")]
    public void Names_are_such_that_every_system_allows_and_no_scan_leaves_out(string name, string expected) =>
        Assert.Equal($"x/{expected}", PlaceTemplate.Parse("{volume}/x/{name}").Of(new(name, null, null, "", "")).ToString());

    [Fact]
    public void No_folder_leads_out_of_the_volume() =>
        Assert.Equal("__/etc/a.jpg", PlaceTemplate.Parse("{volume}/{folder}/{name}").Of(new("a.jpg", null, null, "", "..//etc")).ToString());

    [Theory]
    [InlineData("{yyyy}/{name}", "it begins with {volume}/, the first writable volume that is there")]
    [InlineData("{volume}/{yyy}/{name}", "there is no {yyy}; did you mean {yyyy}?")]
    [InlineData("{volume}/{yyyy}", "it ends with the file's name: {name}, or {stem} and .{ext} with something between")]
    [InlineData("{volume}/../{name}", "between two slashes stands a name, and not '.' or '..'")]
    [InlineData("{volume}//{name}", "between two slashes stands a name, and not '.' or '..'")]
    [InlineData("{volume}/{yyyy/{name}", "a '{' has no '}' behind it")]
    [InlineData("{volume}/yyyy}/{name}", "a '}' has no '{' before it")]
    [InlineData("{volume}/{volume}/{name}", "{volume} stands alone, and only at the beginning")]
    [InlineData("{volume}/{folder} {name}", "{folder} is no part of a file's name")]
    public void What_cannot_be_is_told(string template, string expected) =>
        Assert.Equal(expected, Assert.Throws<FormatException>(() => PlaceTemplate.Parse(template)).Message);

    [Fact]
    public void Without_a_date_none_can_be_asked_for() =>
        Assert.Equal("{yyyy} is not known of a file without a date", Assert.Throws<FormatException>(() => PlaceTemplate.ParseUndated("{volume}/{yyyy}/{name}")).Message);
}
