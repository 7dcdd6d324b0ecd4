using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen man</c>: writes the manual pages; the build calls it.</summary>
sealed class Man : Verb
{
    readonly Argument<string> _folder = new("dir") { Description = "Where to write them.", DefaultValueFactory = _ => "." };

    public Man() : base("man", "Writes the manual pages, one a verb.")
    {
        Hidden = true;
        Arguments.Add(_folder);
    }

    public override bool NeedsDaemon => false;

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string folder = line.GetRequiredValue(_folder);
        try
        {
            Directory.CreateDirectory(folder);
            foreach (Command command in VerbTree.All(line.RootCommandResult.Command))
                await File.WriteAllTextAsync(Path.Combine(folder, $"{ManPage.Name(command)}.1"), ManPage.Of(command), cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            screen.Error(error.Message);
            return Exit.Failed;
        }
        return Exit.Done;
    }
}
