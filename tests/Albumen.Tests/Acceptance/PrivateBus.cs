using System.Diagnostics;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>
/// A machine of its own as far as its message bus, its network (one interface that nothing else hears) and /run go, in which the real services of Debian run,
/// or somebody who stands in for them. They live as long as one process of ours does, so they are cleared away even when the tests are killed.
/// </summary>
sealed class PrivateBus : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // D-Bus is asked to deliver everything; who may say what is not what is tested.
    const string Configuration = """
        <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig>
          <type>system</type>
          <listen>unix:path=FOLDER/bus</listen>
          <policy context="default">
            <allow user="*"/><allow own="*"/><allow send_destination="*" eavesdrop="false"/><allow receive_sender="*"/>
            <allow send_type="method_call"/><allow send_type="signal"/>
          </policy>
        </busconfig>
        """;

    readonly Process _keeper;

    PrivateBus(string folder, Process keeper) => (Folder, _keeper) = (folder, keeper);

    public string Folder { get; }

    public string Address => $"unix:path={Folder}/bus";

    /// <summary>Words before a command that put it on this machine.</summary>
    public string[] Within => ["nsenter", "-t", $"{_keeper.Id}", "-n", "-m", "--", "env", $"DBUS_SYSTEM_BUS_ADDRESS={Address}"];

    /// <summary>Skips the test where that is refused, or these programs are not installed.</summary>
    public static async Task<PrivateBus> OpenAsync(params string[] programs)
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root has a network of its own.");
        foreach (string program in programs.Append("dbus-daemon").Append("ip")) Assert.SkipUnless(File.Exists(program) || Clients.Has(program), $"{program} is not installed.");
        string folder = Directory.CreateTempSubdirectory("albumen-bus-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "bus.conf"), Configuration.Replace("FOLDER", folder, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        const string Script = """
            cd "$1" && mount -t tmpfs tmpfs /run && mkdir /run/systemd && ip link set lo up && ip link add lan0 type veth peer name lan1 &&
                ip address add 10.55.0.1/24 dev lan0 && ip link set lan0 up && ip link set lan1 up || exit 1
            export DBUS_SYSTEM_BUS_ADDRESS="unix:path=$1/bus"
            trap 'kill $(jobs -p) 2> /dev/null' EXIT
            echo ready
            while read -r line; do eval "$line"; echo done; done
            """;
        Process keeper = Process.Start(new ProcessStartInfo("unshare", ["-n", "-m", "--propagation", "private", "bash", "-c", Script, "bash", folder]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        PrivateBus bus = new(folder, keeper);
        if (await keeper.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) == "ready") return bus;
        await bus.DisposeAsync();
        Assert.Skip("A network of its own is refused here.");
        throw new UnreachableException();
    }

    /// <summary>Starts the bus.</summary>
    public async Task StartAsync()
    {
        await SayAsync("rm -f bus");
        await StartAsync("dbus", "exec dbus-daemon --config-file=bus.conf --nofork --nopidfile");
        for (long started = Stopwatch.GetTimestamp(); !File.Exists(Path.Combine(Folder, "bus")); await Task.Delay(20, TestContext.Current.CancellationToken))
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, await LogAsync("dbus"));
    }

    /// <summary>Has a service run, under a name it is stopped by. What it says is in its <see cref="LogAsync"/>.</summary>
    /// <param name="command">One line for the shell, at the end of which it executes the service.</param>
    public Task StartAsync(string name, string command) => SayAsync($": > {name}.log; ({command}) >> {name}.log 2>&1 & {name}=$!");

    public Task StopAsync(string name) => SayAsync($"kill ${name}; wait ${name} 2> /dev/null");

    /// <summary>Debian's Avahi; the machine is called <c>nas</c>.</summary>
    public async Task StartAvahiAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "avahi.conf"), "[server]\nhost-name=nas\nallow-interfaces=lan0\n", TestContext.Current.CancellationToken);
        await StartAsync("avahi", "exec avahi-daemon -f avahi.conf --no-drop-root --no-chroot --no-rlimits");
    }

    /// <summary>Somebody who stands in for services that need a whole machine; see <see cref="StandIn"/>.</summary>
    /// <param name="names">Of the services.</param>
    public async Task StandInAsync(params string[] names)
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "stand-in.py"), StandIn.Script, TestContext.Current.CancellationToken);
        await SayAsync("mkfifo orders; sleep infinity > orders &");
        await StartAsync("standin", $"exec {StandIn.Python} stand-in.py {string.Join(' ', names)} < orders");
        await SaysAsync("standin", "ready");
    }

    /// <summary>Tells who stands in what to do.</summary>
    public Task OrderAsync(string order) => SayAsync($"echo '{order}' > orders");

    public async Task<string> LogAsync(string name) => await File.ReadAllTextAsync(Path.Combine(Folder, $"{name}.log"), TestContext.Current.CancellationToken);

    /// <summary>Waits until a service has said so, and so often.</summary>
    public async Task SaysAsync(string name, string text, int times = 1)
    {
        for (long started = Stopwatch.GetTimestamp(); (await LogAsync(name)).Split(text).Length <= times; await Task.Delay(50, TestContext.Current.CancellationToken))
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"{name} never said '{text}' {times} times but\n{await LogAsync(name)}");
    }

    /// <summary>Runs a shell script on this machine.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> DoAsync(string script) => (await Clients.RunAsync(Within[0], [.. Within[1..], "bash", "-c", script])).Output;

    /// <summary>Runs a script again and again until it prints that.</summary>
    public async Task UntilAsync(string script, Func<string, bool> isRight)
    {
        long started = Stopwatch.GetTimestamp();
        for (string output; !isRight(output = await DoAsync(script)); await Task.Delay(200, TestContext.Current.CancellationToken))
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"'{script}' prints\n{output}");
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync(CancellationToken.None);
        _keeper.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    async Task SayAsync(string line)
    {
        await _keeper.StandardInput.WriteLineAsync(line);
        await _keeper.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal("done", await _keeper.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
    }
}
