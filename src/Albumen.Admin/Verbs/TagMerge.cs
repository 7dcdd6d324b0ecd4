using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen tag merge</c>: several tags become one.</summary>
sealed class TagMerge : EditVerb
{
    readonly Argument<string[]> _words = new("tag...path") { Description = "Tags; those below them go with them. And, if not the whole library is meant, paths in the tree.", Arity = ArgumentArity.OneOrMore, CompletionSources = { Offer.Tags } };
    readonly Option<string> _into = new("--into") { Description = "The tag they become.", HelpName = "TAG", Required = true, CompletionSources = { Offer.Tags } };

    public TagMerge() : base("merge", "Makes several tags one, in the whole library or on some photos.")
    {
        Arguments.Add(_words);
        Options.Add(_into);
    }

    public override IReadOnlyList<Example> Examples => [new("tag merge Hund Hunde --into Dog", "Two become one.")];

    protected override EditRequest Request(ParseResult line)
    {
        // A tag may look like an id, but none begins with a slash.
        string[] words = line.GetRequiredValue(_words), tags = [.. words.Where(word => !word.StartsWith('/'))];
        if (tags.Length == 0) throw new UsageException("Say which tags become one.");
        return Photos.Select(new() { RenameTags = new(tags, line.GetRequiredValue(_into)) }, line, [.. words.Where(word => word.StartsWith('/'))], isAllMeant: true);
    }
}
