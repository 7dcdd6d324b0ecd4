using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen album show</c>: the photos in an album, in its order.</summary>
sealed class AlbumShow : Verb
{
    const int PageLength = 1000;

    readonly Argument<string> _album = CommonWords.Album();

    public AlbumShow() : base("show", "Lists the photos in an album, in its order.")
    {
        Arguments.Add(_album);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples => [new("album show Trips/2024", "What is in it.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.AlbumEntry];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string album = line.GetRequiredValue(_album);
        List<AlbumEntry> entries = [];
        string? after = null;
        do
        {
            Page<AlbumEntry> page = await daemon.AlbumEntriesAsync(album, after, PageLength, cancellationToken);
            if (line.GetValue(Json))
                foreach (AlbumEntry entry in page.Items) screen.Json(entry, ApiJson.Default.AlbumEntry);
            else
                entries.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        if (!line.GetValue(Json))
            screen.Table(["Name", "Taken", "Id", ""], entries.Select(e => (IReadOnlyList<string>)[e.Name, e.Taken?.Replace('T', ' ') ?? "", e.Asset[..12], e.Missing ? "(missing)" : ""]), "There is nothing in it.");
        return Exit.Done;
    }
}
