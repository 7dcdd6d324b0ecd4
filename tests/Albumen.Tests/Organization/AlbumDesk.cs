using Albumen.Catalog;
using Albumen.Derivatives;
using Albumen.Organization;
using Albumen.Sql;
using Albumen.Tests.Catalog;
using Albumen.Tree;
using Dapper;

namespace Albumen.Tests.Organization;

/// <summary>Photos, and somebody who arranges them. A photo's bytes are its path, so its id follows from that.</summary>
sealed class AlbumDesk : IDisposable
{
    readonly EditDesk _desk = new();
    Organizer? _organizer;

    static CancellationToken Now => TestContext.Current.CancellationToken;

    public EditDesk Edits => _desk;
    public Database Catalog => _desk.Catalog;
    public Albums Albums { get; } = new(TimeProvider.System);
    public SmartAlbums Smart { get; } = new(TimeProvider.System);
    public Organizer Organizer => _organizer ??= new(_desk.Catalog, _desk.Journal);
    public ArchiveTree Tree => new(_desk.Catalog, _desk.Shelf.Volumes, new DerivativeStore(_desk.Shelf.Root));

    public void Dispose() => _desk.Dispose();

    public async Task<AlbumDesk> WithAsync(params string[] photos)
    {
        await _desk.WithAsync(photos);
        await FollowAsync();
        return this;
    }

    public Task FollowAsync() => new TimelineIndex(_desk.Catalog, TimeProvider.System).CatchUpAsync(Now);

    public async Task<Arrangement> DoAsync(Deed deed) => await Organizer.DoAsync(EditDesk.Anna, "arrange", deed, Now);

    /// <summary>Makes an album, and those above it that lack.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> CreateAsync(string path) => (await DoAsync(Albums.CreateAll(path.Split('/')))).Plan.Subject;

    public Task<Arrangement> AddAsync(string album, params string[] photos) => DoAsync(Albums.Add(album, Select(photos)));

    public Task<(Operation Operation, int Left)> UndoAsync(long? number = null) => _desk.UndoAsync(number);

    /// <summary>Throws the catalogue away and makes it anew from the journal.</summary>
    public async Task RebuildAsync()
    {
        await _desk.ReopenAsync(withoutCatalog: true);
        _organizer = null;
    }

    /// <summary>The names of what is in a folder of the tree, folders with a slash; null when there is none.</summary>
    public string? Names(string path, int most = 1000)
    {
        ArchiveTree tree = Tree;
        if (tree.Find(path, Viewer.Admin) is not { } folder) return null;
        List<string> names = [];
        string? after = null;
        do
        {
            Page page = tree.List(folder, after, most, Detail.Files, Viewer.Admin);
            foreach (Node node in page.Nodes)
            {
                names.Add(node.Name + (node.IsFolder ? "/" : ""));
                Assert.Equal(node.Path, tree.Find(node.Path, Viewer.Admin)?.Path);
            }
            after = page.Next;
        }
        while (after is not null);
        return string.Join(' ', names);
    }

    public static Func<System.Data.Common.DbConnection, IReadOnlyList<(long Id, string Uid)>> Select(params string[] photos) => connection =>
        connection.Query<(long, string)>("SELECT id, uid FROM asset WHERE uid IN @uids ORDER BY id", new { uids = photos.Select(EditDesk.Uid) }).AsList();
}
