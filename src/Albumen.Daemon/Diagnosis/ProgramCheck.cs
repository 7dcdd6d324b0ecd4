using System.ComponentModel;
using System.Diagnostics;
using Albumen.Client;

namespace Albumen.Daemon.Diagnosis;

/// <summary>The programs that decode what libvips does not: there, and which version.</summary>
sealed class ProgramCheck : HealthCheck
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    readonly Remembered<List<Symptom>> _last = new(TimeSpan.FromMinutes(10), found => found.TrueForAll(symptom => symptom.State is "ok"));

    public override string Name => "programs";

    public override Needs Needs => Needs.Nothing;

    public override async IAsyncEnumerable<Symptom> LookAsync(Patient patient, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (Symptom symptom in await _last.GetAsync(AskAllAsync, patient.IsDeep || patient.Running is null, cancellationToken)) yield return symptom;
    }

    async Task<List<Symptom>> AskAllAsync(CancellationToken cancellationToken) =>
    [
        await AskAsync("ffmpeg", "ffmpeg", "clips get no poster and no proxy", cancellationToken, "-version"),
        await AskAsync("ffprobe", "ffmpeg", "clips get no duration and no date", cancellationToken, "-version"),
        // It has no option for that.
        await AskAsync("dcraw_emu", "libraw-bin", "RAW files without a preview get no picture", cancellationToken),
        await AskAsync("exiftool", "libimage-exiftool-perl", "some rare RAW formats are read less well", cancellationToken, "-ver"),
    ];

    async Task<Symptom> AskAsync(string program, string package, string otherwise, CancellationToken cancellationToken, params string[] words)
    {
        string install = $"sudo apt-get install {package}";
        if ((Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists) is not { } path)
            return Warning($"{program} is not installed: {otherwise}.", install, program);
        if (words.Length == 0) return Ok($"{path} is there.", program);
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(path, words) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
            try
            {
                process.StandardInput.Close();
                string said = await process.StandardOutput.ReadToEndAsync(cancellationToken).WaitAsync(Limit, cancellationToken);
                await process.WaitForExitAsync(cancellationToken).WaitAsync(Limit, cancellationToken);
                return process.ExitCode == 0 ? Ok($"{Version(said)}, at {path}.", program) : Failed($"{path} ends with code {process.ExitCode}: {otherwise}.", $"sudo apt-get install --reinstall {package}", program);
            }
            finally
            {
                if (!process.HasExited) process.Kill();
            }
        }
        catch (Exception error) when (error is Win32Exception or TimeoutException)
        {
            return Failed($"{path} does not work ({error.Message}): {otherwise}.", $"sudo apt-get install --reinstall {package}", program);
        }
    }

    /// <summary><c>ffmpeg version 5.1.6-0+deb12u1 Copyright ...</c>, or the number alone.</summary>
    static string Version(string said)
    {
        string[] words = said.Split('\n')[0].Split(' ');
        return words is [_, "version", var number, ..] ? $"version {number}" : $"version {words[0].Trim()}";
    }
}
