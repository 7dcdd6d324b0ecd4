using System.Data.Common;
using Albumen.Sql;
using Dapper;

namespace Albumen.Tree;

/// <summary>A file of the inbox that was taken in: it is shown as it was, and its bytes are the asset's.</summary>
/// <param name="Folder">The key of the folder it is shown in, see <see cref="TreePath.KeyOf"/>.</param>
/// <param name="Key">By which it is found there.</param>
/// <param name="Sha1">Null, as <paramref name="Md5"/>, of a file that came by other means than through a door.</param>
/// <param name="Asset">The uid of the photo or clip it became, or was already.</param>
/// <param name="TakenIn">Unix seconds.</param>
public sealed record Receipt(string Folder, string Key, string Name, long SizeInBytes, long ModifiedNs, ContentHash Sha256, byte[]? Sha1, byte[]? Md5, string Asset, long TakenIn);

/// <summary>
/// What is shown in the inbox although it lies on a volume by now, so that programs which compare do not send it again. Where a file of the same name lies in the
/// inbox, that is meant. No other code touches the <c>inbox_receipt</c> table.
/// </summary>
public sealed class InboxReceipts(Database auth)
{
    const string Columns = "folder_key, entry_key, name, size_in_bytes, modified_ns, sha256, sha1, md5, asset, taken_in";

    // 0 follows the slash: everything below a folder sorts between the two.
    const string Within = "(folder_key = @folder OR (folder_key > @folder || '/' AND folder_key < @folder || '0'))";

    public Receipt? Find(string folder, string key) => Read("folder_key = @folder AND entry_key = @key", new { folder, key }).SingleOrDefault();

    /// <summary>Those of a folder itself.</summary>
    public IReadOnlyList<Receipt> In(string folder) => Read("folder_key = @folder", new { folder });

    /// <summary>In place of an older one of its name. It outlasts a power cut.</summary>
    public Task WriteAsync(Receipt receipt, CancellationToken cancellationToken) => auth.WriteAsync(connection => Write(connection, receipt), cancellationToken, durable: true);

    public Task RemoveAsync(string folder, string key, CancellationToken cancellationToken) =>
        auth.WriteAsync(connection => connection.Execute("DELETE FROM inbox_receipt WHERE folder_key = @folder AND entry_key = @key", new { folder, key }), cancellationToken);

    /// <summary>A folder is gone, with all that is in it and below.</summary>
    public Task RemoveAllAsync(string folder, CancellationToken cancellationToken) => WhereAnyAsync(folder, connection => Empty(connection, folder), cancellationToken);

    /// <summary>Those of a folder itself go.</summary>
    /// <param name="but">Keys of such that stay.</param>
    public Task RemoveInAsync(string folder, IReadOnlyCollection<string> but, CancellationToken cancellationToken) => auth.WriteAsync(connection => connection.Execute(
        $"DELETE FROM inbox_receipt WHERE folder_key = @folder AND entry_key NOT IN (SELECT value FROM {Dialect.JsonItems("@but")})", new { folder, but = Dialect.JsonArray(but) }), cancellationToken);

    /// <summary>It gets another name or folder; what has that name goes.</summary>
    public Task MoveAsync(Receipt receipt, Receipt moved, CancellationToken cancellationToken) => auth.WriteAsync(connection =>
    {
        connection.Execute("DELETE FROM inbox_receipt WHERE folder_key = @Folder AND entry_key = @Key", receipt);
        Write(connection, moved);
    }, cancellationToken);

    /// <summary>A folder goes elsewhere, with all that is in it and below.</summary>
    public Task MoveAllAsync(string from, string to, CancellationToken cancellationToken) => from == to ? Task.CompletedTask : WhereAnyAsync(from, connection =>
    {
        Empty(connection, to);
        connection.Execute($"UPDATE inbox_receipt SET folder_key = @to || substr(folder_key, length(@folder) + 1) WHERE {Within}", new { folder = from, to });
    }, cancellationToken);

    public Task CopyAllAsync(string from, string to, CancellationToken cancellationToken) => WhereAnyAsync(from, connection => connection.Execute($"""
        INSERT OR REPLACE INTO inbox_receipt ({Columns})
        SELECT @to || substr(folder_key, length(@folder) + 1), entry_key, name, size_in_bytes, modified_ns, sha256, sha1, md5, asset, taken_in FROM inbox_receipt WHERE {Within}
        """, new { folder = from, to }), cancellationToken);

    /// <summary>Forgets those of bytes that were removed for good.</summary>
    public Task RemoveOfAsync(IEnumerable<ContentHash> hashes, CancellationToken cancellationToken)
    {
        var these = new { hashes = hashes.Select(h => h.ToBytes()) };
        return Any("sha256 IN @hashes", these) ? auth.WriteAsync(connection => connection.Execute("DELETE FROM inbox_receipt WHERE sha256 IN @hashes", these), cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Forgets those that are older.</summary>
    /// <param name="before">Unix seconds.</param>
    public async Task ExpireAsync(long before, CancellationToken cancellationToken)
    {
        if (Any("taken_in < @before", new { before }))
            await auth.WriteAsync(connection => connection.Execute("DELETE FROM inbox_receipt WHERE taken_in < @before", new { before }), cancellationToken);
    }

    /// <summary>Most folders have none, and reading costs less than writing nothing.</summary>
    Task WhereAnyAsync(string folder, Action<DbConnection> change, CancellationToken cancellationToken) =>
        Any(Within, new { folder }) ? auth.WriteAsync(change, cancellationToken) : Task.CompletedTask;

    bool Any(string condition, object parameters)
    {
        using Database.Reader reader = auth.Read();
        return reader.Connection.ExecuteScalar<bool>($"SELECT EXISTS (SELECT 1 FROM inbox_receipt WHERE {condition})", parameters);
    }

    List<Receipt> Read(string condition, object parameters)
    {
        using Database.Reader reader = auth.Read();
        return [.. reader.Connection.Query<Row>($"SELECT {Columns} FROM inbox_receipt WHERE {condition} ORDER BY entry_key", parameters).Select(r =>
            new Receipt(r.FolderKey, r.EntryKey, r.Name, r.SizeInBytes, r.ModifiedNs, ContentHash.FromBytes(r.Sha256), r.Sha1, r.Md5, r.Asset, r.TakenIn))];
    }

    static void Empty(DbConnection connection, string folder) => connection.Execute($"DELETE FROM inbox_receipt WHERE {Within}", new { folder });

    static void Write(DbConnection connection, Receipt receipt) => connection.Execute($"""
        INSERT OR REPLACE INTO inbox_receipt ({Columns}) VALUES (@Folder, @Key, @Name, @SizeInBytes, @ModifiedNs, @hash, @Sha1, @Md5, @Asset, @TakenIn)
        """, new { receipt.Folder, receipt.Key, receipt.Name, receipt.SizeInBytes, receipt.ModifiedNs, hash = receipt.Sha256.ToBytes(), receipt.Sha1, receipt.Md5, receipt.Asset, receipt.TakenIn });

    sealed record Row(string FolderKey, string EntryKey, string Name, long SizeInBytes, long ModifiedNs, byte[] Sha256, byte[]? Sha1, byte[]? Md5, string Asset, long TakenIn);
}
