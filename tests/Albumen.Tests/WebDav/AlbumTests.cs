using System.Diagnostics;
using System.Text;
using Albumen.Catalog;
using Albumen.Sql;
using Albumen.Tree;

namespace Albumen.Tests.WebDav;

/// <summary>Albums and tags as folders: what each request does in each of them, and that no original is touched by any.</summary>
public sealed class AlbumTests(ArrangedLibrary library) : IClassFixture<ArrangedLibrary>
{
    const string Day = ArrangedLibrary.Day;

    readonly ServedArchive _archive = library.Archive;
    string _answer = "";
    string? _location, _token;

    static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    // At the top of albums.
    [InlineData("PUT", "/Albums/x.jpg", null, 403, "files-need-an-album")]
    [InlineData("MKCOL", "/Albums/C", null, 201, "/Albums: A/ B/ C/")]
    [InlineData("MKCOL", "/Albums/a", null, 405, "/Albums: A/ B/")]
    [InlineData("MKCOL", "/Albums/%20..", null, 403, "name-not-allowed")]
    [InlineData("DELETE", "/Albums/A", null, 204, "/Albums: B/")]
    [InlineData("DELETE", "/Albums", null, 403, "root-is-fixed")]
    [InlineData("COPY", $"{Day}/2024-07-14_3.jpg", "/Albums/x.jpg", 403, "files-need-an-album")]
    [InlineData("MOVE", "/Albums/A/one.jpg", "/Albums/one.jpg", 403, "files-need-an-album")]
    [InlineData("COPY", Day, "/Albums/Day", 201, "/Albums/Day: 2024-07-14_1.jpg 2024-07-14_2.jpg 2024-07-14_3.jpg")]
    [InlineData("COPY", "/Timeline/2024", "/Albums/Year", 201, "/Albums/Year: 2024-07-14/ 2024-07-15/")]
    [InlineData("COPY", "/Folders/photos", "/Albums/All", 201, "/Albums/All: 2024-07-14/ 2024-07-15/ many/")]
    [InlineData("COPY", "/Smart/Day", "/Albums/Frozen", 201, "/Albums/Frozen: 2024-07-14_2024-07-14_1.jpg 2024-07-14_2024-07-14_2.jpg 2024-07-14_2024-07-14_3.jpg")]
    [InlineData("COPY", "/Albums/A", "/Albums/C", 201, "/Albums/C: Sub/ one.jpg two.jpg")]
    [InlineData("COPY", Day, "/Albums/A", 204, "/Albums/A: 2024-07-14_1.jpg 2024-07-14_2.jpg 2024-07-14_3.jpg")]
    [InlineData("COPY", "/Inbox", "/Albums/In", 403, "no-writable-volume")]
    [InlineData("MOVE", Day, "/Albums/Day", 201, $"{Day}: 2024-07-14_1.jpg 2024-07-14_2.jpg 2024-07-14_3.jpg")]
    [InlineData("MOVE", "/Albums/A", "/Albums/Renamed", 201, "/Albums: B/ Renamed/")]
    [InlineData("MOVE", "/Albums/A", "/Albums/a", 201, "/Albums: B/ a/")]
    [InlineData("MOVE", "/Albums/A", "/Albums/B", 204, "/Albums/B: Sub/ one.jpg two.jpg")]
    [InlineData("MOVE", "/Albums/A", "/Albums/B/A", 201, "/Albums/B: A/")]
    [InlineData("MOVE", "/Albums/A", "/Albums/A/Sub/A", 403, "into-itself")]
    [InlineData("MOVE", "/Tags/T", "/Albums/T", 201, "/Tags: U/")]
    [InlineData("LOCK", "/Albums", null, 200, "/Albums: A/ B/")]
    [InlineData("PROPPATCH", "/Albums", null, 207, "/Albums: A/ B/")]
    // In an album.
    [InlineData("MKCOL", "/Albums/A/C", null, 201, "/Albums/A: C/ Sub/ one.jpg two.jpg")]
    [InlineData("MKCOL", "/Albums/None/C", null, 409, "/Albums: A/ B/")]
    [InlineData("MKCOL", "/Albums/A/one.jpg", null, 405, "/Albums/A: Sub/ one.jpg two.jpg")]
    [InlineData("PUT", "/Albums/A/new.jpg", null, 403, "no-writable-volume", "unknown")]
    [InlineData("PUT", "/Albums/A/new.jpg", null, 201, "/Albums/A: Sub/ new.jpg one.jpg two.jpg", "2024-07-15 1")]
    [InlineData("PUT", "/Albums/A/one.jpg", null, 204, "/Albums/A: Sub/ one.jpg two.jpg", "2024-07-15 1")]
    [InlineData("PUT", "/Albums/A/one.jpg", null, 204, "/Albums/A: Sub/ one.jpg two.jpg", "2024-07-14 1")]
    [InlineData("PUT", "/Albums/A/Sub", null, 405, "/Albums/A: Sub/ one.jpg two.jpg")]
    [InlineData("DELETE", "/Albums/A/one.jpg", null, 204, "/Albums/A: Sub/ two.jpg")]
    [InlineData("DELETE", "/Albums/A/none.jpg", null, 404, "/Albums/A: Sub/ one.jpg two.jpg")]
    [InlineData("DELETE", "/Albums/A/Sub", null, 204, "/Albums/A: one.jpg two.jpg")]
    [InlineData("COPY", $"{Day}/2024-07-14_3.jpg", "/Albums/A/3.jpg", 201, "/Albums/A: 3.jpg Sub/ one.jpg two.jpg")]
    [InlineData("COPY", "/Folders/photos/2024-07-14/2024-07-14_3.jpg", "/Albums/A/3.jpg", 201, "/Albums/A: 3.jpg Sub/ one.jpg two.jpg")]
    [InlineData("COPY", "/Folders/photos/notes.txt", "/Albums/A/notes.txt", 403, "not-a-photo")]
    [InlineData("COPY", $"{Day}/2024-07-14_3.jpg", "/Albums/A/one.jpg", 204, "/Albums/A: Sub/ one.jpg two.jpg")]
    [InlineData("COPY", $"{Day}/2024-07-14_1.jpg", "/Albums/A/one.jpg", 204, "/Albums/A: Sub/ one.jpg two.jpg")]
    [InlineData("COPY", $"{Day}/2024-07-14_3.jpg", "/Albums/A/Sub", 403, "folder-and-photo")]
    [InlineData("COPY", "/Albums/A/one.jpg", "/Albums/B/one.jpg", 201, "/Albums/A: Sub/ one.jpg two.jpg")]
    [InlineData("COPY", "/Albums/A/one.jpg", "/Albums/A/again.jpg", 403, "already-in-album")]
    [InlineData("COPY", "/Inbox/known.jpg", "/Albums/A/3.jpg", 201, "/Albums/A: 3.jpg Sub/ one.jpg two.jpg")]
    [InlineData("MOVE", "/Inbox/gone.jpg", "/Albums/A/3.jpg", 404, "/Inbox: known.jpg new.jpg")]
    [InlineData("MOVE", "/Inbox/new.jpg", "/Albums/A/3.jpg", 403, "no-writable-volume")]
    [InlineData("MOVE", "/Albums/A/one.jpg", "/Albums/A/1.jpg", 201, "/Albums/A: 1.jpg Sub/ two.jpg")]
    [InlineData("MOVE", "/Albums/A/one.jpg", "/Albums/A/two.jpg", 204, "/Albums/A: Sub/ two.jpg")]
    [InlineData("MOVE", "/Albums/A/one.jpg", "/Albums/B/one.jpg", 201, "/Albums/A: Sub/ two.jpg")]
    [InlineData("MOVE", $"{Day}/2024-07-14_3.jpg", "/Albums/B/3.jpg", 201, $"{Day}: 2024-07-14_1.jpg 2024-07-14_2.jpg 2024-07-14_3.jpg")]
    [InlineData("MOVE", "/Folders/photos/2024-07-14/2024-07-14_3.jpg", "/Albums/B/3.jpg", 201, "/Albums/B: 3.jpg")]
    [InlineData("MOVE", "/Tags/T/2024-07-14_2024-07-14_1.jpg", "/Albums/B/1.jpg", 201, "/Tags/T: ")]
    [InlineData("MOVE", "/Small", "/Albums/B/Small", 403, "root-is-fixed")]
    [InlineData("MOVE", "/Small/Timeline", "/Albums/B/Small", 403, "derivative")]
    [InlineData("LOCK", "/Albums/A/one.jpg", null, 200, "/Albums/A: Sub/ one.jpg two.jpg")]
    [InlineData("PROPPATCH", "/Albums/A/one.jpg", null, 207, "/Albums/A: Sub/ one.jpg two.jpg")]
    // Tags.
    [InlineData("PUT", "/Tags/x.jpg", null, 403, "files-need-a-tag")]
    [InlineData("PUT", "/Tags/T/x.jpg", null, 403, "no-writable-volume", "unknown")]
    [InlineData("PUT", "/Tags/U/x.jpg", null, 201, "/Tags/U: 2024-07-15_2024-07-15_1.jpg", "2024-07-15 1")]
    [InlineData("MKCOL", "/Tags/V", null, 201, "/Tags: T/ U/ V/")]
    [InlineData("MKCOL", "/Tags/T/Below", null, 201, "/Tags/T: 2024-07-14_2024-07-14_1.jpg Below/")]
    [InlineData("DELETE", "/Tags/T/2024-07-14_2024-07-14_1.jpg", null, 204, "/Tags/T: ")]
    [InlineData("DELETE", "/Tags/T", null, 204, "/Tags: U/")]
    [InlineData("COPY", "/Albums/A/one.jpg", "/Tags/U/one.jpg", 201, "/Tags/U: 2024-07-14_2024-07-14_1.jpg")]
    [InlineData("COPY", Day, "/Tags/Day", 201, "/Tags/Day: 2024-07-14_2024-07-14_1.jpg 2024-07-14_2024-07-14_2.jpg 2024-07-14_2024-07-14_3.jpg")]
    [InlineData("MOVE", "/Albums/A/one.jpg", "/Tags/U/one.jpg", 201, "/Albums/A: Sub/ one.jpg two.jpg")]
    [InlineData("MOVE", "/Tags/T/2024-07-14_2024-07-14_1.jpg", "/Tags/U/x.jpg", 201, "/Tags/T: ")]
    [InlineData("MOVE", "/Tags/T/2024-07-14_2024-07-14_1.jpg", "/Tags/T/x.jpg", 403, "name-is-derived")]
    [InlineData("MOVE", "/Tags/T", "/Tags/V", 201, "/Tags/V: 2024-07-14_2024-07-14_1.jpg")]
    [InlineData("MOVE", "/Tags/T", "/Tags/U/T", 201, "/Tags/U: T/")]
    [InlineData("MOVE", "/Tags/T", "/Tags/U", 204, "/Tags/U: 2024-07-14_2024-07-14_1.jpg")]
    [InlineData("LOCK", "/Tags/T", null, 200, "/Tags: T/ U/")]
    [InlineData("PROPPATCH", "/Tags/T", null, 207, "/Tags: T/ U/")]
    // Where things are only shown.
    [InlineData("PUT", "/Smart/Day/x.jpg", null, 403, "computed-view")]
    [InlineData("DELETE", "/Smart/Day", null, 403, "computed-view")]
    [InlineData("COPY", "/Albums/A/one.jpg", $"{Day}/x.jpg", 403, "computed-view")]
    [InlineData("MOVE", "/Albums/A/one.jpg", "/Folders/photos/x.jpg", 403, "original-immutable")]
    [InlineData("PUT", "/Folders/photos/2024-07-14/2024-07-14_1.jpg.xmp", null, 403, "sidecar-is-generated")]
    [InlineData("DELETE", "/Folders/photos/2024-07-14/2024-07-14_1.jpg", null, 403, "original-immutable")]
    [InlineData("MOVE", "/Albums/A/one.jpg", "/Inbox/x.jpg", 403, "already-in-library")]
    public async Task A_request_does_what_the_table_says(string method, string path, string? to, int status, string after, string body = "x")
    {
        long before = Operations();
        Assert.Equal(status, await SendAsync(method, path, to, body));

        if (after.Split(": ") is [var folder, var names])
        {
            Assert.Equal(names, Names(folder));
            if (_token is not null) Assert.Equal(204, await SendAsync("UNLOCK", path));
            if (status >= 400 || method is "LOCK" or "PROPPATCH") Assert.Equal(before, Operations());
            // One operation, and taken back it was never there.
            else if (Operations() != before)
            {
                Assert.Equal(before + 1, Operations());
                await UndoAsync(1);
                Assert.Equal("A/ B/", Names("/Albums"));
                Assert.Equal("Sub/ one.jpg two.jpg", Names("/Albums/A"));
                Assert.Equal("", Names("/Albums/B"));
                Assert.Equal("2024-07-14_2024-07-14_1.jpg", Names("/Tags/T"));
                Assert.Equal("T/ U/", Names("/Tags"));
            }
        }
        else
        {
            Assert.Contains($"<a:{after}/>", _answer, StringComparison.Ordinal);
            Assert.Equal(before, Operations());
        }
    }

    [Fact]
    public async Task Deleting_all_albums_and_tags_loses_no_photo()
    {
        foreach (string path in (string[])["/Albums/A", "/Albums/B", "/Tags/T", "/Tags/U"]) Assert.Equal(204, await SendAsync("DELETE", path));

        Assert.Equal(("", ""), (Names("/Albums"), Names("/Tags")));
        Assert.Equal("2024-07-14_1.jpg 2024-07-14_2.jpg 2024-07-14_3.jpg", Names(Day));
        Assert.Equal(200, await SendAsync("GET", $"{Day}/2024-07-14_1.jpg"));
        await UndoAsync(4);
    }

    [Fact]
    public async Task A_second_photo_of_a_name_and_a_tagged_one_say_what_they_are_called()
    {
        Assert.Equal(201, await SendAsync("COPY", "/Albums/A/one.jpg", "/Tags/U/one.jpg"));
        Assert.Equal("/Tags/U/2024-07-14_2024-07-14_1.jpg", _location);
        Assert.Equal(201, await SendAsync("COPY", Day, "/Albums/what%3F"));
        Assert.Equal("/Albums/what_/", _location);
        Assert.Equal(207, await SendAsync("PROPFIND", "/Albums/what%3F"));
        Assert.Equal(412, await SendAsync("COPY", $"{Day}/2024-07-14_3.jpg", "/Albums/A/one.jpg", null, ("Overwrite", "F")));
        await UndoAsync(2);
    }

    [Fact]
    public async Task Two_hundred_photos_are_copied_one_by_one_in_little_time_each()
    {
        const int Count = ArrangedLibrary.Many;
        Stopwatch watch = Stopwatch.StartNew();
        for (int i = 0; i < Count; i++) Assert.Equal(201, await SendAsync("COPY", $"/Timeline/2023/2023-01-01/2023-01-01_{i:D3}.jpg", $"/Albums/B/{i:D3}.jpg"));
        double each = watch.Elapsed.TotalMilliseconds / Count;

        TestContext.Current.SendDiagnosticMessage($"{each:F1} ms a COPY");
        Assert.Equal(Count, Names("/Albums/B").Split(' ').Length);
        await UndoAsync(Count);
        Assert.True(each < 200, $"{each:F1} ms a COPY");
    }

    [Fact]
    public async Task However_many_photos_an_album_has_one_more_costs_the_same_few_commands()
    {
        List<string> first = await CommandsAsync("2023-01-01_000.jpg"), second = await CommandsAsync("2023-01-01_001.jpg");
        TestContext.Current.TestOutputHelper?.WriteLine($"{second.Count} commands:\n{string.Join('\n', second.Select(sql => sql.ReplaceLineEndings(" ")))}");
        for (int i = 2; i < 20; i++) await CommandsAsync($"2023-01-01_{i:D3}.jpg");
        List<string> last = await CommandsAsync("2023-01-01_020.jpg");
        await UndoAsync(21);

        Assert.Equal(second, last);
        // One finds the photo and one the place; two are the change: which names are taken, and all that is written.
        Assert.Equal(4, last.Count);

        async Task<List<string>> CommandsAsync(string photo)
        {
            List<string> commands = [];
            string file = Path.Combine(Path.GetDirectoryName(_archive.Disk)!, "catalog.db");
            Action<string, string> note = (database, sql) =>
            {
                if (database != file || sql is "COMMIT" || sql.StartsWith("BEGIN", StringComparison.Ordinal)) return;
                lock (commands) commands.Add(sql);
            };
            RememberingConnection.Ran += note;
            try
            {
                Assert.Equal(201, await SendAsync("COPY", $"/Timeline/2023/2023-01-01/{photo}", $"/Albums/B/{photo}"));
            }
            finally
            {
                RememberingConnection.Ran -= note;
            }
            return commands;
        }
    }

    async Task<int> SendAsync(string method, string path, string? to = null, string? body = null, params (string Name, string Value)[] headers)
    {
        if (method == "PROPFIND") headers = [("Depth", "0")];
        if (method == "UNLOCK") headers = [("Lock-Token", _token!)];
        byte[]? sent = method switch
        {
            "PUT" => library.Photo(body!),
            "LOCK" => Encoding.UTF8.GetBytes(Writer.LockBody),
            "PROPPATCH" => Encoding.UTF8.GetBytes("""<D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:set><D:prop><Z:Win32LastModifiedTime>Sun, 14 Jul 2024 13:30:12 GMT</Z:Win32LastModifiedTime><n xmlns="urn:x">1</n></D:prop></D:set></D:propertyupdate>"""),
            _ => null,
        };
        using HttpResponseMessage response = await library.SendAsync(method, path, to, sent, headers);
        _answer = await response.Content.ReadAsStringAsync(Now);
        _location = response.Headers.Location?.OriginalString;
        if (response.Headers.TryGetValues("Lock-Token", out IEnumerable<string>? tokens)) _token = tokens.Single();
        return (int)response.StatusCode;
    }

    async Task UndoAsync(int operations)
    {
        // An undo is an operation too, and the last one.
        long last = Operations();
        for (int i = 0; i < operations; i++) await _archive.Journal.UndoAsync(new("anna", "cli"), last - i, Now);
    }

    /// <summary>Names of what is in a folder, folders with a slash.</summary>
    string Names(string path) =>
        string.Join(' ', _archive.Tree.List(_archive.Tree.Find(path, Viewer.Admin)!, null, 1000, Detail.Files, Viewer.Admin).Nodes.Select(n => n.Name + (n.IsFolder ? "/" : "")).Order(StringComparer.Ordinal));

    long Operations()
    {
        using Database.Reader reader = _archive.Catalog.Read();
        return JournalHead.Read(reader.Connection).Number;
    }
}
