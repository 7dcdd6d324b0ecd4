using System.Diagnostics;
using System.Net;
using Albumen.Identity;

namespace Albumen.Tests.Identity;

public sealed class SignInTests : IDisposable
{
    static readonly IPAddress Home = IPAddress.Parse("192.0.2.1"), Elsewhere = IPAddress.Parse("198.51.100.7");

    readonly AuthDesk _desk = new();

    static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task Name_and_app_password_let_a_person_in()
    {
        string password = await _desk.WithPersonAsync("anna");
        SignIn signIn = _desk.SignIn();

        Assert.Equal("anna", Accepted(await signIn.WithPasswordAsync("Anna", password, Home, Now)).Name);
        Assert.Equal("anna", Accepted(await signIn.WithPasswordAsync("anna", password.ToUpperInvariant(), Home, Now)).Name);
    }

    [Fact]
    public async Task An_app_password_alone_lets_its_person_in()
    {
        string password = await _desk.WithPersonAsync("anna", isAdmin: true);

        Assert.True(Accepted(await _desk.SignIn().WithTokenAsync(password, Home, Now)).IsAdmin);
    }

    [Fact]
    public async Task It_is_known_to_the_hour_when_a_password_was_last_used()
    {
        string password = await _desk.WithPersonAsync("anna");
        await _desk.WithPersonAsync("bob");
        SignIn signIn = _desk.SignIn();
        Assert.Null(Assert.Single(_desk.People.ListPasswords("anna")).Used);
        Assert.IsType<SignInResult.Refused>(await signIn.WithPasswordAsync("bob", password, Home, Now));
        Assert.Empty(_desk.People.LastUses());

        DateTimeOffset first = _desk.Clock.GetUtcNow();
        await signIn.WithPasswordAsync("anna", password, Home, Now);
        Assert.Equal(first, Assert.Single(_desk.People.ListPasswords("anna")).Used);
        Assert.Equal(first, Assert.Single(_desk.People.LastUses()).Value);
        Assert.Null(Assert.Single(_desk.People.ListPasswords("bob")).Used);

        long writes = _desk.Auth.Writes;
        _desk.Clock.Advance(TimeSpan.FromMinutes(59));
        await signIn.WithPasswordAsync("anna", password, Home, Now);
        Assert.Equal((writes, first), (_desk.Auth.Writes, Assert.Single(_desk.People.ListPasswords("anna")).Used));

        _desk.Clock.Advance(TimeSpan.FromMinutes(10));
        await signIn.WithTokenAsync(password, Home, Now);
        Assert.Equal(_desk.Clock.GetUtcNow(), Assert.Single(_desk.People.ListPasswords("anna")).Used);
    }

    [Fact]
    public async Task Another_persons_password_does_not()
    {
        string password = await _desk.WithPersonAsync("anna");
        await _desk.WithPersonAsync("bob");

        Assert.IsType<SignInResult.Refused>(await _desk.SignIn().WithPasswordAsync("bob", password, Home, Now));
    }

    [Theory]
    [InlineData("anna", "")]
    [InlineData("anna", "secret")]
    [InlineData("nobody", "k7mq-x2h0-9vtc-4s8p-dn3e")]
    [InlineData("a\nb", "k7mq-x2h0-9vtc-4s8p-dn3e")]
    [InlineData("", "")]
    public async Task What_is_wrong_is_refused(string name, string password)
    {
        await _desk.WithPersonAsync("anna");

        Assert.IsType<SignInResult.Refused>(await _desk.SignIn().WithPasswordAsync(name, password, Home, Now));
    }

    [Fact]
    public async Task The_right_selector_with_a_wrong_rest_is_refused()
    {
        string password = await _desk.WithPersonAsync("anna");
        string wrong = password[..^1] + (password[^1] is '0' ? '2' : '0');

        Assert.IsType<SignInResult.Refused>(await _desk.SignIn().WithPasswordAsync("anna", wrong, Home, Now));
    }

    [Fact]
    public async Task An_unknown_name_takes_as_long_as_a_wrong_password()
    {
        string password = await _desk.WithPersonAsync("anna");
        SignIn signIn = _desk.SignIn(failures: 1000);
        await signIn.WithPasswordAsync("x", "warm up", Home, Now);

        TimeSpan known = await LeastOf(i => signIn.WithPasswordAsync("anna", $"{password[..^2]}{i:D2}", Home, Now));
        TimeSpan unknown = await LeastOf(i => signIn.WithPasswordAsync("nobody", $"wrong {i}", Home, Now));

        // Another machine load changes both; what matters is that the slow hash is in both.
        Assert.InRange(unknown / known, 0.4, 2.5);

        static async Task<TimeSpan> LeastOf(Func<int, Task> attempt)
        {
            TimeSpan least = TimeSpan.MaxValue;
            for (int i = 0; i < 5; i++)
            {
                long start = Stopwatch.GetTimestamp();
                await attempt(i);
                TimeSpan took = Stopwatch.GetElapsedTime(start);
                if (took < least) least = took;
            }
            return least;
        }
    }

    [Fact]
    public async Task A_verified_password_costs_no_second_hash()
    {
        string password = await _desk.WithPersonAsync("anna");
        SignIn signIn = _desk.SignIn();
        await signIn.WithPasswordAsync("anna", password, Home, Now);

        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 1000; i++) Accepted(await signIn.WithPasswordAsync("anna", password, Home, Now));

        // One hash alone takes tens of milliseconds.
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task After_five_failures_an_address_must_wait_whatever_the_name()
    {
        string password = await _desk.WithPersonAsync("anna");
        SignIn signIn = _desk.SignIn();

        for (int i = 0; i < 5; i++) Assert.IsType<SignInResult.Refused>(await signIn.WithPasswordAsync($"guess{i}", $"wrong{i}", Home, Now));

        var paused = Assert.IsType<SignInResult.Paused>(await signIn.WithPasswordAsync("anna", password, Home, Now));
        Assert.Equal(TimeSpan.FromSeconds(30), paused.RetryAfter);
        Accepted(await signIn.WithPasswordAsync("anna", password, Elsewhere, Now));
        _desk.Clock.Advance(TimeSpan.FromSeconds(30));
        Accepted(await signIn.WithPasswordAsync("anna", password, Home, Now));
    }

    [Fact]
    public async Task After_five_failures_a_name_must_wait_whatever_the_address()
    {
        string password = await _desk.WithPersonAsync("anna");
        SignIn signIn = _desk.SignIn();

        for (int i = 0; i < 5; i++) await signIn.WithPasswordAsync("ANNA", $"wrong{i}", IPAddress.Parse($"192.0.2.{10 + i}"), Now);

        Assert.IsType<SignInResult.Paused>(await signIn.WithPasswordAsync("anna", password, Home, Now));
    }

    [Fact]
    public async Task A_success_in_between_starts_the_count_anew()
    {
        string password = await _desk.WithPersonAsync("anna");
        SignIn signIn = _desk.SignIn();

        for (int i = 0; i < 4; i++) await signIn.WithPasswordAsync("anna", $"wrong{i}", Home, Now);
        Accepted(await signIn.WithPasswordAsync("anna", password, Home, Now));
        for (int i = 4; i < 8; i++) Assert.IsType<SignInResult.Refused>(await signIn.WithPasswordAsync("anna", $"wrong{i}", Home, Now));
    }

    [Fact]
    public async Task Who_was_verified_before_is_not_paused()
    {
        string password = await _desk.WithPersonAsync("anna");
        SignIn signIn = _desk.SignIn();
        Accepted(await signIn.WithPasswordAsync("anna", password, Home, Now));

        for (int i = 0; i < 9; i++) await signIn.WithPasswordAsync("anna", $"wrong{i}", Home, Now);

        Accepted(await signIn.WithPasswordAsync("anna", password, Home, Now));
    }

    [Fact]
    public async Task Guessing_in_parallel_gains_next_to_nothing()
    {
        await _desk.WithPersonAsync("anna");
        SignIn signIn = _desk.SignIn();

        SignInResult[] results = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => signIn.WithPasswordAsync("anna", $"wrong{i}", Home, Now)));

        Assert.InRange(results.Count(r => r is SignInResult.Refused), 5, 5 + Environment.ProcessorCount);
    }

    [Fact]
    public async Task A_revoked_password_is_worthless_at_once()
    {
        string password = await _desk.WithPersonAsync("anna");
        SignIn signIn = _desk.SignIn();
        Accepted(await signIn.WithPasswordAsync("anna", password, Home, Now));

        await _desk.People.RevokePasswordAsync("anna", password[..4], Now);

        Assert.IsType<SignInResult.Refused>(await signIn.WithPasswordAsync("anna", password, Home, Now));
    }

    [Fact]
    public async Task A_removed_person_is_out_at_once()
    {
        string password = await _desk.WithPersonAsync("anna");
        SignIn signIn = _desk.SignIn();
        Accepted(await signIn.WithTokenAsync(password, Home, Now));

        await _desk.People.RemoveAsync("anna", Now);

        Assert.IsType<SignInResult.Refused>(await signIn.WithTokenAsync(password, Home, Now));
    }

    [Fact]
    public async Task An_admin_who_no_longer_is_one_is_none_at_once()
    {
        string password = await _desk.WithPersonAsync("anna", isAdmin: true);
        SignIn signIn = _desk.SignIn();
        Assert.True(Accepted(await signIn.WithTokenAsync(password, Home, Now)).IsAdmin);

        await _desk.People.SetAdminAsync("anna", isAdmin: false, Now);

        Assert.False(Accepted(await signIn.WithTokenAsync(password, Home, Now)).IsAdmin);
    }

    [Fact]
    public void The_table_of_failures_is_bounded()
    {
        FailureCount failures = new(new(), _desk.Clock);

        for (int i = 0; i < FailureCount.MaxKeys + 500; i++) failures.Failed($"key{i}");

        Assert.Equal(FailureCount.MaxKeys, failures.Count);
    }

    static Person Accepted(SignInResult result) => Assert.IsType<SignInResult.Accepted>(result).Person;
}
