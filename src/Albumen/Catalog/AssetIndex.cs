using System.Data.Common;
using System.Text.Json;
using Albumen.Storage;
using Dapper;

namespace Albumen.Catalog;

/// <summary>A file that was read: which bytes lie there, and what they say of themselves.</summary>
/// <param name="Kind">image, raw, video, audio, sidecar or other; the first three make an asset.</param>
/// <param name="Embedded">Null when the file is no asset, or could not be looked into.</param>
/// <param name="Stat">The file's state while it was read.</param>
/// <param name="Places">Knows the zone of a photo's place; null when no file of places is configured.</param>
public sealed record Sighting(long FolderId, byte[] Name, ContentHash Hash, FileStat Stat, string Kind, string Mime, Facts? Embedded, PlaceZones? Places = null);

/// <summary>What became of a sighting.</summary>
public enum Recorded
{
    /// <summary>It is in the catalogue now, or was already.</summary>
    Known,
    /// <summary>The location is not known any more or missing, or a scan saw its file changed after it was read. Nothing was written.</summary>
    Outdated,
    /// <summary>Size and time are those of the known content and the bytes are not: nobody edited them. Nothing was written; see <see cref="Rot"/>.</summary>
    Rotted,
}

/// <summary>
/// The index of every content we have seen and the assets they belong to. No other code writes <c>content</c>, <c>asset</c>,
/// <c>layer</c>, <c>asset_text</c> and <c>place_change</c>, nor <c>location.content_id</c> and <c>location.verified</c>.
/// </summary>
/// <remarks>
/// An asset's id comes from the first content it was seen with. New bytes at a known place continue the asset that was there, unless they
/// are known already or the old bytes lie somewhere else too; the old bytes come back when the new ones are gone.
/// </remarks>
public static partial class AssetIndex
{
    static readonly HashSet<string> AssetKinds = ["image", "raw", "video"];

    /// <summary>Notes what lies at a location, in the caller's transaction. Repeating a sighting changes nothing but when it was last verified.</summary>
    /// <param name="now">Unix seconds.</param>
    /// <param name="noted">Takes what a rebuild could not know from the files alone: which asset goes on with new bytes, and by which of its names it is known. For the journal.</param>
    /// <returns>And the id of the content that the location has.</returns>
    public static (Recorded As, long Content) Record(DbConnection connection, Sighting sighting, long now, List<StatementChange>? noted = null)
    {
        // One that is missing has no name in the tree before a walk finds it again.
        if (connection.QuerySingleOrDefault<(long Changed, long Size, long Modified, long? Content, long? Previous)?>("""
            SELECT changed_ns, size_in_bytes, modified_ns, content_id, previous_content_id FROM location WHERE folder_id = @FolderId AND name = @Name AND missing_since IS NULL
            """, sighting) is not { } at || at.Changed > sighting.Stat.ChangedNs) return (Recorded.Outdated, 0);

        byte[] hash = sighting.Hash.ToBytes();
        (long Id, long? Asset)? known = connection.QuerySingleOrDefault<(long, long?)?>("SELECT id, asset_id FROM content WHERE sha256 = @hash", new { hash });
        // A sidecar is other programs' to write, and some of them put its times back.
        if (at.Content is { } expected && expected != known?.Id && sighting.Kind is not "sidecar" && (at.Size, at.Modified) == (sighting.Stat.SizeInBytes, sighting.Stat.ModifiedNs))
            return (Recorded.Rotted, expected);
        long content = known?.Id ?? connection.ExecuteScalar<long>("""
            INSERT INTO content (sha256, size_in_bytes, kind, mime, first_seen) VALUES (@hash, @SizeInBytes, @Kind, @Mime, @now) RETURNING id
            """, new { hash, sighting.Stat.SizeInBytes, sighting.Kind, sighting.Mime, now });
        connection.Execute("""
            UPDATE location SET content_id = @content, previous_content_id = NULL, verified = @now,
              size_in_bytes = @SizeInBytes, modified_ns = @ModifiedNs, changed_ns = @ChangedNs, inode = @Inode, born_ns = @BornNs
            WHERE folder_id = @FolderId AND name = @Name
            """, new
        {
            content,
            now,
            sighting.FolderId,
            sighting.Name,
            sighting.Stat.SizeInBytes,
            sighting.Stat.ModifiedNs,
            sighting.Stat.ChangedNs,
            sighting.Stat.Inode,
            sighting.Stat.BornNs,
        });

        // The same bytes are here: where they were before, nobody misses them.
        LocationIndex.ForgetMissing(connection, content);

        if (AssetKinds.Contains(sighting.Kind))
        {
            // Some formats are media only when the configuration says so.
            if (known is { Asset: null }) connection.Execute("UPDATE content SET kind = @Kind, mime = @Mime WHERE id = @content", new { content, sighting.Kind, sighting.Mime });
            // A reader that had to give up says nothing against one that had not.
            connection.Execute("UPDATE content SET facts = coalesce(@facts, facts, 'null'), zone = coalesce(@zone, zone) WHERE id = @content", new
            {
                content,
                facts = sighting.Embedded is { } facts ? JsonSerializer.Serialize(facts, FactsJson.Default.Facts) : null,
                zone = sighting.Embedded?.Gps is { } gps ? sighting.Places?.Find(gps)?.Id : null,
            });
            bool isAnotherPlace = known?.Asset is not null && at.Content != content;
            Describe(connection, known?.Asset ?? Adopt(connection, sighting, content, at.Content ?? at.Previous, noted), noted);
            if (isAnotherPlace) NoteMoved(connection, content);
            if (at.Content != content) SidecarContents.AskBeside(connection, sighting.FolderId, sighting.Name);
        }
        else if (sighting.Kind is "sidecar") SidecarContents.Record(connection, sighting, content);
        return (Recorded.Known, content);
    }

    /// <summary>Notes where the photos of a renamed folder, and their problems, are found by its name now.</summary>
    /// <returns>True when there may be more such folders.</returns>
    public static bool FollowMoved(DbConnection connection)
    {
        if (connection.QueryFirstOrDefault<(long Job, long Folder, long Volume)?>("""
            SELECT j.id, f.id, f.volume_id FROM job j JOIN folder f ON f.id = CAST(j.subject AS INTEGER) WHERE j.kind = @PlaceJob ORDER BY j.id LIMIT 1
            """, new { LocationIndex.PlaceJob }) is not { } next) return false;
        Problems.FollowMoved(connection, next.Volume);
        foreach ((long asset, byte[] folder) in connection.Query<(long, byte[])>("""
            SELECT DISTINCT c.asset_id, f.path FROM folder top JOIN folder f ON f.volume_id = top.volume_id
              AND (f.path = top.path OR (f.path >= CAST(top.path || '/' AS BLOB) AND f.path < CAST(top.path || '0' AS BLOB)))
            JOIN location l ON l.folder_id = f.id JOIN content c ON c.id = l.content_id
            WHERE top.id = @Folder AND c.asset_id IS NOT NULL
            """, new { next.Folder }).AsList())
            connection.Execute("UPDATE asset_text SET folder = @folder WHERE rowid = @asset", new { asset, folder = RelativePath.FromBytes(folder).ToString() });
        NoteMovedBelow(connection, next.Folder);
        connection.Execute("DELETE FROM job WHERE id = @Job", new { next.Job });
        return true;
    }

    /// <summary>Notes that a location's bytes were read again and are those of its content, in the caller's transaction.</summary>
    public static void Verify(DbConnection connection, long folder, byte[] name, long content, long now) => connection.Execute("""
        UPDATE location SET verified = @now WHERE folder_id = @folder AND name = @name AND content_id = @content
        """, new { folder, name, content, now });

    /// <summary>
    /// Takes whatever lies at a location for an edit of what lay there, although size and time say that nobody edited it; in the caller's
    /// transaction. It must be read then.
    /// </summary>
    /// <returns>False when it is not known what lay there.</returns>
    public static bool TakeAsEdit(DbConnection connection, long folder, byte[] name) => connection.Execute("""
        UPDATE location SET previous_content_id = content_id, content_id = NULL, verified = NULL
        WHERE folder_id = @folder AND name = @name AND content_id IS NOT NULL
        """, new { folder, name }) > 0;

    /// <summary>Raised by every change to an asset; who follows changes remembers the last one seen.</summary>
    static long NextRevision(DbConnection connection) => connection.ExecuteScalar<long>("""
        INSERT INTO cursor (name, position) VALUES ('revision', 1) ON CONFLICT (name) DO UPDATE SET position = position + 1 RETURNING position
        """);

    /// <summary>Finds the asset a new content belongs to, or makes one.</summary>
    static long Adopt(DbConnection connection, Sighting sighting, long content, long? previous, List<StatementChange>? noted)
    {
        (long Id, string Uid)? goesOn = previous is null ? null : connection.QuerySingleOrDefault<(long, string)?>("""
            SELECT a.id, a.uid FROM content c JOIN asset a ON a.id = c.asset_id WHERE c.id = @previous
            AND NOT EXISTS (SELECT 1 FROM location WHERE content_id = @previous AND missing_since IS NULL)
            """, new { previous });
        if (goesOn is { } before) noted?.Add(new(before.Uid, sighting.Hash.ToString(), StatementKind.Content, null, "true"));
        string uid = goesOn?.Uid ?? Journal.AssetOf(connection, sighting.Hash) ?? sighting.Hash.ToAssetUid();
        long asset = connection.QueryFirstOrDefault<long?>("SELECT id FROM asset WHERE uid = @uid", new { uid })
            ?? connection.ExecuteScalar<long>("INSERT INTO asset (uid, content_id, name, facts, revision) VALUES (@uid, @content, '', '{}', 0) RETURNING id", new { uid, content });
        connection.Execute("UPDATE content SET asset_id = @asset WHERE id = @content", new { asset, content });
        if (goesOn is not null) connection.Execute("UPDATE asset SET content_id = @content WHERE id = @asset", new { asset, content });
        return asset;
    }

    /// <summary>Replaces what one source above the file itself says of an asset, in the caller's transaction.</summary>
    /// <param name="facts">Null when it says nothing.</param>
    public static void SetLayer(DbConnection connection, string asset, string source, Facts? facts)
    {
        if (connection.QueryFirstOrDefault<long?>("SELECT id FROM asset WHERE uid = @asset", new { asset }) is not { } id) return;
        string? before = connection.QueryFirstOrDefault<string?>("SELECT facts FROM layer WHERE asset_id = @id AND source = @source", new { id, source });
        string? after = facts is null || facts == new Facts() ? null : JsonSerializer.Serialize(facts, FactsJson.Default.Facts);
        if (before == after) return;
        connection.Execute("DELETE FROM layer WHERE asset_id = @id AND source = @source", new { id, source });
        if (after is not null) AddLayer(connection, id, new(source, facts!));
        Relayer(connection, id, asset);
    }

    /// <summary>Computes what counts of assets anew after a person said something of them, in the caller's transaction; those that are not indexed are left alone.</summary>
    internal static void Relayer(DbConnection connection, IEnumerable<string> assets)
    {
        const int AssetsPerQuery = 500;
        foreach (string[] uids in assets.Chunk(AssetsPerQuery))
        {
            List<(long Id, string Uid, string Facts, string? Zone)> known = connection.Query<(long, string, string, string?)>("SELECT id, uid, facts, zone FROM asset WHERE uid IN @uids", new { uids }).AsList();
            ILookup<long, Layer> layers = connection.Query<(long Asset, string Source, string Facts)>(
                "SELECT asset_id, source, facts FROM layer WHERE asset_id IN @ids", new { ids = known.Select(a => a.Id).ToArray() })
                .ToLookup(l => l.Asset, l => new Layer(l.Source, JsonSerializer.Deserialize(l.Facts, FactsJson.Default.Facts)!));
            ILookup<string, (string Field, string Value)> statements = connection.Query<(string Asset, string Field, string Value)>(
                "SELECT asset, field, value FROM statement WHERE asset IN @uids AND kind = 0", new { uids }).ToLookup(s => s.Asset, s => (s.Field, s.Value));
            foreach ((long id, string uid, string facts, string? zone) in known)
                SetFacts(connection, id, facts, zone, Layers.Effective(layers[id], statements[uid].ToDictionary(s => s.Field, s => s.Value)), isNewText: false);
        }
    }

    static void Relayer(DbConnection connection, long asset, string uid, bool isNewText = false)
    {
        IEnumerable<Layer> layers = connection.Query<(string Source, string Facts)>("SELECT source, facts FROM layer WHERE asset_id = @asset", new { asset })
            .Select(l => new Layer(l.Source, JsonSerializer.Deserialize(l.Facts, FactsJson.Default.Facts)!));
        (string known, string? zone) = connection.QuerySingle<(string, string?)>("SELECT facts, zone FROM asset WHERE id = @asset", new { asset });
        SetFacts(connection, asset, known, zone, Layers.Effective(layers, Journal.Statements(connection, uid, StatementKind.Person)), isNewText);
    }

    /// <param name="known">The JSON that counted until now.</param>
    /// <param name="zone">For times without an offset; null when none is known.</param>
    static void SetFacts(DbConnection connection, long asset, string known, string? zone, Facts facts, bool isNewText)
    {
        facts = Complete(facts, zone);
        string json = JsonSerializer.Serialize(facts, FactsJson.Default.Facts);
        if (known == json && !isNewText) return;
        connection.Execute("UPDATE asset SET facts = @json, taken = @taken, trashed = @trashed, revision = @revision WHERE id = @asset", new
        {
            asset,
            json,
            taken = Moment(facts),
            trashed = facts.Trashed,
            revision = NextRevision(connection),
        });
        if (!isNewText && TextOf(JsonSerializer.Deserialize(known, FactsJson.Default.Facts)!) == TextOf(facts)) return;
        (string? title, string? caption, string? tags, string? people, string? camera) = TextOf(facts);
        connection.Execute("UPDATE asset_text SET title = @title, caption = @caption, tags = @tags, people = @people, camera = @camera WHERE rowid = @asset",
            new { asset, title, caption, tags, people, camera });
    }

    /// <summary>What a sidecar or a person says of the time may lack the offset, too.</summary>
    internal static Facts Complete(Facts facts, string? zone) =>
        facts.Taken is { } taken && zone is not null && KnownZone.Parse(zone) is { } here ? facts with { Taken = here.Complete(taken) } : facts;

    /// <summary>As <c>asset.taken</c> has it.</summary>
    internal static string? Moment(Facts facts) => facts.Taken is { } taken ? taken.Local + taken.Offset : null;

    internal static (string? Title, string? Caption, string? Tags, string? People, string? Camera) TextOf(Facts facts) => (
        facts.Title, facts.Caption,
        facts.Tags is null ? null : string.Join("; ", facts.Tags),
        facts.People is null ? null : string.Join("; ", facts.People),
        facts.Camera is { } camera ? $"{camera.Make} {camera.Model} {camera.Lens}".Trim() : null);

    static void AddLayer(DbConnection connection, long asset, Layer layer) => connection.Execute(
        "INSERT INTO layer (asset_id, source, facts) VALUES (@asset, @source, @facts)",
        new { asset, source = layer.Source, facts = JsonSerializer.Serialize(layer.Facts, FactsJson.Default.Facts) });
}
