using System.Globalization;

namespace Albumen.Tree;

/// <summary>
/// The modification time that a client gave a photo in an album or tag, or such a folder. The file on its disk keeps its own, so it is a property of the path
/// (see <see cref="PathProperties"/>), as Windows writes it, and goes where the entry goes.
/// </summary>
public static class SetTime
{
    public const string Namespace = "urn:schemas-microsoft-com:", Name = "Win32LastModifiedTime";

    public static string ToElement(DateTimeOffset time) => $"<Z:{Name} xmlns:Z=\"{Namespace}\">{time.ToString("R", CultureInfo.InvariantCulture)}</Z:{Name}>";

    /// <summary>The time that is set among the properties of a path; null when none is.</summary>
    public static DateTimeOffset? Among(IReadOnlyList<PathProperty> properties)
    {
        if (properties.FirstOrDefault(p => p.Namespace == Namespace && p.Name == Name) is not { Element: var element }) return null;
        int from = element.IndexOf('>', StringComparison.Ordinal) + 1, to = element.LastIndexOf('<');
        return to > from && DateTimeOffset.TryParseExact(element.AsSpan(from, to - from), "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
    }

    /// <summary>Whether the times of what is there can be set so.</summary>
    public static bool CanBeOf(Node node) =>
        node.Path.StartsWith("/Albums/", StringComparison.Ordinal) || node.Path.StartsWith("/Tags/", StringComparison.Ordinal) || node.Path is "/Albums" or "/Tags";
}
