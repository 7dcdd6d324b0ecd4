using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>
/// <c>/Timeline/2024/2024-07-14/…</c>: photos and clips by the day they were taken, the newest knowledge of it. What has no date is in
/// <c>Undated</c>. A day of more than 2,000 goes on in <c>2024-07-14_2</c>, because Windows refuses longer listings.
/// </summary>
/// <remarks>
/// What is known to the month only is in <c>1978/1978-06</c>, which every program sorts right before that month's days; what is known to the year (or decade) only in
/// <c>1978/_undated-month</c>, which is sorted before or behind all months but never between them. The catalogue calls the latter folder <c>1978</c>.
/// </remarks>
sealed class TimelineView : View
{
    const string UndatedMonth = "_undated-month";

    public override string Name => "Timeline";

    protected override FolderKind Kind => FolderKind.Timeline;

    /// <summary>What a folder of the catalogue is called in its year.</summary>
    public static string ShownName(string stored, string year) => IsWholeYear(stored, year) ? UndatedMonth + stored[year.Length..] : stored;

    /// <summary>The reverse, for a key; what it is called in the catalogue alone is no name here.</summary>
    public static string StoredKey(string key, string year) =>
        year.Length > 0 && key.StartsWith(UndatedMonth, StringComparison.Ordinal) ? year + key[UndatedMonth.Length..] : IsWholeYear(key, year) ? "" : key;

    /// <summary><c>1978</c>, and <c>1978_2</c> when there are many.</summary>
    static bool IsWholeYear(string stored, string year) => year.Length > 0 && stored.StartsWith(year, StringComparison.Ordinal) && (stored.Length == year.Length || stored[year.Length] == '_');

    public override Node? Find(TreeReader reader, ReadOnlySpan<string> names)
    {
        if (names.IsEmpty) return Top;
        string first = EntryName.KeyOf(names[0]);
        if (first.StartsWith("undated", StringComparison.Ordinal))
        {
            Node? undated = names.Length > 2 ? null : reader.TimelineFolder(Top, first, "");
            return undated is null || names.Length == 1 ? undated : reader.TimelineEntry(undated, EntryName.KeyOf(names[1]));
        }
        // Where there is the day there is its year.
        Node year = TreeReader.Computed(Top, first, new TimelineYear(first));
        return names.Length switch
        {
            1 => reader.TimelineYear(Top, first),
            2 => reader.TimelineFolder(year, EntryName.KeyOf(names[1]), first),
            3 => reader.TimelineEntry(year, EntryName.KeyOf(names[1]), first, EntryName.KeyOf(names[2])),
            _ => null,
        };
    }

    public override Node? Beside(TreeReader reader, Node folder, Node? file, bool isNext) =>
        folder.Source is TimelineFolder day ? reader.TimelineBeside(folder, day.Name, file is null ? null : EntryName.KeyOf(file.Name), isNext) : null;

    public override Page List(TreeReader reader, Node folder, PageRequest page)
    {
        switch (folder.Source)
        {
            case TimelineYear year:
                return new(reader.TimelineFolders(folder, year.Year), null);
            case TimelineFolder day:
                List<Node> nodes = [];
                string? next = reader.TimelineEntries(folder, day.Name, page.Mark.Key, page.Most, page.Detail, nodes);
                return new(nodes, next is null ? null : "f" + next);
            default:
                return new([.. reader.TimelineYears(folder), .. reader.TimelineFolders(folder, "")], null);
        }
    }
}
