using Albumen.Derivatives;

namespace Albumen.Tests.Derivatives;

/// <summary>Which pictures look alike, on looks that were made up.</summary>
public sealed class NearGroupsTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void The_index_finds_what_holding_each_against_each_finds(int distance)
    {
        Random random = new(distance);
        List<long> looks = [.. Enumerable.Range(0, 300).Select(_ => random.NextInt64())];
        // Some that differ in a few bits, and some that are equal.
        for (int i = 0; i < 900; i++) looks.Add(Flipped(looks[random.Next(looks.Count)], random.Next(0, 5), random));
        Lookalikes pictures = Pictures(looks);
        LookIndex index = new(pictures, distance);
        List<int> found = [];
        int all = 0;
        for (int i = 0; i < looks.Count; i++)
        {
            index.Find(i, found, static _ => true);

            Assert.Equal(Enumerable.Range(0, looks.Count).Where(j => j != i && Lookalikes.Distance(looks[i], looks[j]) <= distance), found.Order());
            all += found.Count;
        }
        Assert.True(all > 100);
    }

    [Fact]
    public void Nobody_is_in_a_group_who_does_not_look_like_the_best_of_it()
    {
        // Each differs from the next in four bits, so a chain leads from the first to the last.
        Lookalikes pictures = Pictures([.. Enumerable.Range(0, 9).Select(i => (1L << 4 * i) - 1)]);
        LookIndex index = new(pictures, 4);

        Assert.Equal(9, NearGroups.Candidates(pictures, index, Stop).Count);
        Assert.Equal(["4 3 5", "0 1", "7 6 8"], NearGroups.Around(pictures, index, [4, 0, 7, 1, 2, 3, 5, 6, 8], Stop).Select(g => string.Join(' ', g.Take(1).Concat(g.Skip(1).Order()))));
    }

    [Fact]
    public void What_belongs_together_or_has_other_proportions_or_colours_is_not_alike()
    {
        Lookalikes pictures = new(6);
        pictures.Add(1, 0b1111_0000, 0x808080, 1.5, kin: 1);
        pictures.Add(2, 0b1111_0000, 0x808080, 1.5, kin: 1);
        pictures.Add(3, 0b1111_0000, 0x808080, 1.333, kin: 3);
        pictures.Add(4, 0b1111_0000, 0xFF0000, 1.52, kin: 4);
        pictures.Add(5, 0b1111_1111, 0xFF0000, 1.5, kin: 5);
        pictures.Add(6, 0b1111_1111, 0x707070, 1.5, kin: 6);

        Assert.Equal([false, false, true, false, true], Enumerable.Range(1, 5).Select(other => pictures.AreAlike(0, other, 4)));
    }

    [Fact]
    public void A_thousand_equal_pictures_are_one_group()
    {
        Lookalikes pictures = Pictures([.. Enumerable.Repeat(0x0123456789ABCDEFL, 1000), .. Enumerable.Repeat(0x7EDCBA9876543210L, 2)]);
        LookIndex index = new(pictures, 4);

        Assert.Equal([1000, 2], NearGroups.Around(pictures, index, NearGroups.Candidates(pictures, index, Stop), Stop).Select(g => g.Count));
    }

    static Lookalikes Pictures(IReadOnlyList<long> looks)
    {
        Lookalikes pictures = new(looks.Count);
        for (int i = 0; i < looks.Count; i++) pictures.Add(i, looks[i], 0, 1.5, kin: i);
        return pictures;
    }

    static long Flipped(long look, int bits, Random random)
    {
        for (; bits > 0; bits--) look ^= 1L << random.Next(64);
        return look;
    }
}
