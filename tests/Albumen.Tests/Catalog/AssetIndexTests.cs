using System.Security.Cryptography;
using System.Text;
using Albumen.Catalog;
using Albumen.Sql;
using Albumen.Storage;
using Albumen.Tests.Storage;
using Dapper;

namespace Albumen.Tests.Catalog;

public sealed class AssetIndexTests : IDisposable
{
    const long Now = 1_790_000_000;

    readonly Shelf _shelf = new();

    public void Dispose() => _shelf.Dispose();

    [Fact]
    public async Task A_photo_becomes_an_asset_and_another_file_does_not()
    {
        _shelf.With("a.jpg", "notes.txt");
        await IndexAsync();

        Assert.Equal("a.jpg=A", Assets("A"));
    }

    [Fact]
    public async Task A_copy_is_a_second_place_of_the_same_asset()
    {
        _shelf.Write("a.jpg", "A");
        _shelf.Write("b/copy.jpg", "A");
        await IndexAsync();

        Assert.Equal("a.jpg=A b/copy.jpg=A", Assets("A"));
        Assert.Equal(1, Count("asset"));
    }

    [Fact]
    public async Task A_moved_photo_is_the_same_asset()
    {
        _shelf.Write("a.jpg", "A");
        await IndexAsync();
        _shelf.Shell("mkdir b; mv a.jpg b/moved.jpg");
        await IndexAsync();

        Assert.Equal("b/moved.jpg=A", Assets("A"));
        Assert.Equal(1, Count("asset"));
    }

    [Fact]
    public async Task An_edited_photo_stays_the_same_asset()
    {
        _shelf.Write("a.jpg", "A");
        await IndexAsync();
        _shelf.Write("a.jpg", "edited");
        await IndexAsync();

        Assert.Equal("a.jpg=A", Assets("A"));
        Assert.Equal(Hash("edited"), CurrentContent("A"));
        Assert.Equal(2, Count("content"));
    }

    [Fact]
    public async Task An_edit_taken_back_brings_the_old_content_back()
    {
        _shelf.Write("a.jpg", "A");
        await IndexAsync();
        _shelf.Write("a.jpg", "edited");
        await IndexAsync();
        _shelf.Write("a.jpg", "A");
        await IndexAsync();

        Assert.Equal("a.jpg=A", Assets("A"));
        Assert.Equal(Hash("A"), CurrentContent("A"));
    }

    [Fact]
    public async Task An_old_version_found_elsewhere_leaves_the_edit_current()
    {
        _shelf.Write("a.jpg", "A");
        await IndexAsync();
        _shelf.Write("a.jpg", "edited");
        await IndexAsync();
        _shelf.Write("backup/a.jpg", "A");
        await IndexAsync();

        Assert.Equal(Hash("edited"), CurrentContent("A"));
        Assert.Equal(1, Count("asset"));
    }

    [Fact]
    public async Task An_edited_copy_is_an_asset_of_its_own()
    {
        _shelf.Write("a.jpg", "A");
        _shelf.Write("copy.jpg", "A");
        await IndexAsync();
        _shelf.Write("copy.jpg", "edited");
        await IndexAsync();

        Assert.Equal("a.jpg=A copy.jpg=edited", Assets("A", "edited"));
        Assert.Equal(2, Count("asset"));
    }

    [Fact]
    public async Task A_photo_overwritten_by_another_known_one_is_that_one()
    {
        _shelf.Write("a.jpg", "A");
        _shelf.Write("b.jpg", "B");
        await IndexAsync();
        _shelf.Write("a.jpg", "B");
        await IndexAsync();

        Assert.Equal("a.jpg=B b.jpg=B", Assets("A", "B"));
    }

    [Fact]
    public async Task A_catalogue_made_anew_gives_the_same_ids()
    {
        _shelf.With("a.jpg", "b/c.jpg");
        await IndexAsync();
        (Database anew, Volumes volumes) = _shelf.AnotherCatalog();
        using (VolumeFiles files = new(_shelf.Disk)) await Shelf.Scanner(anew).ScanAsync(volumes.All[0], files, new(), TestContext.Current.CancellationToken);
        await IndexAsync(anew);

        Assert.Equal(Uids(_shelf.Catalog), Uids(anew));
    }

    [Fact]
    public async Task Seeing_the_same_again_changes_nothing()
    {
        _shelf.With("a.jpg");
        await IndexAsync();
        long before = Revision();

        await IndexAsync(again: true);

        Assert.Equal(before, Revision());
    }

    [Fact]
    public async Task Better_knowledge_of_the_same_bytes_is_a_new_revision_and_found_by_words()
    {
        _shelf.With("a.jpg");
        await IndexAsync();
        long before = Revision();

        await IndexAsync(again: true, facts: new() { Title = "Sunset" });

        Assert.True(Revision() > before);
        Assert.Equal(1, Scalar<long>("SELECT count(*) FROM asset_text WHERE asset_text MATCH 'sunset'"));
    }

    [Fact]
    public async Task What_a_scan_has_seen_change_since_is_not_written_down()
    {
        _shelf.With("a.jpg");
        await _shelf.ScanAsync();

        Recorded recorded = Recorded.Known;
        await _shelf.Catalog.WriteAsync(connection =>
        {
            (long folder, byte[] name) = connection.QuerySingle<(long, byte[])>("SELECT folder_id, name FROM location");
            recorded = AssetIndex.Record(connection, Sighting(folder, name, "A", new() { ChangedNs = 1 }, new()), Now).As;
        }, TestContext.Current.CancellationToken);

        Assert.Equal(Recorded.Outdated, recorded);
        Assert.Equal(0, Count("content"));
    }

    [Fact]
    public async Task A_missing_file_that_came_back_is_not_written_down_before_a_scan_gives_it_its_name_back()
    {
        _shelf.With("a.jpg");
        await IndexAsync();
        _shelf.Shell("mkdir b; mv a.jpg ..");
        await _shelf.ScanAsync();
        _shelf.Shell("mv ../a.jpg .");
        Assert.Equal(Recorded.Outdated, await ReadAgainAsync("a.jpg"));
        await _shelf.ScanAsync();

        Assert.Equal(Recorded.Known, await ReadAgainAsync("a.jpg"));
        Assert.Equal(("a.jpg=a.jpg", EntryName.KeyOf("a.jpg")), (Assets("a.jpg"), Scalar<string>("SELECT entry_key FROM location")));
    }

    [Theory]
    [InlineData("mkdir porto; mv lisbon/a.jpg porto/a.jpg", "porto/a.jpg")]
    [InlineData("mkdir porto; mv lisbon/a.jpg porto/b.jpg", "porto/b.jpg")]
    [InlineData("mkdir porto; cp -p lisbon/a.jpg porto/b.jpg; rm lisbon/a.jpg", "porto/b.jpg")]
    [InlineData("mkdir porto; cp -p lisbon/a.jpg porto/b.jpg", "lisbon/a.jpg")]
    public async Task A_moved_photo_is_found_by_its_new_place(string move, string place)
    {
        _shelf.With("lisbon/a.jpg");
        await IndexAsync();
        _shelf.Shell(move);
        await _shelf.ScanAsync();
        await IndexAsync(again: true);

        Assert.Equal(place, Scalar<string>("SELECT folder || '/' || name FROM asset_text"));
        Assert.Equal(Path.GetFileName(place), Scalar<string>("SELECT name FROM asset"));
    }

    [Fact]
    public async Task A_place_nobody_knows_is_not_written_down()
    {
        await _shelf.Catalog.WriteAsync(connection => Assert.Equal(Recorded.Outdated, AssetIndex.Record(connection, Sighting(99, "x"u8.ToArray(), "A", default, new()), Now).As), TestContext.Current.CancellationToken);

        Assert.Equal(0, Count("content"));
    }

    [Fact]
    public async Task Other_bytes_of_the_same_size_and_time_are_rot_and_no_edit()
    {
        _shelf.With("a.jpg");
        await IndexAsync();
        _shelf.Shell("touch -r a.jpg ../time; printf b.jpg > a.jpg; touch -r ../time a.jpg");
        long before = Revision();

        Recorded recorded = await ReadAgainAsync("b.jpg");

        Assert.Equal(Recorded.Rotted, recorded);
        Assert.Equal("a.jpg=a.jpg", Assets("a.jpg"));
        Assert.Equal((1, before), (Count("content"), Revision()));
    }

    [Fact]
    public async Task Rot_that_was_taken_as_an_edit_continues_the_asset()
    {
        _shelf.With("a.jpg");
        await IndexAsync();
        _shelf.Shell("touch -r a.jpg ../time; printf b.jpg > a.jpg; touch -r ../time a.jpg");

        await _shelf.Catalog.WriteAsync(connection =>
        {
            (long folder, byte[] name) = connection.QuerySingle<(long, byte[])>("SELECT folder_id, name FROM location");
            Assert.True(AssetIndex.TakeAsEdit(connection, folder, name));
            Assert.False(AssetIndex.TakeAsEdit(connection, folder, name));
        }, TestContext.Current.CancellationToken);
        Recorded recorded = await ReadAgainAsync("b.jpg");

        Assert.Equal(Recorded.Known, recorded);
        Assert.Equal("a.jpg=a.jpg", Assets("a.jpg"));
        Assert.Equal(Hash("b.jpg"), CurrentContent("a.jpg"));
    }

    [Fact]
    public async Task Bytes_that_are_as_they_were_are_verified_and_those_seen_first_have_a_date()
    {
        _shelf.With("a.jpg");
        await IndexAsync();
        await ReadAgainAsync("a.jpg", Now + 60);

        Assert.Equal((Now + 60, Now), (Scalar<long>("SELECT verified FROM location"), Scalar<long>("SELECT first_seen FROM content")));
    }

    /// <summary>Records the one file again, with this text.</summary>
    async Task<Recorded> ReadAgainAsync(string text, long now = Now)
    {
        using VolumeFiles files = new(_shelf.Disk);
        using Microsoft.Win32.SafeHandles.SafeFileHandle handle = files.OpenRead(RelativePath.Parse("a.jpg"), out FileStat stat);
        return await _shelf.Catalog.WriteAsync(connection =>
        {
            (long folder, byte[] name) = connection.QuerySingle<(long, byte[])>("SELECT folder_id, name FROM location");
            return AssetIndex.Record(connection, Sighting(folder, name, text, stat, new()), now).As;
        }, TestContext.Current.CancellationToken);
    }

    /// <summary>Scans, then takes each waiting file for a photo whose content is its text.</summary>
    async Task IndexAsync(Database? catalog = null, bool again = false, Facts? facts = null)
    {
        if (catalog is null) await _shelf.ScanAsync();
        await (catalog ?? _shelf.Catalog).WriteAsync(connection =>
        {
            foreach ((long folder, byte[] path, byte[] name) in connection.Query<(long, byte[], byte[])>(
                $"SELECT f.id, f.path, l.name FROM location l JOIN folder f ON f.id = l.folder_id WHERE l.missing_since IS NULL {(again ? "" : "AND l.content_id IS NULL")} ORDER BY f.id, l.name").AsList())
            {
                RelativePath file = RelativePath.FromBytes(path).Child(name);
                using VolumeFiles files = new(_shelf.Disk);
                using Microsoft.Win32.SafeHandles.SafeFileHandle handle = files.OpenRead(file, out FileStat stat);
                string text = File.ReadAllText(Path.Combine(_shelf.Disk, file.ToString()));
                AssetIndex.Record(connection, Sighting(folder, name, text, stat, facts ?? new()), Now);
            }
        }, TestContext.Current.CancellationToken);
    }

    static Sighting Sighting(long folder, byte[] name, string text, FileStat stat, Facts facts)
    {
        bool isPhoto = Encoding.UTF8.GetString(name).EndsWith(".jpg", StringComparison.Ordinal);
        return new(folder, name, ContentHash.Parse(Hash(text)), stat, isPhoto ? "image" : "other", isPhoto ? "image/jpeg" : "text/plain", isPhoto ? facts : null);
    }

    static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Where assets lie, each named by the text it was first seen with.</summary>
    string Assets(params string[] texts)
    {
        using Database.Reader reader = _shelf.Catalog.Read();
        return string.Join(' ', reader.Connection.Query<(byte[] Folder, byte[] Name, string Uid)>("""
            SELECT f.path, l.name, a.uid FROM location l JOIN folder f ON f.id = l.folder_id JOIN content c ON c.id = l.content_id JOIN asset a ON a.id = c.asset_id
            WHERE l.missing_since IS NULL ORDER BY f.path, l.name
            """).Select(row => $"{RelativePath.FromBytes(row.Folder).Child(row.Name)}={texts.FirstOrDefault(text => Hash(text).StartsWith(row.Uid, StringComparison.Ordinal), texts[0])}"));
    }

    string CurrentContent(string firstText) => Convert.ToHexStringLower(Scalar<byte[]>($"SELECT c.sha256 FROM asset a JOIN content c ON c.id = a.content_id WHERE a.uid = '{Hash(firstText)[..32]}'"));

    static List<string> Uids(Database catalog)
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.Query<string>("SELECT uid || name FROM asset ORDER BY id").AsList();
    }

    long Revision() => Scalar<long>("SELECT max(revision) FROM asset");

    long Count(string table) => Scalar<long>($"SELECT count(*) FROM {table}");

    T Scalar<T>(string sql)
    {
        using Database.Reader reader = _shelf.Catalog.Read();
        return reader.Connection.ExecuteScalar<T>(sql)!;
    }
}
