using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen complete</c>: what the scripts of <c>albumen completion</c> ask. It never complains.</summary>
/// <remarks>On the first line <c>values</c> or <c>files</c>; then values, one a line, with a tab and a word on it; for bash as it is to be typed, without that.</remarks>
sealed class Complete : Verb
{
    readonly Argument<string[]> _words = new("word") { Description = "The command line, the program's name first.", Arity = ArgumentArity.ZeroOrMore };
    readonly Option<int> _position = new("--position") { Description = "Which of the words is to be completed.", HelpName = "N" };
    readonly Option<string?> _bash = new("--bash") { Description = "Instead of words: the line as it is typed in bash, up to the cursor.", HelpName = "LINE" };
    readonly Option<string> _breaks = new("--breaks") { Description = "bash's COMP_WORDBREAKS.", DefaultValueFactory = _ => "", HelpName = "CHARACTERS" };

    public Complete() : base("complete", "Lists what can be typed next.")
    {
        Hidden = true;
        Arguments.Add(_words);
        foreach (Option option in (Option[])[_position, _bash, _breaks]) Options.Add(option);
    }

    public override bool NeedsDaemon => false;

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        if (line.GetValue(_bash) is { } typed)
        {
            BashLine bash = new(typed, line.GetValue(_breaks)!);
            Candidates candidates = await Candidates.ForAsync([.. bash.Before.Skip(1)], bash.Word, cancellationToken);
            screen.Line(candidates.AreFiles ? "files" : "values");
            foreach (string value in candidates.Found.Select(c => bash.Complete(c.Value)).OfType<string>()) screen.Line(value);
        }
        else
        {
            string[] words = line.GetValue(_words) ?? [];
            int position = Math.Clamp(line.GetValue(_position), 1, Math.Max(1, words.Length));
            Candidates candidates = await Candidates.ForAsync([.. words.Skip(1).Take(position - 1)], words.ElementAtOrDefault(position) ?? "", cancellationToken);
            screen.Line(candidates.AreFiles ? "files" : "values");
            foreach (Candidate candidate in candidates.Found) screen.Line($"{candidate.Value}\t{candidate.What}");
        }
        return Exit.Done;
    }
}
