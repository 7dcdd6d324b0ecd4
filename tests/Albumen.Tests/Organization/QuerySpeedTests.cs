using System.Diagnostics;
using Albumen.Organization;
using Albumen.Storage;
using Albumen.Tree;
using Dapper;

namespace Albumen.Tests.Organization;

/// <summary>Queries over 100,000 photos.</summary>
public sealed class QuerySpeedTests(ITestOutputHelper output) : IDisposable
{
    const int Photos = 100_000;

    readonly PhotoTable _table = new();

    public void Dispose() => _table.Dispose();

    [Fact]
    public void A_hundred_thousand_photos_are_searched_while_one_waits()
    {
        Fill();
        AssetReader reader = new(_table.Catalog, new Volumes(_table.Catalog, [new("photos", "/nowhere", null, [])]));
        foreach (string query in (string[])
            [
                "rating:>=4 tag:Animals taken:2019", "sunset", "sunset beach rating:5", "tag:Animals/Dog", "tag:Anim*", "-tag:Animals", "taken:2019", "taken:last-30-days", "rating:>=4", "rating:none",
                "camera:canon lens:50mm", "person:anna", "place:lisbon", "near:48.1,11.5,20", "iso:>1600 f:<=2.8", "folder:2019", "path:*/Italy/*", "name:IMG_77*", "is:missing", "is:raw has:gps",
                "orientation:portrait", "has:faces", "(tag:Animals OR person:anna) -is:video rating:3.. taken:2015..2020", "id:00a",
            ])
        {
            Query parsed = Query.Parse(query);
            _ = _table.Find(parsed);
            long started = Stopwatch.GetTimestamp();
            int found = _table.Find(parsed).Count;
            TimeSpan all = Stopwatch.GetElapsedTime(started);
            started = Stopwatch.GetTimestamp();
            _ = reader.Search(parsed, null, 100, Viewer.Admin);
            TimeSpan page = Stopwatch.GetElapsedTime(started);
            output.WriteLine($"{query,-75} {found,7} found  {all.TotalMilliseconds,6:0.0} ms all  {page.TotalMilliseconds,6:0.0} ms first page");
            Assert.InRange(all.TotalSeconds, 0, 2);
        }
    }

    void Fill() => _table.Catalog.WriteAsync(connection => connection.Execute($$"""
        INSERT INTO volume (id, name) VALUES (1, 'photos') ON CONFLICT (name) DO NOTHING;
        INSERT INTO folder (id, volume_id, path, entry_name, entry_key, modified_ns) VALUES (1, 1, x'', 'photos', 'photos', 0);
        INSERT INTO folder (id, volume_id, parent_id, path, entry_name, entry_key, modified_ns)
          SELECT 1999 + value, 1, 1, CAST(CAST(1999 + value AS TEXT) AS BLOB), CAST(1999 + value AS TEXT), CAST(1999 + value AS TEXT), 0 {{Series(25)}};
        INSERT INTO folder (id, volume_id, parent_id, path, entry_name, entry_key, modified_ns)
          SELECT 9999 + value, 1, 2000 + value % 25, CAST('x' || value AS BLOB), CASE value WHEN 19 THEN 'Italy' ELSE 'F' || value END, CASE value WHEN 19 THEN 'italy' ELSE 'f' || value END, 0 {{Series(1000)}};
        INSERT INTO content (id, sha256, size_in_bytes, kind, mime) SELECT value, CAST(printf('%032d', value) AS BLOB), 1, CASE value % 10 WHEN 0 THEN 'raw' WHEN 1 THEN 'video' ELSE 'image' END, '' {{Series(Photos)}};
        INSERT INTO asset (id, uid, content_id, name, taken, facts, revision)
          SELECT value, printf('%08x%024x', (value * 2654435761) % 4294967296, value), value, printf('IMG_%d.jpg', value),
            printf('%d-%02d-%02dT12:00:00+02:00', 2000 + value % 25, 1 + value % 12, 1 + value % 28),
            json_object('width', 4000, 'height', 3000, 'orientation', 1 + value % 8,
              'taken', json_object('local', printf('%d-%02d-%02dT12:00:00', 2000 + value % 25, 1 + value % 12, 1 + value % 28), 'offset', '+02:00', 'source', 'ExifIFD:DateTimeOriginal', 'precision', 'exact'),
              'gps', json_object('lat', 40 + value % 1000 / 100.0, 'lon', 5 + value % 1777 / 100.0, 'alt', 500),
              'camera', json_object('make', CASE value % 3 WHEN 0 THEN 'Canon' ELSE 'NIKON' END, 'model', 'EOS R6', 'lens', printf('RF %dmm F1.8', 20 + value % 7 * 10)),
              'exposure', json_object('time', 0.01, 'f', 1.4 + value % 9, 'iso', 100 + value % 30 * 100, 'focal', 35),
              'rating', value / 7 % 6, 'title', CASE value / 13 % 20 WHEN 0 THEN 'Sunset at the beach' ELSE 'A photo' END, 'caption', 'Somewhere in the south, in the evening',
              'tags', json_array(CASE value / 11 % 5 WHEN 0 THEN 'Animals/Dog' WHEN 1 THEN 'Animals' ELSE 'Family' END, 'Travel/Italy'),
              'people', json_array(CASE value / 17 % 4 WHEN 0 THEN 'Anna Smith' ELSE 'Ben' END),
              'regions', json_array(json_object('name', 'Ben', 'type', 'Face', 'x', 0.5, 'y', 0.5, 'w', 0.1, 'h', 0.1)),
              'place', json_object('country', 'Portugal', 'region', 'Lisboa', 'town', CASE value % 9 WHEN 0 THEN 'Lisbon' ELSE 'Sintra' END)), value {{Series(Photos)}};
        UPDATE content SET asset_id = id;
        INSERT INTO location (folder_id, name, size_in_bytes, modified_ns, changed_ns, inode, entry_name, entry_key, content_id, missing_since)
          SELECT 10000 + value % 1000, CAST('IMG_' || value AS BLOB), 1, 0, 0, value, printf('IMG_%d.jpg', value), printf('img_%d.jpg', value), value, CASE value % 100 WHEN 0 THEN 1 END {{Series(Photos)}};
        INSERT INTO asset_text (rowid, name, folder, title, caption, tags, people, camera)
          SELECT id, name, '2019/Italy', json_extract(facts, '$.title'), json_extract(facts, '$.caption'), json_extract(facts, '$.tags[0]') || '; Travel/Italy',
            json_extract(facts, '$.people[0]'), json_extract(facts, '$.camera.make') || ' EOS R6 ' || json_extract(facts, '$.camera.lens') FROM asset;
        """), TestContext.Current.CancellationToken).GetAwaiter().GetResult();

    /// <summary>The numbers from 1, as a table.</summary>
    static string Series(int count) => $"FROM (WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < {count}) SELECT value FROM n)";
}
