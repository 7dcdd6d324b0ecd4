using System.Security.Cryptography;
using Albumen.Sql;
using Albumen.Storage;
using Albumen.Tree;
using Dapper;

namespace Albumen.Tests.Tree;

/// <summary>What others write to the inbox at the very moment is not taken for what was there before.</summary>
public sealed class InboxExitTests : IDisposable
{
    static readonly RelativePath Photo = RelativePath.Parse("trip/a.jpg");

    readonly string _root = Directory.CreateTempSubdirectory("albumen-exit-").FullName;
    readonly Database _auth;
    readonly PlainDisk _disk;
    readonly InboxHashes _hashes;
    readonly InboxView _view;
    readonly InboxExit _exit;

    public InboxExitTests()
    {
        _auth = new(Path.Combine(_root, "auth.db"), "auth");
        _disk = new(Path.Combine(_root, "inbox"));
        _hashes = new(_auth);
        _view = new(_disk, _hashes, new(_auth));
        _exit = new(_view, _hashes);
        _disk.MakeFolder(Photo.Folder);
        File.WriteAllText(OnDisk, "taken in");
    }

    string OnDisk => Path.Combine(_disk.Path, Photo.ToString());

    FileStat Stat => _disk.Find(Photo)!.Value.Stat;

    static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _disk.Dispose();
        _auth.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void A_file_goes_that_is_as_it_was()
    {
        Assert.True(_exit.Remove(Photo, Stat));

        Assert.Empty(Directory.EnumerateFiles(_disk.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_file_stays_that_was_replaced_or_is_being_written()
    {
        FileStat before = Stat;
        using (File.Open(OnDisk, FileMode.Open, FileAccess.Write)) Assert.False(_exit.Remove(Photo, before));
        File.WriteAllText(Path.Combine(_root, "new"), "replaced");
        File.Move(Path.Combine(_root, "new"), OnDisk, overwrite: true);
        File.SetLastWriteTimeUtc(OnDisk, DateTime.UnixEpoch);

        Assert.False(_exit.Remove(Photo, before));

        Assert.Equal("replaced", File.ReadAllText(OnDisk));
    }

    [Fact]
    public async Task Of_a_folder_stays_what_has_no_known_hash_or_is_not_held()
    {
        ContentHash held = Hash("held"), other = Hash("other");
        foreach ((string name, ContentHash? hash) in ((string, ContentHash?)[])[("trip/held.jpg", held), ("trip/day/held.jpg", held), ("trip/other.jpg", other)])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_disk.Path, name))!);
            File.WriteAllText(Path.Combine(_disk.Path, name), name);
            await _hashes.NoteAsync(_disk.Find(RelativePath.Parse(name))!.Value.Stat, new(hash!.Value, [], []), Now);
        }
        Node trip = new("/Inbox", "trip") { IsFolder = true, Source = new PlainFolder(Photo.Folder) };
        foreach (string key in (string[])["a.jpg", "gone.jpg"]) await _view.Receipts.WriteAsync(new("/inbox/trip", key, key, 1, 0, held, null, null, "asset", 0), Now);

        Assert.NotNull(_view.Names.Find(RelativePath.Root, "TRIP"));

        await _exit.LeaveAsync(trip, hash => hash == held, Now);

        Assert.Equal(["trip/a.jpg", "trip/other.jpg"], Directory.EnumerateFileSystemEntries(Path.Combine(_disk.Path, "trip")).Select(f => Path.GetRelativePath(_disk.Path, f)).Order());
        Assert.NotNull(_view.Names.Find(RelativePath.Root, "TRIP"));
        Assert.Equal(["a.jpg"], _view.Receipts.In("/inbox/trip").Select(r => r.Key));
        Assert.Equal(1, Remembered());
    }

    [Fact]
    public void What_cannot_have_its_name_again_gets_another_and_is_never_nowhere()
    {
        byte[] taken = _disk.TakeAway(Photo);
        File.WriteAllText(OnDisk, "in between");
        _exit.PutBack(taken, Photo);
        Assert.Equal(["in between", "taken in"], Directory.EnumerateFiles(Path.GetDirectoryName(OnDisk)!).Select(File.ReadAllText).Order());

        byte[] away = _disk.TakeAway(Photo);
        Directory.Delete(Path.GetDirectoryName(OnDisk)!, recursive: true);
        _exit.PutBack(away, Photo);
        Assert.Equal("in between", File.ReadAllText(Path.Combine(_disk.Path, "a.jpg")));
    }

    [Fact]
    public async Task A_new_time_gives_no_hash_to_bytes_that_others_wrote_meanwhile()
    {
        FileHashes hashes = new(Hash("taken in"), [], []);
        await _hashes.NoteAsync(Stat, hashes, Now);
        Node found = new("/Inbox/trip", "a.jpg") { IsFolder = false, Source = new PlainFile(Photo, Stat, hashes) };
        InboxFolder folder = new(_view, _hashes, null!, _exit);
        await folder.SetModifiedAsync(found, DateTimeOffset.UnixEpoch, Now);
        Assert.NotEmpty(_hashes.Of([Stat]));
        found = found with { Source = new PlainFile(Photo, Stat, hashes) };
        await File.WriteAllTextAsync(OnDisk, "not the same", Now);

        await folder.SetModifiedAsync(found, DateTimeOffset.UnixEpoch, Now);

        Assert.Empty(_hashes.Of([Stat]));
    }

    [Fact]
    public void A_folder_is_durable_or_gone_and_nothing_else_counts_as_that()
    {
        _disk.SyncFolder(Photo.Folder);
        _disk.SyncFolder(RelativePath.Parse("nowhere"));
        File.CreateSymbolicLink(Path.Combine(_disk.Path, "link"), "trip");

        Assert.Throws<FileFault>(() => _disk.SyncFolder(RelativePath.Parse("link")));
    }

    [Fact]
    public async Task What_went_without_our_doing_is_forgotten_and_what_is_there_or_on_its_way_is_not()
    {
        using StagedFile staged = _disk.Stage();
        File.WriteAllText(Path.Combine(_disk.Path, "gone.jpg"), "gone");
        foreach (RelativePath path in (RelativePath[])[Photo, RelativePath.Parse("gone.jpg"), staged.Path])
            await _hashes.NoteAsync(_disk.Find(path)!.Value.Stat, new(Hash("any"), [], []), Now);
        File.Delete(Path.Combine(_disk.Path, "gone.jpg"));

        await _hashes.ForgetOthersAsync(_disk, Now);

        Assert.Equal(2, Remembered());
        Assert.NotEmpty(_hashes.Of([Stat]));
    }

    long Remembered()
    {
        using Database.Reader reader = _auth.Read();
        return reader.Connection.ExecuteScalar<long>("SELECT count(*) FROM inbox_file");
    }

    static ContentHash Hash(string text) => ContentHash.FromBytes(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
}
