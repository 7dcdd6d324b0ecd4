using System.Data.Common;
using Albumen.Catalog;
using Albumen.Tests.Storage;
using Dapper;

namespace Albumen.Tests.Catalog;

public sealed class ProblemsTests : IDisposable
{
    readonly Shelf _shelf = new();
    readonly Problems _problems;

    public ProblemsTests() => _problems = new(_shelf.Catalog);

    public void Dispose() => _shelf.Dispose();

    [Fact]
    public async Task A_problem_found_twice_is_one_problem_seen_later()
    {
        await WriteAsync(c => Problems.Note(c, new("undecodable", "photos", "a.jpg", "first"), 10));
        await WriteAsync(c => Problems.Note(c, new("undecodable", "photos", "a.jpg", "again"), 20));

        Problem problem = Assert.Single(_problems.List(10));
        Assert.Equal(("again", 10L, 20L), (problem.Message, problem.FirstSeen, problem.LastSeen));
    }

    [Fact]
    public async Task Problems_are_listed_by_place_in_pages()
    {
        await WriteAsync(c =>
        {
            foreach (string path in (string[])["c", "a", "b"]) Problems.Note(c, new("undecodable", "photos", path, ""), 1);
        });

        Assert.Equal("a b", string.Join(' ', _problems.List(2).Select(p => p.Path)));
        Assert.Equal("c", string.Join(' ', _problems.List(2, skip: 2).Select(p => p.Path)));
        Assert.Equal(3, _problems.Count());
        Assert.Equal("b", Assert.Single(_problems.Of("photos", "b")).Path);
    }

    [Fact]
    public async Task A_problem_goes_with_its_cause()
    {
        await WriteAsync(c =>
        {
            Problems.Note(c, new("undecodable", "photos", "a", ""), 1);
            Problems.Note(c, new("unreadable-folder", "photos", "old", ""), 1);
            Problems.Note(c, new("unreadable-folder", "photos", "new", ""), 5);
            // Before the clock was set back.
            Problems.Note(c, new("unreadable-folder", "photos", "of tomorrow", ""), 9);
            Problems.SolveUnseen(c, "photos", "unreadable-folder", 5);
        });

        Assert.Equal("a new", string.Join(' ', _problems.List(10).Select(p => p.Path)));
        await WriteAsync(c => Problems.SolveAll(c, "photos", "a", but: "none"));
        Assert.Equal("new", Assert.Single(_problems.List(10)).Path);
    }

    [Fact]
    public async Task A_problem_goes_with_its_file()
    {
        _shelf.With("here.jpg", "b/here.jpg", "gone.jpg", "b/gone.jpg");
        _shelf.Write([.. "caf"u8, 0xE9], []);
        _shelf.Write([.. "caf"u8, 0xE8], []);
        await _shelf.ScanAsync();
        await WriteAsync(c =>
        {
            foreach ((long folder, byte[] folderPath, byte[] name) in c.Query<(long, byte[], byte[])>("SELECT l.folder_id, f.path, l.name FROM location l JOIN folder f ON f.id = l.folder_id"))
                Problems.Note(c, new("undecodable", "photos", RelativePath.FromBytes(folderPath).Child(name).ToString(), "", folder, name), 1);
            Problems.Note(c, new("unreadable-folder", "photos", "locked", ""), 1);
        });
        _shelf.Shell("rm gone.jpg b/gone.jpg $'caf\\xE8'");
        await _shelf.ScanAsync();

        await WriteAsync(c => Problems.SolveGone(c));

        Assert.Equal("b/here.jpg caf\\xE9 here.jpg locked", string.Join(' ', _problems.List(10).Select(p => p.Path)));
    }

    Task WriteAsync(Action<DbConnection> work) => _shelf.Catalog.WriteAsync(work, TestContext.Current.CancellationToken);
}
