using System.Globalization;
using Albumen.Client;

namespace Albumen.Admin;

/// <summary>
/// Shows on standard error how far something is, how fast it goes and what time is left: one line that is drawn over while somebody watches, otherwise a plain line
/// every ten seconds; with <c>--quiet</c> nothing.
/// </summary>
sealed class ProgressLine(Screen screen)
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(10), Shortest = TimeSpan.FromSeconds(2);

    long _lastLine, _begun, _doneBefore;
    int _drawn;

    /// <summary>How far a scan is.</summary>
    public void Show(ScanProgress progress) => Show(Text(progress), progress.Done, progress.Done + progress.Left);

    /// <summary>How far the verification of the volume that is read now is.</summary>
    public void Show(VerifyProgress progress)
    {
        if (progress.Volumes.FirstOrDefault(v => v.State == "running") is { TotalSizeInBytes: { } total } volume) Show(Text(volume, total), Math.Min(volume.SizeInBytes, total), total);
        else if (screen.IsWatched) Draw("Waiting", 0, 0);
    }

    /// <summary>How far something is that is counted here: its rate is the one since it was first shown.</summary>
    /// <param name="what">What is done: <c>Analysed</c>.</param>
    /// <param name="all">0 when that is not known.</param>
    /// <param name="put">How a number of it is put; by default as a count.</param>
    public void Count(string what, long done, long all, Func<long, string>? put = null)
    {
        put ??= Words.Count;
        if (_begun == 0) (_begun, _doneBefore) = (TimeProvider.System.GetTimestamp(), done);
        string text = all > 0 ? $"{Math.Min(100, (long)(100.0 * done / all))} %, {what} {put(done)} of {put(all)}" : $"{what} {put(done)}";
        TimeSpan taken = TimeProvider.System.GetElapsedTime(_begun);
        double perSecond = (done - _doneBefore) / taken.TotalSeconds;
        if (taken >= Shortest && perSecond > 0)
        {
            text += $", {(put == Words.Count ? perSecond.ToString(perSecond < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) : put((long)perSecond))}/s";
            if (all > done) text += $", {Words.Duration(TimeSpan.FromSeconds((all - done) / perSecond))} left";
        }
        Show(text, done, all);
    }

    /// <summary>Takes the drawn line away.</summary>
    public void Clear()
    {
        if (_drawn > 0) StandardStream.Error.Write($"\r{new string(' ', _drawn)}\r");
        _drawn = 0;
        _begun = 0;
    }

    void Show(string text, long done, long all)
    {
        if (screen.IsQuiet) return;
        if (screen.IsWatched)
        {
            Draw(text, done, all);
        }
        else if (_lastLine == 0 || TimeProvider.System.GetElapsedTime(_lastLine) >= Pause)
        {
            _lastLine = TimeProvider.System.GetTimestamp();
            StandardStream.Error.WriteLine(text);
        }
    }

    void Draw(string text, long done, long all)
    {
        int width = Screen.Width - 1, room = Math.Min(40, width - TextWidth.Of(text) - 3);
        if (room >= 8 && all > 0)
        {
            int full = (int)Math.Clamp((double)room * done / all, 0, room);
            text = $"[{new string('#', full)}{new string(' ', room - full)}] {text}";
        }
        text = TextWidth.CutMiddle(text, width);
        StandardStream.Error.Write($"\r{TextWidth.PadRight(text, _drawn)}");
        _drawn = TextWidth.Of(text);
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
