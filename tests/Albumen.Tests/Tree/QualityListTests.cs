using Albumen.Derivatives;
using Albumen.Tests.Catalog;
using Albumen.Tests.Organization;
using Albumen.Tree;
using Dapper;

namespace Albumen.Tests.Tree;

/// <summary>Photos by their sharpness, a page at a time.</summary>
public sealed class QualityListTests : IDisposable
{
    static readonly BlurLine Line = new(300, []);

    readonly AlbumDesk _desk = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _desk.Dispose();

    [Theory]
    [InlineData(QualityState.All, QualityOrder.Near, "299 301 310 280 100 900 - -")]
    [InlineData(QualityState.All, QualityOrder.Blurriest, "100 280 299 301 310 900 - -")]
    [InlineData(QualityState.All, QualityOrder.Sharpest, "900 310 301 299 280 100 - -")]
    [InlineData(QualityState.Blurred, QualityOrder.Near, "299 280 100")]
    [InlineData(QualityState.Blurred, QualityOrder.Blurriest, "100 280 299")]
    [InlineData(QualityState.Clear, QualityOrder.Near, "301 310 900")]
    [InlineData(QualityState.Clear, QualityOrder.Sharpest, "900 310 301")]
    [InlineData(QualityState.Unprocessed, QualityOrder.Near, "- -")]
    public async Task Each_order_says_what_comes_first(QualityState state, QualityOrder order, string expected)
    {
        await WithAsync(100, 280, 299, 301, 310, 900, null, null);

        Assert.Equal(expected, string.Join(' ', Pages(Line, state, order, 100).Select(p => p.Sharpness?.ToString() ?? "-")));
    }

    [Fact]
    public async Task Pages_of_any_length_make_the_whole_list()
    {
        Random random = new(7);
        // Many are equally sharp.
        await WithAsync([.. Enumerable.Range(0, 60).Select(i => i % 7 == 0 ? (double?)null : random.Next(200, 400) / 10 * 10)]);

        foreach (QualityState state in Enum.GetValues<QualityState>())
            foreach (QualityOrder order in Enum.GetValues<QualityOrder>())
            {
                List<GradedPhoto> whole = Pages(Line, state, order, 1000);
                Assert.Equal(whole.Count, whole.DistinctBy(p => p.Asset).Count());
                foreach (int length in (int[])[1, 7, 59]) Assert.Equal(whole, Pages(Line, state, order, length));
            }
    }

    [Fact]
    public async Task A_volume_with_a_line_of_its_own_is_held_against_that_one()
    {
        await WithAsync(100, 250, 500);
        BlurLine line = new(300, [(_desk.Edits.Shelf.Volume.Id, 220)]);

        Assert.Equal([100], Pages(line, QualityState.Blurred, QualityOrder.Near, 10).Select(p => p.Sharpness!.Value));
        Assert.Equal([250, 500], Pages(line, QualityState.Clear, QualityOrder.Near, 10).Select(p => p.Sharpness!.Value));
        Assert.Equal([250, 100, 500], Pages(line, QualityState.All, QualityOrder.Near, 1).Select(p => p.Sharpness!.Value));
        Assert.Equal([false, true, false], Pages(line, QualityState.All, QualityOrder.Near, 1).Select(p => p.IsBlurred));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1/2")]
    [InlineData("x:1//0")]
    [InlineData("//-1")]
    public void What_no_page_said_is_refused(string after) => Assert.Null(new QualityList(_desk.Catalog).Read(Line, QualityState.All, QualityOrder.Near, null, after, 10));

    List<GradedPhoto> Pages(BlurLine line, QualityState state, QualityOrder order, int length)
    {
        List<GradedPhoto> found = [];
        string? after = null;
        do
        {
            GradedPage page = new QualityList(_desk.Catalog).Read(line, state, order, null, after, length)!;
            Assert.True(page.Photos.Count <= length);
            found.AddRange(page.Photos);
            after = page.Next;
        }
        while (after is not null);
        return found;
    }

    async Task WithAsync(params double?[] scores)
    {
        string[] names = [.. scores.Select((_, i) => $"p{i:000}.jpg")];
        await _desk.WithAsync(names);
        await _desk.Catalog.WriteAsync(connection =>
        {
            for (int i = 0; i < names.Length; i++)
                if (scores[i] is { } score)
                    Analysis.Record(connection, connection.QuerySingle<long>("SELECT content_id FROM asset WHERE uid = @uid", new { uid = EditDesk.Uid(names[i]) }), new(Analysis.CurrentRecipe, score, 0, 0), now: 1);
        }, Stop);
    }
}
