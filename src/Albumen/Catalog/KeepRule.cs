using System.Text.RegularExpressions;

namespace Albumen.Catalog;

/// <summary>Which of several copies to keep: a plan for a person to look at. Criteria are asked in turn; the first that tells two copies apart decides.</summary>
public sealed partial class KeepRule
{
    /// <summary>Two copies modified in the same second are equally old: copying between file systems cuts what is finer.</summary>
    const long Second = 1_000_000_000;

    // Whole words in the name of a folder, in languages of those who have such folders.
    static readonly HashSet<string> Throwaway = new(StringComparer.OrdinalIgnoreCase)
    {
        "backup", "backups", "bak", "sicherung", "sicherungen", "sicherungskopie", "sauvegarde", "sauvegardes", "respaldo", "respaldos",
        "trash", "trashes", "recycle", "recycler", "recycled", "papierkorb", "corbeille", "papelera", "cestino", "deleted", "gelöscht",
        "tmp", "temp", "temporary", "temporär", "cache",
        "import", "imports", "imported", "importe", "incoming", "inbox", "eingang", "unsorted", "unsortiert", "sortieren",
        "download", "downloads", "duplicate", "duplicates", "duplikate", "doubles", "dupes", "recovered",
    };

    // What cameras, phones and computers call a folder by themselves.
    static readonly HashSet<string> Untold = new(StringComparer.OrdinalIgnoreCase)
    {
        "dcim", "camera", "kamera", "photos", "photo", "fotos", "foto", "pictures", "picture", "bilder", "bild", "images", "image", "img", "videos", "video", "media",
        "new", "folder", "neuer", "ordner", "untitled", "unnamed", "misc", "various", "diverses", "sonstiges", "roll", "private", "avchd", "bdmv", "stream", "clip",
    };

    static readonly IReadOnlyList<Criterion> CarefulPerson =
    [
        // What cannot be looked at now is no reason to part with what can.
        By("its volume is online", copy => copy.IsOnline ? 0 : 1),
        By("not in a folder for backups, imports or rubbish", copy => Folders(copy).Any(IsThrowaway) ? 1 : 0),
        By("its name does not say that it is a copy", copy => HasCopyMark(Stem(copy)) ? 1 : 0),
        By("its folder tells more", copy => -Telling(copy)),
    ];

    static readonly IReadOnlyList<Criterion> Age =
    [
        By("the oldest", copy => copy.ModifiedNs / Second),
        // IMG_1.jpg before IMG_1-1.jpg, which sorts first.
        By("the shorter name", copy => Stem(copy).Length),
        new("the first by path", (a, b) => string.CompareOrdinal(a.Path, b.Path)),
    ];

    readonly IReadOnlyList<Criterion> _criteria;

    KeepRule(string name, params IEnumerable<Criterion> criteria) => (Name, _criteria) = (name, [.. criteria]);

    /// <summary>As it is written on the command line.</summary>
    public string Name { get; }

    /// <summary>The smallest modification time, then the path.</summary>
    public static KeepRule Oldest { get; } = new("oldest", By("the oldest", copy => copy.ModifiedNs), Age[^1]);

    /// <summary>
    /// The place a careful person would keep: on a volume that is online, outside of folders for backups, imports and rubbish, under a name
    /// without the mark of a copy, in the folder that tells most of the picture, and then the oldest.
    /// </summary>
    public static KeepRule Best { get; } = new("best", [.. CarefulPerson, .. Age]);

    /// <summary>Below the first of these folders that has any of the copies; then as <see cref="Best"/>.</summary>
    /// <param name="folders">Paths in the tree, as the tree writes them.</param>
    public static KeepRule Preferred(IReadOnlyList<string> folders)
    {
        return new("preferred-path", [By("in the preferred folder", Rank), .. Best._criteria]);

        long Rank(Copy copy)
        {
            for (int i = 0; i < folders.Count; i++)
                if (copy.Path.StartsWith(folders[i], StringComparison.Ordinal) && copy.Path.AsSpan(folders[i].Length) is ['/', ..]) return i;
            return folders.Count;
        }
    }

    /// <summary>The copy to keep, and what was decisive against the next best file.</summary>
    public (Copy Copy, string Reason) Choose(IReadOnlyList<Copy> copies)
    {
        Copy keep = copies.Aggregate((best, next) => Compare(next, best) < 0 ? next : best);
        Copy? second = copies.Where(copy => !copy.IsSameFileAs(keep)).Aggregate((Copy?)null, (best, next) => best is null || Compare(next, best) < 0 ? next : best);
        return (keep, second is null ? "the only file" : _criteria.First(criterion => criterion.Compare(keep, second) != 0).Reason);
    }

    int Compare(Copy a, Copy b) => _criteria.Select(criterion => criterion.Compare(a, b)).FirstOrDefault(order => order != 0);

    static bool IsThrowaway(string folder) => Words(folder).Any(Throwaway.Contains) || HasCopyMark(folder);

    /// <summary>Ten points for each folder with a word of somebody's own, one for a date or number.</summary>
    static long Telling(Copy copy) => Folders(copy).Sum(folder => CameraFolder().IsMatch(folder) || Words(folder).All(Untold.Contains) ? DatedFolder().IsMatch(folder) ? 1 : 0 : 10);

    static bool HasCopyMark(string name) => CopyMark().IsMatch(name);

    /// <summary>The folders below the volume's root.</summary>
    static string[] Folders(Copy copy) => copy.Path.Split('/', StringSplitOptions.RemoveEmptyEntries) is { Length: > 3 } names ? names[2..^1] : [];

    static string Stem(Copy copy) => Path.GetFileNameWithoutExtension(copy.Path);

    static IEnumerable<string> Words(string name) => WordPattern().Matches(name).Select(match => match.Value);

    static Criterion By(string reason, Func<Copy, long> rank) => new(reason, (a, b) => rank(a).CompareTo(rank(b)));

    sealed record Criterion(string Reason, Comparison<Copy> Compare);

    // "IMG - Copy (2)", "IMG Kopie", "IMG_copy2"; "Copy of IMG", "Kopie (2) von IMG"; "IMG (1)"; "IMG~2".
    [GeneratedRegex("""
        [ _.\-]\(?(copy|copie|kopie|copia|cópia|kopia|kopi)\)?[ _]?\(?\d{0,3}\)?$
        |^(copy|copie|kopie|copia|cópia|kopia|kopi)\ (\(\d{1,3}\)\ )?(of|von|de|di|van|av)\ 
        |[^ ]\ ?\(\d{1,3}\)$
        |[^~]~\d{1,3}$
        """, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex CopyMark();

    // JEITA CP-3461: DCIM/100CANON. And where file systems and rescuers put what they find.
    [GeneratedRegex(@"^(\d{3}[A-Z0-9_]{5}|recup_dir\.\d+|found\.\d+|lost\+found)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CameraFolder();

    [GeneratedRegex(@"^\d[\d ._\-]*$")]
    private static partial Regex DatedFolder();

    [GeneratedRegex(@"\p{L}+")]
    private static partial Regex WordPattern();
}
