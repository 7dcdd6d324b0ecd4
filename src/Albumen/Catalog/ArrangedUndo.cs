using System.Data.Common;
using Albumen.Sql;
using Dapper;

namespace Albumen.Catalog;

/// <summary>Keeps albums whole when an operation is taken back after others followed it: no photo is lost from an album or comes into it twice, and no album vanishes from around what was put into it since.</summary>
static class ArrangedUndo
{
    /// <summary>Takes out of the inverse of an operation what would do that.</summary>
    /// <param name="done">What the operation changed.</param>
    /// <returns>How many changes were taken out.</returns>
    public static int KeepWhole(DbConnection connection, IReadOnlyList<StatementChange> done, List<StatementChange> inverse)
    {
        int before = inverse.Count;
        // An album that stays may keep the one around it.
        while (inverse.Where(IsEnd).Select(c => c.Asset).FirstOrDefault(album => HasMore(connection, album, inverse)) is { } album)
            inverse.RemoveAll(c => c.Asset == album && c.Kind is StatementKind.Album);
        inverse.RemoveAll(c => c.Kind is StatementKind.Album && c.Field is Arranged.Parent && c.After is not null && !WillBe(connection, Arranged.Text(c.After), inverse));

        foreach (IGrouping<string, StatementChange> ofAlbum in inverse.Where(c => c.Kind is StatementKind.Entry).GroupBy(c => c.Asset).ToList())
        {
            HashSet<string> goes = Assets(ofAlbum.Select(c => c.Before)), comes = Assets(ofAlbum.Select(c => c.After));
            HashSet<string> were = Assets(done.Where(c => c.Kind is StatementKind.Entry && c.Asset == ofAlbum.Key).Select(c => c.Before));
            // What is there and does not go at the same time stands under another name now; what was there before and cannot come back stays under its new one.
            HashSet<string> twice = comes.Count > 0 ? [.. Present(connection, ofAlbum.Key, comes).Where(asset => !goes.Contains(asset))] : [];
            HashSet<string> lost = [.. goes.Where(asset => were.Contains(asset) && !comes.Contains(asset))];
            if (twice.Count > 0 || lost.Count > 0)
                inverse.RemoveAll(c => c.Kind is StatementKind.Entry && c.Asset == ofAlbum.Key && AlbumEntry.FromJson((c.After ?? c.Before)!).Asset is var asset && (c.After is null ? lost : twice).Contains(asset));
        }
        return before - inverse.Count;
    }

    /// <summary>Photos or albums that do not go with it.</summary>
    static bool HasMore(DbConnection connection, string album, List<StatementChange> inverse)
    {
        long entries = connection.ExecuteScalar<long>("SELECT count(*) FROM statement WHERE asset = @album AND kind = 6", new { album });
        return entries > inverse.Count(c => c.Asset == album && c.Kind is StatementKind.Entry && c.After is null)
            || connection.Query<string>("SELECT asset FROM statement WHERE kind = 5 AND field = @Parent AND value = @parent", new { Arranged.Parent, parent = Arranged.Json(album) })
                .Any(child => !inverse.Any(c => c.Asset == child && IsEnd(c)));
    }

    /// <summary>There is an album, or it comes back with the same operation.</summary>
    static bool WillBe(DbConnection connection, string album, List<StatementChange> inverse) => inverse.Find(c => c.Asset == album && c.Kind is StatementKind.Album && c.Field is Arranged.Name) is { } named
        ? named.After is not null : Journal.Statement(connection, album, StatementKind.Album, Arranged.Name) is not null;

    static bool IsEnd(StatementChange change) => change is { Kind: StatementKind.Album, Field: Arranged.Name, After: null };

    static HashSet<string> Assets(IEnumerable<string?> entries) => [.. entries.OfType<string>().Select(entry => AlbumEntry.FromJson(entry).Asset)];

    static IEnumerable<string> Present(DbConnection connection, string album, IReadOnlyCollection<string> assets) => connection.Query<string>($"""
        SELECT a.value FROM {Dialect.JsonItems("@assets")} a JOIN statement s ON {Dialect.Json("s.value", "asset")} = a.value AND +s.asset = @album AND s.kind = 6
        """, new { album, assets = Dialect.JsonArray(assets) });
}
