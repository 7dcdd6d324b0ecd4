using Albumen.Processing;

namespace Albumen.Tests.Processing;

public sealed class QuietHoursTests
{
    static readonly TimeZoneInfo Vienna = TimeZoneInfo.FindSystemTimeZoneById("Europe/Vienna");

    [Theory]
    [InlineData("22:00-06:00", "2024-07-14T21:59:59+02:00", null)]
    [InlineData("22:00-06:00", "2024-07-14T22:00:00+02:00", "2024-07-15T06:00:00+02:00")]
    [InlineData("22:00-06:00", "2024-07-15T05:59:59+02:00", "2024-07-15T06:00:00+02:00")]
    [InlineData("22:00-06:00", "2024-07-15T06:00:00+02:00", null)]
    [InlineData("22:00-06:00", "2024-07-14T20:30:00Z", "2024-07-15T06:00:00+02:00")]
    [InlineData("12:30-13:30, 22:00-24:00,00:00-06:00", "2024-07-14T23:00:00+02:00", "2024-07-15T06:00:00+02:00")]
    [InlineData("12:30-13:30, 22:00-24:00,00:00-06:00", "2024-07-14T13:00:00+02:00", "2024-07-14T13:30:00+02:00")]
    [InlineData("00:00-12:00,12:00-00:00", "2024-07-14T13:00:00+02:00", "9999-12-31T23:59:59.9999999Z")]
    // Clocks go forward at 2 o'clock on 31 March: the night is an hour shorter, and half past two does not come.
    [InlineData("22:00-06:00", "2024-03-31T01:59:00+01:00", "2024-03-31T06:00:00+02:00")]
    [InlineData("22:00-02:30", "2024-03-31T01:59:00+01:00", "2024-03-31T03:00:00+02:00")]
    [InlineData("02:15-02:45", "2024-03-31T03:20:00+02:00", null)]
    // And back at 3 o'clock on 27 October.
    [InlineData("22:00-06:00", "2024-10-27T02:30:00+02:00", "2024-10-27T06:00:00+01:00")]
    [InlineData("02:15-02:45", "2024-10-27T02:30:00+02:00", "2024-10-27T02:45:00+02:00")]
    [InlineData("02:15-02:45", "2024-10-27T02:30:00+01:00", "2024-10-27T02:45:00+01:00")]
    [InlineData("off", "2024-07-14T23:00:00+02:00", null)]
    public void Quiet_is_what_the_clock_on_the_wall_says(string hours, string now, string? until) =>
        Assert.Equal(until is null ? null : DateTimeOffset.Parse(until), QuietHours.Parse(hours).Until(DateTimeOffset.Parse(now), Vienna));

    [Theory]
    [InlineData("22-6")]
    [InlineData("22:00")]
    [InlineData("22:00-25:00")]
    [InlineData("22:00-22:00")]
    [InlineData("22:00-06:00,")]
    [InlineData("")]
    [InlineData("nights")]
    public void What_is_no_span_of_time_is_refused(string hours) => Assert.Throws<FormatException>(() => QuietHours.Parse(hours));

    [Fact]
    public void The_same_hours_are_equal_however_they_are_written()
    {
        Assert.Equal(QuietHours.Parse("9:00-17:00,22:00-24:00"), QuietHours.Parse("09:00 - 17:00, 22:00-00:00"));
        Assert.NotEqual(QuietHours.None, QuietHours.Parse("09:00-17:00"));
        Assert.Equal("09:00-17:00, 22:00-00:00", QuietHours.Parse("9:00-17:00,22:00-24:00").ToString());
    }
}
