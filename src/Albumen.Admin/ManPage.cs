using System.CommandLine;
using System.Globalization;
using System.Text;

namespace Albumen.Admin;

/// <summary>The manual page of one verb, from the tree of verbs, in the macros of man(7).</summary>
static class ManPage
{
    const int LongestLine = 76;

    static readonly (string Code, string Meaning)[] Codes =
    [
        ("0", "Done."), ("1", "The daemon said no, or failed; or somebody broke it off."), ("2", "The command line makes no sense, or nobody was there to be asked."),
        ("3", "Done as far as it could be: a volume was offline, part of it unreadable, or the like."), ("4", "The daemon cannot be reached."),
    ];

    /// <summary><c>albumen-album-add</c></summary>
    public static string Name(Command command) => VerbTree.Typed(command).Replace(' ', '-');

    public static string Of(Command command)
    {
        StringBuilder page = new();
        string name = Name(command), version = typeof(ManPage).Assembly.GetName().Version!.ToString(3);
        page.Append(CultureInfo.InvariantCulture, $".\\\" Made by 'albumen man'.\n.TH {Escape(name.ToUpperInvariant())} 1 \"{Date()}\" \"Albumen {version}\" \"Albumen\"\n");
        page.Append(".SH NAME\n");
        Lines(page, $@"{Escape(name)} \- {Escape(Brief(command))}");
        page.Append(".SH SYNOPSIS\n");
        bool isFirst = true;
        foreach (string usage in HelpText.Usages(command))
        {
            string typed = VerbTree.Typed(command), rest = usage[typed.Length..].Trim();
            page.Append(isFirst ? "" : ".br\n").Append(CultureInfo.InvariantCulture, $".B {Escape(typed)}\n");
            Text(page, rest);
            isFirst = false;
        }
        page.Append(".SH DESCRIPTION\n");
        Text(page, command.Description ?? "");
        foreach (Argument argument in command.Arguments.Where(a => !a.Hidden)) Entry(page, $".I {Escape(HelpText.Called(argument))}", argument.Description);
        foreach (Command verb in command.Subcommands.Where(c => !c.Hidden)) Entry(page, $".BR {Escape(Name(verb))} (1)", verb.Description);
        page.Append(".SH OPTIONS\n");
        foreach (Option option in command.Options.Where(o => !o.Hidden && !o.Recursive)) Entry(page, $".B {Escape(HelpText.Written(option))}", option.Description);
        foreach (Option option in VerbTree.CommonOptions(command)) Entry(page, $".B {Escape(HelpText.Written(option))}", option.Description);
        page.Append(".SH EXIT STATUS\n");
        foreach ((string code, string meaning) in Codes.Where(c => c.Code != "4" || command is not Verb { NeedsDaemon: false })) Entry(page, $".B {code}", meaning);
        page.Append(".SH EXAMPLES\n");
        foreach ((int i, Example example) in VerbTree.Examples(command).Index())
        {
            if (i > 0) page.Append(".PP\n");
            Text(page, example.What);
            page.Append(CultureInfo.InvariantCulture, $".PP\n.RS 4\n.nf\nalbumen {Escape(example.Line)}\n.fi\n.RE\n");
        }
        page.Append(".SH SEE ALSO\n").Append(string.Join(",\n", Related(command).Select(c => $".BR {Escape(Name(c))} (1)"))).Append('\n');
        return page.ToString();
    }

    /// <summary>What is around it: the page above, those below, and those beside.</summary>
    static IEnumerable<Command> Related(Command command)
    {
        Command? parent = command.Parents.OfType<Command>().FirstOrDefault();
        IEnumerable<Command> beside = parent is null or RootCommand ? [] : parent.Subcommands.Where(c => c != command);
        Command[] related = [.. (parent is null ? [] : (Command[])[parent]).Concat(beside).Concat(command.Subcommands).Where(c => !c.Hidden)];
        return related;
    }

    static void Entry(StringBuilder page, string head, string? text)
    {
        page.Append(CultureInfo.InvariantCulture, $".TP\n{head}\n");
        Text(page, text ?? "");
    }

    static void Text(StringBuilder page, string text) => Lines(page, Escape(text));

    static void Lines(StringBuilder page, string escaped)
    {
        foreach (string line in TextWidth.Wrap(escaped, LongestLine)) page.Append(Guard(line)).Append('\n');
    }

    /// <summary>The first sentence, as a name's explanation is written.</summary>
    static string Brief(Command command)
    {
        string text = command.Description ?? "";
        int end = text.IndexOfAny(['.', ':', ';']);
        return HelpText.Lower(end > 0 ? text[..end] : text);
    }

    static string Escape(string text) =>
        text.Replace(@"\", @"\e", StringComparison.Ordinal).Replace("-", @"\-", StringComparison.Ordinal).Replace("'", @"\(aq", StringComparison.Ordinal)
            .Replace("~", @"\(ti", StringComparison.Ordinal).Replace("^", @"\(ha", StringComparison.Ordinal).Replace("\"", @"\(dq", StringComparison.Ordinal);

    /// <summary>A point that begins a line would be a macro.</summary>
    static string Guard(string line) => line is ['.', ..] ? $@"\&{line}" : line;

    /// <summary>The same for the same sources, where the build says from when they are (https://reproducible-builds.org/specs/source-date-epoch/).</summary>
    static string Date()
    {
        DateTimeOffset day = long.TryParse(Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH"), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds) : File.GetLastWriteTimeUtc(Path.Combine(AppContext.BaseDirectory, $"{typeof(ManPage).Assembly.GetName().Name}.dll"));
        return day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
