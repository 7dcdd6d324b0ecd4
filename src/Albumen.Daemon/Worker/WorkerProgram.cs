using System.Text.Json;
using System.Threading.Channels;
using Albumen.Derivatives;
using Albumen.Native;
using Albumen.Processing;
using Albumen.Sidecar;

namespace Albumen.Daemon.Worker;

/// <summary>
/// <c>albumend worker CACHE QUALITY QUALITY MEGAPIXELS [svg] [pdf]</c>: the only process that looks into foreign bytes. Restricted to writing below the
/// cache, without network; asked over standard input, one file at a time; ends when its daemon does.
/// </summary>
static class WorkerProgram
{
    /// <summary>Tells a worker which <see cref="Build"/> its daemon is of.</summary>
    public const string BuildVariable = "ALBUMEN_BUILD";

    const ulong LargestFileInBytes = 8UL << 30;

    /// <summary>Tells one build of the program from another.</summary>
    public static string Build { get; } = typeof(WorkerProgram).Module.ModuleVersionId.ToString();

    public static async Task<int> RunAsync(string[] arguments)
    {
        string cache = arguments[0];
        // The program on disk may be another already, while an upgrade looks at it. Nothing is wrong with the file that waits.
        if (Environment.GetEnvironmentVariable(BuildVariable) is { } daemon && daemon != Build)
        {
            await Console.Error.WriteLineAsync("albumend was replaced by another version and waits to be started anew: systemctl restart albumen");
            return 1;
        }
        // Not only the folder of small versions: somebody may delete that, and a rule would go with it.
        Landlock.RestrictAndRestart([cache, "/dev/null"], [], network: false);
        // A group of its own: ended together with the ffmpeg it may have started.
        _ = Libc.SetProcessGroup(0, 0);
        string? refused = WorkerManners.Take();
        // What a decoder writes without end must not fill the disk; what it was thinking when it died is nobody's business.
        Libc.LimitOwnFiles(LargestFileInBytes);
        DerivativeSettings settings = new() { PreviewQuality = int.Parse(arguments[1]), ThumbnailQuality = int.Parse(arguments[2]), Svg = arguments.Contains("svg"), Pdf = arguments.Contains("pdf") };
        try
        {
            Vips.Start(settings.Svg, settings.Pdf);
        }
        catch (DllNotFoundException)
        {
            await Console.Error.WriteLineAsync("libvips is not installed, and without it no picture can be made small. Install it: apt-get install libvips42");
            return 1;
        }

        DerivativeStore store = new(cache);
        using Visitor visitor = new(store, settings, new Darkroom(int.Parse(arguments[3]), Path.Combine(cache, "heavy.lock")));
        Workshop workshop = new(store);
        await using Stream output = Console.OpenStandardOutput();
        await WorkerFrame.WriteAsync(output, JsonSerializer.SerializeToUtf8Bytes(Greet(settings) with { Refused = refused }, VisitJson.Default.Greeting), CancellationToken.None);

        // Questions are read on a thread of their own: when the daemon is gone, a decoder that hangs must not live on.
        Channel<byte[]> questions = Channel.CreateUnbounded<byte[]>();
        Thread reading = new(() => ReadQuestions(questions.Writer)) { IsBackground = true };
        reading.Start();
        await foreach (byte[] question in questions.Reader.ReadAllAsync())
        {
            WorkerQuestion asked = JsonSerializer.Deserialize(question, WorkerJson.Default.WorkerQuestion)!;
            byte[] answer = asked.Xmp is { } xmp
                ? JsonSerializer.SerializeToUtf8Bytes(XmpVisit.Answer(xmp, CancellationToken.None), XmpJson.Default.IReadOnlyListXmpAnswer)
                : asked.Raster is { } raster ? Raster.Make(store, raster)
                : asked.Make is { } make ? JsonSerializer.SerializeToUtf8Bytes(workshop.Make(make), MakeJson.Default.MakeAnswer)
                : JsonSerializer.SerializeToUtf8Bytes(visitor.Read(asked.Visit!, CancellationToken.None), VisitJson.Default.VisitAnswer);
            await WorkerFrame.WriteAsync(output, answer, CancellationToken.None);
        }
        return 0;
    }

    static void ReadQuestions(ChannelWriter<byte[]> questions)
    {
        using Stream input = Console.OpenStandardInput();
        while (WorkerFrame.ReadAsync(input, CancellationToken.None).GetAwaiter().GetResult() is { } question) questions.TryWrite(question);
        const int SigKill = 9;
        _ = Libc.Kill(-Environment.ProcessId, SigKill);
        Environment.Exit(0);
    }

    static Greeting Greet(DerivativeSettings settings)
    {
        List<string> missing = [];
        string decoders = $"albumen {typeof(WorkerProgram).Assembly.GetName().Version!.ToString(3)}, libvips {Vips.Version}";
        Ask("ffmpeg (Debian package ffmpeg): clips get no poster, duration or date", "ffmpeg", "ffprobe");
        Ask("dcraw_emu (Debian package libraw-bin): RAW files without a preview get no picture", "dcraw_emu");
        Ask("exiftool (Debian package libimage-exiftool-perl): some rare RAW formats are read less well", "exiftool");
        if (settings.Svg) decoders += ", svg";
        if (settings.Pdf) decoders += ", pdf";
        return new(decoders, missing, ReadableFormat.Probe(settings));

        void Ask(string otherwise, params ReadOnlySpan<string> programs)
        {
            foreach (string program in programs)
                if (!ReadableFormat.IsInstalled(program))
                {
                    missing.Add(otherwise);
                    return;
                }
            decoders += $", {programs[0]}";
        }
    }
}
