using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>All that is known of one photo or clip: its picture, each field with who said it and what others say, where it lies, and what is the matter with it.</summary>
sealed class PhotoPane(Desk desk)
{
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(80);

    string? _asset;

    /// <summary>What was found out of it; null while that is under way.</summary>
    public AssetDetail? Asset { get; private set; }

    /// <summary>Asks for another one, unless the next is wanted within a moment.</summary>
    public async Task ShowAsync(string? asset)
    {
        if (asset == _asset) return;
        (_asset, Asset) = (asset, null);
        await Task.Delay(Moment, desk.Ending);
        if (asset is not null && asset == _asset) await AskAsync(asset);
    }

    /// <summary>Asks for it again, after it was changed.</summary>
    public Task RenewAsync() => _asset is { } asset ? AskAsync(asset) : Task.CompletedTask;

    async Task AskAsync(string asset)
    {
        try
        {
            AssetDetail detail = await desk.Daemon.AssetAsync(asset, desk.Ending);
            if (asset == _asset) Asset = detail;
        }
        catch (Exception error) when (error is ApiException or DaemonUnreachableException or OperationCanceledException)
        {
            // The list says what there is; more comes when it is chosen again.
            if (asset == _asset) _asset = null;
        }
    }

    /// <param name="asset">Which one is chosen.</param>
    public void Draw(Area area, string asset)
    {
        int picture = area.Height >= 30 ? area.Height / 2 : area.Width >= 70 ? area.Height : area.Height / 2;
        // Beside the words where it is wide, above them where it is high.
        Area words = area.Width >= 70 && area.Height < 30 ? area.Part(area.Width / 2 + 1, 0, area.Width, area.Height) : area.From(picture);
        desk.DrawPicture(area.Width >= 70 && area.Height < 30 ? area.Part(0, 0, area.Width / 2, area.Height) : area.Part(0, 0, area.Width, picture), asset);
        if (Asset?.Id != asset) return;
        int y = 0;
        foreach ((string text, Style look) in Lines(Asset)) y = words.WriteWords(0, y, text, look);
    }

    /// <summary>In words, what matters first.</summary>
    public static IEnumerable<(string Text, Style Look)> Lines(AssetDetail asset)
    {
        foreach (Problem problem in asset.Problems) yield return ($"! {problem.Kind}: {problem.Message}", Look.Bad);
        foreach ((string name, string value, string source, IReadOnlyList<(string Source, string Value)> others) in FactWords.WithSources(asset))
        {
            yield return ($"{name}: {value}{(source.Length > 0 ? $" — {source}" : "")}", Look.Plain);
            foreach ((string other, string otherValue) in others.Where(o => o.Value != value)) yield return ($"└ {other} would say {otherValue}", Look.Faint);
        }
        if (asset.Stacked is { } stack) yield return ($"Stack: {stack.Role}{(stack.Cover ? ", the cover" : "")} (by {stack.Rule})", Look.Plain);
        if (asset.Blur is { } blur) yield return ($"Sharpness: {blur:0}", Look.Plain);
        yield return ($"File: {asset.Mime}, {Words.Size(asset.Size)}, asset {asset.Id[..12]}", Look.Plain);
        foreach (Location place in asset.Locations) yield return ($"└ {place.Path}{(place.MissingSince is { } since ? $" (missing since {Words.Time(since)})" : "")}", place.MissingSince is null ? Look.Faint : Look.Caution);
    }
}
