using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Derivatives;
using Albumen.Organization;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Tests.Organization;

/// <summary>A photo or clip as a test invents it, lying in one place.</summary>
/// <param name="Path">On its volume.</param>
sealed record Photo(string Path, Facts Facts, string Kind = "image", string Volume = "photos", bool IsMissing = false, bool HasSidecar = false)
{
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
    public string Folder => Path[..Math.Max(0, Path.LastIndexOf('/'))];
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Volume}/{Path}")));
    public string Uid => Hash[..32];
    /// <summary>Paths of albums that it is in.</summary>
    public IReadOnlyList<string> Albums { get; init; } = [];
    public double? Sharpness { get; init; }
    public string? Taken => Facts.Taken is { } taken ? taken.Local + taken.Offset : null;
}

/// <summary>A catalogue with invented photos in it, and no files. Their ids are their numbers from 1.</summary>
sealed class PhotoTable : IDisposable
{
    /// <summary>What day it is for the queries of these tests.</summary>
    public static readonly DateOnly Today = new(2024, 7, 14);

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("albumen-query-");

    public PhotoTable(params IReadOnlyList<Photo> photos)
    {
        Catalog = new(Path.Combine(_folder.FullName, "catalog.db"), "catalog");
        Photos = photos;
        Catalog.WriteAsync(connection =>
        {
            Dictionary<string, long> volumes = [], folders = [];
            Dictionary<string, string> albums = [];
            for (int i = 0; i < photos.Count; i++)
            {
                Photo photo = photos[i];
                long id = i + 1, volume = VolumeOf(photo.Volume), folder = FolderOf(volume, photo.Volume, photo.Folder);
                string facts = JsonSerializer.Serialize(photo.Facts, FactsJson.Default.Facts);
                connection.Execute("INSERT INTO content (id, sha256, size_in_bytes, kind, mime) VALUES (@id, @hash, 1, @Kind, '')", new { id, hash = Convert.FromHexString(photo.Hash), photo.Kind });
                connection.Execute("INSERT INTO asset (id, uid, content_id, name, taken, facts, revision) VALUES (@id, @Uid, @id, @Name, @Taken, @facts, @id)",
                    new { id, photo.Uid, photo.Name, photo.Taken, facts });
                connection.Execute("UPDATE content SET asset_id = @id WHERE id = @id", new { id });
                EntryName entry = EntryName.From(photo.Name);
                connection.Execute("""
                    INSERT INTO location (folder_id, name, size_in_bytes, modified_ns, changed_ns, inode, entry_name, entry_key, content_id, missing_since)
                    VALUES (@folder, @name, 1, 0, 0, @id, @entry, @key, @id, @missing)
                    """, new { folder, name = Encoding.UTF8.GetBytes(photo.Name), id, entry = entry.Name, key = entry.Key, missing = photo.IsMissing ? 1L : (long?)null });
                connection.Execute("INSERT INTO asset_text (rowid, name, folder, title, caption, tags, people, camera) VALUES (@id, @name, @folder, @title, @caption, @tags, @people, @camera)",
                    TextOf(id, photo));
                if (photo.Sharpness is { } sharpness) Analysis.Record(connection, id, new(Analysis.CurrentRecipe, sharpness, 0, 0), now: 0);
                foreach (string album in photo.Albums)
                    Say(AlbumOf(album), 6, EntryName.KeyOf($"{id}.jpg"), new AlbumEntry($"{id}.jpg", photo.Uid, "2024-07-14T13:30:12.250Z").ToJson());
                if (photo.Facts.Stack is { Length: > 0 } stack)
                    connection.Execute("INSERT INTO stack_member (asset_id, stack, cover_id, role, rule) VALUES (@id, @stack, @id, '', '')", new { id, stack });
                if (photo.HasSidecar) connection.Execute("INSERT INTO layer (asset_id, source, facts) VALUES (@id, 'sidecar', '{}')", new { id });
            }

            string AlbumOf(string path)
            {
                if (albums.TryGetValue(path, out string? album)) return album;
                albums.Add(path, album = Guid.CreateVersion7().ToString("N"));
                Say(album, 5, Arranged.Name, Arranged.Json(path[(path.LastIndexOf('/') + 1)..]));
                if (path.LastIndexOf('/') is var slash and > 0) Say(album, 5, Arranged.Parent, Arranged.Json(AlbumOf(path[..slash])));
                return album;
            }

            void Say(string subject, int kind, string field, string value) =>
                connection.Execute("INSERT INTO statement (asset, kind, field, value) VALUES (@subject, @kind, @field, @value)", new { subject, kind, field, value });

            long VolumeOf(string name)
            {
                if (!volumes.TryGetValue(name, out long id)) volumes[name] = id = connection.ExecuteScalar<long>("INSERT INTO volume (name) VALUES (@name) RETURNING id", new { name });
                return id;
            }

            long FolderOf(long volume, string volumeName, string path)
            {
                string key = $"{volume}/{path}";
                if (folders.TryGetValue(key, out long id)) return id;
                long? parent = path.Length == 0 ? null : FolderOf(volume, volumeName, path[..Math.Max(0, path.LastIndexOf('/'))]);
                EntryName entry = EntryName.From(path.Length == 0 ? volumeName : path[(path.LastIndexOf('/') + 1)..]);
                return folders[key] = connection.ExecuteScalar<long>("""
                    INSERT INTO folder (volume_id, parent_id, path, entry_name, entry_key, modified_ns) VALUES (@volume, @parent, @bytes, @Name, @Key, 0) RETURNING id
                    """, new { volume, parent, bytes = Encoding.UTF8.GetBytes(path), entry.Name, entry.Key });
            }
        }, CancellationToken.None).GetAwaiter().GetResult();
    }

    public Database Catalog { get; }

    public IReadOnlyList<Photo> Photos { get; }

    /// <summary>The numbers of those a query finds, from 1.</summary>
    public IReadOnlyList<long> Find(string query) => Find(Query.Parse(query));

    public IReadOnlyList<long> Find(Query query)
    {
        using Database.Reader reader = Catalog.Read();
        return [.. AssetQuery.Select(reader.Connection, query, int.MaxValue, BlurLine.Usual, new Noon()).Select(found => found.Id)];
    }

    public void Dispose()
    {
        Catalog.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>As the index writes it.</summary>
    public static object TextOf(long id, Photo photo) => new
    {
        id,
        name = photo.Name,
        folder = photo.Folder,
        title = photo.Facts.Title,
        caption = photo.Facts.Caption,
        tags = photo.Facts.Tags is { } tags ? string.Join("; ", tags) : null,
        people = photo.Facts.People is { } people ? string.Join("; ", people) : null,
        camera = photo.Facts.Camera is { } camera ? $"{camera.Make} {camera.Model} {camera.Lens}".Trim() : null,
    };

    sealed class Noon : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
        public override DateTimeOffset GetUtcNow() => new(Today, new(12, 0), TimeSpan.Zero);
    }
}
