using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Albumen.Tree;

namespace Albumen.Daemon.Api;

/// <summary>Nodes of the tree as JSON, one object a line: what <c>albumen ls -r --json</c> and <c>albumend dump</c> print.</summary>
static class TreeLines
{
    const int NodesPerPage = 1000;
    static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Everything below a folder, folders before what is in them.</summary>
    public static IEnumerable<Node> Below(ArchiveTree tree, Node folder, Viewer viewer, bool recursive = true)
    {
        Stack<Node> left = new([folder]);
        while (left.TryPop(out Node? next))
        {
            List<Node> folders = [];
            string? after = null;
            do
            {
                Page page = tree.List(next, after, NodesPerPage, Detail.Facts, viewer);
                foreach (Node node in page.Nodes)
                {
                    if (node.IsFolder) folders.Add(node);
                    yield return node;
                }
                after = page.Next;
            }
            while (after is not null);
            for (int i = folders.Count - 1; recursive && i >= 0; i--) left.Push(folders[i]);
        }
    }

    public static void Write(Stream output, Node node)
    {
        using Utf8JsonWriter writer = new(output, Readable);
        writer.WriteStartObject();
        writer.WriteString("path", node.Path);
        writer.WriteString("type", node.IsFolder ? "folder" : "file");
        if (!node.IsFolder) writer.WriteNumber("size", node.SizeInBytes);
        if (node.Hash is { } hash) writer.WriteString("sha256", hash.ToString());
        if (node.Asset is { FactsJson: not null } asset)
        {
            writer.WritePropertyName("asset");
            writer.WriteRawValue(AssetJson(asset), skipInputValidation: true);
        }
        writer.WriteEndObject();
        writer.Flush();
        output.WriteByte((byte)'\n');
    }

    /// <summary>The asset object of the API: who it is, its facts as they stand in the catalogue, its small versions.</summary>
    public static string AssetJson(AssetInTree asset)
    {
        string facts = asset.FactsJson!.Length > 2 ? "," + asset.FactsJson[1..^1] : "";
        string derivatives = string.Join("\",\"", (asset.Derivatives ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        string stacked = asset.Stack is not { } stack ? "" : $$""","stacked":{"id":"{{stack.Id}}","role":"{{stack.Role}}","rule":"{{stack.Rule}}","cover":{{(stack.IsCover ? "true" : "false")}}}""";
        string blur = asset.Sharpness is { } sharpness ? string.Create(CultureInfo.InvariantCulture, $",\"blur\":{sharpness}") : "";
        return $$"""{"id":"{{asset.Uid}}","kind":"{{asset.Kind}}","mime":"{{asset.Mime}}"{{facts}}{{stacked}},"derivatives":[{{(derivatives.Length > 0 ? $"\"{derivatives}\"" : "")}}]{{blur}}}""";
    }
}
