using System.Security.Cryptography;
using Albumen.Catalog;
using Albumen.Sidecar;
using Albumen.Storage;

namespace Albumen.Tests.Sidecar;

public sealed class XmpVisitTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("albumen-xmp-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_sidecar_that_says_what_it_said_is_merged()
    {
        byte[] before = Put("a.xmp", new() { Title = "Oma", Rating = 3 });

        XmpAnswer answer = Ask(new() { ["title"] = "\"Opa\"" }, new() { ["title"] = "\"Oma\"", ["rating"] = "3", ["label"] = null });

        Assert.Equal((XmpEnd.Merged, "Oma", Convert.ToHexStringLower(SHA256.HashData(before)), before.Length), (answer.End, answer.Facts!.Title, answer.Hash, answer.Stat!.Value.SizeInBytes));
        Assert.Equal(("Opa", 3), (Same.Read(answer.Bytes!).Title, Same.Read(answer.Bytes!).Rating));
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(_folder, "a.xmp")));
    }

    [Fact]
    public void A_sidecar_that_says_something_else_now_is_not_merged()
    {
        Put("a.xmp", new() { Title = "Oma", Rating = 3 });

        XmpAnswer answer = Ask(new() { ["title"] = "\"Opa\"" }, new() { ["rating"] = "null" });

        Assert.Equal((XmpEnd.Changed, 3, (byte[]?)null), (answer.End, answer.Facts!.Rating, answer.Bytes));
    }

    [Fact]
    public void What_it_says_already_need_not_be_written()
    {
        Put("a.xmp", new() { Title = "Oma" });

        Assert.Equal(XmpEnd.Read, Ask(new() { ["title"] = "\"Oma\"" }, null).End);
        Assert.Equal((XmpEnd.Read, "Oma"), Ask(new() { ["title"] = "\"Opa\"" }, null, isReadOnly: true) is var answer ? (answer.End, answer.Facts!.Title) : default);
    }

    [Fact]
    public void Where_there_is_no_sidecar_one_is_made_unless_there_was_one()
    {
        XmpAnswer made = Ask(new() { ["title"] = "\"Opa\"" }, null);

        Assert.Equal((XmpEnd.Merged, (FileStat?)null, "Opa"), (made.End, made.Stat, Same.Read(made.Bytes!).Title));
        Assert.Equal(XmpEnd.Gone, Ask(new() { ["title"] = "\"Opa\"" }, new() { ["title"] = "\"Oma\"" }).End);
        Assert.Equal(XmpEnd.Gone, Ask([], null, isReadOnly: true).End);
        Assert.Equal(XmpEnd.Read, Ask(new() { ["title"] = null }, null).End);
    }

    [Fact]
    public void What_cannot_be_understood_is_left_alone()
    {
        File.WriteAllText(Path.Combine(_folder, "a.xmp"), "<x:xmpmeta");
        XmpAnswer answer = Ask(new() { ["title"] = "\"Opa\"" }, null);
        Assert.Equal((XmpEnd.Damaged, (Facts?)null), (answer.End, answer.Facts));
        Assert.StartsWith("The sidecar is damaged", answer.Fault);

        using (FileStream large = File.Create(Path.Combine(_folder, "a.xmp"))) large.SetLength(50 << 20);
        answer = Ask(new() { ["title"] = "\"Opa\"" }, null);
        Assert.Equal((XmpEnd.Damaged, "The sidecar is damaged: it has 50 MB; a sidecar has at most 16"), (answer.End, answer.Fault));
    }

    [Fact]
    public void Nothing_is_said_of_a_volume_that_is_away_or_another()
    {
        Put("a.xmp", new() { Title = "Oma" });
        XmpItem item = new("a.xmp"u8.ToArray(), new Dictionary<string, string?>(), null, null, IsReadOnly: true);

        Assert.Equal(XmpEnd.VolumeGone, XmpVisit.Answer(new(_folder + "-away", null, [item]), CancellationToken.None).Single().End);
        Assert.Equal(XmpEnd.VolumeGone, XmpVisit.Answer(new(_folder, new FileStat { Inode = 1 }, [item]), CancellationToken.None).Single().End);
        using VolumeFiles files = new(_folder);
        Assert.Equal(XmpEnd.Read, XmpVisit.Answer(new(_folder, files.StatRoot(), [item]), CancellationToken.None).Single().End);
    }

    XmpAnswer Ask(Dictionary<string, string?> values, Dictionary<string, string?>? known, bool isReadOnly = false) =>
        XmpVisit.Answer(new(_folder, null, [new("a.xmp"u8.ToArray(), values, known, null, isReadOnly)]), TestContext.Current.CancellationToken).Single();

    byte[] Put(string name, Facts facts)
    {
        byte[] bytes = XmpMerge.Merge(null, Field.All.Where(f => f.Read(facts) is not null).ToDictionary(f => f, f => f.Read(facts)), null);
        File.WriteAllBytes(Path.Combine(_folder, name), bytes);
        return bytes;
    }
}
