using Albumen.Derivatives;
using Albumen.Organization;

namespace Albumen.Tree;

/// <summary>
/// Photos and clips of any days, shown in one folder. Each is called by its day and by the name it has there, <c>2024-07-14_IMG_0001.JPG</c>, which no other is:
/// so names neither change nor collide, and every client sorts them by date. In the second part of a long day it is <c>2024-07-14~2_IMG_0001.JPG</c>.
/// </summary>
abstract record PhotoSet
{
    /// <summary>What a photo is called.</summary>
    /// <param name="folder">Of the timeline.</param>
    public static string NameOf(string folder, string name) => $"{folder.Replace('_', '~')}_{name}";

    /// <summary>The folder of the timeline and the key in it that a key here means; null when it means nothing.</summary>
    public static (string Folder, string Key)? Place(string key)
    {
        int end = key.IndexOf('_', StringComparison.Ordinal);
        if (end < 0) return null;
        string folder = key[..end].Replace('~', '_');
        return (folder.StartsWith("undated", StringComparison.Ordinal) ? "U" + folder[1..] : folder, key[(end + 1)..]);
    }
}

/// <summary>All that stand in one folder of a view of facts.</summary>
/// <param name="View">As <c>facet.view</c> has it.</param>
/// <param name="Key">As <c>facet.key</c> has it.</param>
sealed record FacetSet(string View, string Key) : PhotoSet;

/// <summary>All that a query finds.</summary>
sealed record QuerySet(Condition Condition) : PhotoSet;

/// <summary>All photos of a quality.</summary>
/// <param name="Line">Of who looks.</param>
sealed record QualitySet(Quality Quality, BlurLine Line) : PhotoSet;

/// <summary>The folders of Quality.</summary>
enum Quality { Blurred, Clear, Unprocessed }

/// <summary>A part of a <see cref="PhotoSet"/>, by the folders of the timeline.</summary>
/// <param name="Prefix">Empty: all; <c>2024</c> or <c>2024-07</c>: that year or month; a longer one, or <c>Undated</c>: that folder alone.</param>
/// <param name="IsSplit">What is known more precisely than the prefix is shown in folders of its own.</param>
readonly record struct Stretch(string Prefix, bool IsSplit)
{
    /// <summary>Whether all that it has stands in one folder of the timeline.</summary>
    public bool IsOneFolder => Prefix.Length > 7 || Prefix.StartsWith('U');

    /// <summary>The first folder of the timeline that can be in it, and one behind the last.</summary>
    public (string From, string Until) Range => Prefix.Length == 0 ? ("", "~") : IsOneFolder ? (Prefix, Prefix + "\0") : (Prefix, Prefix + "~");
}
