using Albumen.Client;

namespace Albumen.Daemon.Diagnosis;

/// <summary>Runs the checks, a few at a time, each for so long. What does not answer, as a mount whose server is away, is a finding and holds up nobody.</summary>
sealed class Doctor : IDisposable
{
    const int AtOnce = 4;
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(15), DeepLimit = TimeSpan.FromMinutes(10);

    readonly SemaphoreSlim _places = new(AtOnce, AtOnce);
    readonly Patience _patience = new();

    /// <summary>All that can be looked at, in the order of the list.</summary>
    /// <param name="hasSettings">The configuration could be read.</param>
    public async Task<IReadOnlyList<Symptom>> LookAsync(Patient patient, bool hasSettings, CancellationToken cancellationToken)
    {
        Task<IReadOnlyList<Symptom>>[] looking =
        [
            .. HealthCheck.All.Where(check => check.Needs is Needs.Nothing || (check.Needs is Needs.Settings && hasSettings) || patient.Running is not null)
                .Select(check => LookAsync(check, patient, cancellationToken)),
        ];
        return [.. (await Task.WhenAll(looking)).SelectMany(found => found)];
    }

    public void Dispose() => _places.Dispose();

    async Task<IReadOnlyList<Symptom>> LookAsync(HealthCheck check, Patient patient, CancellationToken cancellationToken)
    {
        TimeSpan limit = patient.IsDeep ? DeepLimit : Limit;
        List<Symptom> found = [];
        await _places.WaitAsync(cancellationToken);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await _patience.AskAsync(patient.IsDeep ? $"{check.Name}, deep" : check.Name, async () =>
            {
                await foreach (Symptom symptom in check.LookAsync(patient, end.Token))
                    lock (found) found.Add(symptom);
                return true;
            }, limit, cancellationToken);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            lock (found) found.Add(check.Failed($"This gave no answer within {limit.TotalSeconds:0} s. A disk or a network mount that does not answer may be the reason.", "findmnt --real"));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Whatever it is, the others have their say.
            lock (found) found.Add(check.Failed($"This could not be looked at: {error.Message}"));
        }
        finally
        {
            await end.CancelAsync();
            _places.Release();
        }
        // Who comes late adds to the list no more that is shown.
        lock (found) return [.. found];
    }
}
