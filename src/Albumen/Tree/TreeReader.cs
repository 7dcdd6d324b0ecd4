using System.Data.Common;
using System.Globalization;
using Albumen.Catalog;
using Albumen.Derivatives;
using Albumen.Storage;
using Dapper;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tree;

/// <summary>The tree's questions to the catalogue, each one prepared query; a listing costs one query a page, whatever it shows.</summary>
sealed partial class TreeReader(DbConnection connection)
{
    // What a file row needs to know of its content, in this order.
    static string ContentColumns(Detail detail) => "c.id, c.sha256, c.mime, a.taken"
        + (detail >= Detail.Pictures ? ", a.uid, c.kind, p.recipe, p.size_in_bytes, a.trashed" : "")
        + (detail >= Detail.Facts
            ? $", a.facts, (SELECT group_concat(kind) FROM derivative WHERE content_id = c.id AND state IN ('made', 'dropped')), {InStack.Of("a")}, (SELECT sharpness FROM analysis WHERE content_id = c.id)"
            : "")
        + (detail >= Detail.Pictures ? $", {ProxyColumn}" : "");

    // Of clips alone; as one column, so that a row of a photo is no longer for it.
    const string ProxyColumn = "CASE WHEN c.kind = 'video' THEN (SELECT x.state || ' ' || x.recipe || ' ' || x.size_in_bytes FROM derivative x WHERE x.content_id = c.id AND x.kind = 'proxy') END";

    static string PreviewTable(Detail detail) => detail >= Detail.Pictures ? "LEFT JOIN derivative p ON p.content_id = c.id AND p.kind IN ('preview', 'poster')" : "";

    /// <summary>Every day begins with its year.</summary>
    const int YearLength = 4;

    /// <summary>The kernel writes what was put there by others to the disk within half a minute, as a rule.</summary>
    static readonly TimeSpan Written = TimeSpan.FromMinutes(2);

    // Who asks for a photo asks for its folder, too.
    readonly Dictionary<(string Parent, string Key), Node?> _days = [];

    DateTimeOffset? _lastChange;

    /// <summary>What is blurred, for who looks.</summary>
    public BlurLine Blur { get; init; } = BlurLine.Usual;

    /// <summary>Whether nothing tells the age of a folder.</summary>
    public static bool IsUndated(Node node) => node.IsFolder && node.Modified == Rows.Started;

    /// <summary>What is computed was changed when anything was that it could be computed from.</summary>
    public Node Dated(Node node) => IsUndated(node) ? node with { Modified = _lastChange ??= LastChange() } : node;

    DateTimeOffset LastChange()
    {
        (long? operation, long? timeline) = connection.QuerySingle<(long?, long?)>("SELECT (SELECT at FROM operation ORDER BY number DESC LIMIT 1), (SELECT max(modified) FROM timeline_folder)");
        DateTimeOffset? last = operation is null && timeline is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(operation ?? 0, (timeline ?? 0) * 1000));
        return ((DateTimeOffset?[])[last, Blur.Changed, BlurLines.LastChange(connection)]).Max() ?? Rows.Started;
    }

    /// <summary>Photos and clips by their ids; none where no more is asked for than any file has. One query.</summary>
    public IReadOnlyDictionary<string, AssetInTree> Assets(IReadOnlyCollection<string> uids, Detail detail)
    {
        Dictionary<string, AssetInTree> assets = [];
        if (uids.Count == 0 || detail < Detail.Pictures) return assets;
        using DbCommand command = Command($"""
            SELECT {ContentColumns(detail)} FROM asset a JOIN content c ON c.id = a.content_id {PreviewTable(detail)} WHERE a.uid IN (SELECT value FROM json_each(@uids))
            """, ("@uids", System.Text.Json.JsonSerializer.Serialize(uids)));
        using DbDataReader row = command.ExecuteReader();
        while (row.Read())
            if (Asset(row, 0, detail) is { } asset) assets[asset.Uid] = asset;
        return assets;
    }

    /// <summary>The content with these bytes; null when there is none.</summary>
    public long? Content(ContentHash hash) => connection.QuerySingleOrDefault<long?>("SELECT id FROM content WHERE sha256 = @hash", new { hash = hash.ToBytes() });

    /// <summary>Where a content lies now, on the volumes that are configured; what is known to be bad comes last.</summary>
    public IReadOnlyList<DiskFile> Places(long content, Volumes volumes) => [.. Copies(content, volumes).Select(c => c.Place)];

    /// <summary>With each copy whether its bytes are known to be others than the catalogue says, or could not be read.</summary>
    IEnumerable<(DiskFile Place, bool IsDoubtful)> Copies(long content, Volumes volumes) =>
        from copy in connection.Query<(long Volume, byte[] Folder, byte[] Name, long Size, long Modified, long Changed, long IsDoubtful)>("""
            SELECT f.volume_id, f.path, l.name, l.size_in_bytes, l.modified_ns, l.changed_ns,
              EXISTS (SELECT 1 FROM problem p WHERE p.folder_id = l.folder_id AND p.name = l.name AND p.kind IN (@Rotted, @Unreadable)) AS is_doubtful
            FROM location l JOIN folder f ON f.id = l.folder_id
            WHERE l.content_id = @content AND l.missing_since IS NULL ORDER BY is_doubtful, f.volume_id, f.path, l.name
            """, new { content, Rotted = Rot.Kind, Problems.Unreadable }).AsList()
        let volume = volumes.Find(copy.Volume)
        where volume is not null
        select (new DiskFile(volume, RelativePath.FromBytes(copy.Folder), copy.Name, copy.Size, copy.Modified, copy.Changed), copy.IsDoubtful != 0);

    /// <summary>
    /// The photo with these bytes, if they lie on a volume that is there, just as they were read, on its disk, and are not known to be bad since.
    /// To be asked before other copies of them are let go.
    /// </summary>
    public string? Held(ContentHash hash, Volumes volumes, DateTimeOffset now)
    {
        if (connection.QuerySingleOrDefault<(long Content, string Asset)?>(
            "SELECT c.id, a.uid FROM content c JOIN asset a ON a.id = c.asset_id WHERE c.sha256 = @hash", new { hash = hash.ToBytes() }) is not { } known) return null;
        foreach ((DiskFile place, _) in Copies(known.Content, volumes).Where(c => !c.IsDoubtful && !volumes.IsAway(c.Place.Volume)))
            try
            {
                using VolumeFiles files = new(place.Volume.Settings.Path);
                using SafeFileHandle open = files.OpenRead(place.Path, out FileStat stat);
                if ((stat.SizeInBytes, stat.ModifiedNs, stat.ChangedNs) != (place.SizeInBytes, place.ModifiedNs, place.ChangedNs)) continue;
                if (IsOld(stat) || volumes.Synced.Has(place.Volume, stat)) return known.Asset;
                if (!files.Sync(place.Path, open)) continue;
                volumes.Synced.Note(place.Volume, stat);
                return known.Asset;
            }
            catch (FileFault)
            {
                // Not to be read there; perhaps elsewhere.
            }
        return null;

        bool IsOld(in FileStat stat) => Rows.Nanoseconds(now) is var nowNs && nowNs - Stillness.LastChangeNs(stat, nowNs) > Stillness.Nanoseconds(Written);
    }

    /// <summary>A folder of photos that all lie nowhere, or in the trash, or stand behind another, is none: the photos keep their names in it for when they come back.</summary>
    static readonly string HasPresent = $"""
        EXISTS (SELECT 1 FROM timeline_entry e JOIN asset a ON a.id = e.asset_id JOIN location l ON l.content_id = a.content_id WHERE e.folder = timeline_folder.name AND l.missing_since IS NULL AND a.trashed IS NULL AND {InStack.IsShown("a")})
        """;

    public Node? TimelineYear(Node top, string year) => connection.ExecuteScalar<long?>(
        $"SELECT max(modified) FROM timeline_folder WHERE year = @year AND year <> '' AND {HasPresent}", new { year }) is { } modified
        ? Folder(top.Child(year), modified * Rows.Second, new TimelineYear(year))
        : null;

    public IEnumerable<Node> TimelineYears(Node top) => connection.Query<(string Year, long Modified)>(
        $"SELECT year, max(modified) FROM timeline_folder WHERE year <> '' AND {HasPresent} GROUP BY year ORDER BY year")
        .Select(row => Folder(top.Child(row.Year), row.Modified * Rows.Second, new TimelineYear(row.Year)));

    /// <param name="key">Of the name that is shown.</param>
    public Node? TimelineFolder(Node parent, string key, string year)
    {
        if (_days.TryGetValue((parent.Path, key), out Node? known)) return known;
        return _days[(parent.Path, key)] = connection.Query<(string Name, long Modified)?>(
            $"SELECT name, modified FROM timeline_folder WHERE year = @year AND lower(name) = @key AND {HasPresent}", new { key = TimelineView.StoredKey(key, year), year }).SingleOrDefault() is { } row
            ? DayFolder(parent, row.Name, year, row.Modified)
            : null;
    }

    /// <param name="year">Empty for the folders without a date.</param>
    public IReadOnlyList<Node> TimelineFolders(Node parent, string year) =>
        [.. connection.Query<(string Name, long Modified)>($"SELECT name, modified FROM timeline_folder WHERE year = @year AND {HasPresent} ORDER BY name", new { year })
            .Select(row => DayFolder(parent, row.Name, year, row.Modified)).OrderBy(node => node.Name, StringComparer.Ordinal)];

    static Node DayFolder(Node parent, string name, string year, long modified) =>
        Folder(parent.Child(TimelineView.ShownName(name, year)), modified * Rows.Second, new TimelineFolder(name));

    /// <summary>A photo of a day with a date: where there is the photo, there is its day.</summary>
    /// <param name="day">The key of the name that is shown.</param>
    public Node? TimelineEntry(Node parent, string day, string year, string key)
    {
        string name = TimelineView.StoredKey(day, year);
        if (year.Length != YearLength || !name.StartsWith(year, StringComparison.Ordinal)) return null;
        Node folder = DayFolder(parent, name, year, 0);
        if (TimelineEntry(folder, key) is not { } entry) return null;
        _days[(parent.Path, day)] = folder;
        return entry;
    }

    public Node? TimelineEntry(Node folder, string key)
    {
        List<Node> nodes = [];
        ReadTimeline(folder, ((TimelineFolder)folder.Source).Name, "e.entry_key = @key", key, 1, Detail.Facts, nodes);
        return nodes.SingleOrDefault();
    }

    /// <inheritdoc cref="Subfolders"/>
    public string? TimelineEntries(Node folder, string name, string after, int most, Detail detail, List<Node> nodes) =>
        ReadTimeline(folder, name, "e.entry_key > @key", after, most, detail, nodes);

    string? ReadTimeline(Node folder, string name, string condition, string key, int most, Detail detail, List<Node> nodes) => ReadPhotos(folder, $"""
        SELECT e.entry_name, e.entry_key, {PhotoColumns(detail)}
        FROM timeline_entry e JOIN asset a ON a.id = e.asset_id JOIN content c ON c.id = a.content_id {PreviewTable(detail)}
        WHERE e.folder = @name AND a.trashed IS NULL AND {InStack.IsShown("a")} AND {condition} ORDER BY e.entry_key LIMIT @most
        """, most, detail, nodes, ("@name", name), ("@key", key), ("@most", most));

    /// <summary>What <see cref="ReadPhotos"/> wants behind the name and the key. The modification time is that of the oldest copy present.</summary>
    static string PhotoColumns(Detail detail) =>
        $"c.size_in_bytes, (SELECT min(l.modified_ns) FROM location l WHERE l.content_id = c.id AND l.missing_since IS NULL), {ContentColumns(detail)}";

    /// <summary>Adds photos; those of which no copy is present are missing and not shown.</summary>
    /// <inheritdoc cref="Subfolders"/>
    string? ReadPhotos(Node folder, string sql, int most, Detail detail, List<Node> nodes, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        string path = folder.Path;
        using DbCommand command = Command(sql, parameters);
        using DbDataReader row = command.ExecuteReader();
        for (int count = 0; row.Read();)
        {
            if (!row.IsDBNull(3))
                nodes.Add(new(path, row.GetString(0))
                {
                    IsFolder = false,
                    SizeInBytes = row.GetInt64(2),
                    Modified = Rows.Time(row.GetInt64(3)),
                    Hash = Hash(row, 4),
                    MediaType = row.GetString(6),
                    TakenText = row.IsDBNull(7) ? null : row.GetString(7),
                    Asset = Asset(row, 4, detail),
                    Source = new ContentFile(row.GetInt64(4)),
                });
            if (++count == most) return row.GetString(1);
        }
        return null;
    }

    static ContentHash Hash(DbDataReader row, int at) => ContentHash.FromBytes((byte[])row.GetValue(at + 1));

    /// <param name="at">Where the content's columns begin.</param>
    static AssetInTree? Asset(DbDataReader row, int at, Detail detail) => detail < Detail.Pictures || row.IsDBNull(at + 4) ? null : new(
        row.GetString(at + 4), row.GetString(at + 5), row.GetString(at + 2),
        row.IsDBNull(at + 6) ? null : new(row.GetInt64(at), row.GetInt64(at + 6), row.GetInt64(at + 7)),
        detail < Detail.Facts ? null : row.GetString(at + 9),
        detail < Detail.Facts || row.IsDBNull(at + 10) ? null : row.GetString(at + 10),
        IsInTrash: !row.IsDBNull(at + 8),
        Stack: detail < Detail.Facts || row.IsDBNull(at + 11) ? null : InStack.Parse(row.GetString(at + 11)))
    {
        Sharpness = detail < Detail.Facts || row.IsDBNull(at + 12) ? null : row.GetDouble(at + 12),
        Proxy = ProxyInTree.Read(row.GetInt64(at), row[at + (detail < Detail.Facts ? 9 : 13)] as string),
    };

    static Node Folder(string path, long modifiedNs, Source source) => new()
    {
        Path = path,
        IsFolder = true,
        Modified = modifiedNs == 0 ? Rows.Started : Rows.Time(modifiedNs),
        MediaType = "httpd/unix-directory",
        Source = source,
    };

    DbCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in parameters)
        {
            DbParameter parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
        return command;
    }
}

/// <summary>How columns become what a node says.</summary>
static class Rows
{
    public const long Second = 1_000_000_000;

    /// <summary>The age of folders that exist by themselves.</summary>
    public static DateTimeOffset Started { get; } = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    public static DateTimeOffset Time(long nanoseconds) =>
        new(DateTime.UnixEpoch.AddTicks(Math.Clamp(nanoseconds / 100, -620_000_000_000_000_000, 2_500_000_000_000_000_000)), TimeSpan.Zero);

    /// <summary>Since 1970, as far as a file system can keep it.</summary>
    public static long Nanoseconds(DateTimeOffset time) => Math.Clamp(time.UtcTicks - DateTime.UnixEpoch.Ticks, -90_000_000_000_000_000, 90_000_000_000_000_000) * 100;

    public static string StrongETag(ContentHash hash) => $"\"{hash.ToString()[..32]}\"";

    /// <summary>For a small version, which is made again now and then.</summary>
    public static string SmallETag(ContentHash hash, DerivativeKind kind, long recipe, long sizeInBytes) => $"\"{hash.ToString()[..16]}-{kind.Name}-{recipe}-{sizeInBytes:x}\"";

    /// <summary>For a file whose bytes were not read yet.</summary>
    public static string WeakETag(long sizeInBytes, long modifiedNs) => $"W/\"m{sizeInBytes:x}-{modifiedNs:x}\"";

    /// <summary>An instant for WebDAV's creationdate. A time without offset is read as this machine's, because clients show it in theirs, mostly the same.</summary>
    public static DateTimeOffset? Taken(string text)
    {
        if (Exact(text) is { } exact) return exact;
        string full = text.Length switch { 4 => text + "-01-01", 7 => text + "-01", _ => text };
        return DateTimeOffset.TryParse(full, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset taken) ? taken : null;
    }

    /// <summary>The usual form, <c>2024-07-14T15:30:12+02:00</c>, many times faster than the framework's parser, which must expect everything.</summary>
    static DateTimeOffset? Exact(string text)
    {
        if (text.Length < 25 || text[10] != 'T' || text[^3] != ':' || text[^6] is not ('+' or '-')) return null;
        int year = (Two(0) * 100) + Two(2), month = Two(5), day = Two(8), hour = Two(11), minute = Two(14), second = Two(17), offset = (Two(^5) * 60) + Two(^2);
        if (year is < 1 or > 9998 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour is < 0 or > 23 || minute is < 0 or > 59
            || second is < 0 or > 59 || offset is < 0 or > 14 * 60) return null;
        return new(year, month, day, hour, minute, second, TimeSpan.FromMinutes(text[^6] == '-' ? -offset : offset));

        int Two(Index at)
        {
            int i = at.GetOffset(text.Length);
            return char.IsAsciiDigit(text[i]) && char.IsAsciiDigit(text[i + 1]) ? ((text[i] - '0') * 10) + text[i + 1] - '0' : -10_000;
        }
    }
}
