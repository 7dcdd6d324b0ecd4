using Albumen.Organization;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>One folder at the top of the tree and all below it. The members are what a new view must decide; <see cref="All"/> is the one list.</summary>
abstract class View
{
    /// <param name="inbox">Null for a tree without one.</param>
    /// <param name="clock">Tells what day it is, for queries that count from it.</param>
    public static IReadOnlyList<View> All(Volumes volumes, InboxView? inbox, TimeProvider clock, Shelves shelves)
    {
        View[] views =
        [
            new AlbumsView(shelves), new FoldersView(volumes), new FacetView("People"), new FacetView("Places"), new QualityView(), new FacetView("Ratings"), new SmartView(shelves, clock),
            new TagsView(shelves), new TimelineView(), new TrashView(shelves),
        ];
        return [.. views.Append(new SmallView(views)).Concat(inbox is null ? [] : [inbox]).OrderBy(view => view.Name, StringComparer.Ordinal)];
    }

    /// <summary>Its name at the top.</summary>
    public abstract string Name { get; }

    public Node Top => new() { Path = "/" + Name, IsFolder = true, Modified = Rows.Started, Source = TopSource };

    /// <summary>Whether it is at the top now. Its folders are found in any case.</summary>
    public virtual bool IsShown(TreeReader reader) => true;

    /// <summary>Whether people's programs may keep there what is no photo.</summary>
    public virtual bool TakesShadows => false;

    protected virtual Source TopSource => new StaticFolder(Kind);

    /// <summary>Of the folder at the top.</summary>
    protected abstract FolderKind Kind { get; }

    /// <summary>The node at these names below <see cref="Top"/>, or null.</summary>
    public abstract Node? Find(TreeReader reader, ReadOnlySpan<string> names);

    public abstract Page List(TreeReader reader, Node folder, PageRequest page);

    /// <summary>The photo or clip before or behind a file of a folder; null at the ends.</summary>
    /// <param name="file">Null: the last one, or the first.</param>
    public virtual Node? Beside(TreeReader reader, Node folder, Node? file, bool isNext) => null;

    /// <summary>What somebody said of a folder.</summary>
    public virtual FolderWords? Words(TreeReader reader, Node folder) => null;

    /// <summary>Names as they are given where people give them.</summary>
    protected static string[] Legal(ReadOnlySpan<string> names)
    {
        string[] legal = new string[names.Length];
        for (int i = 0; i < legal.Length; i++) legal[i] = EntryName.From(names[i]).Name;
        return legal;
    }

    /// <summary>The view a node belongs to.</summary>
    public static View Of(IReadOnlyList<View> views, Node node) =>
        views.First(v => node.Path.AsSpan(1).StartsWith(v.Name, StringComparison.Ordinal) && (node.Path.Length == v.Name.Length + 1 || node.Path[v.Name.Length + 1] == '/'));
}

/// <param name="After">Where the page before ended.</param>
readonly record struct PageRequest(string? After, int Most, Detail Detail)
{
    /// <summary>Folders come first. The mark is <c>d</c> or <c>f</c> and the last key.</summary>
    public (bool InFiles, string Key) Mark => After is null ? (false, "") : (After[0] == 'f', After[1..]);
}
