using System.Globalization;

namespace Albumen.Backups;

/// <summary>
/// Which backups go. Of the last days that have any, the last backup of each is kept, and so of weeks and months. What comes last is told by their numbers, and how
/// many days there are by the backups themselves: a clock that was wrong decides nothing about the newest ones.
/// </summary>
public static class Rotation
{
    /// <summary>Those that go, from backups that are whole.</summary>
    /// <param name="zone">Whose days are meant.</param>
    public static IReadOnlyList<T> Surplus<T>(IEnumerable<T> backups, Func<T, long> number, Func<T, DateTimeOffset> made, BackupSettings settings, TimeZoneInfo zone)
    {
        List<T> newestFirst = [.. backups.OrderByDescending(number)];
        // The newest one is kept whatever is configured.
        HashSet<long> kept = [.. newestFirst.Take(1).Select(number)];
        Keep(settings.Daily, day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Keep(settings.Weekly, day => $"{ISOWeek.GetYear(day)}-{ISOWeek.GetWeekOfYear(day)}");
        Keep(settings.Monthly, day => day.ToString("yyyy-MM", CultureInfo.InvariantCulture));
        return newestFirst.FindAll(backup => !kept.Contains(number(backup)));

        void Keep(int most, Func<DateTime, string> periodOf)
        {
            HashSet<string> periods = [];
            foreach (T backup in newestFirst)
                if (periods.Count < most && periods.Add(periodOf(TimeZoneInfo.ConvertTime(made(backup), zone).DateTime))) kept.Add(number(backup));
        }
    }
}
