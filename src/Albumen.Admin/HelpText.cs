using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;

namespace Albumen.Admin;

/// <summary>What <c>--help</c> prints of a verb: how it is written, what its words and options mean, and examples.</summary>
sealed class HelpText : SynchronousCommandLineAction
{
    const int Widest = 100, WidestName = 30;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        using StreamWriter output = new(new StandardStream(1));
        Write(parseResult.CommandResult.Command, output);
        return Exit.Done;
    }

    public static void Write(Command command, TextWriter output)
    {
        int width = Console.IsOutputRedirected ? Widest : Math.Clamp(Screen.Width, 40, Widest);
        foreach (string line in TextWidth.Wrap(command.Description ?? "", width)) output.WriteLine(line);
        output.WriteLine();
        output.WriteLine("Usage:");
        foreach (string usage in Usages(command))
            foreach ((int i, string part) in TextWidth.Wrap(usage, width - 6).Index()) output.WriteLine($"{(i == 0 ? "  " : "      ")}{part}");
        Section(output, width, "Words", command.Arguments.Where(a => !a.Hidden).Select(a => (Called(a), Description(a))));
        Section(output, width, "Verbs", command.Subcommands.Where(c => !c.Hidden).Select(c => (c.Name, c.Description ?? "")));
        Section(output, width, "Options", command.Options.Where(o => !o.Hidden && !o.Recursive).Select(o => (Written(o), Description(o))));
        Section(output, width, command is RootCommand ? "Options of every verb" : "Common options", VerbTree.CommonOptions(command).Select(o => (Written(o), Description(o))));
        Example[] examples = [.. VerbTree.Examples(command)];
        if (examples.Length == 0) return;
        output.WriteLine();
        output.WriteLine("Examples:");
        foreach (Example example in examples)
        {
            output.WriteLine($"  albumen {example.Line}");
            foreach (string part in TextWidth.Wrap(example.What, width - 6)) output.WriteLine($"      {part}");
        }
    }

    /// <summary>Where to look, and one line that can be typed.</summary>
    public static string Hint(Command command)
    {
        string typed = VerbTree.Typed(command);
        return VerbTree.Examples(command).FirstOrDefault() is { } example && command is Verb
            ? $"Type for example: albumen {example.Line}\n'{typed} --help' says what else can be written."
            : $"'{typed} --help' says what can be written.";
    }

    /// <summary><c>albumen album add ALBUM [PATH-OR-ID...] [options]</c></summary>
    public static IEnumerable<string> Usages(Command command)
    {
        string typed = VerbTree.Typed(command);
        if (command is Verb)
            yield return string.Join(' ', ((string[])[typed, .. command.Arguments.Where(a => !a.Hidden).Select(Placed), .. command.Options.Where(o => o.Required).Select(Written), command.Options.Any(o => !o.Required && !o.Hidden && !o.Recursive) ? "[options]" : ""]).Where(word => word.Length > 0));
        if (command.Subcommands.Any(sub => !sub.Hidden)) yield return $"{typed} VERB [options]";
    }

    /// <summary>An argument as it is called.</summary>
    public static string Called(Argument argument) => (argument.HelpName ?? argument.Name).ToUpperInvariant();

    /// <summary>With brackets where it may lack, and dots where there may be several.</summary>
    public static string Placed(Argument argument)
    {
        string name = argument.Arity.MaximumNumberOfValues > 1 ? $"{Called(argument)}..." : Called(argument);
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
    }

    /// <summary><c>-r, --recursive</c>, <c>--limit N</c></summary>
    public static string Written(Option option)
    {
        string names = string.Join(", ", option.Aliases.Append(option.Name).Distinct().Where(name => name[0] == '-').OrderBy(name => name.Length));
        return option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool) ? names : $"{names} {Value(option)}";
    }

    /// <summary>What stands behind an option.</summary>
    public static string Value(Option option) => option.HelpName ?? (Choices(option.CompletionSources) is { Length: > 0 } choices ? choices : option.Name.TrimStart('-').ToUpperInvariant());

    public static string Lower(string? description) => description is { Length: > 1 } text && char.IsUpper(text[0]) && !char.IsUpper(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : description ?? "";

    static string Description(Option option) => (option.Description ?? "") + (option.Required ? " Needed." : "");

    static string Description(Argument argument) => argument.Description ?? "";

    static string Choices(List<Func<CompletionContext, IEnumerable<CompletionItem>>> sources) =>
        string.Join('|', sources.SelectMany(source => source(CompletionContext.Empty)).Where(item => item.Kind != Offer.Kind).Select(item => item.Label));

    static void Section(TextWriter output, int width, string title, IEnumerable<(string Name, string What)> entries)
    {
        (string Name, string What)[] all = [.. entries];
        if (all.Length == 0) return;
        output.WriteLine();
        output.WriteLine($"{title}:");
        int names = Math.Min(WidestName, all.Max(entry => entry.Name.Length));
        foreach ((string name, string what) in all)
        {
            // A name that is too long has its line for itself.
            bool isLong = name.Length > names;
            if (isLong) output.WriteLine($"  {name}");
            foreach ((int i, string part) in TextWidth.Wrap(what, width - names - 4).Index())
                output.WriteLine($"  {(i == 0 && !isLong ? name : "").PadRight(names)}  {part}".TrimEnd());
        }
    }
}
