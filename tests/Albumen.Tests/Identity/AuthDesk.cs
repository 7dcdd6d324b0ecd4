using Albumen.Identity;
using Albumen.Sql;

namespace Albumen.Tests.Identity;

/// <summary>A real auth.db in a folder of its own, and a clock that stands until it is moved.</summary>
sealed class AuthDesk : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("albumen-identity-").FullName;

    public AuthDesk()
    {
        Auth = new(Path.Combine(_folder, "auth.db"), "auth");
        People = new(Auth, Clock);
    }

    public StoppedClock Clock { get; } = new();
    public Database Auth { get; }
    public People People { get; }

    public SignIn SignIn(int failures = 5) => new(People, new() { Failures = failures, Pause = TimeSpan.FromSeconds(30) }, Clock);

    /// <summary>Adds a person with one app password and returns that.</summary>
    public async Task<string> WithPersonAsync(string name, bool isAdmin = false)
    {
        await People.AddAsync(name, isAdmin, TestContext.Current.CancellationToken);
        return (await People.CreatePasswordAsync(name, "test", TestContext.Current.CancellationToken)).Text;
    }

    public void Dispose()
    {
        Auth.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

sealed class StoppedClock : TimeProvider
{
    DateTimeOffset _now = new(2024, 7, 14, 15, 30, 12, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan time) => _now += time;
}
