using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen backup</c>: the backups of databases, layer and configuration.</summary>
sealed class Backup : Verb
{
    public Backup() : base("backup", "Lists the backups of accounts, catalogue, edits and configuration; 'albumend restore' puts one back.")
    {
        Options.Add(Json);
        Subcommands.Add(new BackupNow());
    }

    public override IReadOnlyList<Example> Examples => [new("backup", "Those that there are, and when the next one is made.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.ListedBackup];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        BackupStatus status = await daemon.BackupsAsync(cancellationToken);
        if (line.GetValue(Json))
            foreach (ListedBackup backup in status.Backups) screen.Json(backup, ApiJson.Default.ListedBackup);
        else
        {
            screen.Table(["Name", "Made", "Size", "Version", "Why", "State"],
                status.Backups.Select(b => (IReadOnlyList<string>)[b.Name, b.Made is { } made ? Words.Minute(made) : "", b.SizeInBytes is { } size ? Words.Size(size) : "", b.Albumen ?? "", b.Reason ?? "", b.Fault ?? "whole"]),
                "There is none yet: albumen backup now");
            screen.Remark($"They lie in {Printable.Show(status.Folder)}. {(status.Next is { } next ? $"The next one is made on {Words.Minute(next)} ({status.Schedule})." : "None is made by itself (backup.schedule is off).")}");
            if (status.CopiedInBytes is { } copied) screen.Remark($"One is being made: {Words.Size(copied)} of {Words.Size(status.NeededInBytes)}.");
        }
        if (status.Trouble is { } trouble) screen.Error($"The last one failed: {trouble}");
        return Exit.Done;
    }
}
