using System.Text.Json;
using Albumen.Processing;
using Albumen.Storage;

namespace Albumen.Sidecar;

/// <summary>The scribe's side of the conversation: reads requests, holds them against <see cref="ScribeRules"/>, does them, answers; until the daemon is gone.</summary>
/// <param name="roots">The volumes it serves.</param>
/// <param name="purgeable">Those from which originals may be removed; none unless the configuration says so.</param>
sealed class ScribeService(IReadOnlyCollection<string> roots, IReadOnlyCollection<string> purgeable)
{
    public async Task RunAsync(Stream input, Stream output, CancellationToken cancellationToken)
    {
        while (await WorkerFrame.ReadAsync(input, cancellationToken) is { } frame)
        {
            ScribeRequest request = JsonSerializer.Deserialize(frame, ScribeJson.Default.ScribeRequest)!;
            if (await ReadBytesAsync(request, input, cancellationToken) is not { } bytes) return;
            IReadOnlyList<WriteResult> results = request switch
            {
                { Purge: { } purge } => [Purge(request, purge)],
                { Removal: { } removal } => [Remove(request, removal)],
                _ => Write(request, bytes),
            };
            await WorkerFrame.WriteAsync(output, JsonSerializer.SerializeToUtf8Bytes(new(results), ScribeJson.Default.ScribeAnswer), cancellationToken);
        }
    }

    /// <returns>Null when the daemon is gone, or says what it never would.</returns>
    static async Task<byte[]?> ReadBytesAsync(ScribeRequest request, Stream input, CancellationToken cancellationToken)
    {
        if (request.Files.Any(f => f.Length < 0) || request.Files.Sum(f => (long)f.Length) is var total && total > ScribeRequest.MostInBytes) return null;
        byte[] bytes = new byte[total];
        for (int at = 0; at < total;)
        {
            if (await WorkerFrame.ReadAsync(input, cancellationToken) is not { Length: > 0 } part || part.Length > total - at) return null;
            part.CopyTo(bytes, at);
            at += part.Length;
        }
        return bytes;
    }

    WriteResult[] Write(ScribeRequest request, byte[] bytes)
    {
        WriteResult[] results = new WriteResult[request.Files.Count];
        List<(int Index, FileWrite Write)> allowed = [];
        int at = 0;
        foreach ((int i, ScribeFile file) in request.Files.Index())
        {
            if (ScribeRules.Allowed(roots, request.Root, file.Path, out string refusal) is { } path)
                allowed.Add((i, new(path, file.Expected, bytes[at..(at + file.Length)], file.Like)));
            else results[i] = new WriteResult.Failed(refusal);
            at += file.Length;
        }
        // The one folder it makes is that of the layer files.
        foreach (IGrouping<bool, (int Index, FileWrite Write)> some in allowed.GroupBy(a => ScribeRules.IsLayerFile(a.Write.Path)))
        {
            IReadOnlyList<WriteResult> written = AtomicWriter.Write(Root(request), [.. some.Select(a => a.Write)], makeFolders: some.Key);
            foreach (((int index, _), WriteResult result) in some.Zip(written)) results[index] = result;
        }
        return results;
    }

    WriteResult Remove(ScribeRequest request, ScribeRemoval removal) => ScribeRules.Allowed(roots, request.Root, removal.Path, out string refusal) is { } path
        ? AtomicWriter.Remove(Root(request), path, ContentHash.Parse(removal.Sha256))
        : new WriteResult.Failed(refusal);

    WriteResult Purge(ScribeRequest request, ScribePurge purge) => ScribeRules.AllowedToPurge(purgeable, request.Root, purge.Path, out string refusal) is { } path
        ? AtomicWriter.RemoveOriginal(Root(request), path, purge.Expected, ContentHash.Parse(purge.Sha256))
        : new WriteResult.Failed(refusal);

    static WriteRoot Root(ScribeRequest request) => new(request.Root, request.Device, request.Inode);
}
