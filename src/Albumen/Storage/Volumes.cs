using System.Data.Common;
using Albumen.Sql;
using Dapper;

namespace Albumen.Storage;

/// <summary>A library folder that is configured now.</summary>
public sealed record Volume(long Id, VolumeSettings Settings)
{
    public string Name => Settings.Name;
}

/// <summary>What is known of a volume. <c>State</c>: new, online, offline.</summary>
public sealed record VolumeState(string Name, string Path, string State, string? Detail, long? Scanned, long Files, long SizeInBytes, long Pending, long Missing);

/// <summary>The configured volumes and what became of them. No other code touches the <c>volume</c> table.</summary>
public sealed class Volumes
{
    readonly Database _catalog;
    readonly Dictionary<string, Volume> _byName;

    /// <summary>Notes new volumes. One that left the configuration keeps its rows, so that it may come back.</summary>
    public Volumes(Database catalog, IReadOnlyList<VolumeSettings> settings)
    {
        _catalog = catalog;
        Dictionary<string, long> ids = Ids();
        if (settings.Any(s => !ids.ContainsKey(s.Name)))
        {
            catalog.WriteAsync(connection =>
            {
                connection.Execute("INSERT INTO volume (name) VALUES (@Name) ON CONFLICT (name) DO NOTHING", settings);
            }, CancellationToken.None).GetAwaiter().GetResult();
            ids = Ids();
        }
        All = [.. settings.Select(s => new Volume(ids[s.Name], s))];
        _byName = All.ToDictionary(v => v.Name);
    }

    public IReadOnlyList<Volume> All { get; }

    public Volume? Find(string name) => _byName.GetValueOrDefault(name);

    public Volume? Find(long id) => All.FirstOrDefault(v => v.Id == id);

    public Task OnlineAsync(Volume volume, long scanned, CancellationToken cancellationToken) =>
        SetAsync(volume, "online", null, scanned, cancellationToken);

    public Task OfflineAsync(Volume volume, string reason, CancellationToken cancellationToken) =>
        SetAsync(volume, "offline", reason, null, cancellationToken);

    /// <summary>One line a volume, with its counts.</summary>
    public IReadOnlyList<VolumeState> States()
    {
        using Database.Reader reader = _catalog.Read();
        Dictionary<long, VolumeState> found = reader.Connection.Query<(long Id, string State, string? Detail, long? Scanned, long Files, long Size, long Pending, long Missing)>("""
            SELECT v.id, v.state, v.detail, v.scanned,
                   count(l.name) FILTER (WHERE l.missing_since IS NULL),
                   coalesce(sum(l.size_in_bytes) FILTER (WHERE l.missing_since IS NULL), 0),
                   count(l.name) FILTER (WHERE l.missing_since IS NULL AND l.content_id IS NULL),
                   count(l.name) FILTER (WHERE l.missing_since IS NOT NULL)
            FROM volume v LEFT JOIN folder f ON f.volume_id = v.id LEFT JOIN location l ON l.folder_id = f.id
            GROUP BY v.id
            """).ToDictionary(r => r.Id, r => new VolumeState("", "", r.State, r.Detail, r.Scanned, r.Files, r.Size, r.Pending, r.Missing));
        return [.. All.Select(v => found[v.Id] with { Name = v.Name, Path = v.Settings.Path })];
    }

    Dictionary<string, long> Ids()
    {
        using Database.Reader reader = _catalog.Read();
        return reader.Connection.Query<(string Name, long Id)>("SELECT name, id FROM volume").ToDictionary(r => r.Name, r => r.Id);
    }

    Task SetAsync(Volume volume, string state, string? detail, long? scanned, CancellationToken cancellationToken) =>
        _catalog.WriteAsync((DbConnection connection) => connection.Execute(
            "UPDATE volume SET state = @state, detail = @detail, scanned = coalesce(@scanned, scanned) WHERE id = @id",
            new { state, detail, scanned, id = volume.Id }), cancellationToken);
}
