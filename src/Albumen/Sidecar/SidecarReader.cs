using System.Data.Common;
using Albumen.Catalog;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Sidecar;

/// <summary>
/// Takes in what sidecars say, after they were read: what is new in them becomes the layer "sidecar" of their photos, and what another program
/// changed is an operation in the journal, held against what people said here (<see cref="ThreeWay"/>).
/// </summary>
public sealed class SidecarReader(Database catalog, JobQueue queue, Volumes volumes, Journal journal, WorkerPool workers, SidecarSettings settings, TimeProvider clock)
{
    const int JobsPerTransaction = 200;

    /// <summary>Sidecars that were read and not taken in yet.</summary>
    public long Left()
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.ExecuteScalar<long>("SELECT count(*) FROM job WHERE kind = @SidecarJob", new { LocationIndex.SidecarJob });
    }

    /// <summary>Has the sidecars of a volume that was walked whole, and that are not there, taken for deleted; those too that no walk ever saw.</summary>
    public Task MissAsync(Volume volume, CancellationToken cancellationToken) => catalog.WriteAsync(connection =>
    {
        foreach ((long folder, byte[] name) in connection.Query<(long, byte[])>("""
            SELECT s.folder_id, s.name FROM sidecar s JOIN folder f ON f.id = s.folder_id WHERE f.volume_id = @Id AND s.is_mirror = 0 AND s.size_in_bytes IS NOT 0
            AND NOT EXISTS (SELECT 1 FROM location l WHERE l.folder_id = s.folder_id AND l.name = s.name AND l.missing_since IS NULL)
            """, new { volume.Id }).AsList())
            JobQueue.Add(connection, LocationIndex.SidecarJob, LocationIndex.Subject(folder, name));
    }, cancellationToken);

    /// <summary>Takes in all that wait.</summary>
    /// <returns>How many.</returns>
    public async Task<int> DrainAsync(CancellationToken cancellationToken)
    {
        int taken = 0;
        while (await catalog.WriteAsync(FollowMoved, cancellationToken) is > 0 and var moved) taken += moved;
        while (queue.Next(LocationIndex.SidecarJob, new HashSet<long>(), JobsPerTransaction) is { Count: > 0 } jobs)
        {
            Dictionary<string, Facts> turned = await ReadTurnedAsync(jobs, cancellationToken);
            await catalog.WriteAsync(connection =>
            {
                Intake intake = new(connection, journal, settings.Conflicts, clock.GetUtcNow());
                foreach (Job job in jobs)
                {
                    (long folder, byte[] name) = LocationIndex.FromSubject(job.Subject);
                    if (RelativePath.Show(name).EndsWith(".xmp", StringComparison.OrdinalIgnoreCase)) TakeIn(connection, intake, folder, name, turned.GetValueOrDefault(job.Subject));
                    else intake.Touch(connection.Query<string>("""
                        SELECT a.uid FROM location l JOIN content c ON c.id = l.content_id JOIN asset a ON a.id = c.asset_id WHERE l.folder_id = @folder AND l.name = @name
                        """, new { folder, name }));
                    JobQueue.Done(connection, job);
                }
                intake.End();
            }, cancellationToken);
            taken += jobs.Count;
        }
        if (taken > 0) await journal.Committed(cancellationToken);
        return taken;
    }

    /// <summary>
    /// Some programs mark regions in the picture as it is shown, which can be told only when the size of the picture is known: the sidecars of turned
    /// pictures that have regions are read again with it.
    /// </summary>
    /// <returns>By the job's subject.</returns>
    async Task<Dictionary<string, Facts>> ReadTurnedAsync(IReadOnlyList<Job> jobs, CancellationToken cancellationToken)
    {
        List<(string Subject, Volume Volume, XmpItem Item)> found = [];
        using (Database.Reader reader = catalog.Read())
            foreach (Job job in jobs)
            {
                (long folder, byte[] name) = LocationIndex.FromSubject(job.Subject);
                if (SidecarContents.Find(reader.Connection, folder, name) is not { Facts.Regions.Count: > 0 }) continue;
                if (SidecarContents.Originals(reader.Connection, folder, name) is not [var first, ..] || SidecarLayer.StoredSize(reader.Connection, first.Asset) is not { Orientation: > 4 } size) continue;
                (long volume, byte[] path) = reader.Connection.QuerySingle<(long, byte[])>("SELECT volume_id, path FROM folder WHERE id = @folder", new { folder });
                if (volumes.Find(volume) is { } known) found.Add((job.Subject, known, new(RelativePath.FromBytes(path).Child(name).Bytes.ToArray(), new Dictionary<string, string?>(), null, size, IsReadOnly: true)));
            }
        Dictionary<string, Facts> turned = [];
        foreach (IGrouping<Volume, (string Subject, Volume Volume, XmpItem Item)> together in found.GroupBy(f => f.Volume))
        {
            XmpQuestion question = new(together.Key.Settings.Path, volumes.RootOf(together.Key), [.. together.Select(f => f.Item)]);
            foreach (((string subject, _, _), XmpAnswer answer) in together.Zip(await workers.VisitAsync(question, cancellationToken)))
                if (answer is { End: XmpEnd.Read, Facts: { } facts }) turned[subject] = facts;
        }
        return turned;
    }

    /// <summary>Photos that lie at other places since have other sidecars beside them.</summary>
    int FollowMoved(DbConnection connection)
    {
        List<StatementChange> noted = [];
        IReadOnlyList<string> assets = AssetIndex.DescribeMoved(connection, JobsPerTransaction, noted);
        journal.Record(connection, Author.Scan, "copies have other names", noted);
        Intake intake = new(connection, journal, settings.Conflicts, clock.GetUtcNow());
        intake.Touch(assets);
        intake.End();
        return assets.Count;
    }

    static void TakeIn(DbConnection connection, Intake intake, long folder, byte[] name, Facts? turned)
    {
        IReadOnlyList<(byte[] Name, string Asset)> originals = SidecarContents.Originals(connection, folder, name);
        SidecarPlace place = new(folder, name, IsMirror: false);
        if (!SidecarContents.Exists(connection, folder, name))
        {
            intake.Compare(place, originals, new(), default, isGone: true);
            // One that went with its photo is met elsewhere.
            if (originals.Count > 0) SidecarBase.Lose(connection, place);
            else SidecarBase.Forget(connection, place);
        }
        // One that was not read again yet will come back; one that cannot be understood says nothing, and what it said before stands.
        else if (SidecarContents.Find(connection, folder, name) is { Facts: { } read } found)
        {
            Facts says = turned ?? read;
            if (turned is not null) SidecarContents.Correct(connection, folder, name, turned);
            intake.Compare(place, originals, says, found.Stat);
            SidecarBase.Agree(connection, place, says, found.Stat);
        }
        intake.Touch(originals.Select(original => original.Asset));
    }
}

/// <summary>Sidecars that are held against the catalogue in one transaction; what other programs changed in them becomes as few operations as can be.</summary>
sealed class Intake(DbConnection connection, Journal journal, ConflictRule rule, DateTimeOffset now)
{
    readonly List<StatementChange> _changes = [];
    readonly HashSet<string> _changed = [], _touched = [];
    readonly HashSet<string> _files = [];
    readonly bool _isMadeAgain = NewCatalogue.IsMadeAgain(connection);

    /// <summary>Assets whose sidecars may say something else now.</summary>
    public void Touch(IEnumerable<string> assets) => _touched.UnionWith(assets);

    /// <summary>Holds what a file says against what it said and what people say.</summary>
    public void Compare(SidecarPlace place, IReadOnlyList<(byte[] Name, string Asset)> originals, Facts says, FileStat stat, bool isGone = false)
    {
        SidecarBase? known = SidecarBase.Find(connection, place);
        if (isGone && known is null) return;
        string? name = null;
        foreach ((_, string asset) in originals)
        {
            // What is decided here is what the next comparison of the same photo starts from.
            if (_changed.Contains(asset)) Flush();
            Find find = new(known?.Facts, says, known?.Writing, name ??= Describe(place), DateTimeOffset.FromUnixTimeMilliseconds(stat.ModifiedNs / 1_000_000), isGone);
            List<StatementChange> changes = [.. ThreeWay.Compare(StandOf(asset, place), find, rule, now)];
            if (changes.Count == 0) continue;
            _changes.AddRange(changes);
            _changed.Add(asset);
            _files.Add(name);
        }
    }

    /// <summary>Writes down what was found.</summary>
    public void End()
    {
        Flush();
        foreach (string asset in _touched)
        {
            SidecarLayer.Refresh(connection, asset);
            // The file may lack what we once wrote into it.
            if (connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM change WHERE asset = @asset AND kind = 0)", new { asset })) Journal.WriteSidecars(connection, asset, 0);
        }
        _touched.Clear();
    }

    void Flush()
    {
        journal.Record(connection, Author.Sidecar, _files.Count == 1 ? $"{_files.First()} was changed" : $"{_files.Count} sidecars were changed", [.. _changes]);
        _touched.UnionWith(_changed);
        _changes.Clear();
        _changed.Clear();
        _files.Clear();
    }

    Stand StandOf(string asset, SidecarPlace place)
    {
        Lazy<IReadOnlyList<Facts>> others = new(() => [.. SidecarLayer.Files(connection, asset, except: place)]);
        return new(
            asset, Journal.Statements(connection, asset, StatementKind.Person), Journal.Statements(connection, asset, StatementKind.Sidecar), Journal.Statements(connection, asset, StatementKind.Conflict),
            field => Journal.History(connection, asset, field), field => others.Value.Select(field.Read), _isMadeAgain);
    }

    /// <summary>Volume and path.</summary>
    string Describe(SidecarPlace place)
    {
        (string volume, byte[] folder) = connection.QuerySingle<(string, byte[])>("SELECT v.name, f.path FROM folder f JOIN volume v ON v.id = f.volume_id WHERE f.id = @Folder", new { place.Folder });
        return $"{volume}/{RelativePath.FromBytes(folder).Child(place.Name)}{(place.IsMirror ? " (mirror)" : "")}";
    }
}
