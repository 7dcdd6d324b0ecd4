using System.Runtime.InteropServices;
using Albumen.Configuration;
using Albumen.Native;
using Albumen.Sidecar;

namespace Albumen.Daemon;

/// <summary>
/// <c>albumend scribe ROOT... purge:ROOT...</c>: the only process that may remove or replace a file below a volume, and it does so with sidecars and the copies
/// of the layer files alone; and with originals that an admin purges from the trash, where the configuration allows that. Started by the daemon before that gives up the right to; asked over a socket; ends when its daemon does.
/// </summary>
static class ScribeProgram
{
    /// <summary>Starts the scribe of this process, where a volume wants one.</summary>
    /// <exception cref="StartException">It cannot be started.</exception>
    public static void Start(Settings settings)
    {
        string[] roots = [.. settings.Volumes.Where(v => SidecarFiles.NeedsScribe(v, settings.Sidecars)).Select(v => v.Path)];
        string[] purgeable = [.. settings.Volumes.Where(v => v.Writable && settings.Trash.Purge).Select(v => v.Path)];
        if (roots.Length + purgeable.Length == 0) return;
        (string program, string[] words) = Appliance.Self();
        try
        {
            Scribe.StartForRestart(program, words, Scribe.Words(roots, purgeable), SmallRuntime.Variables);
        }
        catch (IOException error)
        {
            throw new StartException(error.Message);
        }
    }

    public static async Task<int> RunAsync(string[] words)
    {
        (string[] roots, string[] purgeable) = Scribe.FromWords(words);
        const int NoNewPrivileges = 38;
        _ = Libc.ProcessControl(NoNewPrivileges, 1, 0, 0, 0);
        // systemd and a shell end every process of ours at once, and the daemon's last sidecars are still to be written: it ends with the socket.
        PosixSignalRegistration[] ignored =
        [
            .. ((PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
                .Select(signal => PosixSignalRegistration.Create(signal, context => context.Cancel = true)),
        ];
        await using Stream input = Console.OpenStandardInput(), output = Console.OpenStandardOutput();
        try
        {
            await new ScribeService(roots, purgeable).RunAsync(input, output, CancellationToken.None);
        }
        catch (IOException)
        {
            // The daemon was gone before it had its answer.
        }
        foreach (PosixSignalRegistration signal in ignored) signal.Dispose();
        return 0;
    }
}
