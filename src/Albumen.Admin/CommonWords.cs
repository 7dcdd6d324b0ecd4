using System.CommandLine;

namespace Albumen.Admin;

/// <summary>Words that several verbs have.</summary>
static class CommonWords
{
    public static Argument<string> Album() => new("album") { Description = "Its path, such as Trips/2024, or its id.", CompletionSources = { Offer.Albums } };

    public static Argument<string> Smart() => new("smart") { Description = "Its name or its id.", CompletionSources = { Offer.Smart } };

    public static Argument<string> Tag(string name, string description) => new(name) { Description = description, CompletionSources = { Offer.Tags } };

    public static Argument<string> User() => new("name") { Description = "The user's name.", CompletionSources = { Offer.Users } };

    public static Argument<string> Volume() => new("volume") { Description = "The volume's name.", CompletionSources = { Offer.Volumes } };
}
