using Albumen.Native;
using Albumen.Storage;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tests.Storage;

public sealed class StillnessTests : IDisposable
{
    static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);

    readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_file_that_kept_still_may_be_read()
    {
        Assert.False(IsKept(Stat(), after: TimeSpan.FromSeconds(4)));
        Assert.True(IsKept(Stat(), after: TimeSpan.FromSeconds(6)));
    }

    [Fact]
    public void A_file_that_is_another_than_the_catalogue_has_may_not()
    {
        FileStat stat = Stat();

        Assert.False(IsKept(stat with { SizeInBytes = 1 }));
        Assert.False(IsKept(stat with { ModifiedNs = stat.ModifiedNs + 1 }));
        Assert.False(IsKept(stat with { ChangedNs = stat.ChangedNs - 1 }));
        Assert.True(IsKept(stat with { Inode = 1, Device = 1, BornNs = null }));
    }

    [Fact]
    public void One_that_is_renamed_or_dated_back_was_touched_just_now()
    {
        File.SetLastWriteTimeUtc(_file, DateTime.UnixEpoch);

        Assert.False(IsKept(Stat(), after: TimeSpan.Zero));
    }

    [Fact]
    public void A_date_in_the_future_says_nothing()
    {
        File.SetLastWriteTimeUtc(_file, DateTime.UtcNow.AddYears(20));

        Assert.False(IsKept(Stat(), after: TimeSpan.Zero));
        Assert.True(IsKept(Stat(), after: TimeSpan.FromSeconds(6)));
    }

    [Fact]
    public void With_a_clock_that_was_set_back_it_must_be_known_from_elsewhere_that_the_file_kept_still()
    {
        Assert.False(IsKept(Stat(), after: TimeSpan.FromDays(-400)));
        Assert.True(IsKept(Stat(), after: TimeSpan.FromDays(-400), settle: TimeSpan.Zero));
    }

    [Fact]
    public void What_somebody_has_open_for_writing_may_not_be_read_until_it_was_left_alone_for_long()
    {
        using FileStream writer = new(_file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);

        Assert.False(IsKept(Stat()));
        Assert.False(IsKept(Stat(), settle: TimeSpan.Zero));
        Assert.True(IsKept(Stat(), after: TimeSpan.FromMinutes(11)));
        Assert.False(IsKept(Stat(), after: TimeSpan.FromMinutes(11), created: 1));
    }

    [Fact]
    public void The_kernel_is_believed_when_it_says_that_nobody_writes() => Assert.True(IsKept(Stat(), created: 1));

    [Theory]
    [InlineData(10, 1, 0, 0, 0, false)]
    [InlineData(10, 2, 0, 0, 0, true)]
    [InlineData(10, 1, -3, -3, 0, true)]
    [InlineData(10, 1, -1, -1, 59, false)]
    [InlineData(10, 1, -1, -1, 61, true)]
    [InlineData(0, 1, -1, -1, 61, false)]
    [InlineData(10, 1, -1, 1, 61, false)]
    public void A_file_that_was_there_before_its_name_came_will_not_be_closed(long size, uint links, int bornAfter, int writtenAfter, int quietFor, bool isWhole)
    {
        const long Second = 1_000_000_000, Created = 1000 * Second;

        Assert.Equal(isWhole, Stillness.CameWhole(new(size, Created + writtenAfter * Second, 0, Created + bornAfter * Second, 1, 1), links, Created, quietFor * Second));
    }

    [Fact]
    public async Task Asking_keeps_nobody_from_writing()
    {
        using SafeFileHandle file = File.OpenHandle(_file);
        Assert.False(Lease.IsOpenForWriting((int)file.DangerousGetHandle()));

        await Task.Run(() => File.WriteAllText(_file, "new"), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);

        Assert.Equal("new", await File.ReadAllTextAsync(_file, TestContext.Current.CancellationToken));
    }

    FileStat Stat()
    {
        using SafeFileHandle file = Open();
        return VolumeFiles.StatOf(file);
    }

    bool IsKept(FileStat known, TimeSpan? after = null, TimeSpan? settle = null, long? created = null)
    {
        using SafeFileHandle file = Open();
        return new Stillness(known, settle ?? Settle, created).IsKeptBy(file, VolumeFiles.StatOf(file), DateTimeOffset.UtcNow + (after ?? TimeSpan.FromMinutes(1)));
    }

    SafeFileHandle Open() => File.OpenHandle(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
}
