using System.Diagnostics;
using Albumen.Admin;
using Albumen.Client;
using Albumen.Tests.Daemon;

namespace Albumen.Tests.Admin;

/// <summary>
/// Completion in real shells on a real terminal (tmux): what is typed, Tab, and then the line is given to printf, so that it is seen what the shell makes of it.
/// The daemon is this class's own.
/// </summary>
public sealed class CompletionTests(RunningDaemon daemon) : IClassFixture<RunningDaemon>, IAsyncLifetime
{
    const string Hostile = "Zo's $(touch pwned) `touch pwned` & #!1; é東", HostileTag = "Zw \"x\" \\ $HOME *~";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly string _home = Directory.CreateTempSubdirectory("albumen-shell-").FullName;

    static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_home, "albumen"), $"#!/bin/sh\nexec '{Programs.Albumen}' \"$@\"\n", Now);
        File.SetUnixFileMode(Path.Combine(_home, "albumen"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using AlbumenClient client = daemon.Client();
        if ((await client.UsersAsync(Now)).Any(user => user.Name == "anna")) return;
        await daemon.AlbumenAsync("scan", "--wait", "photos");
        foreach (string album in (string[])["Am See", "Trips/2024", "Trips/2025", Hostile]) await daemon.AlbumenAsync("album", "create", album);
        await daemon.AlbumenAsync("set", "tags+=Größe/Sehr groß", $"tags+={HostileTag}", "/Folders/photos/night.jpg");
        await daemon.AlbumenAsync("user", "add", "anna");
    }

    public async ValueTask DisposeAsync()
    {
        await TmuxAsync("kill-server");
        // A shell may still be writing its history.
        using Process remove = Process.Start("bash", ["-c", "for i in {1..50}; do rm -rf -- \"$1\" 2> /dev/null && exit; sleep 0.1; done", "bash", _home]);
        await remove.WaitForExitAsync(CancellationToken.None);
    }

    public static TheoryData<string, string, string> Typed()
    {
        TheoryData<string, string, string> all = [];
        foreach (string shell in (string[])["bash", "zsh", "fish"])
        {
            all.Add(shell, "albumen stat", "<albumen><status>");
            all.Add(shell, "albumen alb", "<albumen><album>");
            all.Add(shell, "albumen album show Am", "<albumen><album><show><Am See>");
            all.Add(shell, "albumen album show 'Am", "<albumen><album><show><Am See>");
            all.Add(shell, "albumen album show Zo", $"<albumen><album><show><{Hostile}>");
            all.Add(shell, "albumen tag delete Zw", $"<albumen><tag><delete><{HostileTag}>");
            all.Add(shell, "albumen album show Trips/2025", "<albumen><album><show><Trips/2025>");
            all.Add(shell, "albumen tag delete Gr", "<albumen><tag><delete><Größe/Sehr groß>");
            all.Add(shell, "albumen scan ph", "<albumen><scan><photos>");
            all.Add(shell, "albumen app-password list an", "<albumen><app-password><list><anna>");
            all.Add(shell, "albumen album list --tr", "<albumen><album><list><--trash>");
            all.Add(shell, "albumen ls /Fold", "<albumen><ls></Folders/>");
            all.Add(shell, "albumen ls /Folders/photos/2024/Som", "<albumen><ls></Folders/photos/2024/Sommer am See/>");
            all.Add(shell, "albumen stacks --rule bur", "<albumen><stacks><--rule><bursts>");
            all.Add(shell, "albumen --quiet volume conf", "<albumen><--quiet><volume><confirm>");
            all.Add(shell, "albumen set rati", "<albumen><set><rating=>");
            all.Add(shell, "albumen set tags+=Gr", "<albumen><set><tags+=Größe/Sehr groß>");
        }
        // In double quotes; fish and zsh quote what they are given by themselves.
        all.Add("bash", "albumen tag delete \"Zw", $"<albumen><tag><delete><{HostileTag}>");
        all.Add("bash", "albumen album show \"Zo", $"<albumen><album><show><{Hostile}>");
        all.Add("bash", "albumen album show Am\\ S", "<albumen><album><show><Am See>");
        all.Add("zsh", "albumen album show Am\\ S", "<albumen><album><show><Am See>");
        all.Add("fish", "albumen album show Am\\ S", "<albumen><album><show><Am See>");
        return all;
    }

    [Theory, MemberData(nameof(Typed))]
    public async Task A_shell_completes_what_is_typed(string shell, string typed, string words)
    {
        await StartAsync(shell);
        await TmuxAsync("send-keys", "-l", typed);
        await TmuxAsync("send-keys", "Tab");
        await SettledAsync();
        await TmuxAsync("send-keys", "C-a");
        await TmuxAsync("send-keys", "-l", "clear; printf '<%s>' ");
        await TmuxAsync("send-keys", "Enter");

        await ShowsAsync(words);
        Assert.False(File.Exists(Path.Combine(_home, "pwned")), "something that was typed was run");
    }

    [Fact]
    public async Task Several_are_listed()
    {
        await StartAsync("bash");
        await TmuxAsync("send-keys", "-l", "albumen album show Tr");
        await TmuxAsync("send-keys", "Tab");
        await SettledAsync();
        await TmuxAsync("send-keys", "Tab", "Tab");

        await ShowsAsync("Trips/2024  Trips/2025");
    }

    [Fact]
    public async Task It_is_silent_and_quick_where_no_daemon_is()
    {
        long begun = Stopwatch.GetTimestamp();

        Assert.Equal(new(0, "values\n", ""), await CommandLine.RunAsync("complete", "--position", "5", "--", "albumen", "--root", "/nowhere", "album", "show", "A"));
        Assert.StartsWith("values\nalbum\t", (await CommandLine.RunAsync("complete", "--position", "3", "--", "albumen", "--url", "nonsense", "alb")).Output, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task There_are_at_most_two_hundred()
    {
        using AlbumenClient client = daemon.Client();
        for (int i = 0; i < 230; i++) await client.CreateAlbumAsync(new() { Path = $"Many/{i}" }, Now);
        Answer many = await daemon.AlbumenAsync("complete", "--position=5", "--", "albumen", "--root", daemon.Root, "album", "show", "Many/");

        Assert.Equal(Candidates.Most, many.Lines.Count(line => line.StartsWith("Many/", StringComparison.Ordinal)));
        Assert.Contains("/Folders/\t", (await daemon.AlbumenAsync("complete", "--position=4", "--", "albumen", "--root", daemon.Root, "ls", "/")).Lines);
    }

    async Task StartAsync(string shell)
    {
        (string[] begin, string load) = shell switch
        {
            "bash" => (["bash", "--norc", "--noprofile"], "source <(albumen completion bash)"),
            "zsh" => ((string[])["zsh", "-f"], "bindkey -e; autoload -U compinit; compinit -u -d ./dump; source <(albumen completion zsh)"),
            _ => (["fish", "--no-config"], "albumen completion fish | source"),
        };
        await TmuxAsync(["-f", "/dev/null", "-u", "new-session", "-d", "-x", "200", "-y", "30", "-c", _home,
            "env", $"PATH={_home}:{Environment.GetEnvironmentVariable("PATH")}", $"ALBUMEN_ROOT={daemon.Root}", $"HOME={_home}", "LC_ALL=C.UTF-8", "PS1=> ", "TERM=screen-256color", .. begin]);
        await Task.Delay(300, Now);
        await TmuxAsync("send-keys", "-l", $"{load}; echo rea''dy");
        await TmuxAsync("send-keys", "Enter");
        await ShowsAsync("ready");
        await TmuxAsync("send-keys", "-l", "clear");
        await TmuxAsync("send-keys", "Enter");
        await SettledAsync();
    }

    /// <summary>Waits until the screen stays as it is.</summary>
    async Task SettledAsync()
    {
        string before = "";
        for (int same = 0, i = 0; same < 4 && i < 100; i++)
        {
            await Task.Delay(150, Now);
            string shown = await TmuxAsync("capture-pane", "-p");
            same = shown == before ? same + 1 : 0;
            before = shown;
        }
    }

    async Task ShowsAsync(string text)
    {
        long begun = Stopwatch.GetTimestamp();
        string shown;
        while (!(shown = await TmuxAsync("capture-pane", "-pJ")).Contains(text, StringComparison.Ordinal))
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Patience, $"It never showed\n{text}\nbut\n{shown}");
            await Task.Delay(100, Now);
        }
    }

    async Task<string> TmuxAsync(params string[] words)
    {
        ProcessStartInfo start = new("tmux", ["-S", Path.Combine(_home, "tmux"), .. words]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("TMUX");
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        string output = await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        return output + (words is ["kill-server"] ? "" : await error);
    }
}
