using Albumen.Client;
using Albumen.Storage;

namespace Albumen.Daemon.Diagnosis;

/// <summary>The room that is left where Albumen writes.</summary>
sealed class SpaceCheck : HealthCheck
{
    const long Little = 1_000_000_000, TooLittle = 100_000_000;

    static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    readonly Patience _patience = new();

    public override string Name => "free space";

    public override async IAsyncEnumerable<Symptom> LookAsync(Patient patient, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (string Path, string What, string Otherwise)[] places =
        [
            (patient.Layout.StateFolder, "the catalogue", "Edits are refused and albumend stops when it is full."),
            (patient.Layout.CacheFolder, "thumbnails and previews", "cache.size limits what they may take."),
            .. patient.Settings.Volumes.Where(volume => volume.Writable).Select(volume => (volume.Path, $"volume {volume.Name}", "New photos stay in the inbox when it is full.")),
        ];
        List<string> plenty = [];
        foreach ((string path, string what, string otherwise) in places)
        {
            DiskSpace? space = null;
            bool isSilent = false;
            try
            {
                space = await _patience.AskAsync(path, () => DiskSpace.Of(Existing(path)), Limit, cancellationToken);
            }
            catch (TimeoutException)
            {
                isSilent = true;
            }
            string look = $"df -h {Shell.Word(path)}";
            if (isSilent) yield return Failed($"{path} does not say how much room is left.", look);
            else if (space is not { } known) yield return Note($"How much room is left at {path} cannot be told.", look);
            else if (known.Available < TooLittle) yield return Failed($"{Gigabytes(known.Available)} are left at {path}, for {what}. {otherwise}", look);
            else if (known.Available < Little) yield return Warning($"{Gigabytes(known.Available)} are left at {path}, for {what}. {otherwise}", look);
            else plenty.Add($"{Gigabytes(known.Available)} for {what}");
        }
        if (plenty.Count > 0) yield return Ok($"There is room: {string.Join(", ", plenty)}.");
    }

    /// <summary>The folder that it is, or will be, in.</summary>
    static string Existing(string path)
    {
        while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } above) path = above;
        return path;
    }

    static string Gigabytes(long bytes) => $"{bytes / 1e9:0.0} GB";
}
