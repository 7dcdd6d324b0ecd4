using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen album list</c></summary>
sealed class AlbumList : Verb
{
    const int PageLength = 1000;

    readonly Option<bool> _trash = new("--trash") { Description = "Those in the trash, which 'albumen album restore' takes back." };

    public AlbumList() : base("list", "Lists the albums, with how many photos are in each.")
    {
        Options.Add(_trash);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("album list", "All of them."),
        new("album list --trash", "Those in the trash."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.Album];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        List<Album> albums = [];
        string? after = null;
        do
        {
            Page<Album> page = await daemon.AlbumsAsync(line.GetValue(_trash), after, PageLength, cancellationToken);
            if (line.GetValue(Json))
                foreach (Album album in page.Items) screen.Json(album, ApiJson.Default.Album);
            else
                albums.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        if (!line.GetValue(Json))
            screen.Table(["Album", "Photos", "Title", "Description"], albums.Select(a => (IReadOnlyList<string>)[a.Path, $"{a.Photos}", a.Title, a.Description ?? ""]), "There is no album.");
        return Exit.Done;
    }
}
