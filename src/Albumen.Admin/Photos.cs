using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin;

/// <summary>Which photos and clips a command line means: paths in the tree, beginnings of ids, a query; several are a union.</summary>
sealed class Photos
{
    readonly Option<string?> _query = new("--query") { Description = "All that this finds, in the language of 'albumen search'.", HelpName = "QUERY", CompletionSources = { Offer.QueryFields } };
    readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "A folder means everything below it." };

    readonly Option<bool> _stacks = new("--stacks") { Description = "Also all that are in a stack with one of them." };

    /// <summary>Paths and ids, where they stand behind other words of the verb.</summary>
    public Argument<string[]> Words { get; } = new("path-or-id") { Description = "Paths in the tree, and beginnings of ids.", Arity = ArgumentArity.ZeroOrMore, CompletionSources = { Offer.Paths } };

    /// <param name="withStacks">Who stands behind others can be meant, too.</param>
    public void AddOptions(Command verb, bool withStacks = true)
    {
        verb.Options.Add(_query);
        verb.Options.Add(_recursive);
        if (withStacks) verb.Options.Add(_stacks);
    }

    /// <summary>Whether more can be meant than was written.</summary>
    public bool MayBeMany(ParseResult line) => line.GetValue(_query) is not null || line.GetValue(_recursive) || line.GetValue(_stacks);

    /// <summary>Whether a word can only be one of these, and not a change.</summary>
    public static bool IsOne(string word) => word.StartsWith('/') || (word.Length is > 0 and <= 32 && word.All(char.IsAsciiHexDigit));

    /// <summary>The request with the photos it is for.</summary>
    /// <param name="isAllMeant">Nothing selected means the whole library.</param>
    /// <exception cref="UsageException">Nothing is selected, or what is none.</exception>
    public EditRequest Select(EditRequest request, ParseResult line, IReadOnlyList<string> words, bool isAllMeant = false)
    {
        string? query = line.GetValue(_query);
        if (words.FirstOrDefault(word => !IsOne(word)) is { } strange)
            throw new UsageException($"'{strange}' is neither a path in the tree, which begins with '/', nor the beginning of an id.");
        if (words.Count == 0 && query is null && !isAllMeant) throw new UsageException("Say which photos: paths in the tree, beginnings of ids, or --query QUERY.");
        return request with
        {
            Query = query,
            Recursive = line.GetValue(_recursive),
            Stacks = line.GetValue(_stacks),
            Paths = [.. words.Where(word => word.StartsWith('/'))],
            Assets = [.. words.Where(word => !word.StartsWith('/'))],
        };
    }
}
