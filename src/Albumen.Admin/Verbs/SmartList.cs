using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen smart list</c></summary>
sealed class SmartList : Verb
{
    public SmartList() : base("list", "Lists the smart albums.") => Options.Add(Json);

    public override IReadOnlyList<Example> Examples => [new("smart list", "All of them.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.SmartAlbum];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        IReadOnlyList<SmartAlbum> albums = await daemon.SmartAlbumsAsync(cancellationToken);
        if (line.GetValue(Json))
            foreach (SmartAlbum album in albums) screen.Json(album, ApiJson.Default.SmartAlbum);
        else
            screen.Table(["Name", "Query", "Description"], albums.Select(a => (IReadOnlyList<string>)[a.Name, a.Query, a.Description ?? ""]), "There is no smart album.");
        return Exit.Done;
    }
}
