using System.Data.Common;
using Albumen.Catalog;
using Dapper;

namespace Albumen.Sidecar;

/// <summary>
/// What the sidecars of an asset say by themselves: without what we wrote into them. Several copies of a photo may each have one, and
/// <c>a.jpg.xmp</c> may stand beside <c>a.xmp</c>; the first place counts, by volume and path, and the more special name.
/// </summary>
static class SidecarLayer
{
    /// <summary>Computes it anew, in the caller's transaction.</summary>
    public static void Refresh(DbConnection connection, string asset)
    {
        Facts facts = new();
        foreach (Facts file in Files(connection, asset)) facts = Layers.Over(file, facts);
        // Where a person has said something, the file may say what we wrote into it; what it said by itself is noted.
        foreach (string edited in connection.Query<string>("SELECT DISTINCT field FROM change WHERE asset = @asset AND kind = 0", new { asset }))
            if (Field.Find(edited) is { } field) facts = field.Write(facts, null);
        foreach ((string name, string value) in Journal.Statements(connection, asset, StatementKind.Sidecar))
            if (Field.Find(name) is { } field) facts = field.Write(facts, value);
        AssetIndex.SetLayer(connection, asset, Layers.Sidecar, facts);
    }

    /// <summary>What they say, the first one first.</summary>
    public static IEnumerable<Facts> Files(DbConnection connection, string asset, SidecarPlace? except = null)
    {
        foreach ((long folder, byte[] name) in Places(connection, asset))
        {
            foreach (byte[] sidecar in SidecarContents.Beside(connection, folder, name))
                if (new SidecarPlace(folder, sidecar, IsMirror: false) is var beside && !IsExcept(beside) && Says(beside) is { } facts) yield return facts;
            SidecarPlace mirror = new(folder, [.. name, .. ".xmp"u8], IsMirror: true);
            if (!IsExcept(mirror) && SidecarBase.Find(connection, mirror) is { } mirrored) yield return mirrored.Facts;
        }

        // One that was written since it was read, or cannot be understood, says what it said before.
        Facts? Says(SidecarPlace place) => SidecarContents.Find(connection, place.Folder, place.Name)?.Facts ?? SidecarBase.Find(connection, place)?.Facts;

        bool IsExcept(SidecarPlace place) => except is { } one && (one.Folder, one.IsMirror) == (place.Folder, place.IsMirror) && one.Name.AsSpan().SequenceEqual(place.Name);
    }

    /// <summary>The size and orientation of a picture, for regions; null when it is not known.</summary>
    public static PixelSize? StoredSize(DbConnection connection, string asset) =>
        connection.QueryFirstOrDefault<string?>("SELECT facts FROM asset WHERE uid = @asset", new { asset }) is { } json
        && System.Text.Json.JsonSerializer.Deserialize(json, FactsJson.Default.Facts) is { Width: { } width, Height: { } height, Orientation: var orientation }
            ? new(width, height, orientation)
            : null;

    /// <summary>Where the contents of an asset lie, by volume and path.</summary>
    public static IReadOnlyList<(long Folder, byte[] Name)> Places(DbConnection connection, string asset) => [.. connection.Query<(long, byte[])>("""
        SELECT l.folder_id, l.name FROM asset a JOIN content c ON c.asset_id = a.id JOIN location l ON l.content_id = c.id JOIN folder f ON f.id = l.folder_id JOIN volume v ON v.id = f.volume_id
        WHERE a.uid = @asset AND l.missing_since IS NULL ORDER BY v.name, f.path, l.name
        """, new { asset })];
}
