namespace Albumen.Benchmarks;

/// <summary>A catalogue with a million photos in one folder, a tenth of which look like another. The files themselves are away.</summary>
static class MillionPhotos
{
    const string Seed = """
        PRAGMA foreign_keys = OFF; BEGIN;
        INSERT INTO volume (id, name) VALUES (1, 'photos') ON CONFLICT DO NOTHING;
        INSERT INTO folder (id, volume_id, path, entry_name, entry_key, modified_ns) SELECT 1, 1, x'', '', '', 0 WHERE NOT EXISTS (SELECT 1 FROM folder WHERE id = 1);
        CREATE TEMP TABLE n (i INTEGER PRIMARY KEY, look INTEGER);
        WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 1000000) INSERT INTO n SELECT i, random() FROM c;
        -- A tenth of each thousand is its first one, with at most one bit set otherwise.
        UPDATE n SET look = (SELECT m.look | (1 << (n.i % 63)) FROM n m WHERE m.i = (n.i - 1) / 1000 * 1000 + 1) WHERE i % 10 = 0;
        INSERT INTO content (id, sha256, size_in_bytes, kind, mime, asset_id) SELECT i, randomblob(32), 3000000 + i, 'image', 'image/jpeg', i FROM n;
        INSERT INTO asset (id, uid, content_id, name, taken, facts, revision) SELECT i, printf('%032x', i), i, i || '.jpg', '2024-07-14T10:00:00', '{"width":4000,"height":3000,"camera":{"make":"Canon"}}', 0 FROM n;
        INSERT INTO location (folder_id, name, size_in_bytes, modified_ns, changed_ns, inode, entry_name, entry_key, content_id) SELECT 1, cast(i || '.jpg' AS BLOB), 3000000 + i, 0, 0, i, i || '.jpg', i || '.jpg', i FROM n;
        INSERT INTO analysis (content_id, recipe, sharpness, look, colour, ratio) SELECT i, 2, 500, look, 8421504, 1.333 FROM n;
        COMMIT;
        """;

    /// <param name="away">The volume's folder, which is not there: so nobody looks for the files.</param>
    public static async Task SeedAsync(Workplace work, string root, string away)
    {
        // It makes the catalogue.
        using (RunningDaemon maker = new(root, away)) await Task.Delay(TimeSpan.FromSeconds(1));
        string seed = Path.Combine(work.Folder, "seed.sql");
        await File.WriteAllTextAsync(seed, Seed);
        Command.Bash("sqlite3 \"$1\" < \"$2\"", Path.Combine(root, "var/lib/albumen/catalog.db"), seed);
    }
}
