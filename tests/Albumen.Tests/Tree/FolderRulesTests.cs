using Albumen.Tree;

namespace Albumen.Tests.Tree;

public sealed class FolderRulesTests
{
    public static TheoryData<FolderKind, TreeOperation> Cells =>
        [.. from kind in Enum.GetValues<FolderKind>() from operation in Enum.GetValues<TreeOperation>() select (kind, operation)];

    [Theory]
    [MemberData(nameof(Cells))]
    public void Every_cell_is_a_deed_or_a_refusal_with_a_code_and_a_sentence(FolderKind kind, TreeOperation operation)
    {
        if (FolderRules.Refusal(kind, operation) is not { } refusal) return;
        Assert.Matches("^[a-z]+(-[a-z]+)*$", refusal.Code);
        Assert.EndsWith(".", refusal.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FolderKind.Root, "root-is-fixed")]
    [InlineData(FolderKind.Smart, "computed-view")]
    [InlineData(FolderKind.Timeline, "computed-view")]
    [InlineData(FolderKind.Computed, "computed-view")]
    [InlineData(FolderKind.Folders, "original-immutable")]
    [InlineData(FolderKind.Sidecar, "sidecar-is-generated")]
    [InlineData(FolderKind.Small, "derivative")]
    public void Where_the_archive_is_only_shown_nothing_can_be_changed(FolderKind kind, string code) =>
        Assert.All(Enum.GetValues<TreeOperation>().Where(o => o is not (TreeOperation.MoveOut or TreeOperation.TakeFile or TreeOperation.Restore or TreeOperation.DeleteIntoTrash or TreeOperation.SetFacts)), operation => Assert.Equal(code, FolderRules.Refusal(kind, operation)?.Code));

    [Fact]
    public void What_people_say_of_a_photo_can_be_said_wherever_it_is_not_shown_as_it_lies_on_disk() => Assert.Equal(
        [FolderKind.Root, FolderKind.Folders, FolderKind.Sidecar, FolderKind.Trash, FolderKind.Small], Enum.GetValues<FolderKind>().Where(kind => !FolderRules.Allows(kind, TreeOperation.SetFacts)));

    [Fact]
    public void What_is_moved_out_of_a_computed_view_is_added_elsewhere_and_previews_and_the_top_never_move()
    {
        FolderKind[] fixedOnes = [.. Enum.GetValues<FolderKind>().Where(kind => !FolderRules.Allows(kind, TreeOperation.MoveOut))];
        Assert.Equal([FolderKind.Root, FolderKind.Sidecar, FolderKind.Small], fixedOnes);
    }

    [Theory]
    [InlineData(FolderKind.Albums, "PutNew PutOver TakeFile")]
    [InlineData(FolderKind.Album, "")]
    [InlineData(FolderKind.Tags, "PutNew PutOver TakeFile")]
    [InlineData(FolderKind.Tag, "RenameFile")]
    [InlineData(FolderKind.Inbox, "CopyIn MoveIn Restore")]
    [InlineData(FolderKind.Trash, "PutNew PutOver MakeFolder DeleteFile DeleteFolder CopyWithin CopyIn Rename RenameFile Restore DeleteIntoTrash Lock SetProperties SetFacts")]
    public void What_people_arrange_takes_everything_but_little(FolderKind kind, string refused) =>
        Assert.Equal(refused, string.Join(' ', Enum.GetValues<TreeOperation>().Where(o => !FolderRules.Allows(kind, o))));
}
