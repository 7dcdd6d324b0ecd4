using System.CommandLine;
using Albumen.Admin;
using Albumen.Tests.Daemon;

namespace Albumen.Tests.Admin;

/// <summary>What holds of every verb there is, and of each that will be added.</summary>
public sealed class VerbTreeTests
{
    const int Usage = 2, Unreachable = 4;

    /// <summary>They change nothing, so there is nothing to rehearse.</summary>
    static readonly string[] Readers =
    [
        "status", "ls", "search", "show", "jobs", "problems", "duplicates", "missing", "doctor", "backup", "log", "conflicts", "completion", "schema", "tag list", "album list", "album show", "smart list", "smart show",
        "trash list", "volume list", "user list", "app-password list", "mount", "certificate", "console", "messages", "config show", "config check",
    ];

    static readonly Dictionary<string, string> WithoutDryRun = new() { ["sidecar sync"] = "what it does is done by itself a little later anyway" };

    static readonly Dictionary<string, string> WithoutJson = new() { ["completion"] = "prints a script", ["schema"] = "prints JSON and nothing else", ["console"] = "is for people" };

    static readonly Dictionary<string, string> OnTheirOwn = new() { ["console"] = "waits for the daemon, on a terminal", ["doctor"] = "looks from outside", ["config revert"] = "goes on without the daemon, where something was applied" };

    static CancellationToken Now => TestContext.Current.CancellationToken;

    public static TheoryData<string> Verbs => [.. All().Select(Name)];

    public static TheoryData<string> Commands => [.. VerbTree.All(VerbTree.Create()).Select(VerbTree.Typed)];

    [Theory, MemberData(nameof(Verbs))]
    public void It_has_json_and_a_dry_run_or_a_reason_not_to(string name)
    {
        Verb verb = Find(name);

        Assert.True(verb.HasJson || WithoutJson.ContainsKey(name), $"{name} has no --json.");
        Assert.Equal(verb.HasJson, verb.Lines.Count > 0);
        Assert.True(verb.HasDryRun || Readers.Contains(name) || WithoutDryRun.ContainsKey(name), $"{name} has no --dry-run. If it changes nothing, name it here.");
        Assert.False(verb.HasDryRun && Readers.Contains(name), $"{name} has --dry-run, and is no reader.");
    }

    [Theory, MemberData(nameof(Verbs))]
    public void Each_of_its_examples_can_be_typed(string name)
    {
        Verb verb = Find(name);

        Assert.NotEmpty(verb.Examples);
        foreach (Example example in verb.Examples)
        {
            ParseResult line = VerbTree.Create().Parse(Split(example.Line), new() { ResponseFileTokenReplacer = null });
            Assert.True(Mistake.In(line) is null, $"albumen {example.Line}: {Mistake.In(line)}");
            Assert.Equal(name, Name((Verb)line.CommandResult.Command));
            Assert.EndsWith(".", example.What, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Commands))]
    public void Its_help_says_what_it_is_for_how_it_is_written_and_gives_examples(string typed)
    {
        Command command = VerbTree.All(VerbTree.Create()).Single(c => VerbTree.Typed(c) == typed);
        using StringWriter help = new();

        HelpText.Write(command, help);

        Assert.StartsWith(command.Description!.Split(' ')[0], help.ToString(), StringComparison.Ordinal);
        Assert.Contains($"Usage:\n  {typed}", help.ToString(), StringComparison.Ordinal);
        Assert.Contains("\nExamples:\n  albumen ", help.ToString(), StringComparison.Ordinal);
        Assert.Contains("--quiet", help.ToString(), StringComparison.Ordinal);
        Assert.All(help.ToString().Split('\n'), line => Assert.True(line.Length <= 100 || line.StartsWith("  albumen ", StringComparison.Ordinal), line));
        Assert.All(command.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description), $"{option.Name} has no description."));
        Assert.All(command.Arguments, argument => Assert.False(string.IsNullOrWhiteSpace(argument.Description), $"{argument.Name} has no description."));
    }

    [Theory, MemberData(nameof(Commands))]
    public void An_option_that_it_does_not_have_is_named(string typed)
    {
        string mistake = MistakeIn([.. typed.Split(' ')[1..], "--no-such-option"]);

        Assert.Contains($"{typed} has no option '--no-such-option'.", mistake, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Verbs))]
    public void A_misspelt_option_is_answered_with_the_one_that_was_meant(string name)
    {
        foreach (Option option in Find(name).Options)
            Assert.Contains($"Did you mean '{option.Name}'?", MistakeIn([.. name.Split(' '), $"{option.Name}x"]), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Commands))]
    public void A_misspelt_verb_is_answered_with_the_one_that_was_meant(string typed)
    {
        string[] words = typed.Split(' ')[1..];
        if (words.Length == 0) return;
        // The second letter twice: stattus.
        string verb = words[^1], misspelt = verb[..2] + verb[1..];

        Assert.Contains($"Did you mean '{verb}'?", MistakeIn([.. words[..^1], misspelt]), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Verbs))]
    public void A_word_or_option_that_lacks_is_named_with_what_it_is(string name)
    {
        Verb verb = Find(name);
        if (verb.Arguments.FirstOrDefault(a => a.Arity.MinimumNumberOfValues > 0) is { } argument)
            Assert.Contains($"'albumen {name}' needs {HelpText.Called(argument)}: ", MistakeIn(name.Split(' ')), StringComparison.Ordinal);
        foreach (Option option in verb.Options.Where(o => o.Arity.MinimumNumberOfValues > 0 && o.ValueType != typeof(bool)))
        {
            string[] needed = [.. Split(verb.Examples[0].Line).TakeWhile(word => word != option.Name && !word.StartsWith("--", StringComparison.Ordinal))];
            Assert.Contains($"{option.Name} needs ", MistakeIn([.. needed, option.Name]), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--limit is a whole number, not 'ten'.", "jobs", "--limit", "ten")]
    [InlineData("--threshold is a number such as 1.5, not 'high'.", "quality", "--threshold", "high")]
    [InlineData("ORDER is one of added, name, taken, not 'take'. Did you mean 'taken'?", "album", "order", "Trips", "take")]
    [InlineData("--keep is one of best, oldest, preferred-path, not 'oldst'. Did you mean 'oldest'?", "duplicates", "--keep", "oldst")]
    [InlineData("'two' is one word too many for 'albumen ls'. Words that belong together stand in quotes.", "ls", "one", "two")]
    [InlineData("There is no 'albumen trash lst'. Did you mean 'list'?", "trash", "lst")]
    [InlineData("'albumen tag' is followed by one of: add, remove, rename, merge, list, create, delete.", "tag")]
    [InlineData("'albumen export' needs --to DIR: the folder to write into; made if there is none.", "export")]
    public void A_mistake_is_one_sentence_and_what_was_meant(string expected, params string[] words) => Assert.Equal(expected, MistakeIn(words));

    [Theory]
    [InlineData("search", "-is:video", "sunset")]
    [InlineData("search", "-v")]
    [InlineData("date", "shift", "-1h", "3f9c")]
    [InlineData("tag", "add", "--", "--odd", "3f9c")]
    [InlineData("set", "title=--", "3f9c")]
    [InlineData("album", "create", "x", "--description=--of what-")]
    [InlineData("user", "add", "@anna")]
    public void What_begins_with_a_dash_may_be_a_word(params string[] words) => Assert.Null(Mistake.In(VerbTree.Create().Parse(words, new() { ResponseFileTokenReplacer = null })));

    [Theory]
    [InlineData("stattus")]
    [InlineData("album", "list", "--jsno")]
    [InlineData("album", "add")]
    [InlineData("jobs", "--limit", "0")]
    public async Task A_mistake_is_said_on_standard_error_with_what_to_type_and_exit_2(params string[] words)
    {
        Answer answer = await CommandLine.RunAsync(words);

        Assert.Equal((Usage, ""), (answer.Code, answer.Output));
        string[] lines = answer.Error.TrimEnd('\n').Split('\n');
        Assert.StartsWith("albumen: ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(" --help' says what can be written.".Replace("what can", lines.Length > 2 ? "what else can" : "what can"), lines[^1], StringComparison.Ordinal);
        Assert.InRange(lines.Length, 2, 3);
    }

    /// <summary>By its first example, which is a line that makes sense.</summary>
    [Fact]
    public async Task Without_a_daemon_every_verb_that_needs_one_exits_with_4()
    {
        string folder = Directory.CreateTempSubdirectory("albumen-layer-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "journal.jsonl"), "{}\n", Now);
        Dictionary<string, (int Code, string Error)> wrong = [];
        await Parallel.ForEachAsync(All().Where(verb => verb.NeedsDaemon && !OnTheirOwn.ContainsKey(Name(verb))), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Now }, async (verb, _) =>
        {
            // What lies on the disk is looked at first.
            string[] words = [.. Split(verb.Examples[0].Line).Select(word => word switch
            {
                "/mnt/usb/photos-layer" when verb.Name == "import-layer" => folder,
                "new.yaml" => Path.Combine(folder, "journal.jsonl"),
                _ => word,
            })];
            Answer answer = await CommandLine.RunAsync(["--root", "/nowhere/at/all", .. words]);
            if (answer.Code != Unreachable || answer.Output.Length > 0 || !answer.Error.Contains("Start it: ", StringComparison.Ordinal))
                lock (wrong) wrong[Name(verb)] = (answer.Code, answer.Error);
        });
        Directory.Delete(folder, recursive: true);

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Those_that_need_no_daemon_work_without()
    {
        foreach (Verb verb in All().Where(verb => !verb.NeedsDaemon && !OnTheirOwn.ContainsKey(Name(verb))))
            Assert.Equal((Name(verb), 0), (Name(verb), (await CommandLine.RunAsync(["--root", "/nowhere/at/all", .. Split(verb.Examples[0].Line)])).Code));
    }

    /// <summary>As a shell would, up to where the output goes.</summary>
    internal static string[] Split(string line) => [.. new BashLine(line + " ", "").Before.TakeWhile(word => word != ">")];

    internal static IEnumerable<Verb> All() => VerbTree.All(VerbTree.Create()).OfType<Verb>();

    internal static string Name(Verb verb) => VerbTree.Typed(verb)["albumen ".Length..];

    static Verb Find(string name) => All().Single(verb => Name(verb) == name);

    static string MistakeIn(string[] words)
    {
        ParseResult line = VerbTree.Create().Parse(words, new() { ResponseFileTokenReplacer = null });
        string? mistake = Mistake.In(line);
        Assert.True(mistake is not null, $"'albumen {string.Join(' ', words)}' is taken as it is.");
        return mistake;
    }
}
