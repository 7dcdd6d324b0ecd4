using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Albumen.Catalog;

/// <summary>
/// Which time zone a place is in: that of the nearest town, from a file of towns that the admin provides. No network is ever asked.
/// 200,000 towns need about 2 MB; a question takes microseconds.
/// </summary>
/// <remarks>
/// The file is GeoNames' <c>cities500.txt</c> or one of its larger or smaller sisters: lines of 19 columns with tabs between, of which the 5th is the latitude,
/// the 6th the longitude and the 18th the zone (download.geonames.org/export/dump/readme.txt).
/// </remarks>
public sealed class PlaceZones
{
    const long LargestFileInBytes = 64L << 20;
    const int Columns = 19, Latitude = 4, Longitude = 5, ZoneName = 17;
    const int FarthestInKilometres = 100;
    const double KilometresPerDegree = 111.2;
    const int LinesOfASample = 100;

    readonly Town[] _towns;
    /// <summary>Where in the towns each field of one degree begins, by row from the south and column from the west; one more for the end.</summary>
    readonly int[] _fields = new int[(180 * 360) + 1];
    readonly string[] _zones;
    readonly ConcurrentDictionary<ushort, TimeZoneInfo?> _known = new();

    PlaceZones(List<Town> towns, string[] zones, int skipped)
    {
        (_zones, Skipped) = (zones, skipped);
        // A counting sort: the rows of a field lie together.
        foreach (Town town in CollectionsMarshal.AsSpan(towns)) _fields[town.Field + 1]++;
        for (int field = 1; field < _fields.Length; field++) _fields[field] += _fields[field - 1];
        int[] next = [.. _fields];
        _towns = new Town[towns.Count];
        foreach (Town town in CollectionsMarshal.AsSpan(towns)) _towns[next[town.Field]++] = town;
    }

    /// <summary>How many towns there are.</summary>
    public int Count => _towns.Length;

    /// <summary>Lines that were no town.</summary>
    public int Skipped { get; }

    /// <exception cref="InvalidDataException">It is no such file; the message says why.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static PlaceZones Load(string path) => Load(path, int.MaxValue);

    /// <summary>What is wrong with the file, judged by its first lines; null when nothing.</summary>
    public static string? Fault(string path)
    {
        try
        {
            Load(path, LinesOfASample);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return error is InvalidDataException or FileNotFoundException or DirectoryNotFoundException ? error.Message : $"{path} cannot be read: {error.Message}";
        }
    }

    static PlaceZones Load(string path, int lines)
    {
        FileInfo file = new(path);
        if (!file.Exists) throw new FileNotFoundException($"{path} does not exist, or Albumen may not see it");
        // A pipe or device has no length, and reading it might never end.
        if (file.Length == 0) throw new InvalidDataException($"{path} is empty");
        if (file.Length > LargestFileInBytes) throw new InvalidDataException($"{path} is larger than {LargestFileInBytes >> 20} MiB; cities500.txt is the largest that is of use");
        List<Town> towns = [];
        Dictionary<string, ushort> zones = new(StringComparer.Ordinal);
        Dictionary<string, ushort>.AlternateLookup<ReadOnlySpan<char>> zonesByText = zones.GetAlternateLookup<ReadOnlySpan<char>>();
        int skipped = 0;
        foreach (string line in File.ReadLines(path).Take(lines))
            if (ReadLine(line, zonesByText) is { } town) towns.Add(town);
            else skipped++;
        return towns.Count > skipped ? new(towns, [.. zones.OrderBy(z => z.Value).Select(z => z.Key)], skipped)
            : throw new InvalidDataException($"{path} is no list of towns as GeoNames' cities500.txt: {Columns} columns with tabs between, the zone in the {ZoneName + 1}th");
    }

    static Town? ReadLine(ReadOnlySpan<char> line, Dictionary<string, ushort>.AlternateLookup<ReadOnlySpan<char>> zones)
    {
        Span<Range> columns = stackalloc Range[Columns + 1];
        if (line.Split(columns, '\t') != Columns) return null;
        ReadOnlySpan<char> zone = line[columns[ZoneName]];
        // The longest of the IANA list has 32 letters.
        if (zone.Length is 0 or > 64 || zones.Dictionary.Count > 2000) return null;
        if (!float.TryParse(line[columns[Latitude]], NumberStyles.Float, CultureInfo.InvariantCulture, out float lat) || Math.Abs(lat) is not <= 90) return null;
        if (!float.TryParse(line[columns[Longitude]], NumberStyles.Float, CultureInfo.InvariantCulture, out float lon) || Math.Abs(lon) is not <= 180) return null;
        if (!zones.TryGetValue(zone, out ushort number)) zones[zone] = number = (ushort)zones.Dictionary.Count;
        return new(lat, lon, number);
    }

    /// <summary>The zone of the nearest town within 100 km; null on the high seas, and where this machine does not know the zone.</summary>
    public TimeZoneInfo? Find(GeoPoint place)
    {
        if (Math.Abs(place.Lat) is not <= 90 || Math.Abs(place.Lon) is not <= 180) return null;
        // A degree of longitude is shorter towards the poles; the narrower of the two ends counts.
        const double Reach = FarthestInKilometres / KilometresPerDegree;
        double narrowing = Math.Cos(Math.Min(90, Math.Abs(place.Lat) + Reach) * Math.PI / 180), width = Math.Cos(place.Lat * Math.PI / 180);
        int columns = Reach / Math.Max(narrowing, 0.001) is < 179 and var side ? (int)side + 1 : 180;
        int column = Town.ColumnOf(place.Lon), row = Town.RowOf(place.Lat);
        double nearest = Reach * Reach;
        int found = -1;
        // Its own field first: where towns are many, one is found there that is nearer than any other field.
        foreach (int r in (ReadOnlySpan<int>)[row, row - 1, row + 1])
        {
            double northGap = Gap(place.Lat, r - 90);
            if (r is < 0 or > 179 || northGap * northGap >= nearest) continue;
            for (int step = 0; step <= 2 * columns; step++)
            {
                int c = column + (step % 2 == 0 ? -step / 2 : (step + 1) / 2);
                double eastGap = Gap(place.Lon, c - 180) * width;
                if ((northGap * northGap) + (eastGap * eastGap) < nearest) Search((r * 360) + ((c + 720) % 360));
            }
        }
        return found < 0 ? null : _known.GetOrAdd(_towns[found].Zone, number => TimeZoneInfo.TryFindSystemTimeZoneById(_zones[number], out TimeZoneInfo? zone) ? zone : null);

        void Search(int field)
        {
            for (int i = _fields[field]; i < _fields[field + 1]; i++)
            {
                double north = _towns[i].Lat - place.Lat, east = Math.Abs(_towns[i].Lon - place.Lon);
                if (east > 180) east = 360 - east;
                east *= width;
                double square = (north * north) + (east * east);
                if (square < nearest) (nearest, found) = (square, i);
            }
        }
    }

    /// <summary>From a degree to the field of one degree that begins at <paramref name="edge"/>.</summary>
    static double Gap(double degree, int edge) => Math.Max(0, Math.Max(edge - degree, degree - (edge + 1)));

    /// <summary>Twelve bytes; floats are exact to a few metres.</summary>
    readonly record struct Town(float Lat, float Lon, ushort Zone)
    {
        public int Field => (RowOf(Lat) * 360) + ColumnOf(Lon);

        public static int RowOf(double lat) => Math.Min(179, (int)Math.Floor(lat) + 90);

        public static int ColumnOf(double lon) => Math.Min(359, (int)Math.Floor(lon) + 180);
    }
}
