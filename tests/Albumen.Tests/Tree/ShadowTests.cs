using Albumen.Sql;
using Albumen.Tree;
using Dapper;

namespace Albumen.Tests.Tree;

public sealed class ShadowTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("albumen-shadow-").FullName;

    [Fact]
    public async Task Neither_what_has_just_come_nor_what_is_locked_makes_room()
    {
        using Database auth = new(Path.Combine(_folder, "auth.db"), "auth");
        await auth.WriteAsync(connection => connection.Execute("""
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
            INSERT INTO shadow (person, folder_key, entry_key, name, kind, size_in_bytes, modified_ns, is_dated, expires)
            SELECT 'anna', '/albums/a', 'f' || i, 'f' || i, 1, 0, 0, 0, @expires + i FROM n
            """, new { expires = DateTimeOffset.UtcNow.AddDays(2).ToUnixTimeSeconds() }), TestContext.Current.CancellationToken);
        PathLocks locks = new(auth, TimeProvider.System);
        await locks.TakeAsync("/Albums/A/f1", isExclusive: true, isDeep: false, "anna", "", null);
        using Shadows shadows = new(auth, Path.Combine(_folder, "shadow"), locks, TimeProvider.System);

        await shadows.NoteAsync(ShadowKind.Photo, "anna", "/albums/a", "new.jpg", "asset", null, TestContext.Current.CancellationToken);
        string[] asked = ["new.jpg", "f1", "f2", "f1001", "f1002"];
        Assert.Equal(["new.jpg", "f1", "f1002"], asked.Where(key => shadows.Find("anna", "/albums/a", key) is not null));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
