using System.Data.Common;
using Albumen.Sql;
using Dapper;

namespace Albumen.Derivatives;

/// <summary>What speaks for one of several photos that look alike: what the camera wrote before what was made of it, more pixels, more that is known, more bytes, and then the one that was there first. The better sorts first.</summary>
/// <param name="Asset">Its id in the catalogue.</param>
/// <param name="Format">3 RAW; 2 a JPEG or HEIC that a camera wrote; 1 another format that names a camera; 0 none does, as after programs that strip what they send.</param>
/// <param name="Known">How much of date, camera, position, and rating, tags or words.</param>
readonly record struct Merit(int Asset, byte Format, byte Known, uint Pixels, long SizeInBytes) : IComparable<Merit>
{
    /// <summary>Of these assets, in no order, with the stack that people, files or rules put each in, and whether a copy is there.</summary>
    public static IEnumerable<(Merit Merit, string? Stack, bool IsThere)> Of(DbConnection connection, IEnumerable<int> assets) => connection.Query<(long Asset, string Kind, string Mime, long Size, long Pixels, long HasCamera, long Known, string? Stack, long IsThere)>($"""
        SELECT a.id, c.kind, c.mime, c.size_in_bytes, coalesce({Fact("width")} * {Fact("height")}, 0),
          {Fact("camera.make")} IS NOT NULL OR {Fact("camera.model")} IS NOT NULL,
          (a.taken IS NOT NULL) + ({Fact("camera")} IS NOT NULL) + ({Fact("gps")} IS NOT NULL) + (coalesce({Fact("rating")}, 0) <> 0) + ({Fact("tags[0]")} IS NOT NULL)
            + ({Fact("title")} IS NOT NULL) + ({Fact("caption")} IS NOT NULL) + ({Fact("people[0]")} IS NOT NULL) + coalesce({Fact("favourite")}, 0),
          coalesce((SELECT stack FROM stack_member WHERE asset_id = a.id), {Fact("stack")}), EXISTS (SELECT 1 FROM location l WHERE l.content_id = c.id AND l.missing_since IS NULL AND l.unseen_since IS NULL)
        FROM {Dialect.JsonItems("@ids")} i CROSS JOIN asset a ON a.id = i.value CROSS JOIN content c ON c.id = a.content_id
        """, new { ids = Dialect.JsonArray(assets) }).Select(row => (new Merit((int)row.Asset, Class(row.Kind, row.Mime, row.HasCamera != 0), (byte)row.Known, (uint)Math.Clamp(row.Pixels, 0, uint.MaxValue), row.Size), row.Stack, row.IsThere != 0));

    public int CompareTo(Merit other) =>
        Format != other.Format ? other.Format.CompareTo(Format)
        : Pixels != other.Pixels ? other.Pixels.CompareTo(Pixels)
        : Known != other.Known ? other.Known.CompareTo(Known)
        : SizeInBytes != other.SizeInBytes ? other.SizeInBytes.CompareTo(SizeInBytes)
        : Asset.CompareTo(other.Asset);

    /// <summary>What was decisive.</summary>
    public string Against(Merit next) =>
        Format != next.Format ? Format switch { 3 => "it is RAW", 2 => "it is what the camera wrote", _ => "it names its camera" }
        : Pixels != next.Pixels ? "it has more pixels"
        : Known != next.Known ? "more is known of it"
        : SizeInBytes != next.SizeInBytes ? "it has more bytes"
        : "it was there first";

    static byte Class(string kind, string mime, bool hasCamera) => kind == "raw" ? (byte)3 : !hasCamera ? (byte)0 : mime is "image/jpeg" or "image/heic" or "image/heif" ? (byte)2 : (byte)1;

    static string Fact(string path) => Dialect.Json("a.facts", path);
}
