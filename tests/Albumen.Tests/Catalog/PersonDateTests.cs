using Albumen.Catalog;
using Albumen.Catalog.Metadata;

namespace Albumen.Tests.Catalog;

public sealed class PersonDateTests
{
    static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), Dublin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Dublin");

    [Theory]
    [InlineData("1978", "1978", null, "year", false)]
    [InlineData(" 1978-06 ", "1978-06", null, "month", false)]
    [InlineData("1978-06-03", "1978-06-03", null, "day", false)]
    [InlineData("~1978", "1978", null, "year", true)]
    [InlineData("~ 1978-06", "1978-06", null, "month", true)]
    [InlineData("1970s", "1970", null, "decade", false)]
    [InlineData("~1970s", "1970", null, "decade", true)]
    [InlineData("2024-07-14T15:30:12+02:00", "2024-07-14T15:30:12", "+02:00", "exact", false)]
    [InlineData("2024-07-14T15:30:12.25Z", "2024-07-14T15:30:12.25", "+00:00", "exact", false)]
    [InlineData("2024-07-14 15:30", "2024-07-14T15:30:00", null, "exact", false)]
    [InlineData("~2024-07-14 15:30 -0530", "2024-07-14T15:30:00", "-05:30", "exact", true)]
    [InlineData("2024-02-29", "2024-02-29", null, "day", false)]
    public void People_write_as_much_as_they_know(string text, string local, string? offset, string precision, bool about) =>
        Assert.Equal(new CaptureTime(local, offset, "person", precision) { Approximate = about ? true : null }, CaptureTimes.FromPerson(text));

    [Theory]
    [InlineData("", "is no date: write 1978")]
    [InlineData("summer of 69", "is no date: write 1978")]
    [InlineData("14.07.2024", "is no date: write 1978")]
    [InlineData("78", "is no date: write 1978")]
    [InlineData("1978-6", "is no date: write 1978")]
    [InlineData("2024-07 15:30", "is no date: write 1978")]
    [InlineData("1978-06s", "is no date: write 1978")]
    [InlineData("١٩٧٨", "is no date: write 1978")]
    [InlineData("0000", "there is no year 0")]
    [InlineData("1978s", "a decade begins with a round year: 1970s")]
    [InlineData("1978-13", "there is no month 13")]
    [InlineData("1978-00-01", "there is no month 00")]
    [InlineData("1978-06-31", "1978-06 has no day 31")]
    [InlineData("1978-06-00", "1978-06 has no day 00")]
    [InlineData("2024-07-14 24:00", "'24:00' is no time of day")]
    [InlineData("2024-07-14 15:60", "'15:60' is no time of day")]
    [InlineData("2024-07-14 15:30+25:00", "'+25:00' is no offset from UTC")]
    public void Anything_else_is_refused_with_what_to_write(string text, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => CaptureTimes.FromPerson(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("+1h", 3600)]
    [InlineData("1h", 3600)]
    [InlineData("-1d2h30m", -95400)]
    [InlineData("+2w", 1_209_600)]
    [InlineData("-15s", -15)]
    [InlineData("0s", 0)]
    public void A_distance_in_time_has_units_of_one_length(string text, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), CaptureTimes.ReadShift(text));

    [Theory]
    [InlineData("", "is no distance in time")]
    [InlineData("+", "is no distance in time")]
    [InlineData("60", "is no distance in time")]
    [InlineData("1h 30m", "is no distance in time")]
    [InlineData("30m1h", "is no distance in time")]
    [InlineData("+1y", "months and years are not all equally long")]
    [InlineData("-2M", "months and years are not all equally long")]
    [InlineData("999999999w", "more than 200 years")]
    public void Months_years_and_anything_unclear_are_no_distance(string text, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => CaptureTimes.ReadShift(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_clock_that_was_wrong_is_put_right()
    {
        CaptureTime shifted = CaptureTimes.Shift(new("2024-12-31T23:30:12.25", "+01:00", "ExifIFD:DateTimeOriginal", "exact"), TimeSpan.FromHours(1));

        Assert.Equal(new CaptureTime("2025-01-01T00:30:12.25", "+01:00", "person", "exact"), shifted);
    }

    [Fact]
    public void A_whole_day_moves_by_whole_days_and_less_is_known_too_badly()
    {
        Assert.Equal("2024-03-01", CaptureTimes.Shift(new("2024-02-28", null, "x", "day"), TimeSpan.FromDays(2)).Local);
        Assert.Contains("whole days", Assert.Throws<FormatException>(() => CaptureTimes.Shift(new("2024-02-28", null, "x", "day"), TimeSpan.FromHours(2))).Message, StringComparison.Ordinal);
        Assert.Contains("known to the month only", Assert.Throws<FormatException>(() => CaptureTimes.Shift(new("2024-02", null, "x", "month"), TimeSpan.FromDays(2))).Message, StringComparison.Ordinal);
        Assert.Contains("years 1 to 9999", Assert.Throws<FormatException>(() => CaptureTimes.Shift(new("0001-01-01", null, "x", "day"), TimeSpan.FromDays(-2))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_offset_told_by_satellites_moves_with_the_clock_it_was_measured_against()
    {
        CaptureTime inBangkok = new("2024-07-14T10:00:00", "+02:00", "ExifIFD:DateTimeOriginal", "exact") { OffsetSource = "gps" };

        Assert.Equal(("2024-07-14T15:00:00", "+07:00"), CaptureTimes.Shift(inBangkok, TimeSpan.FromHours(5)) is var moved ? (moved.Local, moved.Offset!) : default);
        Assert.Equal("+02:00", CaptureTimes.Shift(inBangkok, TimeSpan.FromMinutes(7)).Offset);
    }

    [Theory]
    [InlineData("2024-07-14T15:30:12", "+02:00")]
    [InlineData("2024-12-14T15:30:12", "+01:00")]
    // Shown twice: the first one, still daylight saving.
    [InlineData("2024-10-27T02:30:00", "+02:00")]
    // Never shown: the camera still had the time of before.
    [InlineData("2024-03-31T02:30:00", "+01:00")]
    public void A_zone_gives_its_offset_and_leaves_the_local_time(string local, string offset) =>
        Assert.Equal(new CaptureTime(local, offset, "person", "exact"), CaptureTimes.InZone(new(local, "+09:00", "ExifIFD:DateTimeOriginal", "exact") { OffsetSource = "volume" }, Berlin));

    [Fact]
    public void The_first_of_two_hours_counts_also_where_winter_is_the_time_that_is_saved() =>
        Assert.Equal("+01:00", CaptureTimes.InZone(new("2024-10-27T01:30:00", null, "x", "exact"), Dublin).Offset);

    [Fact]
    public void The_same_moment_is_shown_by_the_clocks_of_another_zone()
    {
        CaptureTime moved = CaptureTimes.MoveToZone(new("2024-07-13T22:30:12.5", "+00:00", "x", "exact"), Berlin);

        Assert.Equal(new CaptureTime("2024-07-14T00:30:12.5", "+02:00", "person", "exact"), moved);
        Assert.Throws<FormatException>(() => CaptureTimes.MoveToZone(new("2024-07-13T22:30:12", null, "x", "exact"), Berlin));
        Assert.Throws<FormatException>(() => CaptureTimes.InZone(new("2024-07-13", null, "x", "day"), Berlin));
    }
}
