using Albumen.Configuration;
using Albumen.Daemon;
using Albumen.Sql;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Albumen.Tests.Daemon;

public sealed class SuspicionTests
{
    [Fact]
    public async Task A_look_that_is_cut_short_withdraws_nothing()
    {
        string root = Directory.CreateTempSubdirectory("albumen-suspicion-").FullName;
        Layout layout = Layout.Below(root);
        Directory.CreateDirectory(layout.StateFolder);
        using (Database catalog = new(Path.Combine(layout.StateFolder, "catalog.db"), "catalog"), auth = new(Path.Combine(layout.StateFolder, "auth.db"), "auth"))
        {
            // So much that reading all of it takes a while.
            await catalog.WriteAsync(c => c.Execute("CREATE TABLE much (a PRIMARY KEY); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000) INSERT INTO much SELECT hex(randomblob(30)) FROM n"), TestContext.Current.CancellationToken);
            using CancellationTokenSource stop = new();
            Suspicion suspicion = new(layout, catalog, auth, NullLogger<Suspicion>.Instance);
            Task watching = suspicion.WatchAsync(stop.Token);
            suspicion.Note("malformed");

            // It waits for three seconds before it looks.
            stop.CancelAfter(TimeSpan.FromSeconds(3.2));

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
            Assert.True(Suspicion.IsNoted(layout));
        }
        Directory.Delete(root, recursive: true);
    }
}
