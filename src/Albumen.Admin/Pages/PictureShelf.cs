using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>The pictures that are on the screen, and those that were lately. What is not here is asked for, the newest wish first, and drawn when it has come.</summary>
sealed class PictureShelf(AlbumenClient daemon, CancellationToken ending)
{
    const int MostBytes = 24_000_000, MostWishes = 64, AtOnce = 2;
    static readonly TimeSpan Meanwhile = TimeSpan.FromMilliseconds(500);

    readonly Dictionary<(string Asset, int Width, int Height), LinkedListNode<Kept>> _kept = [];
    readonly LinkedList<Kept> _order = [];
    readonly List<(string Asset, int Width, int Height)> _wishes = [];
    int _fetching, _number;
    long _bytes;

    sealed record Kept((string, int, int) Key, Picture? Picture, string? Why);

    public PictureMode Mode { get; set; } = PictureMode.Blocks;
    public ColourDepth Depth { get; set; }

    /// <summary>Of one character, in pixels.</summary>
    public (int Width, int Height) CellSize { get; set; } = (8, 16);

    /// <summary>Draws the picture of an asset, or why there is none.</summary>
    public void Draw(Area area, string asset)
    {
        if (Mode is PictureMode.None || area.Width < 4 || area.Height < 2) return;
        (int width, int height) = Mode is PictureMode.Blocks ? (area.Width, 2 * area.Height) : (area.Width * CellSize.Width, area.Height * CellSize.Height);
        (string, int, int) key = (asset, Math.Min(2048, width), Math.Min(2048, height));
        if (_kept.GetValueOrDefault(key) is not { } node)
        {
            _wishes.Remove(key);
            _wishes.Add(key);
            if (_wishes.Count > MostWishes) _wishes.RemoveAt(0);
            while (_fetching < AtOnce && _wishes.Count > 0) _ = FetchAsync();
            area.Write(0, area.Height / 2, "…", Look.Faint);
            return;
        }
        _order.Remove(node);
        _order.AddLast(node);
        if (node.Value.Picture is not { } picture) area.WriteWords(0, 0, node.Value.Why ?? "", Look.Faint);
        else if (Mode is PictureMode.Blocks) PictureCode.DrawBlocks(area, picture, Depth);
        else
        {
            int columns = Math.Min(area.Width, (picture.Width + CellSize.Width - 1) / CellSize.Width), lines = Math.Min(area.Height, (picture.Height + CellSize.Height - 1) / CellSize.Height);
            area.Part((area.Width - columns) / 2, (area.Height - lines) / 2, columns, lines).Place(picture);
        }
    }

    async Task FetchAsync()
    {
        (string asset, int width, int height) = _wishes[^1];
        _wishes.RemoveAt(_wishes.Count - 1);
        _fetching++;
        Picture? picture = null;
        string? why = null;
        try
        {
            Pixels pixels = await daemon.PixelsAsync(asset, width, height, ending);
            picture = new(++_number, pixels.WidthInPixels, pixels.HeightInPixels, pixels.Samples.ToArray());
        }
        catch (ApiException error) when (error.Status == 503)
        {
            // It is being made.
            await Task.Delay(Meanwhile, ending);
            return;
        }
        catch (ApiException error)
        {
            why = error.Message;
        }
        catch (Exception error) when (error is DaemonUnreachableException or OperationCanceledException)
        {
            // It is wished for again when it is drawn again.
            return;
        }
        finally
        {
            _fetching--;
        }
        Keep((asset, width, height), picture, why);
        while (_fetching < AtOnce && _wishes.Count > 0) _ = FetchAsync();
    }

    void Keep((string, int, int) key, Picture? picture, string? why)
    {
        if (_kept.ContainsKey(key)) return;
        _kept[key] = _order.AddLast(new Kept(key, picture, why));
        _bytes += picture?.Pixels.Length ?? 0;
        while (_bytes > MostBytes && _order.First is { } oldest)
        {
            _order.RemoveFirst();
            _kept.Remove(oldest.Value.Key);
            _bytes -= oldest.Value.Picture?.Pixels.Length ?? 0;
        }
    }
}
