using System.Data.Common;
using Albumen.Sql;
using Dapper;
using Microsoft.AspNetCore.Identity;

namespace Albumen.Identity;

/// <summary>Somebody who may sign in.</summary>
public sealed record Person(long Id, string Name, bool IsAdmin, DateTimeOffset Created);

/// <summary>A password of one app or device. What it is cannot be read back; <paramref name="Selector"/> is its first group.</summary>
/// <param name="Used">When somebody last came in with it, to the hour; null: nobody did.</param>
public sealed record AppPassword(string Selector, string Label, DateTimeOffset Created, DateTimeOffset? Used = null);

/// <summary>
/// The people and their app passwords. Everything said here is durable when the method returns.
/// No other code touches the <c>person</c> and <c>app_password</c> tables.
/// </summary>
public sealed class People(Database auth, TimeProvider clock)
{
    const int MaxLabelLength = 100;
    static readonly TimeSpan UseIsNotedEvery = TimeSpan.FromHours(1);

    static readonly PasswordHasher<Person> Hasher = new();

    // The hasher is the same for everybody and ignores whom it hashes for.
    static readonly Person Anybody = new(0, "", IsAdmin: false, default);

    long _revision;

    /// <summary>Grows with every change that may take a right away, before that change's method returns.</summary>
    internal long Revision => Interlocked.Read(ref _revision);

    /// <exception cref="IdentityException">The name is not allowed, or somebody has it whatever the case.</exception>
    public async Task<Person> AddAsync(string name, bool isAdmin, CancellationToken cancellationToken)
    {
        PersonName parsed = PersonName.Parse(name);
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        PersonRow row = await auth.WriteAsync(connection => connection.QuerySingleOrDefault<PersonRow>("""
            INSERT INTO person (name, name_key, is_admin, created) VALUES (@name, @key, @isAdmin, @now)
            ON CONFLICT (name_key) DO NOTHING
            RETURNING id, name, is_admin, created
            """, new { name = parsed.Text, key = parsed.Key, isAdmin, now }), cancellationToken, durable: true)
            ?? throw new IdentityException(IdentityFault.Taken, $"There is a user '{parsed.Text}' already.");
        return row.ToPerson();
    }

    /// <summary>Everybody, by name.</summary>
    public IReadOnlyList<Person> List()
    {
        using Database.Reader reader = auth.Read();
        return [.. reader.Connection.Query<PersonRow>("SELECT id, name, is_admin, created FROM person ORDER BY name_key").Select(r => r.ToPerson())];
    }

    /// <summary>The person of this name in any case, or null.</summary>
    public Person? Find(string name)
    {
        if (PersonName.TryParse(name) is not { } parsed) return null;
        using Database.Reader reader = auth.Read();
        return Find(reader.Connection, parsed)?.ToPerson();
    }

    /// <exception cref="IdentityException">Nobody has this name.</exception>
    public Person Known(string name) => Find(name) ?? throw Unknown(name);

    /// <summary>Gives or takes an admin's rights.</summary>
    /// <exception cref="IdentityException">Nobody has this name.</exception>
    public async Task<Person> SetAdminAsync(string name, bool isAdmin, CancellationToken cancellationToken)
    {
        PersonName parsed = PersonName.Parse(name);
        PersonRow row = await ChangeAsync(connection => connection.QuerySingleOrDefault<PersonRow>(
            "UPDATE person SET is_admin = @isAdmin WHERE name_key = @key RETURNING id, name, is_admin, created",
            new { isAdmin, key = parsed.Key }), cancellationToken)
            ?? throw Unknown(name);
        return row.ToPerson();
    }

    /// <summary>Removes a person with all app passwords, which stop working at once.</summary>
    /// <exception cref="IdentityException">Nobody has this name.</exception>
    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        PersonName parsed = PersonName.Parse(name);
        if (await ChangeAsync(connection => connection.Execute("DELETE FROM person WHERE name_key = @key", new { key = parsed.Key }), cancellationToken) == 0)
            throw Unknown(name);
    }

    /// <summary>Makes an app password. It is shown this once.</summary>
    /// <param name="label">What it is for, in the admin's words; may be empty.</param>
    /// <exception cref="IdentityException">Nobody has this name, or the label is longer than 100 characters or holds control characters.</exception>
    public async Task<AppPasswordText> CreatePasswordAsync(string name, string label, CancellationToken cancellationToken)
    {
        PersonName parsed = PersonName.Parse(name);
        if (label.Length > MaxLabelLength || label.Any(char.IsControl))
            throw new IdentityException(IdentityFault.Invalid, $"A label has at most {MaxLabelLength} characters, and no control characters.");

        while (true)
        {
            AppPasswordText password = AppPasswordText.Random();
            // Slow on purpose, so before the transaction and not in it.
            string hash = Hasher.HashPassword(Anybody, password.Text);
            long now = clock.GetUtcNow().ToUnixTimeSeconds();
            bool isMade = await auth.WriteAsync(connection =>
            {
                PersonRow person = Find(connection, parsed) ?? throw Unknown(name);
                return connection.Execute("""
                    INSERT INTO app_password (person_id, label, selector, hash, created) VALUES (@person, @label, @selector, @hash, @now)
                    ON CONFLICT (selector) DO NOTHING
                    """, new { person = person.Id, label, selector = password.Selector, hash, now }) == 1;
            }, cancellationToken, durable: true);
            if (isMade) return password;
        }
    }

    /// <summary>The app passwords of a person, oldest first.</summary>
    /// <exception cref="IdentityException">Nobody has this name.</exception>
    public IReadOnlyList<AppPassword> ListPasswords(string name)
    {
        PersonName parsed = PersonName.Parse(name);
        using Database.Reader reader = auth.Read();
        PersonRow person = Find(reader.Connection, parsed) ?? throw Unknown(name);
        return [.. reader.Connection.Query<(string Selector, string Label, long Created, long? Used)>(
            "SELECT selector, label, created, used FROM app_password WHERE person_id = @id ORDER BY id", new { id = person.Id })
            .Select(r => new AppPassword(r.Selector, r.Label, DateTimeOffset.FromUnixTimeSeconds(r.Created), ToTime(r.Used)))];
    }

    /// <summary>When each person last came in with any app password, by the person's id; those who never did are not among them.</summary>
    public IReadOnlyDictionary<long, DateTimeOffset> LastUses()
    {
        using Database.Reader reader = auth.Read();
        return reader.Connection.Query<(long Person, long Used)>("SELECT person_id, max(used) FROM app_password WHERE used IS NOT NULL GROUP BY person_id")
            .ToDictionary(r => r.Person, r => DateTimeOffset.FromUnixTimeSeconds(r.Used));
    }

    /// <summary>Notes that somebody came in with an app password, at most once an hour, so that a mount which asks all day does not keep a disk awake.</summary>
    internal async Task NoteUseAsync(string selector, CancellationToken cancellationToken)
    {
        long now = clock.GetUtcNow().ToUnixTimeSeconds(), before = now - (long)UseIsNotedEvery.TotalSeconds;
        using (Database.Reader reader = auth.Read())
            if (reader.Connection.QuerySingleOrDefault<long?>("SELECT used FROM app_password WHERE selector = @selector", new { selector }) > before) return;
        await auth.WriteAsync(connection => connection.Execute("UPDATE app_password SET used = @now WHERE selector = @selector", new { now, selector }), cancellationToken);
    }

    static DateTimeOffset? ToTime(long? seconds) => seconds is { } time ? DateTimeOffset.FromUnixTimeSeconds(time) : null;

    /// <summary>Makes an app password worthless at once.</summary>
    /// <exception cref="IdentityException">Nobody has this name, or the person has no such password.</exception>
    public async Task RevokePasswordAsync(string name, string selector, CancellationToken cancellationToken)
    {
        PersonName parsed = PersonName.Parse(name);
        int removed = await ChangeAsync(connection =>
        {
            PersonRow person = Find(connection, parsed) ?? throw Unknown(name);
            return connection.Execute("DELETE FROM app_password WHERE person_id = @id AND selector = @selector", new { id = person.Id, selector });
        }, cancellationToken);
        if (removed == 0)
            throw new IdentityException(IdentityFault.Unknown, $"{parsed.Text} has no app password '{selector}'. 'albumen app-password list {parsed.Text}' shows them.");
    }

    /// <summary>The person and hash that belong to a selector, or null.</summary>
    internal (Person Person, string Hash)? FindPassword(string selector)
    {
        using Database.Reader reader = auth.Read();
        return reader.Connection.QuerySingleOrDefault<PasswordRow>("""
            SELECT p.id, p.name, p.is_admin, p.created, a.hash FROM app_password a JOIN person p ON p.id = a.person_id WHERE a.selector = @selector
            """, new { selector }) is { } row ? (row.ToPerson(), row.Hash) : null;
    }

    async Task<T> ChangeAsync<T>(Func<DbConnection, T> work, CancellationToken cancellationToken)
    {
        T result = await auth.WriteAsync(work, cancellationToken, durable: true);
        Interlocked.Increment(ref _revision);
        return result;
    }

    static PersonRow? Find(DbConnection connection, PersonName name) => connection.QuerySingleOrDefault<PersonRow>(
        "SELECT id, name, is_admin, created FROM person WHERE name_key = @key", new { key = name.Key });

    IdentityException Unknown(string name) =>
        new(IdentityFault.Unknown, $"There is no user '{name}'.{Spelling.Meant(name, List().Select(person => person.Name))} 'albumen user list' shows them, 'albumen user add' adds one.");

    sealed record PersonRow(long Id, string Name, long IsAdmin, long Created)
    {
        public Person ToPerson() => new(Id, Name, IsAdmin != 0, DateTimeOffset.FromUnixTimeSeconds(Created));
    }

    sealed record PasswordRow(long Id, string Name, long IsAdmin, long Created, string Hash)
    {
        public Person ToPerson() => new(Id, Name, IsAdmin != 0, DateTimeOffset.FromUnixTimeSeconds(Created));
    }
}
