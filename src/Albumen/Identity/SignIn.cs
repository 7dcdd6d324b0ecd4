using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Albumen.Sql;
using Microsoft.AspNetCore.Identity;

namespace Albumen.Identity;

/// <summary>What became of an attempt to sign in: <see cref="Accepted"/>, <see cref="Refused"/> or <see cref="Paused"/>.</summary>
public abstract record SignInResult
{
    SignInResult() { }

    public sealed record Accepted(Person Person) : SignInResult;

    /// <summary>Wrong, and nobody is told whether it was the name or the password.</summary>
    public sealed record Refused : SignInResult;

    /// <summary>Too many wrong ones before; this one was not looked at.</summary>
    public sealed record Paused(TimeSpan RetryAfter) : SignInResult;
}

/// <summary>
/// Says who somebody is. A password costs one slow hash and is then known for five minutes; a name or password that does not exist costs
/// the same. Too many failures in a row, from one address or for one name, pause both, except for what was verified already.
/// </summary>
public sealed class SignIn(People people, SignInSettings settings, TimeProvider clock) : IDisposable
{
    static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);
    const int MaxRemembered = 4096;

    static readonly Person Nobody = new(0, "", IsAdmin: false, default);
    static readonly SignInResult Refusal = new SignInResult.Refused();

    readonly PasswordHasher<Person> _hasher = new();
    readonly Lazy<string> _hashOfNothing = new(() => new PasswordHasher<Person>().HashPassword(Nobody, AppPasswordText.Random().Text));
    readonly FailureCount _addresses = new(settings, clock), _names = new(settings, clock);
    readonly ConcurrentDictionary<UInt128, Verified> _verified = new();
    readonly ConcurrentDictionary<UInt128, Lazy<Task<SignInResult>>> _underWay = new();

    // Somebody who guesses in parallel must not take every core, nor get more guesses than this past a pause.
    readonly SemaphoreSlim _hashing = new(Math.Max(1, Environment.ProcessorCount - 1));

    /// <summary>Tries a name and an app password (Basic authentication).</summary>
    public Task<SignInResult> WithPasswordAsync(string name, string password, IPAddress? address, CancellationToken cancellationToken) =>
        TryAsync(name, password, address, cancellationToken);

    /// <summary>Tries an app password alone (a bearer token): its selector says whose it is.</summary>
    public Task<SignInResult> WithTokenAsync(string token, IPAddress? address, CancellationToken cancellationToken) =>
        TryAsync(null, token, address, cancellationToken);

    public void Dispose() => _hashing.Dispose();

    Task<SignInResult> TryAsync(string? name, string password, IPAddress? address, CancellationToken cancellationToken)
    {
        UInt128 key = KeyOf(name, password);
        if (_verified.TryGetValue(key, out Verified known) && known.Revision == people.Revision && known.Until > clock.GetUtcNow())
            return Task.FromResult(known.Result);

        // A browser or mount opens several connections at once with the same password: they wait for one hash.
        Lazy<Task<SignInResult>> attempt = _underWay.GetOrAdd(key, _ => new(() => Task.Run(() => VerifyAsync(key, name, password, address), CancellationToken.None)));
        return attempt.Value.WaitAsync(cancellationToken);
    }

    async Task<SignInResult> VerifyAsync(UInt128 key, string? name, string password, IPAddress? address)
    {
        await _hashing.WaitAsync(CancellationToken.None);
        try
        {
            long revision = people.Revision;
            bool isReadable = AppPasswordText.TryParse(password, out AppPasswordText? parsed);
            (Person Person, string Hash)? row = isReadable ? people.FindPassword(parsed!.Selector) : null;

            PersonName? asked = name is null ? PersonName.TryParse(row?.Person.Name ?? "") : PersonName.TryParse(name);
            string addressKey = KeyOf(address);
            TimeSpan wait = Max(_addresses.Wait(addressKey), asked is { } n ? _names.Wait(n.Key) : TimeSpan.Zero);
            if (wait > TimeSpan.Zero) return new SignInResult.Paused(wait);

            bool isRight = _hasher.VerifyHashedPassword(Nobody, row?.Hash ?? _hashOfNothing.Value, parsed?.Text ?? "") is not PasswordVerificationResult.Failed;
            if (isRight && row is { } found && asked is { } who && who.Key == PersonName.Parse(found.Person.Name).Key)
            {
                SignInResult accepted = new SignInResult.Accepted(found.Person);
                _addresses.Succeeded(addressKey);
                _names.Succeeded(who.Key);
                Remember(key, new(accepted, revision, clock.GetUtcNow() + Remembered));
                await NoteUseAsync(parsed!.Selector);
                return accepted;
            }

            _addresses.Failed(addressKey);
            if (asked is { } guessed) _names.Failed(guessed.Key);
            return Refusal;
        }
        finally
        {
            _underWay.TryRemove(key, out _);
            _hashing.Release();
        }
    }

    async Task NoteUseAsync(string selector)
    {
        try
        {
            await people.NoteUseAsync(selector, CancellationToken.None);
        }
        catch (DatabaseException)
        {
            // A full disk keeps nobody out.
        }
    }

    void Remember(UInt128 key, Verified verified)
    {
        if (_verified.Count >= MaxRemembered)
        {
            foreach ((UInt128 old, Verified row) in _verified)
                if (row.Until <= clock.GetUtcNow() || row.Revision != people.Revision) _verified.TryRemove(old, out _);
            // So many people at once: they are asked again.
            if (_verified.Count >= MaxRemembered) _verified.Clear();
        }
        _verified[key] = verified;
    }

    /// <summary>Passwords are not kept in memory: half of a SHA-256 stands for name and password.</summary>
    static UInt128 KeyOf(string? name, string password)
    {
        // A name holds no control character, so the two cannot run into each other; a token has no name at all.
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(name is null ? $"\u0001{password}" : $"\u0002{name.Length}\u0002{name}{password}"));
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>An IPv6 customer has 64 bits to choose addresses from (RFC 6177), so the first 64 count; no address is the Unix socket.</summary>
    static string KeyOf(IPAddress? address)
    {
        if (address is null) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily is AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes(), 0, 8) : address.ToString();
    }

    static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    readonly record struct Verified(SignInResult Result, long Revision, DateTimeOffset Until);
}
