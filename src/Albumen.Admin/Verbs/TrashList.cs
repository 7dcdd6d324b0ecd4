using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen trash list</c></summary>
sealed class TrashList : Verb
{
    const int PageLength = 1000;

    public TrashList() : base("list", "Lists what lies in the trash, longest first.") => Options.Add(Json);

    public override IReadOnlyList<Example> Examples => [new("trash list", "What lies there, longest first.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.TrashedPhoto];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        List<IReadOnlyList<string>> rows = [];
        string? after = null;
        do
        {
            Page<TrashedPhoto> page = await daemon.TrashAsync(after, PageLength, cancellationToken);
            foreach (TrashedPhoto photo in page.Items)
                if (line.GetValue(Json)) screen.Json(photo, ApiJson.Default.TrashedPhoto);
                else rows.Add([photo.Path ?? photo.Original ?? photo.Id[..12], Words.Size(photo.Size), Words.Minute(photo.Trashed), photo.Eligible ? "may be purged" : ""]);
            after = page.Next;
        }
        while (after is not null);

        if (line.GetValue(Json)) return Exit.Done;
        Page<Album> albums;
        after = null;
        do
        {
            albums = await daemon.AlbumsAsync(isTrash: true, after, PageLength, cancellationToken);
            rows.AddRange(albums.Items.Select(a => (IReadOnlyList<string>)[$"album {a.Path}", Words.Photos(a.Photos), a.Trashed is { } since ? Words.Minute(since) : "", ""]));
            after = albums.Next;
        }
        while (after is not null);
        screen.Table(["What", "Size", "Since", ""], rows, "The trash is empty.");
        if ((await daemon.StatusAsync(cancellationToken)).Trash is { Eligible: > 0 } trash)
            screen.Remark($"{Words.Photos(trash.Eligible)}, {Words.Size(trash.EligibleSizeInBytes)}, lie there for longer than they are to be kept. Nothing goes by itself: see 'albumen purge --help'.");
        return Exit.Done;
    }
}
