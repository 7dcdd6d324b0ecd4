using Albumen.Sql;
using Dapper;

namespace Albumen.Tests.WebDav;

/// <summary>Locks and the If header (RFC 4918, 6, 7 and 10.4), beyond what litmus tries.</summary>
[Collection(SmallLibraryTests.Name)]
public sealed class LockTests(SmallLibrary library)
{
    readonly ServedArchive _archive = library.Archive;

    [Fact]
    public async Task A_locked_file_is_changed_by_its_holder_alone_and_with_the_token()
    {
        Writer anna = await Writer.InAsync(_archive), ben = await anna.OtherAsync();
        await anna.PutAsync("/a", "one");
        string token = await anna.LockAsync("/a");
        Assert.Contains("anna&#39;s laptop", anna.Body.Replace("'", "&#39;", StringComparison.Ordinal), StringComparison.Ordinal);
        (string, string) held = ("If", $"(<{token}>)");

        foreach (Writer who in (Writer[])[anna, ben])
        {
            Assert.Equal(423, await who.PutAsync("/a", "x"));
            Assert.Contains("<D:lock-token-submitted>", who.Body, StringComparison.Ordinal);
            Assert.Equal(423, await who.SendAsync("DELETE", "/a"));
            Assert.Equal(423, await who.TransferAsync("MOVE", "/a", "/b"));
            Assert.Equal(423, await who.SetAsync("/a", "<D:set><D:prop><t:x>1</t:x></D:prop></D:set>"));
            Assert.Equal("one", await who.GetAsync("/a"));
        }
        // A token says nothing in another's hand.
        Assert.Equal(423, await ben.PutAsync("/a", "x", held));
        Assert.Equal(403, await ben.SendAsync("UNLOCK", "/a", null, ("Lock-Token", $"<{token}>")));
        Assert.Equal(204, await anna.PutAsync("/a", "two", held));
        await anna.PutAsync("/other", "x");
        Assert.Equal(423, await anna.TransferAsync("COPY", "/other", "/a"));
        Assert.Equal(201, await anna.TransferAsync("COPY", "/a", "/copy"));
        Assert.Null(await LockedAsync(anna, "/copy"));
        Assert.Equal(201, await anna.TransferAsync("MOVE", "/a", "/moved", held));
        Assert.Null(await LockedAsync(anna, "/moved"));
        Assert.Equal(409, await anna.SendAsync("UNLOCK", "/moved", null, ("Lock-Token", $"<{token}>")));
    }

    [Fact]
    public async Task A_lock_that_cannot_be_kept_is_told_so_and_not_held()
    {
        await using ServedArchive archive = await ServedArchive.OfAsync(static _ => { }, TestContext.Current.CancellationToken);
        Writer anna = await Writer.InAsync(archive);
        await anna.PutAsync("/a", "one");
        using (Database auth = new(Path.Combine(archive.Inbox, "../auth.db"), "auth"))
            await auth.WriteAsync(connection => connection.Execute("DROP TABLE path_lock"), TestContext.Current.CancellationToken);
        Assert.Equal(503, await anna.SendAsync("LOCK", "/a", Writer.LockBody));
        Assert.Equal(204, await anna.PutAsync("/a", "two"));
    }

    [Fact]
    public async Task A_folders_lock_guards_its_names_and_a_deep_one_all_below()
    {
        Writer anna = await Writer.InAsync(_archive);
        await anna.SendAsync("MKCOL", "/flat");
        await anna.PutAsync("/flat/f", "x");
        string flat = await anna.LockAsync("/flat");
        Assert.Equal(204, await anna.PutAsync("/flat/f", "changed"));
        Assert.Equal(423, await anna.PutAsync("/flat/new", "x"));
        Assert.Equal(423, await anna.SendAsync("MKCOL", "/flat/sub"));
        Assert.Equal(423, await anna.SendAsync("DELETE", "/flat/f"));
        Assert.Equal(423, await anna.SendAsync("LOCK", "/flat/unmapped", Writer.LockBody));
        Assert.Equal(201, await anna.PutAsync("/flat/new", "x", ("If", $"<{anna.Folder}/flat> (<{flat}>)")));

        await anna.SendAsync("MKCOL", "/deep");
        await anna.SendAsync("MKCOL", "/deep/sub");
        string deep = await anna.LockAsync("/deep", depth: "infinity");
        Assert.Equal(423, await anna.PutAsync("/deep/sub/f", "x"));
        Assert.Equal(201, await anna.PutAsync("/deep/sub/f", "x", ("If", $"(<{deep}>)")));
        Assert.Contains(deep, await LockedAsync(anna, "/deep/sub/f"), StringComparison.Ordinal);
        Assert.Equal(423, await anna.SendAsync("LOCK", "/deep/sub/f", Writer.LockBody));
        Assert.Equal(204, await anna.SendAsync("UNLOCK", "/deep/sub/f", null, ("Lock-Token", $"<{deep}>")));
        Assert.Equal(204, await anna.PutAsync("/deep/sub/f", "y"));
    }

    [Fact]
    public async Task A_folder_with_a_locked_file_stays_whole()
    {
        Writer anna = await Writer.InAsync(_archive);
        await anna.SendAsync("MKCOL", "/c");
        await anna.PutAsync("/c/free", "x");
        await anna.PutAsync("/c/held", "x");
        string token = await anna.LockAsync("/c/held");
        Assert.Equal(423, await anna.SendAsync("DELETE", "/c"));
        Assert.Equal(423, await anna.TransferAsync("MOVE", "/c", "/d"));
        Assert.Equal(207, await anna.SendAsync("LOCK", "/c", Writer.LockBody, ("Depth", "infinity")));
        Assert.Contains("424 Failed Dependency", anna.Body, StringComparison.Ordinal);
        Assert.Equal(["free", "held"], await anna.NamesAsync("/c"));
        Assert.Equal(204, await anna.SendAsync("DELETE", "/c", null, ("If", $"<{anna.Folder}/c/held> (<{token}>)")));
        Assert.Equal(201, await anna.SendAsync("MKCOL", "/c"));
        Assert.Equal(201, await anna.PutAsync("/c/held", "x"));
    }

    [Fact]
    public async Task Shared_locks_stand_beside_each_other_and_not_beside_an_exclusive_one()
    {
        Writer anna = await Writer.InAsync(_archive), ben = await anna.OtherAsync(), carl = await anna.OtherAsync();
        await anna.PutAsync("/a", "x");
        string first = await anna.LockAsync("/a", Writer.SharedBody), second = await ben.LockAsync("/a", Writer.SharedBody);
        Assert.Equal(423, await carl.SendAsync("LOCK", "/a", Writer.LockBody));
        Assert.Contains("<D:no-conflicting-lock>", carl.Body, StringComparison.Ordinal);
        Assert.Equal(423, await carl.PutAsync("/a", "x"));
        Assert.Equal(204, await ben.PutAsync("/a", "y", ("If", $"(<{second}>)")));
        Assert.Equal(204, await anna.PutAsync("/a", "z", ("If", $"(<{first}>)")));
        string? found = await LockedAsync(carl, "/a");
        Assert.Contains(first, found, StringComparison.Ordinal);
        Assert.Contains(second, found, StringComparison.Ordinal);
        Assert.Contains("<D:shared/>", found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_where_nothing_is_makes_an_empty_file()
    {
        Writer anna = await Writer.InAsync(_archive);
        string token = await anna.LockAsync("/new", status: 201);
        Assert.Equal("", await anna.GetAsync("/new"));
        Assert.Equal(204, await anna.PutAsync("/new", "bytes", ("If", $"(<{token}>)")));
        Assert.Equal(204, await anna.SendAsync("UNLOCK", "/new", null, ("Lock-Token", token)));
        Assert.Equal(409, await anna.SendAsync("LOCK", "/none/new", Writer.LockBody));
    }

    [Theory]
    [InlineData("Second-5", 5)]
    [InlineData("Infinite, Second-4100000000", 3600)]
    [InlineData("Second-0", 1)]
    [InlineData("Extended-1, Second-60", 60)]
    [InlineData(null, 600)]
    public async Task A_lock_lasts_as_long_as_asked_for_up_to_an_hour(string? timeout, int seconds)
    {
        Writer anna = await Writer.InAsync(_archive);
        Assert.Equal(201, await anna.SendAsync("LOCK", "/a", Writer.LockBody, timeout is null ? [] : [("Timeout", timeout)]));
        Assert.Contains($"<D:timeout>Second-{seconds}</D:timeout>", anna.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_lock_is_none_and_a_renewed_one_lasts()
    {
        Writer anna = await Writer.InAsync(_archive), ben = await anna.OtherAsync();
        await anna.PutAsync("/a", "x");
        Assert.Equal(200, await anna.SendAsync("LOCK", "/a", Writer.LockBody, ("Timeout", "Second-1")));
        string token = anna.Last!.Headers.GetValues("Lock-Token").Single();
        Assert.Equal(200, await anna.SendAsync("LOCK", "/a", null, ("If", $"({token})"), ("Timeout", "Second-3")));
        Assert.False(anna.Last!.Headers.Contains("Lock-Token"));
        Assert.Equal(412, await anna.SendAsync("LOCK", "/a", null, ("If", "(<urn:uuid:no>)")));
        Assert.Equal(400, await anna.SendAsync("LOCK", "/a"));
        await Task.Delay(1300, TestContext.Current.CancellationToken);
        Assert.Equal(423, await ben.PutAsync("/a", "y"));
        await Task.Delay(2200, TestContext.Current.CancellationToken);
        Assert.Equal(204, await ben.PutAsync("/a", "y"));
        Assert.Equal(412, await anna.PutAsync("/a", "z", ("If", $"({token})")));
    }

    [Fact]
    public async Task The_If_header_decides_before_the_locks_do()
    {
        Writer anna = await Writer.InAsync(_archive);
        await anna.PutAsync("/a", "x");
        string etag = anna.ETag;
        string token = await anna.LockAsync("/a");
        await anna.PutAsync("/free", "x");

        await AllowAsync("/a", 204, $"(<{token}> [{etag}])");
        etag = anna.ETag;
        await AllowAsync("/a", 204, $"(<urn:uuid:no>) (<{token}>)");
        await AllowAsync("/a", 204, $"<{anna.Folder}/a> (<{token}>)");
        await AllowAsync("/a", 204, $"<{new Uri(_archive.Address, anna.Folder)}/a> (Not <urn:uuid:no> <{token}>)");
        await AllowAsync("/a", 423, $"(Not <DAV:no-lock>)");
        await AllowAsync("/a", 423, $"(<{token}X>) (Not <DAV:no-lock>)");
        await AllowAsync("/a", 412, $"(<{token}> [\"other\"])");
        await AllowAsync("/a", 412, "(<DAV:no-lock>)");
        await AllowAsync("/a", 412, $"(Not <{token}>)");
        await AllowAsync("/free", 412, $"(<{token}>)");
        await AllowAsync("/free", 204, $"<{anna.Folder}/a> (<{token}>)");
        await AllowAsync("/free", 412, "<http://elsewhere.example/a> (<urn:uuid:no>)");
        foreach (string wrong in (string[])["(", "()", "<a>", $"<{token}>", "(<a)", "([\"a\")", "a", $"(<{token}>) <b> (<c>)"]) await AllowAsync("/a", 400, wrong);

        async Task AllowAsync(string path, int status, string condition) => Assert.Equal((condition, status), (condition, await anna.PutAsync(path, "x", ("If", condition))));
    }

    [Fact]
    public async Task What_cannot_be_locked_says_so()
    {
        Writer anna = await Writer.InAsync(_archive);
        Assert.Equal(400, await anna.SendAsync("LOCK", "", Writer.LockBody, ("Depth", "1")));
        Assert.Equal(400, await anna.SendAsync("LOCK", "", "<D:lockinfo xmlns:D=\"DAV:\"/>"));
        Assert.Equal(400, await anna.SendAsync("LOCK", "", "no xml"));
        Assert.Equal(400, await anna.SendAsync("LOCK", "", "<!DOCTYPE a [<!ENTITY b \"c\">]><D:lockinfo xmlns:D=\"DAV:\"/>"));
        Assert.Equal(400, await anna.SendAsync("UNLOCK", ""));
        using HttpResponseMessage original = await _archive.SendAsync("LOCK", "/Folders/photos/bytes.bin", Writer.LockBody);
        Assert.Equal(403, (int)original.StatusCode);
        Assert.DoesNotContain("lockentry", await _archive.ListAsync("/Folders/photos/", "0"), StringComparison.Ordinal);
        Assert.Contains("lockentry", await _archive.ListAsync("/Inbox/", "0"), StringComparison.Ordinal);
    }

    static async Task<string?> LockedAsync(Writer who, string path) =>
        await who.PropertyAsync(path, "DAV:", "lockdiscovery") is { } found && found.Contains("activelock", StringComparison.Ordinal) ? found : null;
}
