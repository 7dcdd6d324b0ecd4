using System.Globalization;

namespace Albumen.Catalog.Stacks;

/// <summary>How far apart two files were taken by what they say themselves, however completely they say it.</summary>
static class ShotGap
{
    static readonly TimeSpan QuarterHour = TimeSpan.FromMinutes(15), FarthestZone = TimeSpan.FromHours(14);

    /// <summary>The smallest that both statements allow; null where one of them states no moment.</summary>
    public static TimeSpan? Between(Facts a, Facts b)
    {
        if (Moment(a.Taken) is not var (one, oneOffset) || Moment(b.Taken) is not var (other, otherOffset)) return null;
        TimeSpan gap = (one - other).Duration();
        if (oneOffset is { } first && otherOffset is { } second) return Smaller(gap, (one - first - (other - second)).Duration());
        // A clip's own clock is UTC, and the still's tells of no zone.
        bool isUtc = (oneOffset is null && IsFilm(b.Taken!)) || (otherOffset is null && IsFilm(a.Taken!));
        return isUtc && gap <= FarthestZone + QuarterHour ? Smaller(gap, (gap - (Math.Round(gap / QuarterHour) * QuarterHour)).Duration()) : gap;
    }

    /// <summary>Both state a moment, and these lie further apart.</summary>
    public static bool Contradicts(Facts a, Facts b, TimeSpan most) => Between(a, b) > most;

    static TimeSpan Smaller(TimeSpan a, TimeSpan b) => a < b ? a : b;

    static bool IsFilm(CaptureTime taken) => taken.Source.StartsWith("QuickTime:", StringComparison.Ordinal) || taken.Source.StartsWith("Track", StringComparison.Ordinal);

    static (DateTime Local, TimeSpan? Offset)? Moment(CaptureTime? taken)
    {
        if (taken is not { Precision: "exact" } || !DateTime.TryParse(taken.Local, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local)) return null;
        if (taken.Offset is not { Length: 6 } offset) return (local, taken.Offset is "Z" ? TimeSpan.Zero : null);
        return TimeSpan.TryParseExact(offset[1..], @"hh\:mm", CultureInfo.InvariantCulture, out TimeSpan zone) ? (local, offset[0] == '-' ? -zone : zone) : (local, null);
    }
}
