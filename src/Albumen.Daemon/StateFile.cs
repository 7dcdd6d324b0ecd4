using System.Text.Json;
using System.Text.Json.Serialization;
using Albumen.Configuration;
using Albumen.Storage;

namespace Albumen.Daemon;

/// <summary><c>state.json</c>: which version has opened the databases last, so that an older one can say which to install again.</summary>
/// <param name="Albumen">The version; null where the file cannot be read, which says no more than that there was one.</param>
sealed record StateFile(string? Albumen)
{
    static string PathOf(Layout layout) => Path.Combine(layout.StateFolder, "state.json");

    /// <summary>Null when nothing was opened here yet.</summary>
    public static StateFile? Read(Layout layout)
    {
        StateFile unreadable = new(Albumen: null);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(layout)), StateJson.Default.StateFile) ?? unreadable;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            return unreadable;
        }
    }

    /// <summary>Notes that it was this version.</summary>
    public static void Write(Layout layout)
    {
        StateFile now = new(Appliance.Version);
        if (Read(layout) != now) AtomicWriter.Replace(PathOf(layout), JsonSerializer.SerializeToUtf8Bytes(now, StateJson.Default.StateFile), mode: 0x1A0);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StateFile))]
sealed partial class StateJson : JsonSerializerContext;
