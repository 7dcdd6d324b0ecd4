using System.Diagnostics;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>
/// A folder with mounts nobody else sees, and disks (ext4 on a file) to mount there. Mounts and disks live as long as one process of ours does,
/// so the kernel clears them away even when the tests are killed.
/// </summary>
sealed class OwnMounts : IAsyncDisposable
{
    const string DiskSize = "48M";

    readonly Process _keeper;

    OwnMounts(string folder, Process keeper) => (Folder, _keeper) = (folder, keeper);

    /// <summary>Outside of the namespace it is empty but for what is mounted nowhere.</summary>
    public string Folder { get; }

    /// <summary>The device files of the disks, each with an empty ext4.</summary>
    public IReadOnlyList<string> Disks { get; private init; } = [];

    /// <summary>Words before a command that make it see these mounts.</summary>
    public string[] Within => ["nsenter", "-t", $"{_keeper.Id}", "-m", "--"];

    /// <summary>Skips the test where mounting is refused.</summary>
    public static async Task<OwnMounts> OpenAsync(int disks = 0)
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root can mount.");
        string folder = Directory.CreateTempSubdirectory("albumen-mounts-").FullName;
        // Each disk is kept by an open descriptor and would go with the last one; a mount of its own would keep it from ever being unmounted.
        string script = """
            mount -t tmpfs -o size=256M tmpfs "$1" || exit 1
            for i in $(seq 1 "$2"); do
                truncate -s "$3" "$1/disk$i" && mkfs.ext4 -q -F "$1/disk$i" && disk=$(losetup --find --show "$1/disk$i") || exit 1
                eval "exec $((i + 4))<$disk" && losetup -d "$disk" && echo "$disk"
            done
            echo ready
            exec cat > /dev/null
            """;
        ProcessStartInfo start = new("unshare", ["-m", "--propagation", "private", "bash", "-c", script, "bash", folder, $"{disks}", DiskSize])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process keeper = Process.Start(start)!;
        List<string> found = [];
        while (await keeper.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && line != "ready") found.Add(line);
        OwnMounts mounts = new(folder, keeper) { Disks = found };
        if (found.Count == disks && !keeper.HasExited) return mounts;
        await mounts.DisposeAsync();
        Assert.Skip("Mounting is refused here.");
        throw new UnreachableException();
    }

    /// <summary>Runs a shell script that sees the mounts, in <see cref="Folder"/>; <c>$1</c> and on are the words.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> DoAsync(string script, params string[] words)
    {
        (int code, string output) = await Clients.RunAsync(Within[0], [.. Within[1..], "bash", "-euc", $"cd \"$0\"; {script}", Folder, .. words]);
        Assert.True(code == 0, $"'{script}' ended with {code}");
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync(CancellationToken.None);
        _keeper.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
