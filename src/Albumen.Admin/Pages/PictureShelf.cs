using System.Diagnostics;
using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>The pictures that are on the screen, and those that were lately. What is not here is asked for, the newest wish first, and drawn when it has come.</summary>
sealed class PictureShelf(AlbumenClient daemon, CancellationToken ending)
{
    const int MostBytes = 24_000_000, MostWishes = 64, AtOnce = 2;
    static readonly TimeSpan Meanwhile = TimeSpan.FromMilliseconds(500), WhyStays = TimeSpan.FromSeconds(5);

    readonly Dictionary<(string Asset, int Width, int Height), LinkedListNode<Kept>> _kept = [];
    readonly LinkedList<Kept> _order = [];
    readonly List<(string Asset, int Width, int Height)> _wishes = [];
    readonly HashSet<(string Asset, int Width, int Height)> _asked = [];
    int _number;
    long _bytes;

    sealed record Kept((string, int, int) Key, Picture? Picture, string? Why, long At);

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
            area.Write(0, area.Height / 2, "…", Look.Faint);
            if (_asked.Contains(key)) return;
            _wishes.Remove(key);
            _wishes.Add(key);
            if (_wishes.Count > MostWishes) _wishes.RemoveAt(0);
            FetchSome();
            return;
        }
        _order.Remove(node);
        _order.AddLast(node);
        if (node.Value.Picture is not { } picture)
        {
            area.WriteWords(0, 0, node.Value.Why ?? "", Look.Faint);
            // It may be otherwise by now.
            if (Stopwatch.GetElapsedTime(node.Value.At) > WhyStays) Drop(node);
        }
        else if (Mode is PictureMode.Blocks) PictureCode.DrawBlocks(area, picture, Depth);
        else
        {
            int columns = Math.Min(area.Width, (picture.Width + CellSize.Width - 1) / CellSize.Width), lines = Math.Min(area.Height, (picture.Height + CellSize.Height - 1) / CellSize.Height);
            area.Part((area.Width - columns) / 2, (area.Height - lines) / 2, columns, lines).Place(picture);
        }
    }

    void FetchSome()
    {
        while (_asked.Count < AtOnce && _wishes.Count > 0)
        {
            (string Asset, int Width, int Height) newest = _wishes[^1];
            _wishes.RemoveAt(_wishes.Count - 1);
            _asked.Add(newest);
            _ = FetchAsync(newest.Asset, newest.Width, newest.Height);
        }
    }

    async Task FetchAsync(string asset, int width, int height)
    {
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
            if (!ending.IsCancellationRequested) await Task.Delay(Meanwhile, ending);
            return;
        }
        finally
        {
            _asked.Remove((asset, width, height));
        }
        Keep((asset, width, height), picture, why);
        FetchSome();
    }

    void Keep((string, int, int) key, Picture? picture, string? why)
    {
        if (_kept.ContainsKey(key)) return;
        _kept[key] = _order.AddLast(new Kept(key, picture, why, Stopwatch.GetTimestamp()));
        _bytes += picture?.Pixels.Length ?? 0;
        while (_bytes > MostBytes && _order.First is { } oldest) Drop(oldest);
    }

    void Drop(LinkedListNode<Kept> node)
    {
        _order.Remove(node);
        _kept.Remove(node.Value.Key);
        _bytes -= node.Value.Picture?.Pixels.Length ?? 0;
    }
}
