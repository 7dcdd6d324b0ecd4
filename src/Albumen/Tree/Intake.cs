namespace Albumen.Tree;

/// <summary>Which photo of the library bytes are that come from outside.</summary>
sealed class Intake(ArchiveTree tree)
{
    /// <summary>The photo that has these bytes, if a copy of it is present; null otherwise.</summary>
    public string? Known(ContentHash hash) => tree.AssetsOf([hash]).GetValueOrDefault(hash);

    /// <summary>The photos that have these bytes, of which copies are present.</summary>
    public IReadOnlyDictionary<ContentHash, string> Known(IReadOnlyCollection<ContentHash> hashes) => tree.AssetsOf(hashes);

    /// <summary>The photo that a finished upload is. What the library has already is not kept a second time.</summary>
    /// <returns>Its id; or why these bytes become none.</returns>
    public Task<(string? Asset, TreeAnswer? Refusal)> TakeAsync(Upload upload, CancellationToken cancellationToken) =>
        Known(upload.Hashes.Sha256) is { } asset ? Task.FromResult<(string?, TreeAnswer?)>((asset, null)) : TakeNewAsync(upload, cancellationToken);

    /// <summary>New bytes become a photo where a volume takes them; there is none.</summary>
    static Task<(string? Asset, TreeAnswer? Refusal)> TakeNewAsync(Upload upload, CancellationToken cancellationToken)
    {
        _ = upload;
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<(string?, TreeAnswer?)>((null, TreeAnswer.NoWritableVolume));
    }
}
