using System.CommandLine;
using Albumen.Admin.Pages;
using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen console</c>: all there is to look after, on one screen.</summary>
sealed class ConsoleVerb : Verb
{
    readonly Option<bool> _plain = new("--plain") { Description = "Line by line, for screen readers and terminals that can only print." };
    readonly Option<PictureMode?> _pictures = new("--pictures") { Description = "How pictures are shown: kitty, sixel, blocks or none; by default what the terminal says it can.", HelpName = "HOW" };

    public ConsoleVerb() : base("console", "All there is to look after, on one screen; also 'albumen' alone on a terminal.")
    {
        Options.Add(_plain);
        Options.Add(_pictures);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("console", "All there is to look after; ? says which keys there are."),
        new("console --plain", "The same line by line, for a screen reader."),
    ];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        CommandLine commands = new(Door.WordsOf(line));
        if (line.GetValue(_plain))
        {
            using PlainDesk plain = new(daemon, commands, PagesOf, Console.In, Console.Out);
            plain.Run(cancellationToken);
            return Exit.Done;
        }
        using ScreenDesk desk = new(daemon, commands, PagesOf, line.GetValue(_pictures));
        desk.Run();
        return Exit.Done;
    }

    /// <summary>All pages, in the order of their tabs.</summary>
    static IReadOnlyList<Page> PagesOf(Desk desk) =>
    [
        new Overview(desk), new VolumesPage(desk), new Browse(desk), new Timeline(desk), new Albums(desk), new JobsPage(desk), new ProblemsPage(desk), new Pages.Conflicts(desk),
        new Pages.Duplicates(desk), new Pages.Quality(desk), new People(desk), new HealthPage(desk), new LogPage(desk), new ConfigPage(desk),
    ];
}
