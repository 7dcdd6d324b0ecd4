using System.Globalization;
using Albumen.Backups;

namespace Albumen.Tests.Backups;

public class RotationTests
{
    static readonly BackupSettings Settings = new() { Daily = 3, Weekly = 2, Monthly = 2 };

    /// <summary>When backups were made, in that order; and which are kept.</summary>
    public static TheoryData<string, string, string> Tables => new()
    {
        { "nothing", "", "" },
        { "fewer than are kept", "2026-11-20 2026-11-21", "2026-11-20 2026-11-21" },
        { "of a day the last", "2026-11-21T02 2026-11-21T09 2026-11-21T17", "2026-11-21T17" },
        // 2026-11-16 and 2026-11-09 are Mondays.
        { "days, then weeks, then months", "2026-09-30 2026-10-30 2026-10-31 2026-11-08 2026-11-13 2026-11-14 2026-11-15 2026-11-16 2026-11-17 2026-11-18", "2026-10-31 2026-11-15 2026-11-16 2026-11-17 2026-11-18" },
        { "days without any do not count", "2026-01-01 2026-03-01 2026-07-01 2026-11-01", "2026-03-01 2026-07-01 2026-11-01" },
        { "a clock that is back in 1970: the newest is kept, and of the older ones the last days", "2026-11-19 2026-11-20 2026-11-21 1970-01-01T01 1970-01-01T02", "2026-11-20 2026-11-21 1970-01-01T02" },
        { "a clock that was ahead for a night", "2026-11-18 2026-11-19 2099-01-01 2026-11-20 2026-11-21", "2026-11-20 2026-11-21 2099-01-01" },
        { "a clock that jumps a year each time", "2026-11-21 2027-11-21 2028-11-21 2029-11-21 2030-11-21", "2028-11-21 2029-11-21 2030-11-21" },
        { "a clock that goes backwards day by day", "2026-11-21 2026-11-20 2026-11-19 2026-11-18 2026-11-17", "2026-11-19 2026-11-18 2026-11-17" },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void What_is_kept(string about, string made, string kept)
    {
        List<(long Number, DateTimeOffset Made)> backups = [.. Times(made).Select((time, index) => (index + 1L, time))];

        IReadOnlyList<(long Number, DateTimeOffset Made)> surplus = Rotation.Surplus(backups, b => b.Number, b => b.Made, Settings, TimeZoneInfo.Utc);

        Assert.True(Times(kept).Order().SequenceEqual(backups.Except(surplus).Select(b => b.Made).Order()), $"{about}: kept are {string.Join(' ', backups.Except(surplus).Select(b => $"{b.Made:yyyy-MM-ddTHH}"))}");
    }

    [Fact]
    public void Whatever_the_clock_does_the_newest_is_kept_and_never_fewer_than_days_are_wanted()
    {
        Random random = new(1850);
        for (int round = 0; round < 200; round++)
        {
            DateTimeOffset clock = new(2026, 11, 21, 2, 30, 0, TimeSpan.Zero);
            List<(long Number, DateTimeOffset Made)> backups = [];
            for (long number = 1; number <= 60; number++)
            {
                clock += random.Next(12) == 0 ? TimeSpan.FromDays(random.Next(-10_000, 10_000)) : TimeSpan.FromHours(random.Next(1, 40));
                backups.Add((number, clock));
                IReadOnlyList<(long, DateTimeOffset)> surplus = Rotation.Surplus(backups, b => b.Number, b => b.Made, new(), TimeZoneInfo.Utc);
                int days = backups.DistinctBy(b => b.Made.Date).Count();
                backups.RemoveAll(b => surplus.Contains(b));
                Assert.Equal(number, backups[^1].Number);
                Assert.InRange(backups.Count, Math.Min(days, 7), 13);
            }
        }
    }

    static IEnumerable<DateTimeOffset> Times(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(time => DateTimeOffset.ParseExact(time, (string[])["yyyy-MM-dd", "yyyy-MM-dd'T'HH"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
}
