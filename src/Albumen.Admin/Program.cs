using System.CommandLine;
using Albumen.Admin;

RootCommand albumen = VerbTree.Create();

// Alone on a terminal it is the console.
if (args.Length == 0 && !Console.IsInputRedirected && !Console.IsOutputRedirected) args = ["console"];
// A word that begins with @ is one, not the name of a file of words.
ParseResult line = albumen.Parse(args, new() { ResponseFileTokenReplacer = null });
if (line.Action is HelpText || Mistake.In(line) is not { } mistake) return await line.InvokeAsync(new() { EnableDefaultExceptionHandler = false });

if (args.Length == 0)
{
    HelpText.Write(albumen, StandardStream.Error);
}
else
{
    StandardStream.Error.WriteLine($"albumen: {Printable.Show(mistake)}");
    StandardStream.Error.WriteLine(HelpText.Hint(line.CommandResult.Command));
}
return Exit.Usage;
