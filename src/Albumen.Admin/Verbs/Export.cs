using System.CommandLine;
using System.Formats.Tar;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen export</c>: everything that is not an original, as files in a folder. It can be interrupted and repeated.</summary>
sealed class Export : Verb
{
    readonly Option<string> _to = new("--to") { Description = "The folder to write into; made if there is none.", HelpName = "DIR", Required = true, CompletionSources = { Offer.Files } };
    readonly Option<bool> _force = new("--force") { Description = "Write among what else lies in that folder." };

    public Export() : base("export", "Writes everything that is not an original into a folder: sidecars, the journal, an index.")
    {
        foreach (Option option in (Option[])[_to, _force, DryRun, Json]) Options.Add(option);
    }

    public override IReadOnlyList<Example> Examples => [new("export --to /mnt/usb/photos-layer", "Write it, or bring what is there up to date.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [LayerJson.Default.ExportResult];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        bool isDryRun = line.GetValue(DryRun);
        ExportFolder folder = new(line.GetRequiredValue(_to), isDryRun);
        foreach (VolumeStatus volume in await daemon.VolumesAsync(cancellationToken))
            if ($"{folder.Path}/".StartsWith($"{volume.Path}/", StringComparison.Ordinal))
                throw new UsageException($"{folder.Path} lies in the volume '{Printable.Show(volume.Name)}', and nothing is written among originals. Choose a folder elsewhere.");
        try
        {
            folder.Prepare(line.GetValue(_force));
            await UnpackAsync(folder, daemon, screen, cancellationToken);
            if (folder.Reported is null)
            {
                screen.Error("The export broke off; what was written so far is whole. Begin it again, and it goes on from there.");
                return Exit.Failed;
            }
            await folder.FinishAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            screen.Error($"{error.Message} Begin it again when that is mended, and it goes on from there.");
            return Exit.Failed;
        }
        return Report(folder, isDryRun, line.GetValue(Json), screen);
    }

    static async Task UnpackAsync(ExportFolder folder, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        ProgressLine bar = new(screen);
        try
        {
            await using Stream archive = await daemon.ExportAsync(cancellationToken);
            await using TarReader tar = new(archive);
            long files = 0;
            while (await NextAsync(tar, cancellationToken) is { } entry)
            {
                await folder.PutAsync(entry, cancellationToken);
                if (++files % 50 == 0) bar.Count($"{Words.Count(folder.New + folder.Changed)} new or changed ({Words.Size(folder.SizeInBytes)}), files", files, 0);
            }
        }
        finally
        {
            bar.Clear();
        }
    }

    /// <summary>Null after the last, and where the archive breaks off.</summary>
    static async Task<TarEntry?> NextAsync(TarReader tar, CancellationToken cancellationToken)
    {
        try
        {
            return await tar.GetNextEntryAsync(copyData: false, cancellationToken);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            return null;
        }
    }

    static int Report(ExportFolder folder, bool isDryRun, bool asJson, Screen screen)
    {
        ExportReport report = JsonSerializer.Deserialize(folder.Reported, LayerJson.Default.ExportReport)!;
        long left = report.LeftOut + folder.LeftOut.Count;
        ExportResult result = new(folder.Path, folder.New, folder.Changed, folder.Equal, folder.SizeInBytes, report.Assets, report.Sidecars, left);
        if (asJson) screen.Json(result, LayerJson.Default.ExportResult);
        else
            screen.Say($"{(isDryRun ? "Would write" : "Wrote")} what is known of {Words.Photos(report.Assets)} and {Words.Count(report.Sidecars)} sidecars to {Printable.Show(folder.Path)}: "
                + $"{Words.Count(folder.New)} new files, {Words.Count(folder.Changed)} changed, {Words.Count(folder.Equal)} as they were ({Words.Size(folder.SizeInBytes)}).");
        foreach (ReasonLeftOut reason in report.Reasons) screen.Error($"Left out: {reason.What}: {reason.Why}");
        foreach (string name in folder.LeftOut) screen.Error($"Left out: {name}: the name is too long for this disk");
        return left > 0 ? Exit.Partly : Exit.Done;
    }
}
