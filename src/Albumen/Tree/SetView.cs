using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>A view whose folders hold photos of any days. A folder of more than 2,000 has folders by year instead, one of those by month, and so on.</summary>
abstract class SetView : View
{
    /// <summary>Windows refuses listings much longer than this.</summary>
    const int EntriesPerFolder = 2000;

    /// <summary>Behind a year that is also the name of a folder there, as a tag may be.</summary>
    const string NotThatOne = " (photos)";

    public sealed override Node? Beside(TreeReader reader, Node folder, Node? file, bool isNext)
    {
        if (folder.Source is not SetFolder(var set, var prefix)) return null;
        (string, string)? at = file is null ? null : PhotoSet.Place(EntryName.KeyOf(file.Name));
        return file is null || at is not null ? reader.SetBeside(folder, set, new(prefix, false), at, isNext) : null;
    }

    /// <summary>What these names mean in the folder of a set. A part is found whether or not the folder is so long that it is shown.</summary>
    /// <param name="folder">Of the set; its source says which.</param>
    protected static Node? FindIn(TreeReader reader, Node folder, ReadOnlySpan<string> names)
    {
        if (names.IsEmpty) return folder;
        (PhotoSet set, string prefix) = (SetFolder)folder.Source;
        string key = EntryName.KeyOf(names[0]);
        if (names.Length == 1 && PhotoSet.Place(key) is var (day, name) && day.StartsWith(prefix, StringComparison.Ordinal) && reader.SetEntry(folder, set, day, name) is { } photo) return photo;
        return PartOf(key, prefix) is { } part && reader.Count(set, new(part, false), 1) > 0
            ? FindIn(reader, TreeReader.Computed(folder, prefix.Length == 0 && key.EndsWith(NotThatOne, StringComparison.Ordinal) ? part + NotThatOne : part, new SetFolder(set, part)), names[1..])
            : null;
    }

    /// <summary>A page of what is in the folder of a set, or in a part of it.</summary>
    /// <param name="nodes">Folders that come first, already there.</param>
    /// <param name="isTaken">Whether a name belongs to another folder there.</param>
    protected static Page ListIn(TreeReader reader, Node folder, List<Node> nodes, string key, PageRequest page, Func<string, bool> isTaken)
    {
        (PhotoSet set, string prefix) = (SetFolder)folder.Source;
        Stretch stretch = new(prefix, false);
        // What a long folder has itself is on its pages of files only if it is split: the mark says so.
        bool isSplit = key.Length > 0 ? key[0] == '+' : !stretch.IsOneFolder && reader.Count(set, stretch, EntriesPerFolder + 1) > EntriesPerFolder;
        if (key.Length > 0) key = key[1..];
        else if (isSplit)
            nodes.AddRange(reader.Parts(set, stretch).Select(part => TreeReader.Computed(folder, prefix.Length == 0 && isTaken(EntryName.KeyOf(part)) ? part + NotThatOne : part, new SetFolder(set, part))));
        if (isSplit && prefix.Length == 0) return new(nodes, null);
        string? next = reader.SetEntries(folder, set, stretch with { IsSplit = isSplit }, key, Math.Max(page.Most - nodes.Count, 1), page.Detail, nodes);
        return new(nodes, next is null ? null : $"f{(isSplit ? '+' : '-')}{next}");
    }

    /// <summary>The part of the part <paramref name="prefix"/> that a key names; null when it names none.</summary>
    static string? PartOf(string key, string prefix)
    {
        if (prefix.Length == 0 && key.EndsWith(NotThatOne, StringComparison.Ordinal)) key = key[..^NotThatOne.Length];
        if (prefix.Length == 0 && key.StartsWith("undated", StringComparison.Ordinal)) return "U" + key[1..];
        int length = prefix.Length switch { 0 => 4, 4 => 7, _ => key.Length };
        return prefix.Length <= 7 && key.Length == length && char.IsAsciiDigit(key[0]) && (prefix.Length == 0 ? key.All(char.IsAsciiDigit) : key.StartsWith(prefix + "-", StringComparison.Ordinal)) ? key : null;
    }
}
