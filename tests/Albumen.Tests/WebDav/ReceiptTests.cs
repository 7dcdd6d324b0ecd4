using Albumen.Sql;
using Albumen.Storage;
using Albumen.Tree;
using Dapper;

namespace Albumen.Tests.WebDav;

/// <summary>What was taken in is shown in the inbox on: a file like others, whose end is not the original's.</summary>
public sealed class ReceiptTests : IAsyncLifetime
{
    ServedArchive _archive = null!;
    Writer _writer = null!;

    public async ValueTask InitializeAsync()
    {
        _archive = await ServedArchive.OfAsync(archive => archive.Write("a.jpg", "original"), TestContext.Current.CancellationToken);
        _writer = await Writer.InAsync(_archive);
    }

    public ValueTask DisposeAsync() => _archive.DisposeAsync();

    [Fact]
    public async Task A_receipt_is_listed_and_has_the_originals_bytes()
    {
        string etag = await ReceiptAsync("photo.jpg");

        Assert.Equal(["photo.jpg"], await _writer.NamesAsync());
        Assert.Equal("original", await _writer.GetAsync("/photo.jpg"));
        Assert.Equal(etag, _writer.ETag);
        Assert.Equal("Mon, 15 Jul 2024 10:20:30 GMT", _writer.Last!.Content.Headers.LastModified!.Value.ToString("r"));
        Assert.Equal("8", await _writer.PropertyAsync("/PHOTO.jpg", "DAV:", "getcontentlength") is { } length ? length[(length.IndexOf('>') + 1)..length.LastIndexOf('<')] : null);
    }

    [Fact]
    public async Task Deleting_a_receipt_deletes_nothing_else()
    {
        await ReceiptAsync("photo.jpg");

        Assert.Equal(204, await _writer.SendAsync("DELETE", "/photo.jpg"));

        Assert.Empty(await _writer.NamesAsync());
        Assert.Equal(404, await _writer.SendAsync("DELETE", "/photo.jpg"));
        Assert.True(File.Exists(Path.Combine(_archive.Disk, "a.jpg")));
    }

    [Fact]
    public async Task The_same_bytes_once_more_are_no_new_file()
    {
        await MakeAssetAsync();
        string etag = await ReceiptAsync("photo.jpg");

        Assert.Equal(204, await _writer.PutAsync("/photo.jpg", "original", ("X-OC-Mtime", "1700000000")));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_writer.Disk));
        Assert.Equal("original", await _writer.GetAsync("/photo.jpg"));
        Assert.Equal(etag, _writer.ETag);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000000), _writer.Last!.Content.Headers.LastModified);
    }

    [Fact]
    public async Task The_same_bytes_that_the_library_has_lost_are_a_new_file()
    {
        await MakeAssetAsync();
        await ReceiptAsync("photo.jpg");
        File.Delete(Path.Combine(_archive.Disk, "a.jpg"));

        Assert.Equal(204, await _writer.PutAsync("/photo.jpg", "original"));

        Assert.Equal("original", await File.ReadAllTextAsync(Path.Combine(_writer.Disk, "photo.jpg"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_stays_when_the_receipt_that_goes_over_it_cannot_be_moved()
    {
        await ReceiptAsync("photo.jpg");
        await _writer.PutAsync("/notes.txt", "notes");
        await _archive.BreakReceiptsAsync();

        Assert.NotEqual(204, await _writer.TransferAsync("MOVE", "/photo.jpg", "/notes.txt"));

        Assert.Equal("notes", await File.ReadAllTextAsync(Path.Combine(_writer.Disk, "notes.txt"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Other_bytes_are_a_new_file()
    {
        await ReceiptAsync("photo.jpg");

        Assert.Equal(204, await _writer.PutAsync("/photo.jpg", "other"));

        Assert.Equal("other", await File.ReadAllTextAsync(Path.Combine(_writer.Disk, "photo.jpg"), TestContext.Current.CancellationToken));
        Assert.Equal(204, await _writer.SendAsync("DELETE", "/photo.jpg"));
        Assert.Empty(await _writer.NamesAsync());
    }

    [Fact]
    public async Task Receipts_are_copied_and_moved_like_files()
    {
        await ReceiptAsync("photo.jpg");
        Assert.Equal(201, await _writer.SendAsync("MKCOL", "/sub"));

        Assert.Equal(201, await _writer.TransferAsync("COPY", "/photo.jpg", "/sub/copy.jpg"));
        Assert.Equal(201, await _writer.TransferAsync("MOVE", "/photo.jpg", "/moved.jpg"));
        Assert.Equal(201, await _writer.TransferAsync("MOVE", "/sub", "/renamed"));
        Assert.Equal(201, await _writer.TransferAsync("COPY", "/renamed", "/again"));
        Assert.Equal(201, await _writer.TransferAsync("MOVE", "/moved.jpg", "/Moved.jpg"));

        Assert.Equal(["again", "renamed", "Moved.jpg"], await _writer.NamesAsync());
        Assert.Equal(["copy.jpg"], await _writer.NamesAsync("/renamed"));
        Assert.Equal("original", await _writer.GetAsync("/again/copy.jpg"));
        Assert.Equal(204, await _writer.SendAsync("DELETE", "/again"));
        Assert.Equal(201, await _writer.SendAsync("MKCOL", "/again"));
        Assert.Empty(await _writer.NamesAsync("/again"));
    }

    [Fact]
    public async Task A_file_takes_a_receipts_place_and_a_receipt_a_files()
    {
        await ReceiptAsync("photo.jpg");
        await _writer.PutAsync("/notes.txt", "notes");

        Assert.Equal(412, await _writer.TransferAsync("MOVE", "/notes.txt", "/photo.jpg", ("Overwrite", "F")));
        Assert.Equal(204, await _writer.TransferAsync("COPY", "/notes.txt", "/photo.jpg"));
        Assert.Equal("notes", await _writer.GetAsync("/photo.jpg"));
        await ReceiptAsync("other.jpg");
        Assert.Equal(204, await _writer.TransferAsync("MOVE", "/other.jpg", "/photo.jpg"));

        Assert.Equal("original", await _writer.GetAsync("/photo.jpg"));
        Assert.Equal(["notes.txt", "photo.jpg"], await _writer.NamesAsync());
        Assert.Equal(["notes.txt"], Directory.EnumerateFileSystemEntries(_writer.Disk).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_receipt_in_the_place_of_a_folder_leaves_nothing_of_that()
    {
        await ReceiptAsync("old.jpg");
        await ReceiptAsync("photo.jpg");
        Assert.Equal(201, await _writer.SendAsync("MKCOL", "/day"));
        Assert.Equal(201, await _writer.TransferAsync("MOVE", "/old.jpg", "/day/old.jpg"));

        Assert.Equal(204, await _writer.TransferAsync("MOVE", "/photo.jpg", "/day"));

        Assert.Equal(204, await _writer.SendAsync("DELETE", "/day"));
        Assert.Equal(201, await _writer.SendAsync("MKCOL", "/day"));
        Assert.Empty(await _writer.NamesAsync("/day"));
    }

    /// <summary>As if the original were a photo.</summary>
    Task MakeAssetAsync() => _archive.Catalog.WriteAsync(connection => connection.Execute("""
        INSERT INTO asset (uid, content_id, name, facts, revision) SELECT 'asset', id, 'a.jpg', '{}', 1 FROM content WHERE size_in_bytes = 8;
        UPDATE content SET asset_id = (SELECT id FROM asset WHERE uid = 'asset') WHERE size_in_bytes = 8;
        """), TestContext.Current.CancellationToken);

    /// <returns>Its ETag.</returns>
    async Task<string> ReceiptAsync(string name)
    {
        byte[] hash;
        using (Database.Reader reader = _archive.Catalog.Read()) hash = reader.Connection.QuerySingle<byte[]>("SELECT sha256 FROM content WHERE size_in_bytes = 8");
        long modified = (ServedArchive.Modified - DateTime.UnixEpoch).Ticks * 100;
        await _archive.Receipts.WriteAsync(new(TreePath.KeyOf(_writer.Folder), EntryName.KeyOf(name), name, 8, modified, ContentHash.FromBytes(hash), null, null, "asset", 0), TestContext.Current.CancellationToken);
        return $"\"{Convert.ToHexStringLower(hash)[..32]}\"";
    }
}
