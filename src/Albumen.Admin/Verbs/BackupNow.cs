using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen backup now</c>: makes a backup at once.</summary>
sealed class BackupNow : Verb
{
    readonly Option<bool> _wait = new("--wait") { Description = "Return when it is made." };

    public BackupNow() : base("now", "Makes a backup now, while everything goes on.")
    {
        foreach (Option option in (Option[])[_wait, DryRun, Json]) Options.Add(option);
    }

    public override IReadOnlyList<Example> Examples => [new("backup now --wait", "Make one, and return when it is on the disk.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.ListedBackup, VerbJson.Default.Acknowledgement];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        bool asJson = line.GetValue(Json);
        if (line.GetValue(DryRun))
        {
            BackupStatus status = await daemon.BackupsAsync(cancellationToken);
            if (asJson) screen.Json(Acknowledgement.Possible, VerbJson.Default.Acknowledgement);
            else screen.Line($"Would copy {Words.Size(status.NeededInBytes)} to {Printable.Show(status.Folder)}{(status.AvailableInBytes is { } room ? $", where {Words.Size(room)} are free" : "")}.");
            return Exit.Done;
        }
        if (await daemon.BackUpAsync(line.GetValue(_wait), cancellationToken) is { } made)
        {
            if (asJson) screen.Json(made, ApiJson.Default.ListedBackup);
            else screen.Say($"Backed up to {Printable.Show(made.Path)}: {Words.Size(made.SizeInBytes ?? 0)}.");
            return Exit.Done;
        }
        if (asJson) screen.Json(Acknowledgement.Accepted, VerbJson.Default.Acknowledgement);
        else screen.Remark("A backup is being made; 'albumen backup' shows it.");
        return Exit.Done;
    }
}
