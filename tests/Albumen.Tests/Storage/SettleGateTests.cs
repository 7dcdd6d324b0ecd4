using System.Text;
using Albumen.Storage;

namespace Albumen.Tests.Storage;

public class SettleGateTests
{
    readonly Hourglass _clock = new();
    readonly SettleGate _gate;

    public SettleGateTests() => _gate = new(_clock);

    [Theory]
    [InlineData("IMG_1.HEIC", "IMG_1")]
    [InlineData("IMG_1.HEIC.xmp", "IMG_1")]
    [InlineData("IMG_1", "IMG_1")]
    [InlineData("PXL_1.MP.jpg", "PXL_1")]
    [InlineData("IMG_1.jpg.supplemental-metadata.json", "IMG_1")]
    [InlineData("2024.07.14.jpg", "2024.07.14")]
    [InlineData("2024.07.14 Feast.jpg", "2024.07.14 Feast")]
    [InlineData(".hidden", ".hidden")]
    [InlineData(".hidden.jpg", ".hidden")]
    [InlineData("a.", "a.")]
    public void A_group_is_a_name_without_its_extensions(string name, string group) =>
        Assert.Equal(group, Encoding.UTF8.GetString(SettleGate.GroupOf(Encoding.UTF8.GetBytes(name))));

    [Theory]
    [InlineData("IMG_1.HEIC", true)]
    [InlineData("IMG_1.MOV", true)]
    [InlineData("img_1.heic.xmp", true)]
    [InlineData("IMG_10.HEIC", false)]
    [InlineData("IMG_1b.HEIC", false)]
    public void What_belongs_to_an_open_file_waits_with_it(string name, bool isOpen)
    {
        _gate.Open(1, "IMG_1.MOV"u8);

        Assert.Equal((isOpen, false), (IsOpen(1, Encoding.UTF8.GetBytes(name)), IsOpen(2, Encoding.UTF8.GetBytes(name))));
    }

    [Fact]
    public void All_that_are_open_in_a_group_are_named()
    {
        _gate.Open(1, "a.mov"u8);
        _gate.Open(1, "a.jpg"u8);
        _gate.Open(1, "b.jpg"u8);

        Assert.Equal(["a.mov", "a.jpg"], _gate.OpenWith(1, "a.xmp"u8).Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public void A_name_that_is_no_text_has_a_group_too()
    {
        _gate.Open(1, [0xE9, .. ".CR2"u8]);

        Assert.True(IsOpen(1, [0xE9, .. ".xmp"u8]));
        Assert.False(IsOpen(1, [0xE8, .. ".xmp"u8]));
    }

    [Fact]
    public void Only_the_open_file_itself_is_found()
    {
        _gate.Open(1, "a.mov"u8);

        Assert.Equal(_clock.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000, _gate.Find(1, "a.mov"u8)?.SinceNs);
        Assert.Null(_gate.Find(1, "a.jpg"u8));
        Assert.Null(_gate.Find(2, "a.mov"u8));
    }

    [Fact]
    public void When_the_last_of_a_group_is_closed_none_waits()
    {
        _gate.Open(1, "a.mov"u8);
        _gate.Open(1, "a.jpg"u8);

        _gate.Close(1, "a.mov"u8);
        Assert.True(IsOpen(1, "a.mov"u8));
        _gate.Close(1, "a.jpg"u8);

        Assert.False(IsOpen(1, "a.mov"u8));
        Assert.Equal(0, _gate.Count);
    }

    [Fact]
    public void A_file_created_twice_is_one()
    {
        _gate.Open(1, "a.jpg"u8);
        _gate.Open(1, "a.jpg"u8);
        Assert.Equal(1, _gate.Count);

        _gate.Close(1, "a.jpg"u8);

        Assert.False(IsOpen(1, "a.jpg"u8));
    }

    [Fact]
    public void With_its_folder_all_goes()
    {
        _gate.Open(1, "a.jpg"u8);
        _gate.Open(1, "b.jpg"u8);
        _gate.Open(2, "c.jpg"u8);

        _gate.CloseAll(1);

        Assert.Equal(1, _gate.Count);
        Assert.True(IsOpen(2, "c.jpg"u8));
    }

    [Fact]
    public void A_file_that_stays_open_for_ever_holds_back_for_a_day()
    {
        _gate.Open(1, "a.jpg"u8);

        _clock.Advance(TimeSpan.FromHours(23));
        Assert.True(IsOpen(1, "a.jpg"u8));
        Assert.NotNull(_gate.Find(1, "a.jpg"u8));
        _clock.Advance(TimeSpan.FromHours(2));

        Assert.False(IsOpen(1, "a.jpg"u8));
        Assert.Null(_gate.Find(1, "a.jpg"u8));
    }

    [Fact]
    public void A_clock_that_is_set_back_holds_nothing_longer()
    {
        _gate.Open(1, "a.jpg"u8);
        _clock.Advance(TimeSpan.FromHours(25));
        _clock.Set(TimeSpan.FromDays(-400));

        Assert.False(IsOpen(1, "a.jpg"u8));
    }

    [Fact]
    public void Of_too_many_the_older_are_forgotten()
    {
        for (int i = 0; i <= SettleGate.MostFiles; i++)
        {
            _gate.Open(i % 3, Encoding.UTF8.GetBytes($"IMG_{i}.jpg"));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_gate.Count, SettleGate.MostFiles / 2, SettleGate.MostFiles / 2 + 1);
        Assert.False(IsOpen(0, "IMG_0.jpg"u8));
        Assert.True(IsOpen(SettleGate.MostFiles % 3, Encoding.UTF8.GetBytes($"IMG_{SettleGate.MostFiles}.jpg")));
    }

    bool IsOpen(long folder, ReadOnlySpan<byte> name) => _gate.OpenWith(folder, name).Count > 0;
}

/// <summary>A clock that is turned by hand: its hands, and how much time really passed.</summary>
sealed class Hourglass : TimeProvider
{
    TimeSpan _passed;
    DateTimeOffset _now = new(2024, 7, 14, 15, 30, 12, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override long GetTimestamp() => _passed.Ticks;
    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan time)
    {
        _passed += time;
        _now += time;
    }

    /// <summary>Moves the hands, while no time passes.</summary>
    public void Set(TimeSpan by) => _now += by;
}
