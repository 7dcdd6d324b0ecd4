using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Albumen.Catalog.Metadata;

/// <summary>
/// exiftool, for formats too rare to have a reader of ours. One process serves many files and is started when the first of them comes.
/// Where it is not installed, these formats have fewer facts and a warning says which package would help.
/// </summary>
sealed class ExifTool(string program) : IDisposable
{
    const int MostAnswer = 4 << 20;
    const int SetprivFoundNothing = 127;

    static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(15);

    Process? _process;
    bool _absent;

    /// <summary>Formats it is asked about: old RAWs, and clips whose cameras hide date and exposure in the picture data.</summary>
    public static bool Suits(MediaType type) =>
        type.Mime is "image/x-canon-crw" or "image/x-sigma-x3f" or "video/x-msvideo" or "video/m2ts" or "video/mpeg" or "video/x-ms-wmv" or "video/x-flv";

    public async Task ReadAsync(string path, MediaType type, Evidence evidence, CancellationToken cancellationToken)
    {
        // Arguments go one a line; a name that is no absolute path could be an option, and old versions run one that ends like a pipe.
        if (!path.StartsWith('/') || path.EndsWith('|') || path.AsSpan().ContainsAny('\n', '\r'))
        {
            evidence.Warn("exiftool was not asked: it would misunderstand this path");
            return;
        }
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeLimit);
        try
        {
            if (!_absent && Start()) Take(await AskAsync(path, limit.Token), evidence);
        }
        catch (JsonException)
        {
            evidence.Warn("exiftool cannot read this file");
        }
        catch (IOException)
        {
            _absent = _process is { } ended && ended.WaitForExit(1000) && ended.ExitCode == SetprivFoundNothing;
            Stop();
            if (!_absent) evidence.Warn("exiftool ended while reading this file");
        }
        catch (OperationCanceledException)
        {
            Stop();
            if (cancellationToken.IsCancellationRequested) throw;
            evidence.Warn($"exiftool needed more than {TimeLimit.TotalSeconds:0} s and was stopped");
        }
        // A clip without it still has ffprobe's answer; a RAW has nothing.
        if (_absent && type.Kind == MediaKind.Raw)
            evidence.Warn("exiftool is not installed (Debian package libimage-exiftool-perl): little is known of this RAW format");
    }

    /// <exception cref="IOException">exiftool is not there or ended.</exception>
    async Task<string> AskAsync(string path, CancellationToken cancellationToken)
    {
        // -execute ends the list and is answered by {ready} (not with -q).
        await _process!.StandardInput.WriteAsync($"-j\n-n\n-G1\n-struct\n-charset\nfilename=utf8\n-api\nlargefilesupport=1\n{path}\n-execute\n".AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        StringBuilder answer = new();
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line == "{ready}") return answer.ToString();
            if (answer.Length < MostAnswer) answer.Append(line).Append('\n');
        }
        throw new EndOfStreamException();
    }

    bool Start()
    {
        if (_process is { HasExited: false }) return true;
        Stop();
        // With its input closed, exiftool waits for ever: the kernel ends it when we are killed. That signal follows the thread that started
        // the child, hence a thread that lives as long.
        ProcessStartInfo start = new("setpriv")
        {
            // An empty -config keeps it from running a configuration somebody left in a home folder.
            ArgumentList = { "--pdeathsig", "KILL", program, "-config", "", "-stay_open", "True", "-@", "-" },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = new UTF8Encoding(false),
            UseShellExecute = false,
        };
        using ManualResetEventSlim started = new();
        Process? process = null;
        Thread keeper = new(() =>
        {
            try
            {
                process = Process.Start(start);
            }
            catch (Win32Exception)
            {
                // Without setpriv it could be left behind; then rather no exiftool.
            }
            started.Set();
            process?.WaitForExit();
        })
        { IsBackground = true, Name = "exiftool" };
        keeper.Start();
        started.Wait();
        _process = process;
        _absent = process is null;
        process?.ErrorDataReceived += (_, _) => { };
        process?.BeginErrorReadLine();
        return process is not null;
    }

    /// <summary>Tags by group and name, such as <c>CanonRaw:Make</c>, in the order of the file; some are asked for in any group.</summary>
    /// <exception cref="JsonException">The answer is no JSON.</exception>
    static void Take(string answer, Evidence evidence)
    {
        using JsonDocument document = JsonDocument.Parse(answer);
        if (document.RootElement is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() == 0) return;
        List<(string Group, string Name, JsonElement Value)> tags =
            [.. list[0].EnumerateObject().Select(p => p.Name.Split(':', 2)).Zip(list[0].EnumerateObject(), (name, p) => (name[0], name[^1], p.Value))];

        string? Text(string name) => tags.Where(t => t.Name == name && t.Value.ValueKind == JsonValueKind.String)
            .Select(t => t.Value.GetString()!.Trim()).FirstOrDefault(t => t.Length > 0);
        double? Number(string name, string? group = null) => tags.Where(t => t.Name == name && (group is null || t.Group == group)).Select(t => AsNumber(t.Value)).FirstOrDefault();

        string[] size = (Text("ImageSize") ?? "").Split(' ', 'x');
        if (Number("ImageWidth", "File") is null && size.Length == 2 && long.TryParse(size[0], out long width) && long.TryParse(size[1], out long height)) evidence.SetSize(width, height);
        else if (Number("ImageWidth", "SigmaRaw") is { } sigma && Number("ImageHeight", "SigmaRaw") is { } tall) evidence.SetSize((long)sigma, (long)tall);
        evidence.Make ??= Text("Make");
        evidence.Model ??= Text("Model");
        evidence.Lens ??= Text("LensModel");
        evidence.Orientation ??= (int?)Number("Orientation");
        evidence.Exposure ??= new(Number("ExposureTime"), Number("FNumber"), Number("ISO"), Number("FocalLength"));
        if (Number("GPSLatitude", "Composite") is { } lat && Number("GPSLongitude", "Composite") is { } lon) evidence.Place ??= new(lat, lon, Number("GPSAltitude", "Composite"));
        foreach ((string group, string name, JsonElement value) in tags)
        {
            if (name != "DateTimeOriginal" || group == "Composite" || value.ValueKind != JsonValueKind.String) continue;
            TimeRank rank = group switch { "ExifIFD" => TimeRank.ExifOriginal, "XMP-exif" => TimeRank.XmpOriginal, _ => TimeRank.RecorderOriginal };
            // ffprobe's reading of the same field comes after exiftool's.
            evidence.Times.RemoveAll(t => t.Rank == TimeRank.RecorderOriginal && rank == TimeRank.RecorderOriginal && t.Time.Source.StartsWith("RIFF", StringComparison.Ordinal));
            evidence.AddTime(rank, CaptureTimes.Read(value.GetString(), $"{group}:{name}"));
        }
    }

    static double? AsNumber(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) => number,
        _ => null,
    };

    void Stop()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        _process = null;
    }

    public void Dispose() => Stop();
}
