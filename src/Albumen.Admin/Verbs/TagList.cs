using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen tag list</c>: the tags in use.</summary>
sealed class TagList : Verb
{
    const int PageLength = 1000;

    public TagList() : base("list", "Lists the tags in use, with how many photos have each.") => Options.Add(Json);

    public override IReadOnlyList<Example> Examples => [new("tag list", "All of them.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.Tag];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        List<Tag> tags = [];
        string? after = null;
        do
        {
            Page<Tag> page = await daemon.TagsAsync(after, PageLength, cancellationToken);
            if (line.GetValue(Json))
                foreach (Tag tag in page.Items) screen.Json(tag, ApiJson.Default.Tag);
            else
                tags.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        if (!line.GetValue(Json)) screen.Table(["Tag", "Photos"], tags.Select(t => (IReadOnlyList<string>)[t.Name, $"{t.Assets}"]), "No photo has a tag.");
        return Exit.Done;
    }
}
