using System.Diagnostics;
using System.Globalization;
using Albumen.Catalog;

namespace Albumen.Tests.Catalog;

public sealed class PlaceZonesTests : IDisposable
{
    readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData(48.3, 16.5, "Europe/Vienna")]
    [InlineData(65.830, 24.10, "Europe/Stockholm")]
    [InlineData(65.852, 24.18, "Europe/Helsinki")]
    [InlineData(-16.5, -179.9, "Pacific/Fiji")]
    [InlineData(-36.84853, 174.76349, "Pacific/Auckland")]
    [InlineData(78.9, 16, "Arctic/Longyearbyen")]
    // 95 km away over land, and just beyond 100.
    [InlineData(49.06, 16.37, "Europe/Vienna")]
    [InlineData(49.12, 16.37, null)]
    [InlineData(78.2, 19.9, "Arctic/Longyearbyen")]
    [InlineData(78.2, 20.3, null)]
    [InlineData(90, 0, null)]
    [InlineData(-90, 180, null)]
    [InlineData(30, -40, null)]
    // The machine knows no such zone.
    [InlineData(0, 0, null)]
    [InlineData(double.NaN, 0, null)]
    [InlineData(200, 500, null)]
    public void A_place_is_in_the_zone_of_the_nearest_town_within_a_hundred_kilometres(double lat, double lon, string? zone) =>
        Assert.Equal(zone, PlaceZones.Load(Towns.Write(_file)).Find(new(lat, lon, null))?.Id);

    [Fact]
    public void Lines_that_are_no_towns_are_counted()
    {
        PlaceZones places = PlaceZones.Load(Towns.Write(_file));

        Assert.Equal((15, 2), (places.Count, places.Skipped));
    }

    [Fact]
    public void Two_hundred_thousand_towns_need_little_and_answer_at_once()
    {
        Random random = new(1);
        using (StreamWriter writer = new(_file))
            for (int i = 0; i < 200_000; i++)
                writer.WriteLine(Towns.Line($"{i}", "A", (random.NextDouble() * 30 + 35).ToString("F5", CultureInfo.InvariantCulture), (random.NextDouble() * 60 - 10).ToString("F5", CultureInfo.InvariantCulture), "Europe/Vienna"));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Stopwatch loading = Stopwatch.StartNew();
        PlaceZones places = PlaceZones.Load(_file);
        loading.Stop();
        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;

        Stopwatch asking = Stopwatch.StartNew();
        int found = 0;
        for (int i = 0; i < 10_000; i++)
            if (places.Find(new(random.NextDouble() * 30 + 35, random.NextDouble() * 60 - 10, null)) is not null) found++;
        asking.Stop();

        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes / 1024} KiB, loaded in {loading.ElapsedMilliseconds} ms, {asking.Elapsed.TotalMicroseconds / 10_000:F1} us each");
        Assert.Equal(10_000, found);
        Assert.True(bytes < 6 << 20, $"{bytes} bytes");
        // A hundred times what it takes on a quiet machine.
        Assert.True(asking.Elapsed < TimeSpan.FromSeconds(10), $"{asking.Elapsed}");
        GC.KeepAlive(places);
    }

    [Fact]
    public void It_agrees_with_looking_at_every_town()
    {
        Random random = new(2);
        (double Lat, double Lon)[] towns = [.. Enumerable.Range(0, 3000).Select(_ => (random.NextDouble() * 178 - 89, random.NextDouble() * 360 - 180))];
        string[] zones = ["Europe/Vienna", "Asia/Tokyo", "America/New_York", "Pacific/Auckland"];
        File.WriteAllLines(_file, towns.Select((t, i) => Towns.Line($"{i}", "A", t.Lat.ToString("R", CultureInfo.InvariantCulture), t.Lon.ToString("R", CultureInfo.InvariantCulture), zones[i % 4])));
        PlaceZones places = PlaceZones.Load(_file);
        for (int i = 0; i < 3000; i++)
        {
            double lat = random.NextDouble() * 176 - 88, lon = random.NextDouble() * 360 - 180;
            (double distance, int nearest) = towns.Select((t, n) => (Kilometres(lat, lon, t.Lat, t.Lon), n)).Min();
            // On the sphere, and as on a map: they differ a little at the edge.
            if (distance is > 97 and < 103 || towns.Select(t => Kilometres(lat, lon, t.Lat, t.Lon)).Order().ElementAt(1) - distance < 3) continue;
            if (Math.Abs(lat) > 80) continue;
            Assert.Equal(distance < 100 ? zones[nearest % 4] : null, places.Find(new(lat, lon, null))?.Id);
        }
    }

    static double Kilometres(double lat1, double lon1, double lat2, double lon2)
    {
        const double Radian = Math.PI / 180;
        double a = Math.Pow(Math.Sin((lat2 - lat1) * Radian / 2), 2) + (Math.Cos(lat1 * Radian) * Math.Cos(lat2 * Radian) * Math.Pow(Math.Sin((lon2 - lon1) * Radian / 2), 2));
        return 2 * 6371 * Math.Asin(Math.Min(1, Math.Sqrt(a)));
    }
}
