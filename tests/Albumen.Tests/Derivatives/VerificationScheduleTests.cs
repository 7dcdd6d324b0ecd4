using System.Globalization;
using Albumen.Derivatives;
using Albumen.Processing;
using Albumen.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Albumen.Tests.Derivatives;

public sealed class VerificationScheduleTests : IDisposable
{
    readonly Shelf _shelf = new();
    readonly WorkerPool _workers = new(new("/nowhere", [], new Dictionary<string, string>()), new(), NullLogger<WorkerPool>.Instance);
    readonly SteppingClock _clock = new(At("2026-11-21T04:45:00Z"));

    public void Dispose()
    {
        _workers.Dispose();
        _shelf.Dispose();
    }

    [Fact]
    public async Task It_begins_when_its_time_has_come_and_not_before()
    {
        VerificationSchedule schedule = Schedule("0 3 1 * *");

        Assert.Equal(0, await RunsAsync(schedule, TimeSpan.FromDays(9)));
        Assert.Equal(At("2026-12-01T03:00:00Z"), schedule.Next);
        Assert.Equal(1, await RunsAsync(schedule, TimeSpan.FromDays(2)));
        Assert.Equal(1, await RunsAsync(schedule, TimeSpan.FromDays(31)));
    }

    [Fact]
    public async Task A_machine_that_was_off_at_the_time_makes_up_for_it_once()
    {
        await RunsAsync(Schedule("0 3 1 * *"), TimeSpan.FromMinutes(1));
        _clock.Step(TimeSpan.FromDays(100));

        Assert.Equal(1, await RunsAsync(Schedule("0 3 1 * *"), TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task Switched_off_it_never_begins()
    {
        VerificationSchedule schedule = Schedule(null);

        Assert.Equal(0, await RunsAsync(schedule, TimeSpan.FromDays(1)));
        Assert.Null(schedule.Next);
    }

    [Fact]
    public async Task A_clock_that_was_years_ahead_does_not_silence_it_when_it_is_put_right()
    {
        VerificationSchedule schedule = Schedule("0 3 * * *");
        await RunsAsync(schedule, TimeSpan.FromMinutes(1));
        _clock.Step(TimeSpan.FromDays(3650));
        Assert.Equal(1, await RunsAsync(schedule, TimeSpan.FromMinutes(1)));
        _clock.Step(TimeSpan.FromDays(-3650));

        Assert.Equal(2, await RunsAsync(schedule, TimeSpan.FromDays(2)));
    }

    [Fact]
    public async Task A_clock_that_jumps_about_does_not_make_it_run_again_and_again()
    {
        VerificationSchedule schedule = Schedule("0 3 1 * *");
        int runs = 0;
        for (int i = 0; i < 100; i++)
        {
            _clock.Step(TimeSpan.FromDays(i % 2 == 0 ? 40 : -40));
            runs += await RunsAsync(schedule, TimeSpan.FromSeconds(30));
        }

        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task A_frequent_schedule_is_frequent()
    {
        VerificationSchedule schedule = Schedule("*/10 * * * *");

        Assert.InRange(await RunsAsync(schedule, TimeSpan.FromHours(2)), 12, 13);
    }

    VerificationSchedule Schedule(string? cron)
    {
        VerifySettings settings = new() { Schedule = cron is null ? null : CronExpression.Parse(cron) };
        Verification verification = new(_shelf.Catalog, _shelf.Volumes, _workers, new(new(), new(), _clock), settings, () => { }, _clock, NullLogger<Verification>.Instance);
        return new(_shelf.Catalog, _shelf.Volumes, verification, settings, _clock, NullLogger<VerificationSchedule>.Instance);
    }

    /// <summary>How often it begins in this time, looking at the clock every half minute.</summary>
    async Task<int> RunsAsync(VerificationSchedule schedule, TimeSpan time)
    {
        int runs = 0;
        TimeSpan tick = time > TimeSpan.FromHours(6) ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(30);
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += tick)
        {
            if (await schedule.CheckAsync(TestContext.Current.CancellationToken)) runs++;
            _clock.Pass(tick);
        }
        return runs;
    }

    static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Its hands can be moved without any time passing.</summary>
    sealed class SteppingClock(DateTimeOffset now) : TimeProvider
    {
        TimeSpan _passed;

        public override DateTimeOffset GetUtcNow() => now;

        public override long GetTimestamp() => _passed.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public void Pass(TimeSpan time) => (now, _passed) = (now + time, _passed + time);

        public void Step(TimeSpan time) => now += time;
    }
}
