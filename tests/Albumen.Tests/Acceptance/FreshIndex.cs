using System.Text.Json.Nodes;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>What everything is held against: the catalogue of a daemon that never saw any trouble, and the library as it was.</summary>
static class FreshIndex
{
    /// <summary>The dump of a new daemon that scanned this library once.</summary>
    public static async Task<string> OfAsync(string library, OwnMounts? mounts = null, string name = "lib", string more = "")
    {
        await using PrivateDaemon fresh = PrivateDaemon.Of(library, more, within: mounts?.Within, name: name);
        await fresh.StartAsync();
        await fresh.ScanAsync();
        Assert.Equal(0, await fresh.StopAsync());
        return await fresh.DumpAsync();
    }

    /// <summary>
    /// A dump without what tells its past: an asset keeps the id of its first content and the name it is known by, a name in a day is given once, and
    /// the journal has all of it. What is where, and what is known of it, stays.
    /// </summary>
    public static string WithoutHistory(string dump) => string.Join('\n', dump.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
    {
        JsonObject node = JsonNode.Parse(line)!.AsObject();
        if (node.ContainsKey("operation") || node.ContainsKey("field") || node["layer"]?.ToString() is "filename" or "mtime") return null;
        if (node["asset"] is JsonObject asset) asset.Remove("id");
        else if (node.Remove("asset")) node.Remove("name");
        if (node["path"]?.ToString() is { } path && path.StartsWith("/Timeline/", StringComparison.Ordinal) && node["type"]!.ToString() == "file")
            node["path"] = path[..path.LastIndexOf('/')];
        return node.ToJsonString();
    }).Where(line => line is not null).Order(StringComparer.Ordinal));

    /// <summary>Every file's name, size, modification time in nanoseconds, mode and hash.</summary>
    public static async Task<string> ManifestAsync(string library, OwnMounts? mounts = null)
    {
        string[] words =
        [
            .. mounts?.Within ?? [], "sh", "-c",
            """cd "$0" && find . -type f -printf '%P %s %T@ %m\n' | LC_ALL=C sort && find . -type f -exec sha256sum {} + | LC_ALL=C sort""", library,
        ];
        (int code, string list) = await Clients.RunAsync(words[0], words[1..]);
        Assert.Equal(0, code);
        return list;
    }

    /// <summary>The two dumps are one, or the first lines that differ are said.</summary>
    public static void AssertSame(string fresh, string lived, string about = "")
    {
        if (fresh == lived) return;
        string lacks = Without(fresh, lived), has = Without(lived, fresh);
        Assert.Fail($"{about} The catalogue is not that of a fresh index. It lacks\n{lacks}\nand has\n{has}");

        // A line that one has twice and the other once counts too.
        static string Without(string lines, string others)
        {
            Dictionary<string, int> left = others.Split('\n').CountBy(line => line).ToDictionary();
            return string.Join('\n', lines.Split('\n').Where(line => (left[line] = left.GetValueOrDefault(line) - 1) < 0).Take(8));
        }
    }
}
