using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;

namespace Albumen.Admin;

/// <summary>What is wrong with a command line, in one sentence, and what was probably meant.</summary>
static class Mistake
{
    /// <returns>Null when nothing is.</returns>
    public static string? In(ParseResult line)
    {
        Command command = line.CommandResult.Command;
        if (StrangeOption(line) is { } option)
            return $"{VerbTree.Typed(command)} has no option '{option}'.{Spelling.Meant(option, Options(command))}{(command is Verb && option[1] != '-' ? $" To have it as a word, write -- before it." : "")}";
        if (StrangeWord(line) is { } word)
            return command.Subcommands.Count > 0
                ? $"There is no '{VerbTree.Typed(command)} {word}'.{Spelling.Meant(word, Verbs(command))}"
                : $"'{word}' is one word too many for '{VerbTree.Typed(command)}'. Words that belong together stand in quotes.";
        if (line.Errors is not [var error, ..]) return null;
        if (command is not Verb && line.Errors.All(e => e.SymbolResult is not OptionResult)) return $"'{VerbTree.Typed(command)}' is followed by one of: {string.Join(", ", Verbs(command))}.";
        return Missing(line) ?? Bad(error) ?? error.Message;
    }

    /// <summary>What looks like an option and is none. Behind <c>--</c> everything is a word, and so is the value of an option.</summary>
    static string? StrangeOption(ParseResult line)
    {
        HashSet<Token> values = new(OptionResults(line).SelectMany(result => result.Tokens), ReferenceEqualityComparer.Instance);
        bool dashes = line.CommandResult.Command is Verb { TakesDashes: true };
        return line.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)
            .FirstOrDefault(token => token.Type == TokenType.Argument && token.Value is ['-', ..] && !values.Contains(token)
                && (token.Value is ['-', '-', _, ..] || (!dashes && token.Value is ['-', var letter, ..] && char.IsAsciiLetter(letter))))?.Value;
    }

    /// <summary>A word for which there is no place; or one that is nearly a verb, where words of another kind may stand.</summary>
    static string? StrangeWord(ParseResult line)
    {
        Command command = line.CommandResult.Command;
        if (line.UnmatchedTokens is [var word, ..]) return word;
        return command.Subcommands.Count > 0 && command.Arguments.Count > 0 && line.CommandResult.Tokens is [{ Value: var first }, ..] && !Photos.IsOne(first)
            && Spelling.Nearest(first, Verbs(command)) is not null ? first : null;
    }

    static string? Missing(ParseResult line)
    {
        Command command = line.CommandResult.Command;
        foreach (Argument argument in command.Arguments)
            if ((line.GetResult(argument)?.Tokens.Count ?? 0) < argument.Arity.MinimumNumberOfValues)
                return $"'{VerbTree.Typed(command)}' needs {HelpText.Called(argument)}: {HelpText.Lower(argument.Description)}";
        foreach (Option option in command.Options.Concat(VerbTree.CommonOptions(command)))
        {
            OptionResult? result = line.GetResult(option);
            if (option.Required && (result is null || result.Implicit)) return $"'{VerbTree.Typed(command)}' needs {option.Name} {HelpText.Value(option)}: {HelpText.Lower(option.Description)}";
            if (result is { Implicit: false } && result.Tokens.Count < option.Arity.MinimumNumberOfValues) return $"{option.Name} needs {HelpText.Value(option)}: {HelpText.Lower(option.Description)}";
        }
        return null;
    }

    /// <summary>A value that is none of those there are, or no number.</summary>
    static string? Bad(ParseError error)
    {
        (string? name, Type? type, string[] known) = error.SymbolResult switch
        {
            OptionResult { Option: var option } => (option.Name, option.ValueType, Known(option.GetCompletions(CompletionContext.Empty))),
            ArgumentResult { Parent: OptionResult { Option: var option } } => (option.Name, option.ValueType, Known(option.GetCompletions(CompletionContext.Empty))),
            ArgumentResult { Argument: var argument } => (HelpText.Called(argument), argument.ValueType, Known(argument.GetCompletions(CompletionContext.Empty))),
            _ => (null, null, (string[])[]),
        };
        string[] values = [.. error.SymbolResult?.Tokens.Select(token => token.Value) ?? []];
        string? bad = known.Length > 0 ? values.FirstOrDefault(value => !known.Contains(value)) : values.FirstOrDefault();
        if (name is null || bad is null) return null;
        if (known.Length > 0) return $"{name} is one of {string.Join(", ", known)}, not '{bad}'.{Spelling.Meant(bad, known)}";
        if (values.Length > 1) return $"{name} is given {values.Length} times, and once is enough.";
        Type number = Nullable.GetUnderlyingType(type!) ?? type!;
        return number == typeof(int) || number == typeof(long) ? $"{name} is a whole number, not '{bad}'." : number == typeof(double) ? $"{name} is a number such as 1.5, not '{bad}'." : null;
    }

    static string[] Known(IEnumerable<CompletionItem> items) => [.. items.Where(item => item.Kind != Offer.Kind).Select(item => item.Label)];

    static IEnumerable<string> Options(Command command) => command.Options.Where(o => !o.Hidden).Concat(VerbTree.CommonOptions(command)).SelectMany(option => option.Aliases.Prepend(option.Name)).Distinct();

    static IEnumerable<string> Verbs(Command command) => command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name);

    static IEnumerable<OptionResult> OptionResults(ParseResult line)
    {
        for (CommandResult? at = line.CommandResult; at is not null; at = at.Parent as CommandResult)
            foreach (OptionResult result in at.Children.OfType<OptionResult>()) yield return result;
    }
}
