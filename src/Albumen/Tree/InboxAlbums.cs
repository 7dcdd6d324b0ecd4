using Albumen.Catalog;
using Albumen.Organization;
using Albumen.Storage;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Albumen.Tree;

/// <summary>The albums that folders of the inbox stand for: a file that came in <c>Trips/2024</c> joins the album of that name, which is made when it lacks.</summary>
public sealed class InboxAlbums(Organizer organizer, Albums albums, ILogger<InboxAlbums> logger) : IDisposable
{
    // So that two files of one folder do not both make its album.
    readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Doing it again changes nothing. Where it cannot be, the photo is an original all the same.</summary>
    /// <param name="folders">The names of the folders from the top.</param>
    /// <param name="person">Who sent it; empty when nobody knows.</param>
    public async Task JoinAsync(IReadOnlyList<string> folders, string asset, string person, CancellationToken cancellationToken)
    {
        string[] names = [.. folders.Select(f => EntryName.From(f).Name)];
        Author author = AuthorOf(person);
        await _one.WaitAsync(cancellationToken);
        try
        {
            string album = organizer.Shelf().At(names)?.Id ?? (await organizer.DoAsync(author, "an album was made for a folder of the inbox", albums.CreateAll(names), cancellationToken)).Plan.Subject;
            await organizer.DoAsync(author, "photos came in a folder of the inbox", albums.Add(album, connection =>
                connection.Query<(long, string)>("SELECT id, uid FROM asset WHERE uid = @asset", new { asset }).AsList()), cancellationToken);
        }
        catch (ArrangeException error)
        {
            logger.NotJoined(string.Join('/', names), error.Message);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>A photo was put over another, and is another version of it.</summary>
    public Task StackAsync(string older, string newer, string person, CancellationToken cancellationToken) =>
        organizer.DoAsync(AuthorOf(person), "a photo was put over another in the inbox", Stacking.Join(older, newer), cancellationToken);

    static Author AuthorOf(string person) => new(person.Length > 0 ? person : "albumend", "webdav");

    public void Dispose() => _one.Dispose();
}
