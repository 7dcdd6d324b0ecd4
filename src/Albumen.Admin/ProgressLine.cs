using Albumen.Client;

namespace Albumen.Admin;

/// <summary>
/// Shows on standard error how far something is: one line that is drawn over while somebody watches, otherwise a plain line every ten seconds.
/// </summary>
sealed class ProgressLine(bool isWatched)
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    long _lastLine;
    int _drawn;

    /// <summary>How far a scan is.</summary>
    public void Show(ScanProgress progress) => Show(Text(progress), progress.Done, progress.Done + progress.Left);

    /// <summary>How far the verification of the volume that is read now is.</summary>
    public void Show(VerifyProgress progress)
    {
        if (progress.Volumes.FirstOrDefault(v => v.State == "running") is { TotalSizeInBytes: { } total } volume) Show(Text(volume, total), Math.Min(volume.SizeInBytes, total), total);
        else if (isWatched) Draw("Waiting", 0, 0);
    }

    /// <summary>Takes the drawn line away.</summary>
    public void Clear()
    {
        if (_drawn > 0) Console.Error.Write($"\r{new string(' ', _drawn)}\r");
        _drawn = 0;
    }

    /// <summary>How far something else is.</summary>
    /// <param name="all">0 when that is not known.</param>
    public void Show(string text, long done, long all)
    {
        if (isWatched)
        {
            Draw(text, done, all);
        }
        else if (_lastLine == 0 || TimeProvider.System.GetElapsedTime(_lastLine) >= Pause)
        {
            _lastLine = TimeProvider.System.GetTimestamp();
            Console.Error.WriteLine(text);
        }
    }

    void Draw(string text, long done, long all)
    {
        // A terminal that does not say how wide it is says 0.
        int width = (Console.WindowWidth is > 0 and var columns ? columns : 80) - 1, room = Math.Min(40, width - text.Length - 3);
        if (room >= 8 && all > 0)
        {
            int full = (int)((double)room * done / all);
            text = $"[{new string('#', full)}{new string(' ', room - full)}] {text}";
        }
        if (text.Length > width) text = text[..width];
        Console.Error.Write($"\r{text.PadRight(_drawn)}");
        _drawn = text.Length;
    }

    static string Text(ScanProgress progress)
    {
        long all = progress.Done + progress.Left;
        if (all == 0) return progress.Volume is null ? "Looking" : $"Looking through {Printable.Show(progress.Volume)}";
        string text = $"{100 * progress.Done / all} %, {Words.Count(progress.Done)} of {Words.Count(all)} files";
        if (progress.PerSecond > 0)
            text += $", {progress.PerSecond:0.0}/s, {Words.Duration(TimeSpan.FromSeconds(progress.Left / progress.PerSecond))} left";
        return text;
    }

    static string Text(VerifiedVolume volume, long total)
    {
        string text = $"{Printable.Show(volume.Volume)}: {(total == 0 ? 100 : Math.Min(100, (long)(100.0 * volume.SizeInBytes / total)))} %, {Words.Size(volume.SizeInBytes)} of {Words.Size(total)}";
        if (volume.BytesPerSecond is > 0 and var rate)
            text += $", {Words.Size((long)rate)}/s, {Words.Duration(TimeSpan.FromSeconds(Math.Max(0, total - volume.SizeInBytes) / rate))} left";
        return volume.Rotted > 0 ? $"{text}, {Words.Count(volume.Rotted)} rotted" : text;
    }
}
