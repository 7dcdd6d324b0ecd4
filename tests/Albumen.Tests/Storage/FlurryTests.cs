using Albumen.Storage;

namespace Albumen.Tests.Storage;

/// <summary>When it is told what goes on in a volume; times in milliseconds.</summary>
public class FlurryTests
{
    readonly Flurry _flurry = new();

    [Fact]
    public void Nothing_is_due_when_nothing_happened() => Assert.Null(_flurry.Due);

    [Fact]
    public void It_is_told_after_a_moment_of_quiet()
    {
        _flurry.Folder(1, now: 1000);
        Assert.Equal(1100, _flurry.Due);
        _flurry.Folder(2, now: 1090);
        Assert.Equal(1190, _flurry.Due);

        Assert.Equal([1, 2], _flurry.Take(7).Folders);
        Assert.Null(_flurry.Due);
    }

    [Fact]
    public void Without_quiet_it_is_told_even_so()
    {
        for (int now = 1000; now <= 1490; now += 10) _flurry.Subtree(1, now);

        Assert.Equal(1500, _flurry.Due);
    }

    [Fact]
    public void Half_a_move_waits_for_the_other_half()
    {
        _flurry.Leaves(1, cookie: 5, default, now: 1000);
        Assert.Equal(1250, _flurry.Due);

        Assert.True(_flurry.Arrives(5, out _));
        _flurry.Folder(2, now: 1200);
        Assert.Equal(1300, _flurry.Due);
        Assert.Equal([1, 2], _flurry.Take(7).Folders);
    }

    [Fact]
    public void The_other_half_of_another_move_is_none() => Assert.False(_flurry.Arrives(5, out _));

    [Fact]
    public void Half_a_move_at_the_end_of_a_long_flurry_still_waits()
    {
        for (int now = 1000; now <= 1480; now += 10) _flurry.Folder(1, now);
        _flurry.Leaves(1, cookie: 5, default, now: 1490);

        Assert.Equal(1740, _flurry.Due);
    }

    [Fact]
    public void Moves_that_never_arrive_hold_nothing_back_for_ever()
    {
        for (uint now = 1000; now <= 5000; now += 10) _flurry.Leaves(1, cookie: now, default, now);

        Assert.Equal(1750, _flurry.Due);
    }

    [Fact]
    public void The_next_flurry_begins_anew()
    {
        _flurry.Leaves(1, cookie: 5, default, now: 1000);
        _ = _flurry.Take(7);

        _flurry.Folder(1, now: 9000);

        Assert.Equal(9100, _flurry.Due);
    }

    [Fact]
    public void More_than_is_worth_noting_is_too_much()
    {
        for (int folder = 1; folder <= Flurry.MostFolders; folder++) _flurry.Folder(folder, now: 1000);
        Assert.False(_flurry.IsTooMuch);

        _flurry.Folder(Flurry.MostFolders + 1, now: 1000);

        Assert.True(_flurry.IsTooMuch);
    }

    [Fact]
    public void More_halves_of_moves_than_are_worth_noting_are_too_much()
    {
        for (uint cookie = 1; cookie <= Flurry.MostFolders + 1; cookie++) _flurry.Leaves(1, cookie, default, now: 1000);

        Assert.True(_flurry.IsTooMuch);
    }
}
