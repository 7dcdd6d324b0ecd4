using System.Text.Json;
using System.Text.RegularExpressions;
using Albumen.Client;
using Albumen.Tests.Daemon;

namespace Albumen.Tests.Admin;

/// <summary>Edits through every door but the network folder. The daemon is this class's own, because what is edited is written beside the photos.</summary>
public sealed partial class EditTests(RunningDaemon daemon) : IClassFixture<RunningDaemon>, IAsyncLifetime
{
    const int Done = 0, Failed = 1, Usage = 2, Partly = 3;
    const string Night = "/Folders/photos/night.jpg", Beach = "/Folders/photos/2024/Sommer am See/IMG_0001.jpg";

    static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await daemon.AlbumenAsync("scan", "--wait", "photos");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_photo_is_edited_and_the_edit_taken_back()
    {
        Answer set = await daemon.AlbumenAsync("set", "rating=4", "title=Am See", Night);
        string number = Number(set);

        Assert.Equal(new(Done, $"Operation {number}: 1 photo changed (albumen undo {number} takes it back)\n", ""), set);
        Assert.Contains("Title\tAm See", (await daemon.AlbumenAsync("show", Night)).Lines);
        Assert.Contains("According to people who use Albumen:", (await daemon.AlbumenAsync("show", Night)).Lines);
        Assert.Matches($"(?m)^{number}\t[^\t]+\t{Environment.UserName}\tcli\tset rating=4 title='Am See' /Folders/photos/night.jpg\t1\t$", (await daemon.AlbumenAsync("log")).Output);
        Assert.Contains($"{Night}\ttitle\t\tAm See", (await daemon.AlbumenAsync("log", number)).Lines);

        Answer undo = await daemon.AlbumenAsync("undo", number);

        Assert.Equal((Done, $"Operation {Number(undo)}: undo {number}: set rating=4 title='Am See' {Night}; 1 photo changed (albumen undo {Number(undo)} does it again)\n"), (undo.Code, undo.Output));
        Assert.DoesNotContain("Title\tAm See", (await daemon.AlbumenAsync("show", Night)).Lines);
        Assert.Matches($"(?m)^{number}\t.*\tundone by {Number(undo)}$", (await daemon.AlbumenAsync("log", Night)).Output);
        Assert.Equal(Failed, (await daemon.AlbumenAsync("undo", number)).Code);
    }

    [Fact]
    public async Task A_dry_run_shows_what_would_change()
    {
        string[] words = ["set", "label=Blue", "--query", "sunset", Night, "--dry-run"];

        Answer text = await daemon.AlbumenAsync(words), json = await daemon.AlbumenAsync([.. words, "--json"]);

        Assert.Equal((Done, $"{Beach}\tlabel\t\tBlue\n{Night}\tlabel\t\tBlue\n"), (text.Code, string.Concat(text.Lines.Order().Select(line => line + "\n"))));
        Assert.All(json.Lines, line => Assert.Matches("""^\{"asset":"[0-9a-f]{32}","path":"[^"]+","field":"label","after":"Blue"\}$""", line));
        Assert.DoesNotContain("Label", (await daemon.AlbumenAsync("show", Night)).Output);
    }

    [Fact]
    public async Task Tags_are_added_listed_renamed_and_merged()
    {
        await daemon.AlbumenAsync("tag", "add", "Cafe/Inside", "/Folders/photos/2024", "-r");
        await daemon.AlbumenAsync("tag", "add", "dad", Night);

        Assert.Contains("Cafe/Inside\t1", (await daemon.AlbumenAsync("tag", "list")).Lines);
        Assert.Contains(" 1 photo changed ", (await daemon.AlbumenAsync("tag", "rename", "Cafe", "Café")).Output);
        Assert.Contains(" 2 photos changed ", (await daemon.AlbumenAsync("tag", "merge", "Café", "dad", "--into", "Bar")).Output);
        Answer list = await daemon.AlbumenAsync("tag", "list", "--json");
        Assert.Contains("""{"name":"Bar","assets":1}""", list.Lines);
        Assert.Contains("""{"name":"Bar/Inside","assets":1}""", list.Lines);
        Assert.Contains(" 1 photo changed ", (await daemon.AlbumenAsync("tag", "remove", "Bar", Beach)).Output);
        Assert.Equal("Nothing was changed: no photo was found.\n", (await daemon.AlbumenAsync("tag", "rename", "Nothing", "Something")).Output);
    }

    [Fact]
    public async Task Albums_are_made_filled_shown_deleted_and_restored()
    {
        Assert.Equal(Done, (await daemon.AlbumenAsync("album", "create", "Trips/2024", "--order", "name")).Code);
        Answer rehearsed = await daemon.AlbumenAsync("album", "add", "Trips/2024", Night, "--query", "sunset", "--dry-run"), added = await daemon.AlbumenAsync("album", "add", "/Albums/trips/2024/", Night, "--query", "sunset");

        Assert.Equal(["/Albums/Trips/2024\tphoto\t\tIMG_0001.jpg", "/Albums/Trips/2024\tphoto\t\tnight.jpg"], rehearsed.Lines.Order());
        Assert.Matches(@"^Operation \d+: 2 photos \(Trips/2024\) \(albumen undo \d+ takes it back\)\n$", added.Output);
        Assert.Equal(["IMG_0001.jpg", "night.jpg"], (await daemon.AlbumenAsync("album", "show", "Trips/2024")).Lines.Select(line => line.Split('\t')[0]));
        Assert.Equal(["/Albums/Trips/2024/IMG_0001.jpg", "/Albums/Trips/2024/night.jpg"], (await daemon.AlbumenAsync("ls", "/Albums/Trips/2024")).Lines.Select(line => line.Split('\t')[0]));
        Assert.Contains("night.jpg", (await daemon.AlbumenAsync("search", "album:Trips", "name:night.jpg")).Output, StringComparison.Ordinal);

        Assert.Equal(Done, (await daemon.AlbumenAsync("album", "rename", "Trips/2024", "dark.jpg", "--photo", "night.jpg")).Code);
        Assert.Equal(Done, (await daemon.AlbumenAsync("album", "cover", "Trips/2024", "/Albums/Trips/2024/dark.jpg")).Code);
        Assert.Equal(Done, (await daemon.AlbumenAsync("album", "describe", "Trips/2024", "zwei Wochen")).Code);
        Assert.Equal(Failed, (await daemon.AlbumenAsync("album", "create", "trips/2024")).Code);
        Assert.Equal(Done, (await daemon.AlbumenAsync("album", "move", "Trips/2024", "/")).Code);
        Assert.Contains("2024\t2\t2024\tzwei Wochen", (await daemon.AlbumenAsync("album", "list")).Lines);
        Assert.Equal(Done, (await daemon.AlbumenAsync("album", "remove", "2024", "--name", "dark.jpg")).Code);
        Assert.Equal(Done, (await daemon.AlbumenAsync("undo")).Code);
        Assert.Equal(Done, (await daemon.AlbumenAsync("album", "delete", "2024")).Code);
        Assert.Contains("\"trashed\":", Assert.Single((await daemon.AlbumenAsync("album", "list", "--trash", "--json")).Lines), StringComparison.Ordinal);
        Assert.Equal(Done, (await daemon.AlbumenAsync("album", "restore", "2024")).Code);
        Assert.Equal(2, (await daemon.AlbumenAsync("album", "show", "2024", "--json")).Lines.Length);
    }

    [Fact]
    public async Task Smart_albums_and_tags_are_made_changed_and_deleted()
    {
        Assert.Equal(Done, (await daemon.AlbumenAsync("smart", "create", "Nights", "name:night.jpg", "--description", "dark")).Code);
        Assert.Equal(["Nights\tname:night.jpg\tdark"], (await daemon.AlbumenAsync("smart", "list")).Lines);
        Assert.Contains(Night, Assert.Single((await daemon.AlbumenAsync("smart", "show", "nights")).Lines), StringComparison.Ordinal);
        Assert.Equal(Done, (await daemon.AlbumenAsync("album", "freeze", "Smart/Nights", "{name} frozen")).Code);
        Assert.Single((await daemon.AlbumenAsync("album", "show", "Nights frozen")).Lines);
        Assert.Equal(Failed, (await daemon.AlbumenAsync("smart", "change", "Nights", "--query", "nme:x")).Code);
        Assert.Equal(Done, (await daemon.AlbumenAsync("smart", "change", "Nights", "--title", "Days", "--query", "-name:night.jpg")).Code);
        Assert.Equal(Done, (await daemon.AlbumenAsync("smart", "delete", "days")).Code);
        Assert.Empty((await daemon.AlbumenAsync("smart", "list")).Lines);

        Assert.Equal(Done, (await daemon.AlbumenAsync("tag", "create", "Later/Much")).Code);
        Assert.Contains("Later/Much\t0", (await daemon.AlbumenAsync("tag", "list")).Lines);
        Assert.Equal("tag_folder\tLater/Much\tyes\t\n", (await daemon.AlbumenAsync("tag", "delete", "Later", "--dry-run")).Output);
        Assert.Equal(Done, (await daemon.AlbumenAsync("tag", "delete", "Later")).Code);
        Assert.Equal(Failed, (await daemon.AlbumenAsync("tag", "delete", "Later")).Code);
    }

    [Fact]
    public async Task Dates_are_shifted_where_there_is_one()
    {
        Answer shift = await daemon.AlbumenAsync("date", "shift", "-1h30m", Beach, Night);

        Assert.Equal((Partly, $"albumen: {Night}: it has no date\n"), (shift.Code, shift.Error));
        Assert.Contains(" 1 photo changed ", shift.Output);
        Assert.Contains("2024-07-14 14:00:12+02:00", (await daemon.AlbumenAsync("show", Beach)).Output);
        Assert.Equal(Done, (await daemon.AlbumenAsync("undo", Number(shift))).Code);
        Answer about = await daemon.AlbumenAsync("date", "set", "~1978", Night);
        Assert.Contains("Taken\t~1978 (year, person)", (await daemon.AlbumenAsync("show", Night)).Lines);
        Assert.Equal(Done, (await daemon.AlbumenAsync("undo", Number(about))).Code);
        Assert.Equal(Failed, (await daemon.AlbumenAsync("date", "zone", "Mars/Olympus", Beach)).Code);
    }

    [Theory]
    [InlineData(Usage, "Say what to change", "set", Night)]
    [InlineData(Usage, "Say which photos", "set", "rating=4")]
    [InlineData(Usage, "'here' is neither a path in the tree", "tag", "add", "A", "here")]
    [InlineData(Failed, "A rating is from 0 to 5, or -1 for rejected, not '6'.", "set", "rating=6", Night)]
    [InlineData(Failed, "There is no field 'colour' to change", "set", "colour=red", Night)]
    [InlineData(Failed, "There is no /Folders/photos/nothing.jpg.", "set", "rating=4", "/Folders/photos/nothing.jpg")]
    [InlineData(Failed, "is a folder", "set", "rating=4", "/Folders/photos")]
    [InlineData(Failed, "is no photo or clip", "set", "rating=4", "/Folders/photos/broken.jpg")]
    [InlineData(Failed, "There is no asset 0000000000.", "set", "rating=4", "0000000000")]
    [InlineData(Failed, "column", "set", "rating=4", "--query", "nofield:x")]
    [InlineData(Failed, "There is no operation 999999", "log", "999999")]
    [InlineData(Failed, "There is no operation 999999", "undo", "999999")]
    [InlineData(Usage, "Say which: a photo and a field, or --all.", "conflicts", "resolve", Night, "--take", "ours")]
    [InlineData(Usage, "Say --take ours", "conflicts", "resolve", Night, "title")]
    [InlineData(Failed, "There is no conflict over the title of", "conflicts", "resolve", Night, "title", "--take", "ours")]
    public async Task What_makes_no_sense_is_explained(int code, string reason, params string[] words)
    {
        Answer answer = await daemon.AlbumenAsync(words);

        Assert.Equal((code, ""), (answer.Code, answer.Output));
        Assert.Contains(reason, answer.Error);
    }

    [Fact]
    public async Task Without_conflicts_there_is_nothing_to_resolve()
    {
        Assert.Equal(new(Done, "", ""), await daemon.AlbumenAsync("conflicts", "--json"));
        Assert.Equal(new(Done, "No conflicts.\n", ""), await daemon.AlbumenAsync("conflicts", "resolve", "--all", "--take", "theirs"));
    }

    [Fact]
    public async Task The_log_knows_who_came_over_the_network_and_believes_nothing_else()
    {
        (string name, string password) = await daemon.PersonAsync(isAdmin: true);
        using AlbumenClient network = AlbumenClient.OverNetwork(daemon.Address, password), socket = AlbumenClient.OverSocket(daemon.Socket, door: "webdav");

        EditResult first = await network.EditAsync(new() { Paths = [Night], Set = ["caption=1"] }, Now), second = await socket.EditAsync(new() { Paths = [Night], Set = ["caption=2"] }, Now);

        Assert.Equal((name, "api"), await AuthorAsync(first));
        Assert.Equal((Environment.UserName, "api"), await AuthorAsync(second));
        Assert.Equal(409, (await Assert.ThrowsAsync<ApiException>(() => socket.UndoAsync(first.Operation, isDryRun: true, Now))).Status);
        Assert.Equal(1, (await socket.UndoAsync(second.Operation, isDryRun: true, Now)).Changed);

        async Task<(string, string)> AuthorAsync(EditResult edit) =>
            (await socket.OperationAsync(edit.Operation!.Value, null, 1, Now)).Operation is var operation ? (operation.Who, operation.Door) : default;
    }

    [Fact]
    public async Task Cleared_fields_are_told_from_those_nobody_spoke_of()
    {
        Answer set = await daemon.AlbumenAsync("set", "title=", Beach);

        JsonElement person = JsonDocument.Parse((await daemon.AlbumenAsync("show", "--json", Beach)).Output).RootElement.GetProperty("layers").EnumerateArray()
            .Single(layer => layer.GetProperty("source").GetString() == "person");
        JsonElement change = JsonDocument.Parse((await daemon.AlbumenAsync("log", Number(set), "--json")).Lines[1]).RootElement;

        Assert.Equal(["title"], person.GetProperty("cleared").EnumerateArray().Select(f => f.GetString()));
        Assert.Equal((false, JsonValueKind.Null), (change.TryGetProperty("before", out _), change.GetProperty("after").ValueKind));
        Assert.Contains("Title\tnone", (await daemon.AlbumenAsync("show", Beach)).Lines);
        Assert.Equal(Done, (await daemon.AlbumenAsync("undo", Number(set))).Code);
    }

    static string Number(Answer answer) => Operation().Match(answer.Output).Groups[1].Value;

    [GeneratedRegex("Operation ([0-9]+): ")]
    private static partial Regex Operation();
}
