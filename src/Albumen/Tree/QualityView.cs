using Albumen.Derivatives;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>
/// <c>/Quality/Blurred</c>, <c>/Quality/Clear</c> and <c>/Quality/Unprocessed</c>: photos by how sharp they are, on either side of the line of who looks
/// (see <see cref="BlurLine"/>), and those whose picture was not analysed. At the top once any was.
/// </summary>
sealed class QualityView : SetView
{
    static readonly Quality[] Folders = Enum.GetValues<Quality>();

    public override string Name => "Quality";

    protected override FolderKind Kind => FolderKind.Computed;

    public override bool IsShown(TreeReader reader) => reader.HasAnalysis();

    public override Node? Find(TreeReader reader, ReadOnlySpan<string> names)
    {
        if (names.IsEmpty) return Top;
        string key = EntryName.KeyOf(names[0]);
        foreach (Quality quality in Folders)
            if (EntryName.KeyOf($"{quality}") == key) return FindIn(reader, Folder(reader, Top, quality), names[1..]);
        return null;
    }

    public override Page List(TreeReader reader, Node folder, PageRequest page) => folder.Source is SetFolder
        ? ListIn(reader, folder, [], page.Mark.Key, page, isTaken: _ => false)
        : new([.. Folders.Select(quality => Folder(reader, folder, quality))], null);

    static Node Folder(TreeReader reader, Node top, Quality quality) =>
        TreeReader.Computed(top, $"{quality}", new SetFolder(new QualitySet(quality, reader.Blur), ""));
}
