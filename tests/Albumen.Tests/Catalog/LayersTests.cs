using Albumen.Catalog;

namespace Albumen.Tests.Catalog;

public class LayersTests
{
    static readonly DateTimeOffset Photographed = new(2019, 3, 10, 22, 30, 0, TimeSpan.Zero);

    [Fact]
    public void What_the_file_itself_states_counts_first()
    {
        Facts facts = Effective("IMG_20200101_120000.jpg", new() { Taken = new("2024-07-14T15:30:12", "+02:00", "ExifIFD:DateTimeOriginal", "exact") });

        Assert.Equal(("2024-07-14T15:30:12", "+02:00", "ExifIFD:DateTimeOriginal"), (facts.Taken!.Local, facts.Taken.Offset, facts.Taken.Source));
    }

    [Fact]
    public void A_date_in_the_name_fills_the_gap_and_stands_above_the_time_stamp()
    {
        Facts facts = Effective("IMG_20200101_120000.jpg", new() { Width = 640 }, Photographed, Photographed.AddYears(3));

        Assert.Equal(("2020-01-01T12:00:00", "filename", 640), (facts.Taken!.Local, facts.Taken.Source, facts.Width));
        Assert.Null(facts.Taken.Offset);
    }

    [Fact]
    public void A_preserved_time_stamp_is_believed_when_nothing_else_is_known()
    {
        Facts facts = Effective("scan.jpg", new(), Photographed, Photographed.AddYears(3));

        Assert.Equal("mtime", facts.Taken!.Source);
        Assert.Equal(Photographed, DateTimeOffset.Parse(facts.Taken.Local + facts.Taken.Offset));
    }

    [Theory]
    [InlineData("the hour of a copy", 0)]
    [InlineData("a download that took its time", 23)]
    public void The_time_of_a_copy_says_nothing(string what, int hoursBeforeItCame)
    {
        _ = what;
        Assert.Null(Effective("scan.jpg", new(), Photographed, Photographed.AddHours(hoursBeforeItCame)).Taken);
    }

    [Fact]
    public void A_time_stamp_without_a_birth_or_from_before_digital_photos_says_nothing()
    {
        Assert.Null(Effective("scan.jpg", new(), Photographed, null).Taken);
        Assert.Null(Effective("scan.jpg", new(), DateTimeOffset.UnixEpoch, Photographed).Taken);
    }

    [Theory]
    [InlineData("2024-07-14T15:30:12", "+02:00")]
    [InlineData("2024-01-14T15:30:12", "+01:00")]
    public void The_volumes_zone_gives_the_offset_that_nothing_else_states(string local, string offset)
    {
        Facts facts = Effective("a.jpg", new() { Taken = new(local, null, "ExifIFD:DateTimeOriginal", "exact") }, zone: "Europe/Vienna");

        Assert.Equal((local, offset, "volume"), (facts.Taken!.Local, facts.Taken.Offset, facts.Taken.OffsetSource));
    }

    [Fact]
    public void The_volumes_zone_changes_no_stated_offset_and_no_vague_date()
    {
        Assert.Equal("-05:00", Effective("a.jpg", new() { Taken = new("2024-07-14T15:30:12", "-05:00", "x", "exact") }, zone: "Europe/Vienna").Taken!.Offset);
        Assert.Null(Effective("a.jpg", new() { Taken = new("1978", null, "x", "year") }, zone: "Europe/Vienna").Taken!.Offset);
    }

    [Fact]
    public void A_preserved_time_stamp_is_shown_in_the_volumes_zone() =>
        Assert.Equal(("2019-03-10T18:30:00", "-04:00"), Effective("scan.jpg", new(), Photographed, Photographed.AddYears(3), "America/New_York") is { Taken: var taken }
            ? (taken!.Local, taken.Offset!) : default);

    [Fact]
    public void Every_field_is_layered()
    {
        Facts full = new()
        {
            Width = 1,
            Height = 2,
            Orientation = 3,
            Taken = new("2024", null, "x", "year"),
            Gps = new(1, 2, 3),
            Camera = new("a", "b", "c"),
            Exposure = new(1, 2, 3, 4),
            Rating = 5,
            Label = "l",
            Title = "t",
            Caption = "c",
            Tags = ["a/b"],
            People = ["p"],
            Regions = [new("p", "Face", 0.5, 0.5, 0.1, 0.1)],
            Place = new("c", "r", "t", "l"),
            Favourite = true,
            Archived = true,
            Hidden = true,
            Stack = "s",
            Trashed = "2024-07-14T13:30:12.250Z",
            Duration = 1.5,
            ContentId = "i",
            Motion = new(1, 2),
            Burst = new("b", 3),
        };
        Assert.DoesNotContain(typeof(Facts).GetProperties(), property => property.GetValue(full) is null);

        Assert.Equal(full, Layers.Effective([new("low", full), new("high", new())]));
        Assert.Equal(full, Layers.Effective([new("low", new()), new("high", full)]));
    }

    static Facts Effective(string name, Facts embedded, DateTimeOffset? modified = null, DateTimeOffset? born = null, string? zone = null)
    {
        return Layers.Effective(Layers.Of(name, Ns(modified ?? Photographed), born is { } b ? Ns(b) : null, embedded, KnownZone.Of(null, zone)));
    }

    static long Ns(DateTimeOffset time) => time.ToUnixTimeMilliseconds() * 1_000_000;
}
