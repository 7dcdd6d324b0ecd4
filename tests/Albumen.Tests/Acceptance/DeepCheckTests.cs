using System.Text.Json;
using Albumen.Tests.Daemon;

namespace Albumen.Tests.Acceptance;

/// <summary><c>albumend check --deep</c> finds nothing wrong with an archive that is well, and names whatever was damaged.</summary>
[Collection(SurvivalTests.Name)]
public sealed class DeepCheckTests(MixedLibrary library) : IAsyncLifetime
{
    readonly string _volume = Directory.CreateTempSubdirectory("albumen-checked-").FullName;
    PrivateDaemon _daemon = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.Equal(0, (await WebDav.Clients.RunAsync("bash", ["-c", "cp -a \"$1\"/2024 \"$1\"/clips \"$1\"/broken \"$1\"/strange \"$2\"; cp -a \"$1\"/copies/copy1.jpg \"$2\"", "bash", library.Folder, _volume])).Code);
        _daemon = PrivateDaemon.Of(_volume);
        _daemon.Configure($$"""
            volumes: [{ name: lib, path: {{_volume}}, writable: on, layer: on }]
            http: { listen: "127.0.0.1:0" }
            scan: { every: off, settle: 1ms }
            sidecars: { delay: 10ms }
            """);
        await _daemon.StartAsync();
        await _daemon.ScanAsync();
        foreach (string[] words in (string[][])[["tag", "add", "Animals/Dog", "/Folders/lib/2024/A/IMG_0002.jpg"], ["album", "create", "Trips"], ["album", "create", "Trips/Rome"], ["album", "add", "Trips/Rome", "/Folders/lib/2024/A/IMG_0001.jpg"]])
        {
            Answer done = await _daemon.AlbumenAsync(words);
            Assert.True(done.Code == 0, $"{string.Join(' ', words)}: {done.Error}");
        }
        await Task.Delay(500, TestContext.Current.CancellationToken);
        await _daemon.ScanAsync();
        Assert.Equal(0, await _daemon.StopAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        await WebDav.Clients.RunAsync("rm", ["-rf", _volume]);
    }

    /// <summary>What is done, in shell: <c>$1</c> is the state folder, <c>$2</c> the cache, <c>$3</c> the volume; which check must name it, and a word of what it says.</summary>
    static readonly (string Damage, string Check, string Word)[] Damages =
    [
        ("printf '\\377\\377\\377\\377' | dd of=$1/catalog.db bs=1 seek=$((3 * 4096)) conv=notrunc status=none", "database", "damaged"),
        ("sql \"PRAGMA foreign_keys = OFF; DELETE FROM content WHERE id = (SELECT content_id FROM asset LIMIT 1)\"", "database", "refers to one of content"),
        ("sed -i '2s/album/albun/' $1/layer/journal.jsonl", "journal", "line 2"),
        ("sed -i 1d $1/layer/journal.jsonl", "journal", "shorter"),
        ("sed -i '1s/^{/[/' $1/layer/journal.jsonl", "journal", "ot a line of a journal"),
        ("rm $1/layer/journal.jsonl", "journal", "is not there"),
        ("sql \"DELETE FROM change WHERE operation = 2\"", "journal", "the other way round"),
        ("sql \"DELETE FROM statement WHERE kind = 6\"", "statement", "says nothing"),
        ("sql \"UPDATE statement SET value = '[]' WHERE kind = 0\"", "statement", "the catalogue says []"),
        ("sql \"INSERT INTO statement (asset, kind, field, value) VALUES ('00000000000000000000000000000000', 0, 'rating', '5')\"", "statement", "no operation has stated it"),
        ("sql \"INSERT INTO kept_name VALUES ('00000000000000000000000000000000', '2024', 'a.jpg', 'a.jpg')\"", "names", "not in the file"),
        ("echo nonsense >> $1/layer/names.jsonl", "names", "makes no sense"),
        ("sql \"UPDATE asset SET facts = '{}' WHERE name = 'IMG_0001.jpg'\"", "asset", "not what its layers say"),
        ("sql \"UPDATE asset SET taken = '1999' WHERE name = 'IMG_0001.jpg'\"", "asset", "placed at 1999"),
        ("sql \"DELETE FROM layer WHERE source = 'embedded'\"", "asset", "not what its layers say"),
        ("sql \"UPDATE location SET content_id = 999999 WHERE name = CAST('copy1.jpg' AS BLOB)\"", "asset", "content is not in the catalogue"),
        ("sql \"UPDATE content SET asset_id = NULL WHERE id = (SELECT content_id FROM asset LIMIT 1)\"", "asset", "belongs to no photo"),
        ("sql \"DELETE FROM asset_text WHERE rowid = (SELECT id FROM asset LIMIT 1)\"", "asset", "search does not know it"),
        ("sql \"DELETE FROM timeline_entry WHERE asset_id = (SELECT max(id) FROM asset)\"", "timeline", "no place in the timeline"),
        ("sql \"UPDATE timeline_folder SET entries = entries + 1\"", "timeline", "says that it has"),
        ("sql \"DELETE FROM facet\"", "timeline", "folders of tags"),
        ("sql \"UPDATE timeline_entry SET entry_key = 'zzz' WHERE asset_id = (SELECT max(id) FROM asset)\"", "timeline", "its key is zzz"),
        ("sql \"INSERT INTO stack_member SELECT id, uid, 'still', 'person', id FROM asset LIMIT 1\"", "stacks", "one member alone"),
        ("sql \"UPDATE location SET entry_key = 'ZZZ' WHERE name = CAST('copy1.jpg' AS BLOB)\"", "folder", "its key is ZZZ"),
        ("sql \"UPDATE folder SET path = CAST('2024/x/y' AS BLOB) WHERE path = CAST('2024/A' AS BLOB)\"", "folder", "another folder than its path"),
        ("sql \"UPDATE statement SET value = '\\\"' || asset || '\\\"' WHERE kind = 5 AND field = 'parent'\"", "album", "lies in itself"),
        ("sql \"UPDATE statement SET field = 'Upper' WHERE kind = 6\"", "album", "no entry with the key Upper"),
        ("sql \"UPDATE statement SET value = replace(value, json_extract(value, '$.asset'), '00000000000000000000000000000000') WHERE kind = 6\"", "album", "lies nowhere"),
        ("sqlite3 $1/auth.db \"INSERT INTO path_lock VALUES ('t', '/Inbox/A', '/Inbox/A', 1, 0, 'anna', '', 60, 4000000000)\"", "path", "Its key is /Inbox/A"),
        ("sqlite3 $1/auth.db \"INSERT INTO path_property VALUES ('/inbox', 'urn:x', 'y', '<y>')\"", "path", "cannot be read as XML"),
        ("sqlite3 $1/auth.db \"INSERT INTO inbox_receipt VALUES ('/inbox', 'B.jpg', 'B.jpg', 1, 1, zeroblob(32), NULL, NULL, 'x', 1)\"", "path", "the receipt /inbox/B.jpg"),
        ("rm $(find $2/derivatives -name '*.preview' | head -1)", "derivative", "is not there"),
        ("truncate -s 100 $(find $2/derivatives -name '*.thumbnail' | head -1)", "derivative", "has 100 bytes"),
        ("echo '{' > $1/layer/albums.json", "layer", "albums.json"),
        ("echo nonsense >> $3/.albumen/layer/journal-000001.jsonl", "layer", "journal-000001.jsonl"),
        ("rm $3/2024/A/IMG_0003.jpg", "original", "is not there"),
        ("echo >> $3/2024/A/IMG_0003.jpg", "original", "when it was last seen"),
        ("touch $3/2024/A/IMG_0003.jpg", "original", "written to since"),
        ("cp -p $3/2024/A/IMG_0003.jpg $3/t; printf rot! | dd of=$3/2024/A/IMG_0003.jpg bs=1 seek=3000 conv=notrunc status=none; touch -r $3/t $3/2024/A/IMG_0003.jpg; rm $3/t", "original", "bytes are others"),
    ];

    [Fact]
    public async Task What_was_damaged_is_named_and_nothing_is_written()
    {
        string before = await StateAsync();
        Answer well = await _daemon.AlbumendAsync("check", "--deep");
        Assert.True(well.Code == 0, $"{well.Output}\n{well.Error}");
        Assert.Equal("All is well.", well.Output.Trim());
        Assert.Contains("Reads every original of every volume, to its end.", well.Error, StringComparison.Ordinal);
        Assert.Equal(before, await StateAsync());

        List<string> unnamed = [];
        foreach ((string damage, string check, string word) in Damages)
        {
            await ShellAsync("cp -a $1 $1.kept; cp -a $2 $2.kept; cp -a $3 $3.kept");
            await ShellAsync(damage);
            Answer found = await _daemon.AlbumendAsync("check", "--deep", "--json");
            await ShellAsync("rm -r $1 $2 $3; mv $1.kept $1; mv $2.kept $2; mv $3.kept $3");
            JsonElement[] findings = [.. found.Lines.Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
            if (found.Code != 1 || !Array.Exists(findings, f => f.GetProperty("check").GetString() == check && $"{f.GetProperty("where")}: {f.GetProperty("what")}".Contains(word, StringComparison.Ordinal)))
                unnamed.Add($"After {damage}:\n{found.Code} {found.Output}\n{found.Error}");
            Assert.All(findings, f => Assert.NotEqual("", f.GetProperty("remedy").GetString()));
        }
        Assert.True(unnamed.Count == 0, string.Join("\n\n", unnamed));

        Assert.Equal(0, (await _daemon.AlbumendAsync("check", "--deep", "--no-bytes")).Code);
    }

    [Fact]
    public async Task It_runs_beside_the_daemon()
    {
        await _daemon.StartAsync();

        Answer well = await _daemon.AlbumendAsync("check", "--deep", "--json");

        Assert.True(well.Code == 0, $"{well.Output}\n{well.Error}");
        Assert.Equal("", well.Output);
    }

    [Fact]
    public async Task Without_a_catalogue_it_says_so()
    {
        File.Delete(Path.Combine(_daemon.State, "catalog.db"));

        Answer none = await _daemon.AlbumendAsync("check", "--deep");

        Assert.Equal(1, none.Code);
        Assert.Contains("catalog.db does not exist", none.Error, StringComparison.Ordinal);
    }

    async Task ShellAsync(string script)
    {
        (int code, string output) = await WebDav.Clients.RunAsync("bash", ["-euc", $"state=$1; sql() {{ sqlite3 $state/catalog.db \"$1\"; }}; {script}", "bash", _daemon.State, _daemon.Cache, _volume]);
        Assert.True(code == 0, $"{script}: {output}");
    }

    /// <summary>The hashes of all files of the state and the volume.</summary>
    async Task<string> StateAsync() => (await WebDav.Clients.RunAsync("bash", ["-c", "find \"$1\" \"$2\" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum", "bash", _daemon.State, _volume])).Output;
}
