using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen ls</c>: the archive as it appears to those who mount it.</summary>
sealed class Ls : Verb
{
    readonly Argument<string> _path = new("path") { Description = "A folder or file in the tree.", DefaultValueFactory = _ => "/", CompletionSources = { Offer.Paths } };
    readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "Everything below, too." };

    public Ls() : base("ls", "Lists a folder of the archive.")
    {
        Arguments.Add(_path);
        Options.Add(_recursive);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("ls /Timeline/2024", "What lies in a folder."),
        new("ls -r --json /Albums", "All below a folder, for a script."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.TreeEntry];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string path = line.GetRequiredValue(_path);
        bool isRecursive = line.GetValue(_recursive);
        if (line.GetValue(Json))
        {
            // As the daemon writes it, line by line: nothing is parsed here, so a large archive costs no memory.
            await daemon.CopyTreeAsync(path, isRecursive, screen.Output, cancellationToken);
            return Exit.Done;
        }

        await foreach (TreeEntry entry in daemon.TreeAsync(path, isRecursive, cancellationToken))
        {
            bool isFolder = entry.Type == "folder";
            if (!screen.IsTerminal)
            {
                screen.Line(string.Join('\t', Printable.Show(entry.Path), entry.Type, entry.Size, Words.Taken(entry.Asset?.Taken)));
                continue;
            }
            string name = isRecursive ? entry.Path : entry.Path[(entry.Path.LastIndexOf('/') + 1)..];
            string size = isFolder || entry.Size is null ? "" : Words.Size(entry.Size.Value);
            screen.Line($"{size,8}  {Words.Taken(entry.Asset?.Taken),-29}  {Printable.Show(name)}{(isFolder ? "/" : "")}");
        }
        return Exit.Done;
    }
}
