using System.CommandLine.Completions;
using Source = System.Func<System.CommandLine.Completions.CompletionContext, System.Collections.Generic.IEnumerable<System.CommandLine.Completions.CompletionItem>>;

namespace Albumen.Admin;

/// <summary>What a shell can offer for a word of the command line, where only the daemon or the disk knows it. <see cref="Candidates"/> asks them.</summary>
static class Offer
{
    /// <summary>Marks what stands for values, and is none.</summary>
    public const string Kind = "offer";

    public static readonly Source Albums = Of(nameof(Albums)), TrashedAlbums = Of(nameof(TrashedAlbums)), Smart = Of(nameof(Smart)), Tags = Of(nameof(Tags)), Volumes = Of(nameof(Volumes)), Users = Of(nameof(Users)),
        Paths = Of(nameof(Paths)), Operations = Of(nameof(Operations)), ProblemKinds = Of(nameof(ProblemKinds)), Changes = Of(nameof(Changes)), QueryFields = Of(nameof(QueryFields)), Verbs = Of(nameof(Verbs)), Files = Of(nameof(Files));

    static Source Of(string name)
    {
        CompletionItem[] items = [new(name, Kind)];
        return _ => items;
    }
}
