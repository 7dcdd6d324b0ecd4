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
    [InlineData(FolderKind.Root)]
    [InlineData(FolderKind.Timeline)]
    [InlineData(FolderKind.Folders)]
    [InlineData(FolderKind.Small)]
    public void Where_the_archive_is_only_shown_nothing_is_possible(FolderKind kind) =>
        Assert.All(Enum.GetValues<TreeOperation>(), operation => Assert.False(FolderRules.Allows(kind, operation)));
}
