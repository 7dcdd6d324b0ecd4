using System.Formats.Tar;
using System.Text;
using Albumen.Admin;

namespace Albumen.Tests.Admin;

/// <summary>What comes as an archive may come from anybody.</summary>
public sealed class ExportFolderTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("albumen-exportfolder-").FullName;

    static CancellationToken Now => TestContext.Current.CancellationToken;

    string Bag => Path.Combine(_root, "bag");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("../out.txt")]
    [InlineData("/tmp/out.txt")]
    [InlineData("xmp/../../out.txt")]
    [InlineData("xmp/./out.txt")]
    [InlineData("xmp//out.txt")]
    [InlineData("")]
    public async Task A_name_that_leads_out_of_the_folder_is_refused(string name)
    {
        ExportFolder folder = Prepared();

        await Assert.ThrowsAsync<InvalidDataException>(() => folder.PutAsync(new PaxTarEntry(TarEntryType.RegularFile, name.Length == 0 ? "x/" : name) { DataStream = new MemoryStream([1]) }, Now));

        Assert.Equal([Bag], Directory.EnumerateFileSystemEntries(_root));
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.Fifo)]
    public async Task What_is_no_file_is_refused(TarEntryType type)
    {
        ExportFolder folder = Prepared();
        PaxTarEntry entry = new(type, "a");
        if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink) entry.LinkName = "/etc/passwd";

        await Assert.ThrowsAsync<InvalidDataException>(() => folder.PutAsync(entry, Now));

        Assert.Empty(Directory.EnumerateFileSystemEntries(Bag));
    }

    [Fact]
    public async Task Nothing_is_written_through_a_link_that_lies_there()
    {
        ExportFolder folder = Prepared();
        string outside = Path.Combine(_root, "outside");
        Directory.CreateDirectory(outside);
        await File.WriteAllTextAsync(Path.Combine(outside, "kept"), "as it was", Now);
        Directory.CreateSymbolicLink(Path.Combine(Bag, "xmp"), outside);
        File.CreateSymbolicLink(Path.Combine(Bag, "README.txt"), Path.Combine(outside, "kept"));

        await Assert.ThrowsAsync<InvalidDataException>(() => PutAsync(folder, "xmp/a", "text"));
        await PutAsync(folder, "README.txt", "text");

        Assert.Equal("as it was", await File.ReadAllTextAsync(Path.Combine(outside, "kept"), Now));
        Assert.Null(new FileInfo(Path.Combine(Bag, "README.txt")).LinkTarget);
        Assert.Single(Directory.EnumerateFiles(outside));
    }

    [Fact]
    public async Task What_is_equal_is_left_alone_and_what_differs_is_replaced_whole()
    {
        ExportFolder folder = Prepared();
        string text = new('x', 300_000);
        foreach (string name in (string[])["same", "longer", "shorter", "other"]) await PutAsync(folder, $"d/{name}", text);
        DateTime before = File.GetLastWriteTimeUtc(Path.Combine(Bag, "d/same"));

        ExportFolder again = Prepared(isForced: true);
        await PutAsync(again, "d/same", text);
        await PutAsync(again, "d/longer", text + "y");
        await PutAsync(again, "d/shorter", text[..200_000]);
        await PutAsync(again, "d/other", text[..250_000] + "z" + text[250_001..]);

        Assert.Equal((0, 3, 1), (again.New, again.Changed, again.Equal));
        Assert.Equal(before, File.GetLastWriteTimeUtc(Path.Combine(Bag, "d/same")));
        Assert.Equal(text + "y", await File.ReadAllTextAsync(Path.Combine(Bag, "d/longer"), Now));
        Assert.Equal(200_000, new FileInfo(Path.Combine(Bag, "d/shorter")).Length);
        Assert.Equal('z', (await File.ReadAllTextAsync(Path.Combine(Bag, "d/other"), Now))[250_000]);
        Assert.Equal(4, Directory.EnumerateFiles(Bag, "*", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public async Task A_folder_with_something_else_in_it_is_refused_unless_it_is_an_earlier_export()
    {
        Directory.CreateDirectory(Bag);
        await File.WriteAllTextAsync(Path.Combine(Bag, "letter.txt"), "", Now);

        Assert.Throws<UsageException>(() => new ExportFolder(Bag, isDryRun: false).Prepare(isForced: false));
        new ExportFolder(Bag, isDryRun: false).Prepare(isForced: true);
        await File.WriteAllTextAsync(Path.Combine(Bag, ExportFolder.Mark), "", Now);
        new ExportFolder(Bag, isDryRun: false).Prepare(isForced: false);
        Assert.Throws<UsageException>(() => new ExportFolder(Path.Combine(Bag, "letter.txt"), isDryRun: false).Prepare(isForced: true));
    }

    ExportFolder Prepared(bool isForced = false)
    {
        ExportFolder folder = new(Bag, isDryRun: false);
        folder.Prepare(isForced);
        return folder;
    }

    static Task PutAsync(ExportFolder folder, string name, string text) =>
        folder.PutAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) }, Now);
}
