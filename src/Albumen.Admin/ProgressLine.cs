using Albumen.Client;

namespace Albumen.Admin;

/// <summary>
/// Shows on standard error how far a scan is: one line that is drawn over while somebody watches, otherwise a plain line every ten seconds.
/// </summary>
sealed class ProgressLine(bool isWatched)
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    long _lastLine;
    int _drawn;

    public void Show(ScanProgress progress)
    {
        if (isWatched)
        {
            Draw(progress);
        }
        else if (_lastLine == 0 || TimeProvider.System.GetElapsedTime(_lastLine) >= Pause)
        {
            _lastLine = TimeProvider.System.GetTimestamp();
            Console.Error.WriteLine(Text(progress));
        }
    }

    /// <summary>Takes the drawn line away.</summary>
    public void Clear()
    {
        if (_drawn > 0) Console.Error.Write($"\r{new string(' ', _drawn)}\r");
        _drawn = 0;
    }

    void Draw(ScanProgress progress)
    {
        string text = Text(progress);
        // A terminal that does not say how wide it is says 0.
        int width = (Console.WindowWidth is > 0 and var columns ? columns : 80) - 1, room = Math.Min(40, width - text.Length - 3);
        long all = progress.Done + progress.Left;
        if (room >= 8 && all > 0)
        {
            int full = (int)(room * progress.Done / all);
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
}
