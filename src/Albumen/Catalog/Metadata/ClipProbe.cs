using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Albumen.Catalog.Metadata;

/// <summary>Asks ffprobe for what a clip's container says: AVI, Matroska, MPEG and others, and MP4 whose header leaves something open.</summary>
sealed class ClipProbe(string program)
{
    const int MostAnswer = 1 << 20;

    static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    public async Task ReadAsync(string path, MediaType type, Evidence evidence, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (ReadOnlySpan<string>)["-v", "error", "-of", "json", "-show_format", "-show_streams", "-protocol_whitelist", "file"])
            start.ArgumentList.Add(argument);
        // What we recognised, so that no playlist or script in disguise is followed.
        if (Demuxer(type.Mime) is { } demuxer)
        {
            start.ArgumentList.Add("-f");
            start.ArgumentList.Add(demuxer);
        }
        start.ArgumentList.Add("file:" + path);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeLimit);
        try
        {
            using Process process = Process.Start(start)!;
            try
            {
                process.StandardInput.Close();
                Task<string> errors = ReadAtMostAsync(process.StandardError, 4096, limit.Token);
                string answer = await ReadAtMostAsync(process.StandardOutput, MostAnswer, limit.Token);
                await process.WaitForExitAsync(limit.Token);
                await errors;
                Take(answer, type, evidence);
            }
            finally
            {
                if (!process.HasExited) process.Kill();
            }
        }
        catch (Win32Exception)
        {
            evidence.Warn("ffprobe is not installed (Debian package ffmpeg): length and size of this clip are unknown");
        }
        catch (JsonException)
        {
            evidence.Warn("ffprobe cannot read this clip");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            evidence.Warn($"ffprobe needed more than {TimeLimit.TotalSeconds:0} s and was stopped");
        }
    }

    static string? Demuxer(string mime) => mime switch
    {
        "video/x-msvideo" => "avi",
        "video/x-matroska" or "video/webm" => "matroska",
        "video/m2ts" => "mpegts",
        "video/x-ms-wmv" or "audio/x-ms-wma" => "asf",
        "video/x-flv" => "flv",
        "video/mp4" or "video/quicktime" or "video/x-m4v" or "video/3gpp" or "video/3gpp2" or "audio/mp4" => "mov",
        "video/ogg" or "audio/ogg" => "ogg",
        "audio/mpeg" => "mp3",
        "audio/flac" => "flac",
        "audio/x-wav" => "wav",
        _ => null,
    };

    /// <summary>All there is, of which only the beginning is kept, so that the other side never waits for us.</summary>
    static async Task<string> ReadAtMostAsync(StreamReader reader, int most, CancellationToken cancellationToken)
    {
        System.Text.StringBuilder text = new();
        char[] buffer = new char[8192];
        while (await reader.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            text.Append(buffer, 0, Math.Min(read, most - text.Length));
        return text.ToString();
    }

    /// <exception cref="JsonException">The answer is no JSON.</exception>
    static void Take(string answer, MediaType type, Evidence evidence)
    {
        using JsonDocument document = JsonDocument.Parse(answer);
        JsonElement format = Member(document.RootElement, "format");
        if (Number(format, "duration") is > 0 and var duration) evidence.DurationInSeconds ??= Math.Round(duration, 3);
        JsonElement streams = Member(document.RootElement, "streams");
        JsonElement picture = streams.ValueKind == JsonValueKind.Array
            ? streams.EnumerateArray().FirstOrDefault(s => Text(s, "codec_type") == "video" && Number(Member(s, "disposition"), "attached_pic") is not 1)
            : default;
        if (evidence.Width is null && Number(picture, "width") is { } width && Number(picture, "height") is { } height) evidence.SetSize((long)width, (long)height);
        evidence.Orientation ??= Rotation(picture) switch { 90 or -270 => 8, 180 or -180 => 3, -90 or 270 => 6, _ => null };

        JsonElement tags = Member(format, "tags");
        // Matroska's clock is UTC by definition, AVI's is the camera's.
        bool matroska = type.Mime is "video/x-matroska" or "video/webm";
        string? created = Tag(tags, "creation_time") ?? Tag(Member(picture, "tags"), "creation_time");
        evidence.AddTime(TimeRank.RecorderOriginal, matroska ? CaptureTimes.Read(created, "Matroska:DateTimeOriginal") : CaptureTimes.Read(created?.TrimEnd('Z'), "RIFF:DateTimeOriginal"));
        evidence.AddTime(TimeRank.RecorderOriginal, CaptureTimes.Read(Tag(tags, "com.apple.quicktime.creationdate"), "Keys:CreationDate"));
        evidence.Make ??= Tag(tags, "make") ?? Tag(tags, "com.apple.quicktime.make");
        evidence.Model ??= Tag(tags, "model") ?? Tag(tags, "com.apple.quicktime.model");
        evidence.Place ??= QuickTimeAtoms.ReadPlace(Tag(tags, "location") ?? Tag(tags, "com.apple.quicktime.location.iso6709"));
        evidence.Title ??= Tag(tags, "title");
    }

    /// <summary>Degrees counter-clockwise, as ffprobe states them since version 5; older files have a tag that counts the other way.</summary>
    static double? Rotation(JsonElement stream)
    {
        if (Member(stream, "side_data_list") is { ValueKind: JsonValueKind.Array } list)
            foreach (JsonElement side in list.EnumerateArray())
                if (Number(side, "rotation") is { } degrees) return degrees;
        return -Number(Member(stream, "tags"), "rotate");
    }

    static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement member) ? member : default;

    static string? Text(JsonElement element, string name) => Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>Names of tags come in any case.</summary>
    static string? Tag(JsonElement tags, string name) => tags.ValueKind != JsonValueKind.Object ? null
        : tags.EnumerateObject().FirstOrDefault(t => t.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value is { ValueKind: JsonValueKind.String } text
        && !string.IsNullOrWhiteSpace(text.GetString()) ? text.GetString()!.Trim() : null;

    static double? Number(JsonElement element, string name) => Member(element, name) switch
    {
        { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
        { ValueKind: JsonValueKind.String } text when double.TryParse(text.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) => value,
        _ => null,
    };
}
