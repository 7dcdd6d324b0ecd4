using Albumen.Processing;
using Albumen.Storage;
using Albumen.Tests.Catalog;

namespace Albumen.Tests.Derivatives;

public sealed class RemakeTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_lies_on_a_volume_that_is_away_is_made_again_when_it_is_back_and_nobody_waits_for_it_before()
    {
        await using LivingLibrary library = new(TimeSpan.Zero);
        Volume volume = library.Shelf.Volume;
        await library.Shelf.With("a.jpg").IndexAsync();
        await library.Indexer.CheckCacheAsync(Stop);
        await library.Shelf.Volumes.OfflineAsync(volume, "pulled out", Stop);

        await library.Indexer.RemakeAsync([library.Ask<long>("SELECT id FROM content")], JobQueue.Awaited, Stop);

        Assert.Equal((0, 1), (library.Indexer.Left(), library.Ask<long>("SELECT count(*) FROM job")));
        await library.Shelf.Volumes.OnlineAsync(volume, null, scanned: null, Stop);
        Assert.Equal(1, library.Indexer.Left());
    }
}
