using System.Globalization;

namespace Albumen.Tests.Catalog;

/// <summary>A few towns in the form of GeoNames' files, of which nothing but the columns that count is filled in.</summary>
static class Towns
{
    static readonly (string Name, double Lat, double Lon, string Zone)[] All =
    [
        ("Vienna", 48.20849, 16.37208, "Europe/Vienna"), ("Lisbon", 38.71667, -9.13333, "Europe/Lisbon"), ("Berlin", 52.52437, 13.41053, "Europe/Berlin"),
        ("London", 51.50853, -0.12574, "Europe/London"), ("New York", 40.71427, -74.00597, "America/New_York"), ("Bangkok", 13.75398, 100.50144, "Asia/Bangkok"),
        ("Kathmandu", 27.70169, 85.3206, "Asia/Kathmandu"), ("Auckland", -36.84853, 174.76349, "Pacific/Auckland"), ("Tokyo", 35.6895, 139.69171, "Asia/Tokyo"),
        ("Haparanda", 65.83548, 24.13688, "Europe/Stockholm"), ("Tornio", 65.84811, 24.14662, "Europe/Helsinki"),
        // On both sides of the line where the longitude turns from east to west.
        ("Labasa", -16.43, 179.36451, "Pacific/Fiji"), ("Mata Utu", -13.28163, -176.17453, "Pacific/Wallis"),
        ("Longyearbyen", 78.22334, 15.64689, "Arctic/Longyearbyen"), ("Nowhere", 0, 0, "Nowhere/Nowhere"),
    ];

    /// <summary>Two of the lines are no towns.</summary>
    public static string Write(string path)
    {
        IEnumerable<string> lines = All.Select((town, number) => Line($"{number}", town.Name, town.Lat.ToString(CultureInfo.InvariantCulture), town.Lon.ToString(CultureInfo.InvariantCulture), town.Zone));
        File.WriteAllLines(path, [.. lines, "short\tline", Line("99", "Beyond", "91", "0", "Europe/Vienna")]);
        return path;
    }

    public static string Line(string id, string name, string lat, string lon, string zone) => $"{id}\t{name}\t{name}\t\t{lat}\t{lon}\tP\tPPL\tXX\t\t\t\t\t\t1000\t\t1\t{zone}\t2024-01-01";
}
