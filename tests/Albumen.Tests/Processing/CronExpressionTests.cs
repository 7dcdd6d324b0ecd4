using System.Globalization;
using Albumen.Processing;

namespace Albumen.Tests.Processing;

public sealed class CronExpressionTests
{
    static readonly TimeZoneInfo Vienna = TimeZoneInfo.FindSystemTimeZoneById("Europe/Vienna");

    [Theory]
    [InlineData("* * * * *", "2026-11-21T04:45:30Z", "2026-11-21T04:46:00Z")]
    [InlineData("* * * * *", "2026-11-21T04:45:00Z", "2026-11-21T04:46:00Z")]
    [InlineData("0 3 1 * *", "2026-11-21T04:45:00Z", "2026-12-01T03:00:00Z")]
    [InlineData("0 3 1 * *", "2026-12-01T03:00:00Z", "2027-01-01T03:00:00Z")]
    [InlineData("30 4 1,15 * *", "2026-11-02T00:00:00Z", "2026-11-15T04:30:00Z")]
    [InlineData("*/20 * * * *", "2026-11-21T04:41:00Z", "2026-11-21T05:00:00Z")]
    [InlineData("5-15/5 * * * *", "2026-11-21T04:11:00Z", "2026-11-21T04:15:00Z")]
    [InlineData("5-15/5 * * * *", "2026-11-21T04:15:00Z", "2026-11-21T05:05:00Z")]
    [InlineData("0 22-23,1 * * *", "2026-11-21T23:00:00Z", "2026-11-22T01:00:00Z")]
    [InlineData("0 0 1 JAN *", "2026-11-21T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("0 0 * feb-mar *", "2026-11-21T00:00:00Z", "2027-02-01T00:00:00Z")]
    [InlineData("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z")]
    [InlineData("0 0 31 * *", "2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z")]
    public void The_next_time_is_found(string schedule, string after, string next) => Assert.Equal(At(next), Next(schedule, after));

    // 21 November 2026 is a Saturday.
    [Theory]
    [InlineData("0 0 * * 0", "2026-11-22")]
    [InlineData("0 0 * * 7", "2026-11-22")]
    [InlineData("0 0 * * sun", "2026-11-22")]
    [InlineData("0 0 * * MON-FRI", "2026-11-23")]
    [InlineData("0 0 * * FRI-SUN", "2026-11-22")]
    [InlineData("0 0 * * 5-7", "2026-11-22")]
    [InlineData("0 0 * * 2,4", "2026-11-24")]
    [InlineData("0 0 * * */3", "2026-11-22")]
    [InlineData("0 0 * * 1-5/2", "2026-11-23")]
    public void Days_of_the_week_have_numbers_and_names_and_Sunday_has_two(string schedule, string next) =>
        Assert.Equal(At($"{next}T00:00:00Z"), Next(schedule, "2026-11-21T00:00:00Z"));

    [Fact]
    public void Every_day_of_the_week_is_every_day()
    {
        DateTimeOffset at = At("2026-11-21T00:00:00Z");
        for (int day = 1; day <= 10; day++)
            Assert.Equal(At("2026-11-21T00:00:00Z").AddDays(day), at = CronExpression.Parse("0 0 * * *").Next(at, TimeZoneInfo.Utc)!.Value);
    }

    [Theory]
    // Both restricted: the 13th, and every Friday.
    [InlineData("0 0 13 * FRI", "2026-11-21T00:00:00Z", "2026-11-27")]
    [InlineData("0 0 13 * FRI", "2026-12-12T00:00:00Z", "2026-12-13")]
    // One of them begins with an asterisk: both must hold.
    [InlineData("0 0 */2 * MON", "2026-11-21T00:00:00Z", "2026-11-23")]
    [InlineData("0 0 */2 * TUE", "2026-11-21T00:00:00Z", "2026-12-01")]
    [InlineData("0 0 13 * */2", "2026-11-21T00:00:00Z", "2026-12-13")]
    public void Of_two_restricted_days_either_is_enough(string schedule, string after, string next) => Assert.Equal(At($"{next}T00:00:00Z"), Next(schedule, after));

    [Theory]
    [InlineData("@hourly", "2026-11-21T05:00:00Z")]
    [InlineData("@daily", "2026-11-22T00:00:00Z")]
    [InlineData("@midnight", "2026-11-22T00:00:00Z")]
    [InlineData("@weekly", "2026-11-22T00:00:00Z")]
    [InlineData("@Monthly", "2026-12-01T00:00:00Z")]
    [InlineData("@yearly", "2027-01-01T00:00:00Z")]
    [InlineData("@annually", "2027-01-01T00:00:00Z")]
    public void Nicknames_stand_for_the_usual_ones(string schedule, string next) => Assert.Equal(At(next), Next(schedule, "2026-11-21T04:45:00Z"));

    [Theory]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 0 31 4,6,9,11 *")]
    public void What_never_comes_is_null(string schedule) => Assert.Null(Next(schedule, "2026-01-01T00:00:00Z"));

    [Fact]
    public void The_end_of_time_is_no_error() => Assert.Null(CronExpression.Parse("0 0 1 1 *").Next(DateTimeOffset.MaxValue.AddDays(-1), TimeZoneInfo.Utc));

    [Fact]
    public void The_beginning_of_time_is_no_error() => Assert.Equal(new DateTimeOffset(1, 1, 1, 3, 0, 0, TimeSpan.Zero), CronExpression.Parse("0 3 * * *").Next(DateTimeOffset.MinValue, TimeZoneInfo.Utc));

    // Vienna leaves out 02:00 to 03:00 on 29 March 2026.
    [Theory]
    [InlineData("30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T03:00:00+02:00")]
    [InlineData("30 2 * * *", "2026-03-29T01:00:00Z", "2026-03-30T02:30:00+02:00")]
    [InlineData("*/30 * * * *", "2026-03-29T00:30:00Z", "2026-03-29T03:00:00+02:00")]
    [InlineData("*/30 * * * *", "2026-03-29T01:00:00Z", "2026-03-29T03:30:00+02:00")]
    public void A_time_that_is_left_out_in_spring_is_the_first_that_exists(string schedule, string after, string next) =>
        Assert.Equal(At(next), CronExpression.Parse(schedule).Next(At(after), Vienna));

    // 02:00 to 03:00 comes twice there on 25 October 2026.
    [Theory]
    [InlineData("30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T02:30:00+02:00")]
    [InlineData("30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-26T02:30:00+01:00")]
    [InlineData("30 2 * * *", "2026-10-25T01:10:00Z", "2026-10-26T02:30:00+01:00")]
    [InlineData("0 3 * * *", "2026-10-25T01:10:00Z", "2026-10-25T03:00:00+01:00")]
    public void A_time_that_comes_twice_in_autumn_counts_once(string schedule, string after, string next) =>
        Assert.Equal(At(next), CronExpression.Parse(schedule).Next(At(after), Vienna));

    [Fact]
    public void A_year_of_daily_runs_has_one_a_day_whatever_the_clocks_do()
    {
        CronExpression daily = CronExpression.Parse("15 2 * * *");
        List<DateTimeOffset> runs = [];
        for (DateTimeOffset? at = daily.Next(At("2025-12-31T12:00:00Z"), Vienna); at < At("2026-12-31T12:00:00Z"); at = daily.Next(at.Value, Vienna)) runs.Add(at.Value);

        Assert.Equal(365, runs.Select(run => run.Date).Distinct().Count());
        Assert.Equal(365, runs.Count);
    }

    [Theory]
    [InlineData("", "five fields")]
    [InlineData("0 3 1 *", "five fields")]
    [InlineData("0 3 1 * * *", "five fields")]
    [InlineData("@never", "@daily")]
    [InlineData("60 * * * *", "minute '60'", "0 to 59")]
    [InlineData("-1 * * * *", "minute")]
    [InlineData("* 24 * * *", "hour '24'", "0 to 23")]
    [InlineData("* * 0 * *", "day of the month '0'", "1 to 31")]
    [InlineData("* * * 13 *", "month '13'", "JAN to DEC")]
    [InlineData("* * * * 8", "day of the week '8'", "SUN to SAT")]
    [InlineData("* * * * FEB", "day of the week 'FEB'")]
    [InlineData("*/0 * * * *", "minute '*/0'", "step")]
    [InlineData("*/x * * * *", "minute '*/x'", "step")]
    [InlineData("5/10 * * * *", "minute '5/10'", "range")]
    [InlineData("1/2/3 * * * *", "minute '1/2/3'")]
    [InlineData("30-10 * * * *", "minute '30-10'", "upwards")]
    [InlineData("1-2-3 * * * *", "minute '1-2-3'")]
    [InlineData("1,,2 * * * *", "minute '1,,2'")]
    [InlineData("x * * * *", "minute 'x'")]
    [InlineData("٣ * * * *", "minute")]
    [InlineData("99999999999 * * * *", "minute")]
    public void What_makes_no_sense_is_refused_with_the_field_and_what_may_stand_there(string schedule, params string[] said)
    {
        FormatException error = Assert.Throws<FormatException>(() => CronExpression.Parse(schedule));

        Assert.All(said, words => Assert.Contains(words, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void It_is_shown_as_it_was_written_and_equal_when_written_alike()
    {
        Assert.Equal("0 3 1 * *", CronExpression.Parse(" 0 3 1 * * ").ToString());
        Assert.Equal(CronExpression.Parse("0 3 1 * *"), CronExpression.Parse("0 3 1 * *"));
        Assert.NotEqual(CronExpression.Parse("0 3 1 * *"), CronExpression.Parse("0 3 2 * *"));
    }

    static DateTimeOffset? Next(string schedule, string after) => CronExpression.Parse(schedule).Next(At(after), TimeZoneInfo.Utc);

    static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
