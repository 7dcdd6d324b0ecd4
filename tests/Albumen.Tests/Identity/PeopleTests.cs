using System.Text;
using Albumen.Identity;

namespace Albumen.Tests.Identity;

public sealed class PeopleTests : IDisposable
{
    readonly AuthDesk _desk = new();

    static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task A_person_is_found_in_any_case_and_however_an_accent_is_composed()
    {
        await _desk.People.AddAsync("Zo\u00EB", isAdmin: true, Now);

        Person? found = _desk.People.Find("zOe\u0308");

        Assert.Equal(("Zo\u00EB", true, _desk.Clock.GetUtcNow()), (found?.Name, found?.IsAdmin, found?.Created));
    }

    [Fact]
    public async Task Two_people_cannot_have_names_that_differ_only_in_case()
    {
        await _desk.People.AddAsync("anna", isAdmin: false, Now);

        var error = await Assert.ThrowsAsync<IdentityException>(() => _desk.People.AddAsync("ANNA", isAdmin: false, Now));

        Assert.Equal(IdentityFault.Taken, error.Fault);
        Assert.Single(_desk.People.List());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a:b")]
    [InlineData("a/b")]
    [InlineData("a\nb")]
    [InlineData(" anna")]
    [InlineData("anna ")]
    [InlineData("..")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task Some_names_cannot_be(string name) =>
        Assert.Equal(IdentityFault.Invalid, (await Assert.ThrowsAsync<IdentityException>(() => _desk.People.AddAsync(name, isAdmin: false, Now))).Fault);

    [Fact]
    public async Task Half_a_surrogate_pair_is_no_name() =>
        await Assert.ThrowsAsync<IdentityException>(() => _desk.People.AddAsync("a\uD800", isAdmin: false, Now));

    [Fact]
    public async Task Removing_a_person_removes_the_passwords()
    {
        await _desk.WithPersonAsync("anna");

        await _desk.People.RemoveAsync("Anna", Now);
        await _desk.People.AddAsync("anna", isAdmin: false, Now);

        Assert.Empty(_desk.People.ListPasswords("anna"));
    }

    [Fact]
    public async Task What_concerns_an_unknown_person_says_so()
    {
        Assert.Equal(IdentityFault.Unknown, (await Assert.ThrowsAsync<IdentityException>(() => _desk.People.RemoveAsync("bob", Now))).Fault);
        Assert.Equal(IdentityFault.Unknown, (await Assert.ThrowsAsync<IdentityException>(() => _desk.People.CreatePasswordAsync("bob", "", Now))).Fault);
        Assert.Equal(IdentityFault.Unknown, Assert.Throws<IdentityException>(() => _desk.People.ListPasswords("bob")).Fault);
    }

    [Fact]
    public async Task Passwords_are_five_readable_groups_and_all_different()
    {
        await _desk.People.AddAsync("anna", isAdmin: false, Now);

        List<string> passwords = [];
        for (int i = 0; i < 5; i++) passwords.Add((await _desk.People.CreatePasswordAsync("anna", $"device {i}", Now)).Text);

        Assert.All(passwords, p => Assert.Matches("^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){4}$", p));
        Assert.Equal(5, passwords.Distinct().Count());
        Assert.Equal(passwords.Select(p => p[..4]), _desk.People.ListPasswords("anna").Select(p => p.Selector));
    }

    [Fact]
    public async Task The_password_itself_is_in_no_file()
    {
        string secret = (await _desk.WithPersonAsync("anna"))[5..];

        string folder = Path.GetDirectoryName(_desk.Auth.Read().Connection.DataSource)!;

        Assert.All(Directory.GetFiles(folder), file =>
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using StreamReader reader = new(stream, Encoding.Latin1);
            Assert.DoesNotContain(secret, reader.ReadToEnd());
        });
    }

    [Theory]
    [InlineData("k7mq-x2h0-9vtc-4s8p-dn3e")]
    [InlineData("K7MQ X2HO 9VTC 4S8P DN3E")]
    [InlineData("k7mqx2h09vtc4s8pdn3e")]
    public void A_password_is_read_as_people_type_it(string typed)
    {
        Assert.True(AppPasswordText.TryParse(typed, out AppPasswordText? password));
        Assert.Equal("k7mq-x2h0-9vtc-4s8p-dn3e", password.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("k7mq-x2h0-9vtc-4s8p-dn3")]
    [InlineData("k7mq-x2h0-9vtc-4s8p-dn3ee")]
    [InlineData("k7mq-x2h0-9vtc-4s8p-dn3u")]
    [InlineData("k7mq-x2h0-9vtc-4s8p-dn3\u0130")]
    public void Anything_else_is_no_password(string typed) => Assert.False(AppPasswordText.TryParse(typed, out _));
}
