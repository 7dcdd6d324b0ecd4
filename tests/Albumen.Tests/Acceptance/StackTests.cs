using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>Stacks of a real daemon: one entry in what is computed, all files where they lie, and one thing when it is thrown away.</summary>
public sealed class StackTests : IAsyncLifetime
{
    const string Day = "/Timeline/2024/2024-07-14";

    static readonly string[] Collapsed = ["20240714_130000_001.jpg", "IMG_1.jpg", "IMG_E1234.jpg", "single.jpg"];

    readonly string _volume = Directory.CreateTempSubdirectory("albumen-stacks-").FullName;
    PrivateDaemon _daemon = null!;

    static string Month => DateTime.UtcNow.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    public async ValueTask InitializeAsync()
    {
        string script = """
            set -e
            cd "$1"
            for name in IMG_1 IMG_1234 IMG_E1234 single 20240714_130000_001 20240714_130000_002 20240714_130000_003; do vips gaussnoise $name.jpg 80 60; done
            exiftool -q -overwrite_original -DateTimeOriginal='2024:07:14 12:00:00' -OffsetTimeOriginal=+00:00 *.jpg
            ffmpeg -v error -f lavfi -i testsrc=size=320x240:duration=2 -pix_fmt yuv420p -metadata creation_time=2024-07-14T12:00:01Z IMG_1.mov
            """;
        Assert.Equal(0, (await Clients.RunAsync("bash", ["-c", script, "bash", _volume])).Code);
        _daemon = PrivateDaemon.Of(_volume, "webdav: { delete: trash }");
        await _daemon.StartAsync();
        await _daemon.ScanAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        Directory.Delete(_volume, recursive: true);
    }

    [Fact]
    public async Task A_stack_is_one_entry_in_what_is_computed_and_all_its_files_lie_in_their_folder()
    {
        Assert.Equal(Collapsed, await NamesAsync(Day));
        Assert.Equal(Collapsed, await NamesAsync("/Small" + Day));
        Assert.Equal(8, (await NamesAsync("/Folders/lib")).Length);
        Assert.NotEqual(0, (await _daemon.AlbumenAsync("ls", $"{Day}/IMG_1.mov")).Code);
        JsonElement clip = JsonElement.Parse((await _daemon.AlbumenAsync("ls", "--json", "/Folders/lib/IMG_1.mov")).Output).GetProperty("asset").GetProperty("stacked");
        Assert.Equal(("clip", "live_photos", false), (clip.GetProperty("role").GetString(), clip.GetProperty("rule").GetString(), clip.GetProperty("cover").GetBoolean()));

        // In a folder of what is known the cover stands for those alone that would stand there, too.
        await DoAsync("smart", "create", "Clips", "is:video");
        await DoAsync("smart", "create", "All", "taken:2024");
        Assert.Equal(["2024-07-14_IMG_1.mov"], await NamesAsync("/Smart/Clips"));
        Assert.Equal((string[])[.. Collapsed.Select(n => $"2024-07-14_{n}")], await NamesAsync("/Smart/All"));
        await DoAsync("set", "rating=5", "/Folders/lib/IMG_1234.jpg");
        Assert.Equal(["2024-07-14_IMG_1234.jpg"], await NamesAsync("/Ratings/5"));
        await DoAsync("set", "rating=5", "--stacks", "/Folders/lib/IMG_1234.jpg");
        Assert.Equal(["2024-07-14_IMG_E1234.jpg"], await NamesAsync("/Ratings/5"));

        // What people put somewhere is there.
        await DoAsync("tag", "add", "Sea", "/Folders/lib/IMG_1.jpg", "/Folders/lib/IMG_1.mov");
        Assert.Equal(["2024-07-14_IMG_1.jpg", "2024-07-14_IMG_1.mov"], await NamesAsync("/Tags/Sea"));
        await DoAsync("album", "create", "A");
        await DoAsync("album", "add", "A", "/Folders/lib/IMG_1.jpg", "/Folders/lib/IMG_1.mov");
        Assert.Equal(2, (await NamesAsync("/Albums/A")).Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_shown_as_one_is_thrown_away_and_brought_back_as_one(bool overWebDav)
    {
        if (overWebDav)
        {
            (string name, string password) = await _daemon.PersonAsync();
            using HttpClient client = new() { BaseAddress = _daemon.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"))) } };
            Assert.Equal(204, (int)(await client.DeleteAsync($"{Day}/IMG_1.jpg", TestContext.Current.CancellationToken)).StatusCode);
        }
        else await DoAsync("trash", $"{Day}/IMG_1.jpg");

        Assert.DoesNotContain(await NamesAsync(Day), n => n.StartsWith("IMG_1.", StringComparison.Ordinal));
        Assert.Equal(["2024-07-14_IMG_1.jpg", "2024-07-14_IMG_1.mov"], await NamesAsync($"/Trash/{Month}"));

        await DoAsync("undo");
        Assert.Equal(Collapsed, await NamesAsync(Day));

        await DoAsync("trash", "-r", Day);
        Assert.Equal(8, (await NamesAsync($"/Trash/{Month}")).Length);
        await DoAsync("restore", $"/Trash/{Month}/2024-07-14_20240714_130000_002.jpg");
        Assert.Equal(["20240714_130000_002.jpg"], await NamesAsync(Day));
        await DoAsync("restore", $"/Trash/{Month}/2024-07-14_IMG_1.jpg");
        Assert.Equal(["20240714_130000_002.jpg", "IMG_1.jpg"], await NamesAsync(Day));
        await DoAsync("restore", "--all");
        Assert.Equal(Collapsed, await NamesAsync(Day));

        // Where all are shown each is itself.
        await DoAsync("trash", "/Folders/lib/IMG_1.jpg");
        Assert.Equal((string[])[.. Collapsed.Select(n => n == "IMG_1.jpg" ? "IMG_1.mov" : n)], await NamesAsync(Day));
    }

    [Fact]
    public async Task People_stack_and_take_apart_and_the_rules_leave_it_so_also_after_a_rebuild()
    {
        await DoAsync("unstack", "/Folders/lib/IMG_1.jpg");
        Assert.Equal(5, (await NamesAsync(Day)).Length);
        await DoAsync("stack", "/Folders/lib/single.jpg", "/Folders/lib/IMG_E1234.jpg");
        string[] shown = ["20240714_130000_001.jpg", "IMG_1.jpg", "IMG_1.mov", "single.jpg"];
        Assert.Equal(shown, await NamesAsync(Day));
        Assert.Equal(1, (await _daemon.AlbumenAsync("stack", "/Folders/lib/single.jpg")).Code);

        Assert.Equal(0, await _daemon.StopAsync());
        string before = await _daemon.DumpAsync();
        Assert.Equal(0, (await _daemon.AlbumendAsync("rebuild")).Code);
        FreshIndex.AssertSame(before, await _daemon.DumpAsync());
        await _daemon.StartAsync();
        Assert.Equal(shown, await NamesAsync(Day));

        await DoAsync("undo");
        await DoAsync("undo");
        Assert.Equal(Collapsed, await NamesAsync(Day));
        await DoAsync("unstack", "--whole", $"{Day}/20240714_130000_001.jpg");
        Assert.Equal(6, (await NamesAsync(Day)).Length);
        await DoAsync("unstack", "--forget", "-r", "/Folders/lib");
        Assert.Equal(Collapsed, await NamesAsync(Day));
    }

    [Fact]
    public async Task Other_rules_are_tried_first_and_stack_anew_when_they_count()
    {
        Assert.Equal(3, (await _daemon.AlbumenAsync("stacks", "--json")).Lines.Length);
        JsonElement burst = JsonElement.Parse(Assert.Single((await _daemon.AlbumenAsync("stacks", "--json", "--rule", "bursts")).Lines));
        Assert.Equal("/Folders/lib/20240714_130000_001.jpg", burst.GetProperty("members")[0].GetProperty("path").GetString());
        Assert.Contains("shot, shown", (await _daemon.AlbumenAsync("stacks")).Output, StringComparison.Ordinal);

        JsonElement tried = JsonElement.Parse((await _daemon.AlbumenAsync("stacks", "--dry-run", "--with", "bursts=off", "--json")).Output);
        Assert.Equal((2, 0, 3, 4), (tried.GetProperty("stacks").GetInt32(), tried.GetProperty("stacked").GetInt32(), tried.GetProperty("unstacked").GetInt32(), tried.GetProperty("kept").GetInt32()));
        string rules = Path.Combine(_daemon.Root, "rules.yaml");
        await File.WriteAllTextAsync(rules, "stacks:\n  bursts: off\n  edited: off\n", TestContext.Current.CancellationToken);
        Assert.Contains("5 would stand alone", (await _daemon.AlbumenAsync("stacks", "--dry-run", "--rules", rules)).Output, StringComparison.Ordinal);
        await File.WriteAllTextAsync(rules, "stacks:\n  burst: off\n", TestContext.Current.CancellationToken);
        Assert.Contains("did you mean 'bursts'", (await _daemon.AlbumenAsync("stacks", "--dry-run", "--rules", rules)).Error, StringComparison.Ordinal);
        Assert.Equal(2, (await _daemon.AlbumenAsync("stacks", "--dry-run")).Code);
        Assert.Equal(Collapsed, await NamesAsync(Day));

        Assert.Equal(0, await _daemon.StopAsync());
        _daemon.Configure(_volume, "lib", "stacks: { bursts: off }");
        await _daemon.StartAsync();
        Assert.Equal(["20240714_130000_001.jpg", "20240714_130000_002.jpg", "20240714_130000_003.jpg", "IMG_1.jpg", "IMG_E1234.jpg", "single.jpg"], await NamesAsync(Day));
    }

    async Task DoAsync(params string[] words)
    {
        Answer answer = await _daemon.AlbumenAsync(words);
        Assert.True(answer.Code == 0, $"{string.Join(' ', words)}: {answer.Error}{answer.Output}");
    }

    async Task<string[]> NamesAsync(string folder) =>
        [.. (await _daemon.AlbumenAsync("ls", "--json", folder)).Lines.Select(line => JsonElement.Parse(line).GetProperty("path").GetString()!).Select(path => path[(path.LastIndexOf('/') + 1)..]).Order(StringComparer.Ordinal)];
}
