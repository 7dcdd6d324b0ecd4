using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen volume list</c>: the library folders, how they are attached and how they are.</summary>
sealed class VolumeList : Verb
{
    public VolumeList() : base("list", "Lists the volumes: state, kind, how changes are noticed.") => Options.Add(Json);

    public override IReadOnlyList<Example> Examples => [new("volume list", "All of them.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.VolumeStatus];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        IReadOnlyList<VolumeStatus> volumes = await daemon.VolumesAsync(cancellationToken);
        if (line.GetValue(Json))
        {
            foreach (VolumeStatus volume in volumes) screen.Json(volume, ApiJson.Default.VolumeStatus);
            return Exit.Done;
        }
        screen.Table(["Volume", "Path", "State", "Kind", "File system", "Changes", "Files", "Size", "Missing", "Scanned", "Free"],
            volumes.Select(v => (IReadOnlyList<string>)
            [
                v.Name, v.Path, v.State, Kind(v), v.FileSystem ?? "", Changes(v), Words.Count(v.Files), Words.Size(v.SizeInBytes), Words.Count(v.Missing),
                v.Scanned is null ? "never" : Words.Minute(v.Scanned.Value), v.FreeInBytes is { } free ? Words.Size(free) : "",
            ]), "No volumes are configured.");
        foreach (VolumeStatus volume in volumes.Where(v => v.Detail is not null)) screen.Remark($"{Printable.Show(volume.Name)}: {Printable.Show(volume.Detail!)}");
        return Exit.Done;
    }

    static string Kind(VolumeStatus volume) => volume.ReadOnly ? $"{volume.Kind}, read-only" : volume.Kind ?? "";

    static string Changes(VolumeStatus volume) => volume.Every is not { } every ? volume.Changes ?? ""
        : volume.Changes is "watched" ? $"watched; full scan every {Words.Duration(TimeSpan.FromSeconds(every))}"
        : $"every {Words.Duration(TimeSpan.FromSeconds(every))}, {volume.Changes}";
}
