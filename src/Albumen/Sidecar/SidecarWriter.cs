using System.Data.Common;
using Albumen.Catalog;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Sidecar;

/// <summary>
/// Writes what people stated into the sidecars of their photos, some time after they did: a merge that touches our fields alone. Of each file it
/// is known what it said when it last agreed with the catalogue; one that says something else now is taken in first.
/// </summary>
/// <remarks>
/// A sidecar that cannot be written is a problem in the list; it is tried again a few times, then with the next start or full scan or when somebody
/// asks. The edits stand in the journal all the while.
/// </remarks>
public sealed class SidecarWriter(
    Database catalog, JobQueue queue, Volumes volumes, Journal journal, SidecarFiles files, WorkerPool workers, SidecarSettings settings, TimeProvider clock)
{
    const string Problem = "sidecar", KeptProblem = "sidecar-kept";
    static readonly string[] IndexersProblems = ["metadata", "not-media"];
    const int JobsAtOnce = 200, ItemsPerQuestion = 50;
    /// <summary>Waits before one more try; after the last it waits for somebody who asks, or for the next full scan.</summary>
    static readonly TimeSpan[] Retries = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4)];
    static readonly TimeSpan VolumeAgain = TimeSpan.FromMinutes(1);

    /// <summary>The times, in Unix seconds, to which jobs were put off whose volume is away.</summary>
    readonly HashSet<long> _putOff = [];
    long _written;

    /// <summary>Sidecars written since the start.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Photos whose sidecars are behind and will be written soon: without those that failed, or whose volume is away.</summary>
    public long Left()
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.ExecuteScalar<long>("SELECT count(*) FROM job WHERE kind = @WriteJob AND attempts = 0 AND not_before <= @soon",
            new { Journal.WriteJob, soon = Soon });
    }

    /// <summary>The same, as a question. What waits for a volume that is away does not count.</summary>
    public bool HasLeft() => queue.IsDue(Journal.WriteJob, Soon, _putOff);

    /// <summary>Has those written at once that wait for a further edit.</summary>
    public Task HurryAsync(CancellationToken cancellationToken) => catalog.WriteAsync(connection => JobQueue.Hurry(connection, Journal.WriteJob, Soon), cancellationToken);

    long Soon => (clock.GetUtcNow() + settings.Delay).ToUnixTimeSeconds() + 2;

    /// <summary>Writes all that is due.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (queue.Next(Journal.WriteJob, new HashSet<long>(), JobsAtOnce) is { Count: > 0 } jobs) await WriteAsync(jobs, cancellationToken);
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        _putOff.RemoveWhere(until => until < now);
    }

    /// <summary>Has those that failed tried again, and those that were not to be written until now looked at.</summary>
    public Task RetryAsync(CancellationToken cancellationToken) => catalog.WriteAsync(connection =>
    {
        JobQueue.Revive(connection, Journal.WriteJob);
        foreach ((string volume, string path) in connection.Query<(string, string)>("SELECT volume, path FROM problem WHERE kind = @KeptProblem", new { KeptProblem }).AsList())
            // What is shown with backslashes has no name that could be asked for; somebody has to look.
            if (volumes.All.FirstOrDefault(v => v.Name == volume) is { } its && !volumes.IsAway(its) && !path.Contains('\\')
                && !File.Exists(Path.Combine(its.Settings.Path, path)) && !File.Exists(Path.Combine(files.MirrorRoot(its), path))) Problems.Solve(connection, volume, path, KeptProblem);
    }, cancellationToken);

    /// <summary>One sidecar of one photo that is behind.</summary>
    /// <param name="Path">Below the volume's root, or that of the mirror.</param>
    /// <param name="Values">What it shall say: a field's name and its value, null for none.</param>
    sealed record Due(Job Job, string Asset, Volume Volume, SidecarPlace Place, byte[] Original, RelativePath Path, Dictionary<string, string?> Values, SidecarBase? Known, PixelSize? Stored);

    /// <summary>What became of it.</summary>
    /// <param name="Fault">For the list of problems; null when all is well.</param>
    /// <param name="Kept">The name of one more version, where two programs wrote at the same moment.</param>
    sealed record Outcome(Due Due, Facts? Says = null, FileStat Stat = default, string? Fault = null, bool IsAway = false, bool IsChanged = false, bool IsDamaged = false, byte[]? Kept = null);

    async Task WriteAsync(IReadOnlyList<Job> jobs, CancellationToken cancellationToken)
    {
        List<Due> all = [];
        HashSet<Job> away = [], off = [];
        using (Database.Reader reader = catalog.Read())
            foreach (Job job in jobs) all.AddRange(Places(reader.Connection, job, away, off));
        List<Due> inStep = all.FindAll(due => due.Values.Count == 0), behind = all.FindAll(due => due.Values.Count > 0);

        List<Outcome> outcomes = [];
        List<(Due Due, XmpAnswer Answer)> merged = [];
        foreach ((Due due, XmpAnswer answer) in await MergeAsync(behind, cancellationToken))
            switch (answer.End)
            {
                case XmpEnd.Merged:
                    merged.Add((due, answer));
                    break;
                case XmpEnd.Read:
                    outcomes.Add(new(due, answer.Facts, answer.Stat ?? default));
                    break;
                case XmpEnd.Changed or XmpEnd.Gone:
                    outcomes.Add(new(due, answer.Facts ?? new(), answer.Stat ?? default, IsChanged: true));
                    break;
                case XmpEnd.VolumeGone:
                    outcomes.Add(new(due, IsAway: true));
                    break;
                case XmpEnd.Damaged:
                    outcomes.Add(new(due, Fault: $"{answer.Fault!.TrimEnd('.')}. Mend it, or remove it", IsDamaged: true));
                    break;
                default:
                    outcomes.Add(new(due, Fault: answer.Fault));
                    break;
            }
        if (merged.Count > 0) outcomes.AddRange(await ReplaceAsync(merged, cancellationToken));
        bool isChanged = await catalog.WriteAsync(connection => Settle(connection, jobs, outcomes, inStep, away, off), cancellationToken);
        if (isChanged) await journal.Committed(cancellationToken);
    }

    /// <summary>The sidecars of an asset, with what they shall say and do not.</summary>
    /// <param name="away">Gets the job when one of them cannot be written now.</param>
    /// <param name="off">Gets the job when one of them is not to be written as the configuration is.</param>
    List<Due> Places(DbConnection connection, Job job, HashSet<Job> away, HashSet<Job> off)
    {
        string asset = job.Subject;
        Dictionary<string, string?> desired = Desired(connection, asset);
        List<Due> places = [];
        PixelSize? stored = SidecarLayer.StoredSize(connection, asset);
        foreach ((long folder, byte[] name) in SidecarLayer.Places(connection, asset))
        {
            (long volumeId, byte[] path) = connection.QuerySingle<(long, byte[])>("SELECT volume_id, path FROM folder WHERE id = @folder", new { folder });
            if (volumes.Find(volumeId) is not { } volume)
            {
                off.Add(job);
                continue;
            }
            if (files.PlacementOf(volume) is Placement.Off)
            {
                off.Add(job);
                continue;
            }
            SidecarPlace place = files.PlaceOf(connection, volume, folder, RelativePath.FromBytes(path), name);
            SidecarBase? known = SidecarBase.Find(connection, place);
            Facts said = known?.Facts ?? new();
            Dictionary<string, string?> values = desired.Where(d => Field.Find(d.Key) is { } field && !field.AreSame(d.Value, field.Read(said))).ToDictionary();
            if (values.Count > 0 && !place.IsMirror && volumes.IsAway(volume)) away.Add(job);
            else places.Add(new(job, asset, volume, place, name, RelativePath.FromBytes(path).Child(place.Name), values, known, stored));
        }
        return places;
    }

    /// <summary>What the sidecars shall say of the fields that a person ever stated; what somebody has to decide is left as it is.</summary>
    internal static Dictionary<string, string?> Desired(DbConnection connection, string asset)
    {
        Dictionary<string, string> person = Journal.Statements(connection, asset, StatementKind.Person), sidecar = Journal.Statements(connection, asset, StatementKind.Sidecar),
            open = Journal.Statements(connection, asset, StatementKind.Conflict);
        return connection.Query<string>("SELECT DISTINCT field FROM change WHERE asset = @asset AND kind = 0", new { asset })
            .Where(field => !open.ContainsKey(field))
            .ToDictionary(field => field, field => (person.GetValueOrDefault(field) ?? sidecar.GetValueOrDefault(field)) is var value && value is Field.Cleared ? null : value);
    }

    async Task<List<(Due, XmpAnswer)>> MergeAsync(List<Due> behind, CancellationToken cancellationToken)
    {
        List<Task<IEnumerable<(Due, XmpAnswer)>>> asked = [];
        foreach (IGrouping<(Volume Volume, bool IsMirror), Due> together in behind.GroupBy(due => (due.Volume, due.Place.IsMirror)))
            foreach (Due[] some in together.Chunk(ItemsPerQuestion))
                asked.Add(AskAsync(some, together.Key.Volume, together.Key.IsMirror, cancellationToken));
        List<(Due, XmpAnswer)> answers = [];
        foreach (Task<IEnumerable<(Due, XmpAnswer)>> some in asked) answers.AddRange(await some);
        return answers;
    }

    async Task<IEnumerable<(Due, XmpAnswer)>> AskAsync(Due[] dues, Volume volume, bool isMirror, CancellationToken cancellationToken)
    {
        FileStat? root = isMirror ? null : volumes.RootOf(volume);
        if (!isMirror && root is null) return dues.Select(due => (due, new XmpAnswer(XmpEnd.VolumeGone)));
        XmpQuestion question = new(isMirror ? files.MakeMirrorRoot(volume) : volume.Settings.Path, root, [.. dues.Select(due =>
            new XmpItem((isMirror ? SidecarFiles.MirrorPath(due.Path) : due.Path).Bytes.ToArray(), due.Values, Field.All.ToDictionary(field => field.Name, field => due.Known is null ? null : field.Read(due.Known.Facts)), due.Stored, IsReadOnly: false))]);
        return dues.Zip(await workers.VisitAsync(question, cancellationToken));
    }

    async Task<IEnumerable<Outcome>> ReplaceAsync(List<(Due Due, XmpAnswer Answer)> merged, CancellationToken cancellationToken)
    {
        await catalog.WriteAsync(connection =>
        {
            foreach ((Due due, _) in merged)
            {
                foreach (StatementChange unnoted in Unnoted(connection, due)) journal.Record(connection, Author.Sidecar, $"a sidecar beside {due.Volume.Name}/{due.Path} says something else", [unnoted]);
                SidecarBase.Intend(connection, due.Place, due.Values);
            }
        }, cancellationToken);
        IReadOnlyList<WriteResult> results = await files.WriteAsync(
            [.. merged.Select(m => new SidecarWrite(m.Due.Volume, m.Due.Path, m.Due.Place.IsMirror, m.Answer.Stat, m.Answer.Bytes!, m.Due.Path.Folder.Child(m.Due.Original)))], cancellationToken);
        Interlocked.Add(ref _written, results.Count(result => result is WriteResult.Written));
        return merged.Zip(results, (m, result) => result switch
        {
            WriteResult.Written { Stat: var stat } => new Outcome(m.Due, m.Answer.Becomes!, stat),
            WriteResult.Failed { IsVolumeGone: true } => new(m.Due, IsAway: true),
            WriteResult.Failed { Message: var message } => new(m.Due, Fault: message),
            // Somebody wrote at the same moment: it is read again with the next try.
            _ => new Outcome(m.Due, IsChanged: true, Kept: (result as WriteResult.Changed)?.Kept),
        });
    }

    /// <summary>
    /// What sidecars say of the fields that are about to be written, and what stands nowhere else: of several only the first was noted when its photo
    /// was edited. One by one, as each counts for known when it is noted.
    /// </summary>
    static IEnumerable<StatementChange> Unnoted(DbConnection connection, Due due)
    {
        List<Facts> files = [.. SidecarLayer.Files(connection, due.Asset)];
        if (due.Known is { } known) files.Add(known.Facts);
        foreach (Field field in due.Values.Keys.Select(name => Field.Find(name)!))
            foreach (string said in files.Select(field.Read).OfType<string>())
            {
                string? noted = Journal.Statement(connection, due.Asset, StatementKind.Sidecar, field.Name);
                if (field.AreSame(said, noted) || Journal.History(connection, due.Asset, field).Values.Any(value => field.AreSame(value, said))) continue;
                yield return new(due.Asset, field.Name, StatementKind.Sidecar, said, noted ?? Field.Cleared);
            }
    }

    /// <summary>Notes what became of it all.</summary>
    /// <returns>Whether something was taken in.</returns>
    bool Settle(DbConnection connection, IReadOnlyList<Job> jobs, List<Outcome> outcomes, List<Due> inStep, HashSet<Job> away, HashSet<Job> off)
    {
        DateTimeOffset now = clock.GetUtcNow();
        Intake intake = new(connection, journal, settings.Conflicts, now);
        long volumeAgain = now.ToUnixTimeSeconds() + (long)VolumeAgain.TotalSeconds;
        HashSet<Job> again = [];
        Dictionary<Job, string> faults = [];
        // The file was mended, or the edit taken back.
        foreach (Due due in inStep) Problems.Solve(connection, due.Volume.Name, due.Path.ToString(), Problem);
        foreach (Outcome outcome in outcomes)
        {
            Due due = outcome.Due;
            if (outcome.Kept is { } kept) Note(KeptProblem, due.Path.Folder.Child(kept), $"Two programs wrote {due.Path} at the same moment, and this is what one of them wrote. Take from it what is missing there, and remove it.", due);
            if (outcome.IsAway) away.Add(due.Job);
            else if (outcome.Fault is { } fault)
            {
                // The indexer has said so too; this says more.
                foreach (string known in outcome.IsDamaged ? IndexersProblems : []) Problems.Solve(connection, due.Volume.Name, due.Path.ToString(), known);
                Note(Problem, due.Path, $"{fault.TrimEnd('.')}. The edits are kept, and it is tried again; 'albumen sidecar sync' does so now.", due);
                faults[due.Job] = fault;
            }
            else if (outcome.IsChanged)
            {
                again.Add(due.Job);
                if (outcome.Says is null) continue;
                IReadOnlyList<(byte[], string)> originals = due.Place.IsMirror ? [(due.Original, due.Asset)] : SidecarContents.Originals(connection, due.Place.Folder, due.Place.Name);
                if (originals.Count == 0) originals = [(due.Original, due.Asset)];
                intake.Compare(due.Place, originals, outcome.Says, outcome.Stat, isGone: outcome.Stat == default);
                if (outcome.Stat == default) SidecarBase.Lose(connection, due.Place);
                else SidecarBase.Agree(connection, due.Place, outcome.Says, outcome.Stat);
                intake.Touch(originals.Select(original => original.Item2));
            }
            else
            {
                SidecarBase.Agree(connection, due.Place, outcome.Says!, outcome.Stat);
                Problems.Solve(connection, due.Volume.Name, due.Path.ToString(), Problem);
            }
        }
        intake.End();
        foreach (Outcome outcome in outcomes)
            if (outcome is { Says: not null, Due.Place: { IsMirror: false } place }) LocationIndex.Overtake(connection, place.Folder, place.Name, outcome.Stat);
        foreach (Job job in jobs)
            if (faults.TryGetValue(job, out string? fault))
                JobQueue.Retry(connection, job.Id, fault, job.Attempts < Retries.Length ? now.ToUnixTimeSeconds() + (long)Retries[job.Attempts].TotalSeconds : JobQueue.Never);
            else if (away.Contains(job))
            {
                JobQueue.PutOff(connection, job, volumeAgain);
                _putOff.Add(volumeAgain);
            }
            else if (again.Contains(job)) JobQueue.PutOff(connection, job, now.ToUnixTimeSeconds() + 1);
            else if (off.Contains(job)) JobQueue.PutOff(connection, job, JobQueue.Never);
            else JobQueue.Done(connection, job);
        return again.Count > 0;

        void Note(string kind, RelativePath path, string message, Due due) =>
            Problems.Note(connection, new(kind, due.Volume.Name, path.ToString(), message, due.Place.Folder, due.Original), now.ToUnixTimeSeconds());
    }
}
