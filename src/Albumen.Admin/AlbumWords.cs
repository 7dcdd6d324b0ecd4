using System.CommandLine;

namespace Albumen.Admin;

/// <summary>Words that several verbs of albums have.</summary>
static class AlbumWords
{
    public static Argument<string> Album() => new("album") { Description = "Its path, such as Trips/2024, or its id." };

    public static Argument<string> Smart() => new("smart") { Description = "Its name or its id." };
}
