using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Albumen.Client;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>Everything a person did stands in files: a catalogue that is thrown away comes back byte for byte.</summary>
[Collection(SurvivalTests.Name)]
public sealed partial class LayerRebuildTests
{
    /// <summary>How much is done: ALBUMEN_REBUILD=20000/5000 is the whole promise.</summary>
    static readonly (int Files, int Edits) Size =
        Environment.GetEnvironmentVariable("ALBUMEN_REBUILD")?.Split('/') is [var files, var edits] ? (int.Parse(files, CultureInfo.InvariantCulture), int.Parse(edits, CultureInfo.InvariantCulture)) : (300, 150);

    static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("ALBUMEN_REBUILD_SEED"), CultureInfo.InvariantCulture, out int seed) ? seed : 1978;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_catalogue_that_was_thrown_away_comes_back_as_it_was()
    {
        Random random = new(Seed);
        using EditedLibrary library = await EditedLibrary.MakeAsync(random, Size.Files);
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder, "sidecars: { delay: 10ms }");
        Say($"Seed {Seed}, {Size.Files} files, {Size.Edits} edits");
        long started = Stopwatch.GetTimestamp();
        await daemon.StartAsync();
        await daemon.ScanAsync();
        Say($"{Stopwatch.GetElapsedTime(started)}: indexed");
        using (AlbumenClient client = ClientOf(daemon))
        {
            string[] assets = [.. (await PagesAsync(after => client.AssetsAsync(after, 1000, Cancelled))).Select(a => a.Id)];
            // What people do, and what happens to the files meanwhile, a tenth of it at a time.
            for (int tenth = 0; tenth < 10; tenth++)
            {
                for (int i = 0; i < Size.Edits / 10; i++) await EditAsync(client, random, assets);
                library.Happen(random, Math.Max(5, Size.Edits / 40));
                if (tenth % 4 == 3) await daemon.ScanAsync();
            }
            await daemon.ScanAsync();
            // What other programs wrote has led to edits of its own, which are written in turn.
            await daemon.ScanAsync();
        }
        Say($"{Stopwatch.GetElapsedTime(started)}: edited, {File.ReadLines(Path.Combine(daemon.State, "layer/journal.jsonl")).Count()} operations");
        Assert.Equal(0, await daemon.StopAsync());
        string lived = await daemon.DumpAsync();

        ThrowAway(daemon);
        Assert.Equal(0, (await daemon.AlbumendAsync("rebuild")).Code);
        AssertSame(daemon, lived, await daemon.DumpAsync(), "After rebuild:");
        Say($"{Stopwatch.GetElapsedTime(started)}: rebuilt");

        ThrowAway(daemon);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        Assert.Equal(0, await daemon.StopAsync());
        AssertSame(daemon, lived, await daemon.DumpAsync(), "After a start without a catalogue:");
        Say($"{Stopwatch.GetElapsedTime(started)}: started anew; the dump has {lived.Count(c => c == '\n')} lines");
    }

    [Fact]
    public async Task Edits_of_a_daemon_that_was_killed_come_back_as_they_were()
    {
        Random random = new(Seed + 1);
        using EditedLibrary library = await EditedLibrary.MakeAsync(random, 200);
        // Nothing is written into the library meanwhile: the moment of a kill would decide what a rebuild finds there.
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder, "sidecars: { placement: off }");
        await daemon.StartAsync();
        await daemon.ScanAsync();
        string[] assets;
        using (AlbumenClient client = ClientOf(daemon)) assets = [.. (await PagesAsync(after => client.AssetsAsync(after, 1000, Cancelled))).Select(a => a.Id)];
        for (int kill = 1; kill <= Thorough.Times(3); kill++)
        {
            if (kill > 1) await daemon.StartAsync();
            long done = 0;
            using AlbumenClient client = ClientOf(daemon);
            Task editing = Task.Run(async () =>
            {
                try
                {
                    for (; ; done++) await EditAsync(client, random, assets);
                }
                catch (Exception error) when (error is DaemonUnreachableException or HttpRequestException or IOException)
                {
                    Say($"It was killed: {error.Message}");
                }
            }, Cancelled);
            while (Volatile.Read(ref done) == 0 && !editing.IsCompleted) await Task.Delay(10, Cancelled);
            await Task.Delay(new Random(Seed + kill).Next(100, 800), Cancelled);
            await daemon.KillAsync(withWorkers: true);
            if (editing.IsFaulted) Say(daemon.Log);
            await editing;
            string lived = await daemon.DumpAsync();
            Say($"Killed after {done} edits");
            Assert.InRange(lived.Split('\n').Count(line => line.StartsWith("{\"operation\":", StringComparison.Ordinal) && line.Contains("\"who\":", StringComparison.Ordinal)), done > 0 ? 1 : 0, int.MaxValue);

            ThrowAway(daemon);
            Assert.Equal(0, (await daemon.AlbumendAsync("rebuild")).Code);
            AssertSame(daemon, lived, await daemon.DumpAsync(), $"After kill {kill}:");
        }
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_is_no_reason_to_throw_the_catalogue_away()
    {
        using EditedLibrary library = await EditedLibrary.MakeAsync(new(Seed), 20);
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        await EditOnceAsync(daemon);
        string journal = Path.Combine(daemon.State, "layer/journal.jsonl"), text = await File.ReadAllTextAsync(journal, Cancelled);
        string before = await daemon.DumpAsync();

        await File.WriteAllTextAsync(journal, text.Replace("\"person\"", "\"nobody\"", StringComparison.Ordinal), Cancelled);
        Answer refused = await daemon.AlbumendAsync("rebuild");

        Assert.NotEqual(0, refused.Code);
        Assert.Contains("journal.jsonl, byte 0: 'nobody' is not person", refused.Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(journal, text, Cancelled);
        Assert.Equal(before, await daemon.DumpAsync());
    }

    [Fact]
    public async Task A_layer_folder_that_was_lost_is_written_anew_from_the_catalogue()
    {
        using EditedLibrary library = await EditedLibrary.MakeAsync(new(Seed), 60);
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        await EditOnceAsync(daemon);
        string layer = Path.Combine(daemon.State, "layer"), before = await daemon.DumpAsync();
        string[] Lines(string file) => [.. File.ReadAllLines(Path.Combine(layer, file)).Order(StringComparer.Ordinal)];
        string[] journal = Lines("journal.jsonl"), names = Lines("names.jsonl");
        Assert.NotEmpty(names);

        File.Delete(Path.Combine(layer, "journal.jsonl"));
        File.Delete(Path.Combine(layer, "names.jsonl"));
        Assert.Equal(0, (await daemon.AlbumendAsync("rebuild")).Code);

        AssertSame(daemon, before, await daemon.DumpAsync(), "After a rebuild without the layer:");
        Assert.Equal(journal.Length, Lines("journal.jsonl").Length);
        Assert.Equal(names, Lines("names.jsonl"));
    }

    static async Task EditOnceAsync(PrivateDaemon daemon)
    {
        await daemon.StartAsync();
        await daemon.ScanAsync();
        Answer set = await daemon.AlbumenAsync("set", "rating=4", "title=Am See", "--query", "IMG", "--json");
        Assert.True(set.Code == 0, set.Error);
        await daemon.ScanAsync();
        // The sidecars that were written meanwhile.
        await daemon.ScanAsync();
        Assert.Equal(0, await daemon.StopAsync());
    }

    /// <summary>One of all the things people say of photos.</summary>
    static async Task EditAsync(AlbumenClient client, Random random, string[] assets)
    {
        string[] some = [.. Enumerable.Range(0, random.Next(10) == 0 ? random.Next(2, 40) : 1).Select(_ => assets[random.Next(assets.Length)]).Distinct()];
        if (random.Next(4) == 0)
        {
            await ArrangeAsync(client, random, some);
            return;
        }
        EditRequest request = random.Next(20) switch
        {
            < 3 => new() { Set = [$"rating={random.Next(6)}"], Assets = some },
            < 5 => new() { Set = [$"title=Bild {random.Next(1000)} & <é>", $"caption={(random.Next(2) == 0 ? "" : "zwei\nZeilen")}"], Assets = some },
            < 8 => new() { Set = [$"tags{(random.Next(3) == 0 ? "-" : "+")}={TagOf(random)}"], Assets = some },
            8 => new() { Set = [$"people+=Person {random.Next(5)}"], Assets = some },
            9 => new() { Set = [$"taken=20{random.Next(10, 25)}-0{random.Next(1, 9)}-1{random.Next(10)}T1{random.Next(10)}:00:00{(random.Next(2) == 0 ? "+02:00" : "")}"], Assets = some },
            10 => new() { Set = [$"taken={random.Next(1950, 1990)}{(random.Next(2) == 0 ? "-06" : "")}"], Assets = some },
            11 => new() { Set = [$"gps={random.Next(-80, 80)}.5,{random.Next(-170, 170)}.25"], Assets = some },
            12 => new() { Set = [$"favourite={(random.Next(2) == 0 ? "yes" : "no")}", $"hidden={(random.Next(4) == 0 ? "yes" : "no")}"], Assets = some },
            13 => new() { Set = [$"{(random.Next(2) == 0 ? "rating" : "title")}!"], Assets = some },
            14 => new() { Shift = $"{(random.Next(2) == 0 ? "+" : "-")}{random.Next(1, 40)}h", Assets = some },
            15 => new() { Zone = random.Next(2) == 0 ? "Europe/Vienna" : "America/New_York", Assets = some },
            16 => new() { RenameTags = new([TagOf(random)], TagOf(random)) },
            17 when random.Next(20) == 0 => new() { Set = [$"tags+={TagOf(random)}"], Query = $"rating:{random.Next(6)}" },
            17 => new() { Set = [$"tags+={TagOf(random)}"], Paths = [$"/Folders/lib/{random.Next(12)}/{(char)('a' + random.Next(5))}"], Recursive = true },
            _ => new(),
        };
        try
        {
            if (request == new EditRequest()) await client.UndoAsync(random.Next(3) == 0 ? random.Next(1, 100) : null, isDryRun: false, Cancelled);
            else await client.EditAsync(request, Cancelled);
        }
        catch (ApiException refused) when (refused.Status < 500)
        {
            // There is nothing to take back, or nothing to change.
        }
    }

    /// <summary>One of all the things people do to albums.</summary>
    static async Task ArrangeAsync(AlbumenClient client, Random random, string[] some)
    {
        string album = $"{(random.Next(3) == 0 ? "Reisen/" : "")}Album {random.Next(6)}";
        try
        {
            _ = await (random.Next(16) switch
            {
                < 3 => client.CreateAlbumAsync(new() { Path = album, Description = random.Next(2) == 0 ? "zwei & <é>" : null, Order = random.Next(2) == 0 ? "added" : null }, Cancelled),
                < 8 => client.AddToAlbumAsync(new() { Album = album, Assets = some }, Cancelled),
                8 => client.AddToAlbumAsync(new() { Album = album, Query = $"rating:{random.Next(6)}" }, Cancelled),
                9 => client.RemoveFromAlbumAsync(new() { Album = album, Assets = some }, Cancelled),
                10 => client.ChangeAlbumAsync(new() { Album = album, Title = $"Album {random.Next(8)}", Parent = random.Next(2) == 0 ? "/" : null, Cover = some[0] }, Cancelled),
                11 => client.DeleteAlbumAsync(new() { Album = album }, Cancelled),
                12 => client.RestoreAlbumAsync(new() { Album = album }, Cancelled),
                13 => client.CreateSmartAlbumAsync(new() { Title = $"Klug {random.Next(5)}", Query = $"rating:>={random.Next(6)}" }, Cancelled),
                14 => random.Next(2) == 0 ? client.CreateTagAsync(new() { Tag = TagOf(random) }, Cancelled) : client.DeleteTagAsync(new() { Tag = TagOf(random) }, Cancelled),
                _ => client.FreezeAsync(new() { Smart = $"Klug {random.Next(5)}", Title = $"{{name}} {random.Next(20)}" }, Cancelled),
            });
        }
        catch (ApiException refused) when (refused.Status < 500)
        {
            // There is no such album, or there is one already.
        }
    }

    static string TagOf(Random random) => random.Next(6) switch { 0 => "Tiere", 1 => "Tiere/Hund", 2 => "Tiere/Katze", 3 => "See", 4 => "Ördög", _ => "a & b" };

    static async Task<List<T>> PagesAsync<T>(Func<string?, Task<Page<T>>> read)
    {
        List<T> all = [];
        for (string? after = null; ;)
        {
            Page<T> page = await read(after);
            all.AddRange(page.Items);
            if ((after = page.Next) is null) return all;
        }
    }

    static AlbumenClient ClientOf(PrivateDaemon daemon) => AlbumenClient.OverSocket(Path.Combine(daemon.Root, "run/albumen/albumend.sock"));

    static void ThrowAway(PrivateDaemon daemon)
    {
        foreach (string file in Directory.GetFiles(daemon.State, "catalog.db*")) File.Delete(file);
    }

    static void AssertSame(PrivateDaemon daemon, string expected, string found, string about)
    {
        if (expected == found) return;
        if (Environment.GetEnvironmentVariable("ALBUMEN_REBUILD_KEEP") is { } folder)
        {
            File.WriteAllText(Path.Combine(folder, "expected"), expected);
            File.WriteAllText(Path.Combine(folder, "found"), found);
            File.Copy(Path.Combine(daemon.State, "layer/journal.jsonl"), Path.Combine(folder, "journal.jsonl"), overwrite: true);
        }
        FreshIndex.AssertSame(expected, found, about);
        Assert.Fail($"{about} The dumps differ in their order.");
    }

    static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    /// <summary>Small photos of many days under few names, with copies and sidecars, that people and other programs work on.</summary>
    sealed partial class EditedLibrary : IDisposable
    {
        static readonly byte[] Date = "2024:07:14 15:30:12"u8.ToArray();

        byte[] _photo = [];
        int _made;

        public string Folder { get; } = Directory.CreateTempSubdirectory("albumen-edited-").FullName;

        public static async Task<EditedLibrary> MakeAsync(Random random, int files)
        {
            EditedLibrary library = new();
            (int code, _) = await Clients.RunAsync("bash", ["-euc", """
                vips black "$0/seed.jpg" 16 16
                exiftool -q -overwrite_original -DateTimeOriginal='2024:07:14 15:30:12' -Make=Acme "$0/seed.jpg"
                """, library.Folder]);
            Assert.Equal(0, code);
            library._photo = await File.ReadAllBytesAsync(Path.Combine(library.Folder, "seed.jpg"), Cancelled);
            File.Delete(Path.Combine(library.Folder, "seed.jpg"));
            Assert.True(library._photo.AsSpan().IndexOf(Date) > 0);
            while (library._made < files) library.Add(random);
            return library;
        }

        public void Dispose() => Directory.Delete(Folder, recursive: true);

        /// <summary>Copies, moves, new bytes, losses, and what other programs write into sidecars.</summary>
        public void Happen(Random random, int times)
        {
            for (int i = 0; i < times; i++)
            {
                string[] photos = Directory.GetFiles(Folder, "*.jpg", SearchOption.AllDirectories);
                Array.Sort(photos, StringComparer.Ordinal);
                string photo = photos[random.Next(photos.Length)];
                switch (random.Next(12))
                {
                    case 0:
                        Add(random);
                        break;
                    case 1 or 2:
                        File.Copy(photo, PathOf(random, $"Kopie {random.Next(1000)}.jpg"), overwrite: true);
                        break;
                    case 3:
                        File.Move(photo, PathOf(random, $"umbenannt {random.Next(1000)}.jpg"), overwrite: true);
                        break;
                    case 4:
                        string target = PathOf(random, Path.GetFileName(photo));
                        File.Move(photo, target, overwrite: true);
                        if (File.Exists(photo + ".xmp")) File.Move(photo + ".xmp", target + ".xmp", overwrite: true);
                        break;
                    case 5 or 6:
                        File.AppendAllText(photo, $"edited {_made++}");
                        break;
                    case 7:
                        File.Delete(photo);
                        if (random.Next(2) == 0) File.Delete(photo + ".xmp");
                        break;
                    case 8:
                        File.SetLastWriteTimeUtc(photo, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(random.Next(3000)));
                        break;
                    case 9:
                        File.Delete(photo + ".xmp");
                        break;
                    default:
                        WriteSidecar(random, random.Next(4) == 0 ? Path.ChangeExtension(photo, ".xmp") : photo + ".xmp");
                        break;
                }
            }
        }

        void Add(Random random)
        {
            byte[] photo = [.. _photo, .. Encoding.ASCII.GetBytes($"number {_made++}")];
            DateTime taken = new DateTime(2019, 1, 1, 8, 0, 0).AddDays(random.Next(40)).AddSeconds(random.Next(30000));
            Encoding.ASCII.GetBytes(taken.ToString("yyyy:MM:dd HH:mm:ss", CultureInfo.InvariantCulture)).CopyTo(photo, _photo.AsSpan().IndexOf(Date));
            string path = PathOf(random, $"IMG_{random.Next(12):0000}.jpg");
            File.WriteAllBytes(path, photo);
            if (random.Next(8) == 0) WriteSidecar(random, path + ".xmp");
            if (random.Next(20) == 0) File.Copy(path, PathOf(random, $"Kopie {random.Next(1000)}.jpg"), overwrite: true);
        }

        string PathOf(Random random, string name)
        {
            string folder = Path.Combine(Folder, $"{random.Next(12)}", random.Next(3) == 0 ? "" : $"{(char)('a' + random.Next(5))}");
            return Path.Combine(Directory.CreateDirectory(folder).FullName, name);
        }

        /// <summary>As other programs do: a value that is there becomes another, or the file is written anew.</summary>
        static void WriteSidecar(Random random, string path)
        {
            string text = File.Exists(path) ? File.ReadAllText(path) : "";
            string changed = Rating().Replace(text, match => match.Value.Replace(match.Groups[1].Value, $"{random.Next(6)}", StringComparison.Ordinal));
            File.WriteAllText(path, changed != text && random.Next(4) > 0 ? changed : $"""
                <x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
                <rdf:Description xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/' xmp:Rating='{random.Next(6)}' xmlns:exif='http://ns.adobe.com/exif/1.0/'
                {(random.Next(2) == 0 ? $"exif:DateTimeOriginal='2019-0{random.Next(1, 9)}-11T10:00:00'" : "")}>
                <dc:subject><rdf:Bag><rdf:li>{(random.Next(2) == 0 ? "See" : "Berg")}</rdf:li></rdf:Bag></dc:subject>
                </rdf:Description></rdf:RDF></x:xmpmeta>
                """);
        }

        [GeneratedRegex("""xmp:Rating(?:=['"]|>)(\d)""")]
        private static partial Regex Rating();
    }
}
