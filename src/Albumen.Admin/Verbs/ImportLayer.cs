using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen import-layer</c>: takes back what people did, from an export or from a volume's copy. It can be interrupted and repeated.</summary>
sealed class ImportLayer : Verb
{
    const int FilesAtOnce = 100, BytesAtOnce = 4 << 20, LargestSidecar = 16 << 20;

    readonly Argument<string> _folder = new("folder") { Description = "A folder that 'albumen export' wrote, or .albumen/layer of a volume.", CompletionSources = { Offer.Files } };

    public ImportLayer() : base("import-layer", "Takes back what people did to their photos: edits, names, sidecars.")
    {
        Arguments.Add(_folder);
        Options.Add(DryRun);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("import-layer /mnt/usb/photos-layer --dry-run", "What would be taken back."),
        new("import-layer /mnt/usb/photos-layer", "Take it back."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [LayerJson.Default.ImportResult];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        bool isDryRun = line.GetValue(DryRun);
        LayerSource source = new(line.GetRequiredValue(_folder));
        ProgressLine bar = new(screen);
        ImportResult result;
        try
        {
            // All is looked at before any of it is taken, so that nothing is half done because of a line near the end.
            (TakenOperations operations, HashSet<string> elsewhere) = await OperationsAsync(source, isDryRun: true, daemon, bar, cancellationToken);
            // Before the operations have sidecars of their own written, which would be in the way.
            bar.Clear();
            TakenSidecars sidecars = await SidecarsAsync(source, isDryRun, daemon, bar, cancellationToken);
            bar.Clear();
            if (!isDryRun) (operations, elsewhere) = await OperationsAsync(source, isDryRun: false, daemon, bar, cancellationToken);
            TakenNames names = await NamesAsync(source, isDryRun, daemon, cancellationToken);
            result = new(operations, names, sidecars, elsewhere.Count, source.Torn);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            screen.Error(error.Message);
            return Exit.Failed;
        }
        finally
        {
            bar.Clear();
        }
        if (line.GetValue(Json)) screen.Json(result, LayerJson.Default.ImportResult);
        else Print(result, isDryRun, screen);
        return Complain(result, source, screen) ? Exit.Partly : Exit.Done;
    }

    static async Task<(TakenOperations, HashSet<string> Elsewhere)> OperationsAsync(LayerSource source, bool isDryRun, AlbumenClient daemon, ProgressLine bar, CancellationToken cancellationToken)
    {
        TakenOperations sum = new(0, 0, 0);
        HashSet<string> elsewhere = [];
        long done = 0, all = source.Journals.Sum(file => new FileInfo(file).Length);
        foreach (string file in source.Journals)
            foreach ((long first, _, ReadOnlyMemory<byte> lines) in source.Pieces(file))
            {
                ImportedOperations some = await daemon.ImportOperationsAsync(lines, first, isDryRun, cancellationToken);
                sum = new(sum.Taken + some.Taken, sum.Known + some.Known, sum.Overruled + some.Overruled);
                elsewhere.UnionWith(some.Elsewhere);
                bar.Count($"{Words.Count(sum.Taken + sum.Known)} operations {(isDryRun ? "looked at" : "taken")},", done += lines.Length, all, Words.Size);
            }
        return (sum, elsewhere);
    }

    static async Task<TakenNames> NamesAsync(LayerSource source, bool isDryRun, AlbumenClient daemon, CancellationToken cancellationToken)
    {
        TakenNames sum = new(0, 0, 0);
        foreach (string file in source.Names)
            foreach ((_, _, ReadOnlyMemory<byte> lines) in source.Pieces(file))
            {
                ImportedNames some = await daemon.ImportNamesAsync(lines, isDryRun, cancellationToken);
                sum = new(sum.Taken + some.Taken, sum.Known + some.Known, sum.Refused + some.Refused);
            }
        return sum;
    }

    static async Task<TakenSidecars> SidecarsAsync(LayerSource source, bool isDryRun, AlbumenClient daemon, ProgressLine bar, CancellationToken cancellationToken)
    {
        long taken = 0, equal = 0, elsewhere = 0, bytes = 0;
        List<string> different = [], failed = [];
        List<SidecarFile> batch = [];
        long all = source.Sidecars().LongCount();
        foreach (FoundSidecar found in source.Sidecars())
        {
            FileInfo? file = found.File is null ? null : new(found.File);
            if (file is null) failed.Add($"{found.Path}: it is a link");
            else if (!file.Exists) failed.Add($"{found.Volume}/{found.Path}: it cannot be read");
            else if (file.Length > LargestSidecar) failed.Add($"{found.Volume}/{found.Path}: it is larger than any sidecar");
            else
            {
                batch.Add(new(found.Volume, found.Path, await File.ReadAllBytesAsync(found.File!, cancellationToken)));
                bytes += file.Length;
            }
            if (batch.Count == FilesAtOnce || bytes >= BytesAtOnce) await SendAsync();
        }
        await SendAsync();
        return new(taken, equal, elsewhere, different, failed);

        async Task SendAsync()
        {
            if (batch.Count == 0) return;
            foreach ((SidecarFile file, ImportedSidecar end) in batch.Zip((await daemon.ImportSidecarsAsync(new(batch), isDryRun, cancellationToken)).Files))
                switch (end.End)
                {
                    case "taken":
                        taken++;
                        break;
                    case "equal":
                        equal++;
                        break;
                    case "elsewhere":
                        elsewhere++;
                        break;
                    case "different":
                        different.Add($"{file.Volume}/{file.Path}");
                        break;
                    default:
                        failed.Add($"{file.Volume}/{file.Path}: {end.Reason}");
                        break;
                }
            batch = [];
            bytes = 0;
            bar.Count("sidecars", taken + equal + elsewhere + different.Count + failed.Count, all);
        }
    }

    static void Print(ImportResult result, bool isDryRun, Screen screen)
    {
        string taken = isDryRun ? "would be taken" : "taken";
        screen.Say($"Operations: {Words.Count(result.Operations.Taken)} {taken}, {Words.Count(result.Operations.Known)} known already");
        if (result.Operations.Overruled > 0) screen.Say($"Changes that do not count, because the same was changed here later: {Words.Count(result.Operations.Overruled)}");
        screen.Say($"Names: {Words.Count(result.Names.Taken)} {taken}, {Words.Count(result.Names.Known)} known already");
        screen.Say($"Sidecars: {Words.Count(result.Sidecars.Taken)} {taken}, {Words.Count(result.Sidecars.Equal)} here already, {Words.Count(result.Sidecars.Elsewhere)} of photos that are not here");
        if (result.Elsewhere > 0) screen.Say($"Photos that are not here: {Words.Count(result.Elsewhere)}; what people did to them is kept for the day they are.");
    }

    /// <returns>True when something is not as it should be.</returns>
    static bool Complain(ImportResult result, LayerSource source, Screen screen)
    {
        foreach (string file in result.Torn) screen.Error($"The last line of {file} is torn and was left out; it was never finished.");
        if (source.IsBrokenOff) screen.Error("This export broke off before its end: some of it is missing. What is there was taken.");
        if (result.Names.Refused > 0) screen.Error($"{Words.Count(result.Names.Refused)} lines of names make no sense and were left out.");
        foreach (string path in result.Sidecars.Different) screen.Error($"{path}: another sidecar is here and stays as it is.");
        foreach (string path in result.Sidecars.Failed) screen.Error($"Not taken: {path}");
        return result.Torn.Count > 0 || source.IsBrokenOff || result.Names.Refused > 0 || result.Sidecars.Different.Count > 0 || result.Sidecars.Failed.Count > 0;
    }
}
