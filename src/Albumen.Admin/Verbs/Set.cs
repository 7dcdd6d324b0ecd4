using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen set</c>: says what a photo is called, shows, is worth; of one or of thousands.</summary>
sealed class Set : EditVerb
{
    readonly Argument<string[]> _words = new("field=value...path-or-id")
    {
        Description = "Changes: rating=4, title='Am See', tags+=Animals/Dog, people-=Anna, taken=1978-06, gps=48.2,16.37, favourite=yes, caption= (none), caption! (as the file says). "
            + "And photos: paths in the tree, beginnings of ids.",
        Arity = ArgumentArity.OneOrMore,
        CompletionSources = { Offer.Changes, Offer.Paths },
    };

    public Set() : base("set", "Changes titles, captions, ratings, tags, people, dates and places. The files stay as they are.") => Arguments.Add(_words);

    public override IReadOnlyList<Example> Examples =>
    [
        new("set rating=4 title='Am See' /Folders/photos/2019/a.jpg", "One photo."),
        new("set tags+=Holidays --query 'taken:2019 folder:Sylt' --dry-run", "What it would do to many."),
    ];

    protected override EditRequest Request(ParseResult line)
    {
        string[] words = line.GetRequiredValue(_words), changes = [.. words.Where(word => !Photos.IsOne(word))];
        if (changes.Length == 0) throw new UsageException("Say what to change, such as rating=4 or tags+=Holidays.");
        return Photos.Select(new() { Set = changes }, line, [.. words.Where(Photos.IsOne)]);
    }
}
