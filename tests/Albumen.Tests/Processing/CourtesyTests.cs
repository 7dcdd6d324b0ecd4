using System.Diagnostics;
using Albumen.Processing;
using Albumen.Sql;

namespace Albumen.Tests.Processing;

public sealed class CourtesyTests : IDisposable
{
    readonly string _machine = Directory.CreateTempSubdirectory("albumen-pressure-").FullName, _own = Directory.CreateTempSubdirectory("albumen-group-").FullName;
    readonly WallClock _wall = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Directory.Delete(_machine, recursive: true);
        Directory.Delete(_own, recursive: true);
    }

    [Fact]
    public async Task When_nobody_minds_it_is_its_turn_at_once()
    {
        Assert.InRange(await TurnAsync(Courtesy()), 0, 0.5);
        Assert.Null(Courtesy().Reason);
    }

    [Fact]
    public async Task Whoever_is_served_goes_first_but_not_for_ever()
    {
        Courtesy courtesy = Courtesy();
        IDisposable served = courtesy.Serve();
        Task<double> turn = TurnAsync(courtesy);
        await Task.Delay(200, Cancelled);
        Assert.Equal("somebody is being served", courtesy.Reason);

        Assert.InRange(await turn, 1.9, 3);
        Assert.InRange(await TurnAsync(courtesy, JobQueue.Awaited), 0, 0.5);
        served.Dispose();
        Assert.InRange(await TurnAsync(courtesy), 0, 0.5);
    }

    [Fact]
    public async Task A_turn_comes_as_soon_as_the_last_one_is_served()
    {
        Courtesy courtesy = Courtesy();
        IDisposable first = courtesy.Serve(), second = courtesy.Serve();
        Task<double> turn = TurnAsync(courtesy);
        first.Dispose();
        first.Dispose();
        await Task.Delay(200, Cancelled);
        Assert.False(turn.IsCompleted);
        second.Dispose();

        Assert.InRange(await turn, 0.1, 1);
    }

    [Fact]
    public async Task Pressure_slows_and_does_not_stop()
    {
        Write(_machine, "memory", 23.4);
        Courtesy courtesy = Courtesy();
        Task<double> turn = TurnAsync(courtesy);
        await Task.Delay(200, Cancelled);
        Assert.Equal("memory pressure 23 %", courtesy.Reason);

        Assert.InRange(await turn, 4.9, 7);
        Write(_machine, "memory", 3);
        await Task.Delay(1100, Cancelled);
        Assert.InRange(await TurnAsync(courtesy), 0, 0.5);
    }

    [Theory]
    [InlineData("memory", 21, 21, "memory pressure 21 %")]
    [InlineData("memory", 20, 0, null)]
    [InlineData("io", 99, 99, null)]
    [InlineData("io", 99, 80, null)]
    [InlineData("io", 99, 70, "disk pressure 29 %")]
    [InlineData("cpu", 90, 88, null)]
    [InlineData("cpu", 60, 5, "processor pressure 55 %")]
    public void Of_disk_and_processor_only_what_cannot_be_our_own_counts(string file, double machine, double ours, string? over)
    {
        Write(_machine, file, machine);
        Write(_own, $"{file}.pressure", ours);

        Assert.Equal(over, new Pressure(_machine, _own).Over(20));
        if (file != "memory") Assert.Null(new Pressure(_machine).Over(20));
    }

    [Fact]
    public void A_kernel_that_tells_nothing_is_no_pressure()
    {
        Assert.Null(new Pressure(_machine, _own).Over(1));
        File.WriteAllText(Path.Combine(_machine, "memory"), "nonsense\nsome avg10=x");
        Assert.Null(new Pressure(_machine, _own).Over(1));
    }

    [Fact]
    public async Task In_quiet_hours_the_backlog_waits_and_what_somebody_waits_for_does_not()
    {
        Courtesy courtesy = Courtesy("22:00-06:00");
        _wall.Now = DateTimeOffset.Parse("2024-07-14T23:00:00Z");

        Assert.Equal("quiet hours until 06:00", courtesy.Reason);
        Assert.False(await courtesy.TryTurnAsync(0, Cancelled));
        Assert.True(await courtesy.TryTurnAsync(JobQueue.Awaited, Cancelled));
        Task<double> turn = TurnAsync(courtesy);
        await Task.Delay(200, Cancelled);
        Assert.False(turn.IsCompleted);
    }

    [Fact]
    public async Task The_backlog_goes_on_when_quiet_hours_end()
    {
        Courtesy courtesy = Courtesy("22:00-06:00");
        _wall.Now = DateTimeOffset.Parse("2024-07-15T05:59:59.5Z");
        Task<double> turn = TurnAsync(courtesy);
        await Task.Delay(100, Cancelled);
        _wall.Now = DateTimeOffset.Parse("2024-07-15T06:00:00Z");

        Assert.InRange(await turn, 0.1, 2);
    }

    [Fact]
    public async Task Whoever_insists_lifts_quiet_hours_while_waiting()
    {
        Courtesy courtesy = Courtesy("22:00-06:00");
        _wall.Now = DateTimeOffset.Parse("2024-07-14T23:00:00Z");

        using (courtesy.Insist()) Assert.True(await courtesy.TryTurnAsync(0, Cancelled));

        Assert.False(await courtesy.TryTurnAsync(0, Cancelled));
    }

    [Fact]
    public void Whoever_asks_and_goes_lifts_this_night_and_not_the_next()
    {
        Courtesy courtesy = Courtesy("22:00-06:00");
        _wall.Now = DateTimeOffset.Parse("2024-07-14T23:00:00Z");
        courtesy.LiftQuiet();

        Assert.Null(courtesy.QuietUntil);
        _wall.Now = DateTimeOffset.Parse("2024-07-15T05:00:00Z");
        Assert.Null(courtesy.QuietUntil);
        _wall.Now = DateTimeOffset.Parse("2024-07-15T22:00:00Z");
        Assert.NotNull(courtesy.QuietUntil);
    }

    [Fact]
    public async Task A_pause_holds_the_backlog_and_not_what_people_bring_or_wait_for()
    {
        using Database auth = new(Path.Combine(_own, "auth.db"), "auth");
        Courtesy courtesy = Pausable(auth);
        await courtesy.PauseAsync(TimeSpan.FromHours(2), Cancelled);

        Assert.Equal("paused by an admin until 14:00", courtesy.Reason);
        Assert.False(await courtesy.TryTurnAsync(JobQueue.High, Cancelled));
        Assert.True(await courtesy.TryTurnAsync(JobQueue.Awaited, Cancelled));
        Assert.True(await courtesy.TryTurnOfArrivalAsync(Cancelled));
        // As after a restart.
        Assert.Equal(courtesy.HeldUntil, Pausable(auth).HeldUntil);

        _wall.Now += TimeSpan.FromHours(2);
        Assert.True(await courtesy.TryTurnAsync(JobQueue.Normal, Cancelled));
        Assert.Null(courtesy.Reason);
    }

    [Fact]
    public async Task Who_insists_goes_beyond_a_pause_until_the_next_one()
    {
        using Database auth = new(Path.Combine(_own, "auth.db"), "auth");
        Courtesy courtesy = Pausable(auth);
        await courtesy.PauseAsync(null, Cancelled);
        Assert.StartsWith("paused by an admin until resumed", courtesy.Reason, StringComparison.Ordinal);

        using (courtesy.Insist())
        {
            Assert.True(await courtesy.TryTurnAsync(JobQueue.Normal, Cancelled));
            await courtesy.PauseAsync(TimeSpan.FromDays(2), Cancelled);
            Assert.False(await courtesy.TryTurnAsync(JobQueue.Normal, Cancelled));
            Assert.Equal("paused by an admin until 2024-07-16 12:00", courtesy.Reason);
        }

        await courtesy.ResumeAsync(Cancelled);
        Assert.True(await courtesy.TryTurnAsync(JobQueue.Normal, Cancelled));
        Assert.Null(Pausable(auth).Paused);
    }

    [Fact]
    public async Task Resumed_work_goes_on_within_a_moment()
    {
        using Database auth = new(Path.Combine(_own, "auth.db"), "auth");
        Courtesy courtesy = Pausable(auth);
        await courtesy.PauseAsync(null, Cancelled);
        Task<double> turn = TurnAsync(courtesy);
        await Task.Delay(300, Cancelled);
        Assert.False(turn.IsCompleted);
        await courtesy.ResumeAsync(Cancelled);

        Assert.InRange(await turn, 0.3, 3);
    }

    Courtesy Pausable(Database auth) => new(new(), new(_machine, _own), _wall, new(auth, _wall));

    Courtesy Courtesy(string quiet = "off") => new(new() { QuietHours = QuietHours.Parse(quiet) }, new(_machine, _own), _wall);

    /// <summary>Seconds until it is its turn.</summary>
    static async Task<double> TurnAsync(Courtesy courtesy, int priority = 0)
    {
        long started = Stopwatch.GetTimestamp();
        await courtesy.TurnAsync(priority, Cancelled);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    static void Write(string folder, string file, double share) => File.WriteAllText(Path.Combine(folder, file),
        FormattableString.Invariant($"some avg10={share:0.00} avg60=99.00 avg300=99.00 total=1\nfull avg10=99.00 avg60=99.00 avg300=99.00 total=1\n"));

    /// <summary>Shows the time it is set to, in UTC; timers run as ever.</summary>
    sealed class WallClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.Parse("2024-07-14T12:00:00Z");

        public override DateTimeOffset GetUtcNow() => Now;

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    }
}
