using System.Globalization;
using System.Text;
using Albumen.Catalog;
using Albumen.Organization;
using Albumen.Sql;
using Albumen.Tree;

namespace Albumen.Tests.WebDav;

/// <summary>The trash as a folder: what each request does there, what is not shown any more, and what comes back.</summary>
public sealed class TrashTests(ArrangedLibrary library) : IClassFixture<ArrangedLibrary>, IAsyncLifetime
{
    const string Day = ArrangedLibrary.Day;
    /// <summary>In A as one.jpg, tagged T.</summary>
    const string One = "2024-07-14_1.jpg";

    readonly ServedArchive _archive = library.Archive;
    string _answer = "";
    string? _location;
    long _first;

    static CancellationToken Now => TestContext.Current.CancellationToken;

    static string Month => DateTime.UtcNow.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    static string InTrash(string name) => $"/Trash/{Month}/2024-07-14_{name}";

    public ValueTask InitializeAsync()
    {
        _first = Operations();
        return ValueTask.CompletedTask;
    }

    /// <summary>Whatever was done is taken back; the fixture's end looks whether a byte of the originals is another.</summary>
    public async ValueTask DisposeAsync()
    {
        for (long operation = Operations(); operation > _first; operation--)
            try
            {
                await _archive.Journal.UndoAsync(new("anna", "cli"), operation, Now);
            }
            catch (UndoException)
            {
                // It was taken back already.
            }
        await IsAsBeforeAsync();
    }

    [Theory]
    [InlineData("/Albums/A/one.jpg")]
    [InlineData("/Tags/T/2024-07-14_2024-07-14_1.jpg")]
    [InlineData($"{Day}/2024-07-14_1.jpg")]
    [InlineData("/Smart/Day/2024-07-14_2024-07-14_1.jpg")]
    [InlineData("/Folders/photos/2024-07-14/2024-07-14_1.jpg")]
    public async Task A_photo_that_is_moved_there_is_shown_there_and_in_the_folders_alone_until_it_is_moved_out(string from)
    {
        Assert.Equal(201, await SendAsync("MOVE", from, "/Trash/x.jpg"));
        Assert.Equal(InTrash(One), _location);

        Assert.Equal(($"{Month}/", $"2024-07-14_{One}"), (Names("/Trash"), Names($"/Trash/{Month}")));
        Assert.Equal("2024-07-14_2.jpg 2024-07-14_3.jpg", Names(Day));
        Assert.Equal("Sub/ two.jpg", Names("/Albums/A"));
        Assert.Equal("U/", Names("/Tags").Replace("T/ ", "", StringComparison.Ordinal));
        Assert.Equal("2024-07-14_2024-07-14_2.jpg 2024-07-14_2024-07-14_3.jpg", Names("/Smart/Day"));
        Assert.DoesNotContain(One, Names("/Small/Timeline/2024/2024-07-14"), StringComparison.Ordinal);
        Assert.Contains(One, Names("/Folders/photos/2024-07-14"), StringComparison.Ordinal);
        Assert.Equal((0, 1), (Found("2024-07-14_1"), Found("2024-07-14_1 is:trashed")));
        foreach (string gone in (string[])[$"{Day}/{One}", "/Albums/A/one.jpg", $"/Smart/Day/2024-07-14_{One}", $"/Small{Day}/{One}"]) Assert.Equal(404, await SendAsync("GET", gone));
        Assert.Equal(200, await SendAsync("GET", InTrash(One)));
        Assert.Equal(200, await SendAsync("GET", "/Folders/photos/2024-07-14/2024-07-14_1.jpg"));
        Assert.Equal(200, await SendAsync("GET", $"{InTrash(One)}?preview"));

        Assert.Equal(201, await SendAsync("MOVE", InTrash(One), $"{Day}/{One}"));
        await IsAsBeforeAsync();
    }

    [Theory]
    [InlineData("/Timeline/2024/2024-07-15/x.jpg", $"{Day}/2024-07-14_1.jpg")]
    [InlineData($"{Day}/2024-07-14_1.jpg", null)]
    [InlineData("/Timeline/x.jpg", $"{Day}/2024-07-14_1.jpg")]
    [InlineData("/Smart/Day/x.jpg", "/Smart/Day/2024-07-14_2024-07-14_1.jpg")]
    [InlineData("/Folders/photos/x.jpg", $"{Day}/2024-07-14_1.jpg")]
    [InlineData("/Albums/B/1.jpg", null, "/Albums/B: 1.jpg")]
    [InlineData("/Albums/A/1.jpg", null, "/Albums/A: 1.jpg Sub/ two.jpg")]
    [InlineData("/Tags/U/1.jpg", "/Tags/U/2024-07-14_2024-07-14_1.jpg", "/Tags/U: 2024-07-14_2024-07-14_1.jpg")]
    public async Task What_is_moved_out_is_restored_and_added_where_that_can_be(string to, string? location, string? also = null)
    {
        Assert.Equal(201, await SendAsync("MOVE", "/Albums/A/one.jpg", "/Trash/one.jpg"));
        Assert.Equal(201, await SendAsync("MOVE", InTrash(One), to));

        Assert.Equal(location, _location);
        Assert.Equal("", Names("/Trash"));
        Assert.Equal("2024-07-14_1.jpg 2024-07-14_2.jpg 2024-07-14_3.jpg", Names(Day));
        if (also is not null) Assert.Equal(also, $"{also.Split(": ")[0]}: {Names(also.Split(": ")[0])}");
    }

    [Theory]
    // Out.
    [InlineData("MOVE", "/Trash/M/2024-07-14_2024-07-14_1.jpg", "/Inbox/x.jpg", 403, "already-in-library")]
    [InlineData("MOVE", "/Trash/M/2024-07-14_2024-07-14_1.jpg", "/x.jpg", 403, "root-is-fixed")]
    [InlineData("MOVE", "/Trash/M/2024-07-14_2024-07-14_1.jpg", "/Albums/x.jpg", 403, "files-need-an-album")]
    [InlineData("MOVE", "/Trash/M/2024-07-14_2024-07-14_1.jpg", "/Tags/x.jpg", 403, "files-need-a-tag")]
    [InlineData("MOVE", "/Trash/M/2024-07-14_2024-07-14_1.jpg", "/Trash/M/x.jpg", 403, "read-only")]
    [InlineData("MOVE", "/Trash/M/2024-07-14_2024-07-14_1.jpg", "/Small/x.jpg", 403, "derivative")]
    [InlineData("MOVE", "/Trash/M/none.jpg", "/Albums/A/x.jpg", 404, "")]
    [InlineData("MOVE", "/Trash/M/2024-07-14_2024-07-14_1.jpg", "/Albums/A/None/x.jpg", 409, "")]
    [InlineData("MOVE", "/Trash", "/Albums/Trash", 403, "root-is-fixed")]
    [InlineData("MOVE", "/Trash/Albums", "/Timeline/Albums", 403, "photos-and-albums-only")]
    // In.
    [InlineData("MOVE", "/Tags/T", "/Trash/T", 403, "photos-and-albums-only")]
    [InlineData("MOVE", $"{Day}", "/Trash/Day", 403, "photos-and-albums-only")]
    [InlineData("MOVE", "/Folders/photos/notes.txt", "/Trash/notes.txt", 403, "not-a-photo")]
    [InlineData("MOVE", "/Inbox/new.jpg", "/Trash/new.jpg", 403, "delete-it-there")]
    [InlineData("MOVE", "/Small/Timeline/2024/2024-07-14/2024-07-14_2.jpg", "/Trash/x.jpg", 403, "derivative")]
    [InlineData("MOVE", "/Albums/A/two.jpg", "/Trash/1999-01/two.jpg", 409, "")]
    [InlineData("COPY", "/Albums/A/two.jpg", "/Trash/two.jpg", 403, "move-into-trash")]
    [InlineData("COPY", "/Albums/A", "/Trash/A", 403, "move-into-trash")]
    [InlineData("COPY", "/Trash/M/2024-07-14_2024-07-14_1.jpg", "/Trash/M/x.jpg", 403, "move-into-trash")]
    // There.
    [InlineData("DELETE", "/Trash/M/2024-07-14_2024-07-14_1.jpg", null, 403, "purge-needs-admin")]
    [InlineData("DELETE", "/Trash/M", null, 403, "purge-needs-admin")]
    [InlineData("DELETE", "/Trash", null, 403, "root-is-fixed")]
    [InlineData("PUT", "/Trash/x.jpg", null, 403, "read-only")]
    [InlineData("PUT", "/Trash/M/2024-07-14_2024-07-14_1.jpg", null, 403, "read-only")]
    [InlineData("MKCOL", "/Trash/x", null, 403, "read-only")]
    [InlineData("LOCK", "/Trash/M/2024-07-14_2024-07-14_1.jpg", null, 403, "read-only")]
    [InlineData("PROPPATCH", "/Trash/M/2024-07-14_2024-07-14_1.jpg", null, 403, "read-only")]
    // What is only shown, by default.
    [InlineData("DELETE", $"{Day}/2024-07-14_2.jpg", null, 403, "computed-view")]
    [InlineData("DELETE", "/Smart/Day/2024-07-14_2024-07-14_2.jpg", null, 403, "computed-view")]
    [InlineData("DELETE", "/Folders/photos/2024-07-14/2024-07-14_2.jpg", null, 403, "original-immutable")]
    public async Task What_makes_no_sense_is_refused_and_changes_nothing(string method, string path, string? to, int status, string code)
    {
        await SendAsync("MOVE", "/Albums/A/one.jpg", "/Trash/one.jpg");
        await SendAsync("MKCOL", "/Albums/Gone");
        await SendAsync("MOVE", "/Albums/Gone", "/Trash/Gone");
        long before = Operations();

        Assert.Equal(status, await SendAsync(method, path.Replace("/M", $"/{Month}", StringComparison.Ordinal), to?.Replace("/M", $"/{Month}", StringComparison.Ordinal)));

        if (code.Length > 0) Assert.Contains($"<a:{code}/>", _answer, StringComparison.Ordinal);
        Assert.Equal(before, Operations());
    }

    [Fact]
    public async Task A_copy_out_of_the_trash_into_an_album_is_shown_there_so_it_is_restored()
    {
        Assert.Equal(201, await SendAsync("MOVE", "/Albums/A/one.jpg", "/Trash/one.jpg"));
        Assert.Equal(201, await SendAsync("COPY", InTrash(One), "/Albums/B/1.jpg"));
        Assert.Equal(("1.jpg", "Sub/ one.jpg two.jpg", ""), (Names("/Albums/B"), Names("/Albums/A"), Names("/Trash")));
    }

    [Fact]
    public async Task Bytes_that_come_again_take_their_photo_out_of_the_trash()
    {
        Assert.Equal(201, await SendAsync("MOVE", "/Albums/A/one.jpg", "/Trash/one.jpg"));
        Assert.Equal(201, await SendAsync("PUT", "/Albums/B/again.jpg", body: "2024-07-14 1"));
        Assert.Equal(("again.jpg", ""), (Names("/Albums/B"), Names("/Trash")));
    }

    [Fact]
    public async Task A_month_that_is_moved_out_is_restored_whole()
    {
        foreach (int i in (int[])[1, 2, 3]) Assert.Equal(201, await SendAsync("MOVE", $"{Day}/2024-07-14_{i}.jpg", $"/Trash/{i}.jpg"));
        Assert.Equal("2024-07-15/", Names("/Timeline/2024"));
        Assert.Equal(404, await SendAsync("GET", Day));
        Assert.Equal(201, await SendAsync("MOVE", $"/Trash/{Month}", "/Timeline/x"));
        Assert.Equal("2024-07-14/ 2024-07-15/", Names("/Timeline/2024"));
        await IsAsBeforeAsync();
    }

    [Fact]
    public async Task Deleted_albums_stand_there_with_what_is_in_them_and_are_restored_whole()
    {
        Assert.Equal(201, await SendAsync("COPY", $"{Day}/2024-07-14_3.jpg", "/Albums/A/Sub/3.jpg"));
        Assert.Equal(201, await SendAsync("MOVE", "/Albums/A", "/Trash/A"));
        Assert.Equal("B/", Names("/Albums"));
        Assert.Equal(("Albums/", "A/", "Sub/ one.jpg two.jpg", "3.jpg"), (Names("/Trash"), Names("/Trash/Albums"), Names("/Trash/Albums/A"), Names("/Trash/Albums/a/Sub")));
        Assert.Equal(200, await SendAsync("GET", "/Trash/Albums/A/Sub/3.jpg"));
        Assert.Equal(403, await SendAsync("DELETE", "/Trash/Albums/A"));
        Assert.Equal(403, await SendAsync("DELETE", "/Trash/Albums/A/one.jpg"));
        Assert.Equal(201, await SendAsync("COPY", "/Trash/Albums/A/one.jpg", "/Albums/B/one.jpg"));

        // Somebody takes the name meanwhile.
        Assert.Equal(201, await SendAsync("MKCOL", "/Albums/A"));
        Assert.Equal(412, await SendAsync("MOVE", "/Trash/Albums/A", "/Albums/A", null, ("Overwrite", "F")));
        Assert.Equal(201, await SendAsync("MOVE", "/Trash/Albums/A", "/Albums/A"));
        Assert.StartsWith("/Albums/A~", _location, StringComparison.Ordinal);
        Assert.Equal(("", "Sub/ one.jpg two.jpg"), (Names("/Albums/A"), Names(_location!.TrimEnd('/'))));
        Assert.Equal("", Names("/Trash"));
    }

    [Theory]
    [InlineData("/Trash/Albums/A", "/Albums/B/Again", "/Albums/B: Again/", "/Albums/B/Again: Sub/ one.jpg two.jpg")]
    [InlineData("/Trash/Albums/A/Sub", "/Albums/Sub", "/Albums: B/ Sub/", "/Trash/Albums/A: one.jpg two.jpg")]
    [InlineData("/Trash/Albums/A", "/Timeline/A", "/Albums: A/ B/", "/Albums/A: Sub/ one.jpg two.jpg")]
    public async Task A_deleted_album_can_come_back_at_another_place(string from, string to, string there, string also)
    {
        Assert.Equal(204, await SendAsync("DELETE", "/Albums/A"));
        Assert.Equal(201, await SendAsync("MOVE", from, to));
        foreach (string expected in (string[])[there, also]) Assert.Equal(expected, $"{expected.Split(": ")[0]}: {Names(expected.Split(": ")[0])}");
    }

    [Fact]
    public async Task Everything_in_albums_deleted_bit_by_bit_comes_back()
    {
        foreach (string path in (string[])["/Albums/A/Sub", "/Albums/A/one.jpg", "/Albums/A/two.jpg", "/Albums/A", "/Albums/B"]) Assert.Equal(204, await SendAsync("DELETE", path));
        Assert.Equal(("", "A/ B/ Sub/"), (Names("/Albums"), Names("/Trash/Albums")));
        Assert.Equal("2024-07-14_1.jpg 2024-07-14_2.jpg 2024-07-14_3.jpg", Names(Day));

        foreach (string path in (string[])["A", "B"]) Assert.Equal(201, await SendAsync("MOVE", $"/Trash/Albums/{path}", $"/Albums/{path}"));
        Assert.Equal(201, await SendAsync("MOVE", "/Trash/Albums/Sub", "/Albums/A/Sub"));
        // What was taken out photo by photo is taken back operation by operation.
        long last = Operations();
        foreach (long operation in (long[])[last - 5, last - 6]) await _archive.Journal.UndoAsync(new("anna", "cli"), operation, Now);
        await IsAsBeforeAsync();
    }

    async Task IsAsBeforeAsync()
    {
        Assert.Equal("", Names("/Trash"));
        Assert.Equal("A/ B/", Names("/Albums"));
        Assert.Equal(("Sub/ one.jpg two.jpg", ""), (Names("/Albums/A"), Names("/Albums/B")));
        Assert.Equal(("T/ U/", $"2024-07-14_{One}", ""), (Names("/Tags"), Names("/Tags/T"), Names("/Tags/U")));
        Assert.Equal("2024-07-14_1.jpg 2024-07-14_2.jpg 2024-07-14_3.jpg", Names(Day));
        Assert.Equal(200, await SendAsync("GET", "/Albums/A/one.jpg"));
    }

    async Task<int> SendAsync(string method, string path, string? to = null, string? body = null, params (string Name, string Value)[] headers)
    {
        byte[]? sent = method switch
        {
            "PUT" => library.Photo(body ?? "bytes"),
            "LOCK" => Encoding.UTF8.GetBytes(Writer.LockBody),
            "PROPPATCH" => Encoding.UTF8.GetBytes("""<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><n xmlns="urn:x">1</n></D:prop></D:set></D:propertyupdate>"""),
            _ => null,
        };
        using HttpResponseMessage response = await library.SendAsync(method, path, to, sent, headers);
        _answer = method == "GET" ? "" : await response.Content.ReadAsStringAsync(Now);
        _location = response.Headers.Location?.OriginalString;
        return (int)response.StatusCode;
    }

    int Found(string query) => new AssetReader(_archive.Catalog, _archive.Volumes).Search(Query.Parse(query), null, 10, Viewer.Admin).Assets.Count;

    string Names(string path)
    {
        Node folder = _archive.Tree.Find(path, Viewer.Admin) ?? throw new InvalidOperationException($"There is no {path}.");
        return string.Join(' ', _archive.Tree.List(folder, null, 1000, Detail.Files, Viewer.Admin).Nodes.Select(n => n.Name + (n.IsFolder ? "/" : "")).Order(StringComparer.Ordinal));
    }

    long Operations()
    {
        using Database.Reader reader = _archive.Catalog.Read();
        return JournalHead.Read(reader.Connection).Number;
    }
}
