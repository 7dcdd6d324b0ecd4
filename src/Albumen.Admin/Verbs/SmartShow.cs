using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen smart show</c>: what one says, and what it finds now.</summary>
sealed class SmartShow : Verb
{
    const int PageLength = 1000;

    readonly Argument<string> _smart = CommonWords.Smart();

    public SmartShow() : base("show", "Lists what a smart album finds now, the newest first.")
    {
        Arguments.Add(_smart);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples => [new("smart show Best", "What it finds now.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.ListedAsset];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string name = line.GetRequiredValue(_smart);
        IReadOnlyList<SmartAlbum> albums = await daemon.SmartAlbumsAsync(cancellationToken);
        SmartAlbum album = albums.FirstOrDefault(a => a.Id == name || a.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || a.Title == name)
            ?? throw new ApiException(404, "Not found", $"There is no smart album {name}.{Spelling.Meant(name, albums.Select(a => a.Name))} 'albumen smart list' shows them.");
        if (!line.GetValue(Json)) screen.Remark(Printable.Show(album.Query));
        List<ListedAsset> found = [];
        string? after = null;
        do
        {
            Page<ListedAsset> page = await daemon.SearchAsync(album.Query, after, PageLength, cancellationToken);
            if (line.GetValue(Json))
                foreach (ListedAsset asset in page.Items) screen.Json(asset, ApiJson.Default.ListedAsset);
            else
                found.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        if (!line.GetValue(Json))
            screen.Table(["Id", "Taken", "Camera", "Path"], found.Select(a => (IReadOnlyList<string>)[a.Id[..12], Words.Taken(a.Taken), Words.Camera(a.Camera) ?? "", a.Path ?? "(not there now)"]), "It finds nothing.");
        return Exit.Done;
    }
}
