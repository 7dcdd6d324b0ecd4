using Albumen.Catalog;

namespace Albumen.Tests.Catalog;

public sealed class KeepRuleTests
{
    [Theory]
    [InlineData("2024/IMG_1.jpg", "2024/IMG_1 (1).jpg")]
    [InlineData("2024/IMG_1.jpg", "2024/IMG_1 - Copy.jpg")]
    [InlineData("2024/IMG_1.jpg", "2024/IMG_1 - Kopie (2).jpg")]
    [InlineData("2024/IMG_1.jpg", "2024/Copy of IMG_1.jpg")]
    [InlineData("2024/IMG_1.jpg", "2024/Kopie (3) von IMG_1.jpg")]
    [InlineData("2024/IMG_1.jpg", "2024/IMG_1_copy2.jpg")]
    [InlineData("2024/IMG_1.jpg", "2024/IMG_1~2.jpg")]
    [InlineData("2024/IMG_1.jpg", "2024/IMG_1 2.jpg")]
    [InlineData("2024/IMG_1.jpg", "2024/IMG_1-1.jpg")]
    [InlineData("2024/IMG_1 (1).jpg", "Backup/2024/Sommer am See/IMG_1.jpg")]
    [InlineData("2024/a.jpg", "#recycle/2024/a.jpg")]
    [InlineData("2024/a.jpg", ".Trash-1000/files/a.jpg")]
    [InlineData("2024/a.jpg", "Import 2024/Sommer/a.jpg")]
    [InlineData("2024/a.jpg", "Sommer - Kopie/2024/a.jpg")]
    [InlineData("2024/a.jpg", "a.jpg")]
    [InlineData("2024/a.jpg", "DCIM/100CANON/a.jpg")]
    [InlineData("2024/a.jpg", "lost+found/a.jpg")]
    [InlineData("2024/Sommer am See/a.jpg", "2024/2024-07/2024-07-14/a.jpg")]
    [InlineData("2024/Sommer am See/a.jpg", "Sommer am See/a.jpg")]
    [InlineData("2024/Template of life/a.jpg", "2024/a.jpg")]
    [InlineData("2024/Copyright/a.jpg", "2024/a.jpg")]
    public void The_best_is_what_a_careful_person_would_keep(string better, string worse)
    {
        foreach (Copy[] order in (Copy[][])[[At(better), At(worse)], [At(worse), At(better)]])
            Assert.Equal(At(better), KeepRule.Best.Choose(order).Copy);
    }

    [Fact]
    public void What_is_online_is_better_than_what_has_the_better_name()
    {
        Copy offline = At("2024/Sommer am See/a.jpg") with { IsOnline = false }, online = At("Backup/a (1).jpg");

        Assert.Equal((online, "its volume is online"), KeepRule.Best.Choose([offline, online]));
    }

    [Fact]
    public void Of_equally_good_ones_the_oldest_is_best_and_the_same_second_is_equally_old()
    {
        Copy old = At("b/a.jpg", modified: 1_000_000_000), young = At("a/a.jpg", modified: 2_000_000_000), sameSecond = At("a/a.jpg", modified: 1_900_000_000);

        Assert.Equal((old, "the oldest"), KeepRule.Best.Choose([young, old]));
        Assert.Equal((sameSecond, "the first by path"), KeepRule.Best.Choose([old, sameSecond]));
    }

    [Fact]
    public void The_oldest_is_by_time_and_then_by_path()
    {
        Copy copy = At("Backup/a (1).jpg", modified: 5), original = At("2024/a.jpg", modified: 6), other = At("2023/a.jpg", modified: 6);

        Assert.Equal((copy, "the oldest"), KeepRule.Oldest.Choose([original, other, copy]));
        Assert.Equal((other, "the first by path"), KeepRule.Oldest.Choose([original, other]));
    }

    [Fact]
    public void The_first_preferred_folder_that_has_one_wins_and_then_the_best()
    {
        KeepRule rule = KeepRule.Preferred(["/Folders/photos/Albums", "/Folders/photos/Backup"]);
        Copy backup = At("Backup/a.jpg"), album = At("Albums/x/a (1).jpg"), plain = At("2024/a.jpg"), lookalike = At("Albums 2/a.jpg");

        Assert.Equal((album, "in the preferred folder"), rule.Choose([backup, album, plain]));
        Assert.Equal((backup, "in the preferred folder"), rule.Choose([plain, backup, lookalike]));
        Assert.Equal(lookalike, rule.Choose([lookalike, At("a.jpg")]).Copy);
        Assert.Equal((At("Albums/a.jpg"), "its name does not say that it is a copy"), rule.Choose([At("Albums/a.jpg"), At("Albums/a (1).jpg")]));
    }

    [Fact]
    public void A_hard_link_is_no_rival()
    {
        Copy kept = At("2024/a.jpg", modified: 1), link = At("2024/a (1).jpg", modified: 1) with { Inode = At("2024/a.jpg").Inode }, other = At("2024/b.jpg", modified: 9_000_000_000);

        Assert.Equal((kept, "the oldest"), KeepRule.Best.Choose([link, other, kept]));
    }

    static Copy At(string path, long modified = 0) => new($"/Folders/photos/{path}", "photos", IsOnline: true, Inode: string.GetHashCode(path, StringComparison.Ordinal), modified);
}
