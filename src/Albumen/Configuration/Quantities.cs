using System.Globalization;

namespace Albumen.Configuration;

/// <summary>Numbers with units, as people write them. Every method throws <see cref="FormatException"/> with what to write instead.</summary>
static class Quantities
{
    static readonly Dictionary<string, TimeSpan> DurationUnits = new()
    {
        ["ms"] = TimeSpan.FromMilliseconds(1),
        ["s"] = TimeSpan.FromSeconds(1),
        ["m"] = TimeSpan.FromMinutes(1),
        ["min"] = TimeSpan.FromMinutes(1),
        ["h"] = TimeSpan.FromHours(1),
        ["d"] = TimeSpan.FromDays(1),
    };

    static readonly Dictionary<string, long> SizeUnits = new(StringComparer.OrdinalIgnoreCase)
    {
        ["B"] = 1,
        ["kB"] = 1_000,
        ["MB"] = 1_000_000,
        ["GB"] = 1_000_000_000,
        ["KiB"] = 1L << 10,
        ["MiB"] = 1L << 20,
        ["GiB"] = 1L << 30,
    };

    public static Form<int> Whole(int least, int most) => Form.Of(text =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw new FormatException($"write a whole number from {least} to {most}"));

    public static Form<bool> Switch { get; } = new(text => text switch
    {
        "on" or "true" or "yes" => true,
        "off" or "false" or "no" => false,
        _ => throw new FormatException("write on or off"),
    }, isOn => isOn ? "on" : "off");

    /// <summary>A whole number and <c>ms</c>, <c>s</c>, <c>m</c>, <c>h</c> or <c>d</c>.</summary>
    public static Form<TimeSpan> Duration(string least, string most) => new(text =>
    {
        if (Split(text, DurationUnits) is not var (amount, unit))
            throw new FormatException("write a whole number and its unit: 500ms, 30s, 5m, 1h or 2d");
        return amount * unit.TotalMilliseconds is var ms && ms >= Plain(least).TotalMilliseconds && ms <= Plain(most).TotalMilliseconds
            ? TimeSpan.FromMilliseconds(ms)
            : throw new FormatException($"write {least} to {most}");

        static TimeSpan Plain(string limit) => Split(limit, DurationUnits) is var (amount, unit) ? amount * unit : throw new FormatException(limit);
    }, time => Shortest((long)time.TotalMilliseconds, DurationUnits.Select(unit => (unit.Key, (long)unit.Value.TotalMilliseconds))));

    /// <summary>The same, or <c>off</c> or <c>0</c> for zero.</summary>
    public static Form<TimeSpan> DurationOrOff(string least, string most) => Duration(least, most).Or("0", TimeSpan.Zero).Or("off", TimeSpan.Zero);

    /// <summary>Bytes: a whole number and <c>B</c>, <c>kB</c>, <c>MB</c>, <c>GB</c> or <c>KiB</c>, <c>MiB</c>, <c>GiB</c>.</summary>
    public static Form<long> Size(string least, string most) => new(text =>
    {
        if (Split(text, SizeUnits) is not var (amount, unit))
            throw new FormatException("write a whole number and its unit: 512MiB, 1GiB or 1GB");
        return (Int128)amount * unit is var bytes && bytes >= Plain(least) && bytes <= Plain(most)
            ? (long)bytes
            : throw new FormatException($"write {least} to {most}");

        static long Plain(string limit) => Split(limit, SizeUnits) is var (amount, unit) ? amount * unit : throw new FormatException(limit);
    }, bytes => Shortest(bytes, SizeUnits.Select(unit => (unit.Key, unit.Value))));

    /// <summary>Bytes a second: the same with <c>/s</c> behind it, or <c>off</c> for zero, which is no limit.</summary>
    public static Form<long> RateOrOff(string least, string most) => new Form<long>(text =>
    {
        if (!text.EndsWith("/s", StringComparison.Ordinal) || Split(text[..^2].TrimEnd(' '), SizeUnits) is null)
            throw new FormatException("write a whole number and its unit, 500kB/s or 20MB/s, or off");
        try
        {
            return Size(least, most).Read(text[..^2].TrimEnd(' '));
        }
        catch (FormatException)
        {
            throw new FormatException($"write {least}/s to {most}/s, or off");
        }
    }, bytes => $"{Size(least, most).Write(bytes)}/s").Or("off", 0);

    /// <summary>With the unit that leaves the smallest whole number.</summary>
    static string Shortest(long amount, IEnumerable<(string Name, long Size)> units)
    {
        (string name, long size) = units.Where(unit => amount % unit.Size == 0).MaxBy(unit => unit.Size);
        return string.Create(CultureInfo.InvariantCulture, $"{amount / size}{name}");
    }

    static (long Amount, T Unit)? Split<T>(string text, Dictionary<string, T> units)
    {
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return digits > 0
            && units.TryGetValue(text[digits..].TrimStart(' '), out T? unit)
            && long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out long amount)
            ? (amount, unit)
            : null;
    }
}
