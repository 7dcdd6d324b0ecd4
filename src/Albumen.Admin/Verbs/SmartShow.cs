using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen smart show</c>: what one says, and what it finds now.</summary>
sealed class SmartShow : Verb
{
    const int PageLength = 1000;

    readonly Argument<string> _smart = AlbumWords.Smart();

    public SmartShow() : base("show", "Lists what a smart album finds now, the newest first.")
    {
        Arguments.Add(_smart);
        Options.Add(Json);
    }

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string name = line.GetRequiredValue(_smart);
        SmartAlbum album = (await daemon.SmartAlbumsAsync(cancellationToken)).FirstOrDefault(a => a.Id == name || a.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || a.Title == name)
            ?? throw new UsageException($"There is no smart album {name}; 'albumen smart list' shows them.");
        if (!line.GetValue(Json) && screen.IsTerminal) screen.Line(Printable.Show(album.Query));
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
