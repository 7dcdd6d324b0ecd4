using System.CommandLine;
using System.CommandLine.Completions;
using Albumen.Client;

namespace Albumen.Admin;

/// <summary>What a word of the command line can become.</summary>
/// <param name="What">A few words on it.</param>
sealed record Candidate(string Value, string? What = null);

/// <summary>
/// What can stand where somebody types: verbs, options and values of the tree of verbs, and what the daemon knows. At most <see cref="Most"/>, within
/// <see cref="Patience"/>; where the daemon is away, what is known without it.
/// </summary>
/// <param name="door">Null where the line does not say how to reach it.</param>
sealed class Candidates(string word, AlbumenClient? door, IReadOnlyList<string> before)
{
    public const int Most = 200;

    const int PageLength = 1000;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    static readonly string[] Fields = ["title=", "caption=", "rating=", "label=", "favourite=", "archived=", "hidden=", "tags+=", "tags-=", "people+=", "people-=", "taken=", "gps=", "place="];
    static readonly string[] Searched =
        ["album:", "camera:", "caption:", "country:", "favourite:", "folder:", "has:", "is:", "kind:", "label:", "lens:", "name:", "people:", "rating:", "tag:", "taken:", "title:", "volume:"];

    /// <summary>Each one that is made is kept by the options that all verbs have.</summary>
    static readonly Lazy<RootCommand> Tree = new(VerbTree.Create);

    readonly List<Candidate> _found = [];

    AlbumenClient Daemon => door ?? throw new DaemonUnreachableException("The line does not say where it is.");

    public IReadOnlyList<Candidate> Found => _found;

    /// <summary>The shell is to offer files; everything else is known.</summary>
    public bool AreFiles { get; private set; }

    /// <param name="before">The words before it, the program's name not among them.</param>
    /// <param name="word">What is there of it.</param>
    public static async Task<Candidates> ForAsync(IReadOnlyList<string> before, string word, CancellationToken cancellationToken)
    {
        RootCommand tree = Tree.Value;
        using AlbumenClient? door = Opened(tree.Parse([.. before], new() { ResponseFileTokenReplacer = null }));
        Candidates candidates = new(word, door, before);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await candidates.FindAsync(tree, limit.Token);
        }
        catch (Exception error) when (error is DaemonUnreachableException or ApiException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // What was found so far has to do.
        }
        return candidates;
    }

    async Task FindAsync(Command at, CancellationToken cancellationToken)
    {
        Option? waiting = null;
        int words = 0;
        bool onlyWords = false;
        foreach (string typed in before)
        {
            if (waiting is not null) waiting = null;
            else if (!onlyWords && typed == "--") onlyWords = true;
            else if (!onlyWords && typed is ['-', _, ..]) waiting = typed.Contains('=', StringComparison.Ordinal) ? null : Options(at).FirstOrDefault(o => IsCalled(o.Name, o.Aliases, typed) && TakesValue(o));
            else if (words == 0 && at.Subcommands.FirstOrDefault(sub => IsCalled(sub.Name, sub.Aliases, typed)) is { } verb) at = verb;
            else words++;
        }

        if (waiting is not null)
        {
            await ValuesAsync(waiting.CompletionSources, "", cancellationToken);
            return;
        }
        if (!onlyWords && word is ['-', '-', ..] && word.IndexOf('=', StringComparison.Ordinal) is > 0 and var sign)
        {
            if (Options(at).FirstOrDefault(o => o.Name == word[..sign]) is { } option) await ValuesAsync(option.CompletionSources, word[..(sign + 1)], cancellationToken);
            return;
        }
        if (!onlyWords && word is ['-', ..])
        {
            OfferOptions(at);
            return;
        }
        if (words == 0)
            foreach (Command verb in at.Subcommands.Where(sub => !sub.Hidden)) Add(verb.Name, verb.Description);
        if (ArgumentAt(at, words) is { } argument) await ValuesAsync(argument.CompletionSources, "", cancellationToken);
        if (_found.Count == 0 && word.Length == 0 && !AreFiles && !onlyWords) OfferOptions(at);
    }

    void OfferOptions(Command at)
    {
        foreach (Option option in Options(at).Where(o => !before.Contains(o.Name) || o.Arity.MaximumNumberOfValues > 1)) Add(option.Name, option.Description);
    }

    /// <param name="prefix">What stands before the value, in the same word.</param>
    async Task ValuesAsync(List<Func<CompletionContext, IEnumerable<CompletionItem>>> sources, string prefix, CancellationToken cancellationToken)
    {
        string typed = word[prefix.Length..];
        foreach (CompletionItem item in sources.SelectMany(source => source(CompletionContext.Empty)))
            if (item.Kind != Offer.Kind) Add(prefix + item.Label);
            else
                switch (item.Label)
                {
                    case nameof(Offer.Albums):
                        await PagedAsync(after => Daemon.AlbumsAsync(isTrash: false, after, PageLength, cancellationToken), album => Add(prefix + album.Path, Words.Photos(album.Photos)));
                        break;
                    case nameof(Offer.TrashedAlbums):
                        await PagedAsync(after => Daemon.AlbumsAsync(isTrash: true, after, PageLength, cancellationToken), album => Add(prefix + album.Path, Words.Photos(album.Photos)));
                        break;
                    case nameof(Offer.Tags):
                        await TagsAsync(prefix, cancellationToken);
                        break;
                    case nameof(Offer.Smart):
                        foreach (SmartAlbum smart in await Daemon.SmartAlbumsAsync(cancellationToken)) Add(prefix + smart.Name, smart.Query);
                        break;
                    case nameof(Offer.Volumes):
                        foreach (VolumeStatus volume in await Daemon.VolumesAsync(cancellationToken)) Add(prefix + volume.Name, volume.Path);
                        break;
                    case nameof(Offer.Users):
                        foreach (User user in await Daemon.UsersAsync(cancellationToken)) Add(prefix + user.Name, user.Admin ? "admin" : null);
                        break;
                    case nameof(Offer.Operations):
                        foreach (Operation operation in (await Daemon.OperationsAsync(null, null, 50, cancellationToken)).Items) Add($"{prefix}{operation.Number}", operation.What);
                        break;
                    case nameof(Offer.ProblemKinds):
                        foreach (ProblemKindSummary kind in (await Daemon.ProblemSummaryAsync(cancellationToken)).Kinds) Add(prefix + kind.Kind, $"{Words.Count(kind.Count)}");
                        break;
                    case nameof(Offer.Paths):
                        await PathsAsync(prefix, typed, cancellationToken);
                        break;
                    case nameof(Offer.Changes):
                        if (typed.StartsWith("tags", StringComparison.Ordinal) && typed.IndexOf('=', StringComparison.Ordinal) is > 0 and var sign) await TagsAsync(prefix + typed[..(sign + 1)], cancellationToken);
                        else foreach (string field in Fields) Add(prefix + field);
                        break;
                    case nameof(Offer.QueryFields):
                        if (typed.StartsWith("tag:", StringComparison.Ordinal)) await TagsAsync(prefix + "tag:", cancellationToken);
                        else if (typed.StartsWith("folder:/", StringComparison.Ordinal)) await PathsAsync(prefix + "folder:", typed["folder:".Length..], cancellationToken);
                        else foreach (string field in Searched) Add(prefix + field);
                        break;
                    case nameof(Offer.Verbs):
                        foreach (Command verb in VerbTree.All(Tree.Value).Where(c => c is Verb)) Add(prefix + VerbTree.Typed(verb)["albumen ".Length..], verb.Description);
                        break;
                    case nameof(Offer.Files):
                        AreFiles = true;
                        break;
                }
    }

    Task TagsAsync(string prefix, CancellationToken cancellationToken) =>
        PagedAsync(after => Daemon.TagsAsync(after, PageLength, cancellationToken), tag => Add(prefix + tag.Name, Words.Photos(tag.Assets)));

    /// <summary>What lies in the folder that is typed so far; folders end with a slash, so that one can go on.</summary>
    async Task PathsAsync(string prefix, string typed, CancellationToken cancellationToken)
    {
        if (typed.Length == 0) Add($"{prefix}/", "the tree");
        if (typed is not ['/', ..]) return;
        string folder = typed[..(typed.LastIndexOf('/') + 1)];
        await foreach (TreeEntry entry in Daemon.TreeAsync(folder, isRecursive: false, cancellationToken))
        {
            string name = entry.Path[(entry.Path.LastIndexOf('/') + 1)..];
            if (name.Length > 0) Add($"{prefix}{folder}{name}{(entry.Type == "folder" ? "/" : "")}");
            if (_found.Count >= Most) return;
        }
    }

    async Task PagedAsync<T>(Func<string?, Task<Page<T>>> pageAfter, Action<T> add)
    {
        string? after = null;
        do
        {
            Page<T> page = await pageAfter(after);
            foreach (T item in page.Items) add(item);
            after = page.Next;
        }
        while (after is not null && _found.Count < Most);
    }

    /// <summary>What cannot be printed on a line is not offered.</summary>
    void Add(string value, string? what = null)
    {
        if (_found.Count < Most && value.StartsWith(word, StringComparison.OrdinalIgnoreCase) && Printable.Show(value) == value) _found.Add(new(value, what is null ? null : Printable.Show(what)));
    }

    /// <summary>Null where the line makes no sense yet, as --url without a token.</summary>
    static AlbumenClient? Opened(ParseResult line)
    {
        try
        {
            return Door.Open(line);
        }
        catch (UsageException)
        {
            return null;
        }
    }

    static Argument? ArgumentAt(Command command, int index)
    {
        foreach (Argument argument in command.Arguments)
        {
            if (index < argument.Arity.MaximumNumberOfValues) return argument;
            index -= argument.Arity.MaximumNumberOfValues;
        }
        return null;
    }

    static IEnumerable<Option> Options(Command command) => command.Options.Concat(VerbTree.CommonOptions(command)).Distinct().Where(o => !o.Hidden);

    static bool IsCalled(string name, ICollection<string> aliases, string typed) => name == typed || aliases.Contains(typed);

    static bool TakesValue(Option option) => option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool);
}
