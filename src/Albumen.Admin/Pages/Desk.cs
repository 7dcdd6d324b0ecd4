using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>
/// Where the pages of the console lie, and what they ask the person through: a screen (<see cref="ScreenDesk"/>), or line by line (<see cref="PlainDesk"/>).
/// Pages run on one thread at a time: what awaits comes back to where it was.
/// </summary>
abstract class Desk(AlbumenClient daemon)
{
    const int RatesKept = 240;
    static readonly TimeSpan MostForAnswer = TimeSpan.FromSeconds(5);

    readonly Queue<double> _rates = [];

    public AlbumenClient Daemon => daemon;

    public IReadOnlyList<Page> Pages { get; protected set; } = [];

    /// <summary>What the daemon said of itself last; null before it said anything.</summary>
    public Status? Status { get; private set; }

    /// <summary>Since when it does not answer; null while it does.</summary>
    public DateTimeOffset? AwaySince { get; private set; }

    /// <summary>Files read a second, one figure for each second, the newest last.</summary>
    public IReadOnlyCollection<double> Rates => _rates;

    /// <summary>Cancelled when the console ends.</summary>
    public abstract CancellationToken Ending { get; }

    /// <summary>One line on what was done, or what went wrong.</summary>
    public abstract void Say(string message, bool isBad = false);

    /// <summary>Shows a plan and asks whether to carry it out.</summary>
    public abstract Task<bool> ConfirmAsync(string title, IReadOnlyList<string> plan, string does);

    /// <summary>Asks for a line of text.</summary>
    /// <param name="suggest">What may be meant by what was written so far; null when nothing is known of it.</param>
    /// <returns>Null when the person thinks better of it.</returns>
    public abstract Task<string?> AskAsync(string title, string label, string initial = "", Func<string, Task<IReadOnlyList<string>>>? suggest = null);

    /// <returns>The number of what was chosen; null when nothing was.</returns>
    /// <param name="isQuick">Each begins with a letter of its own, which chooses it at once.</param>
    public abstract Task<int?> ChooseAsync(string title, IReadOnlyList<string> choices, bool isQuick = false);

    /// <summary>Shows lines to read, and to scroll through.</summary>
    public abstract Task ReadAsync(string title, IReadOnlyList<string> lines);

    /// <summary>Draws the picture of an asset, as soon as it is there.</summary>
    public virtual void DrawPicture(Area area, string asset)
    {
    }

    /// <summary>Goes to a page, if there is one of this kind.</summary>
    public abstract void GoTo(Page page);

    /// <summary>Does something that nobody awaits; what goes wrong is said.</summary>
    public virtual Task TryAsync(Func<Task> act) => DoAsync(act);

    public TPage PageOf<TPage>() where TPage : Page => Pages.OfType<TPage>().First();

    /// <summary>Asks the daemon how it is.</summary>
    protected async Task LookAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(MostForAnswer);
        try
        {
            Status = await daemon.StatusAsync(limit.Token);
            AwaySince = null;
            _rates.Enqueue(Status.Indexing.PerSecond);
            if (_rates.Count > RatesKept) _rates.Dequeue();
        }
        catch (Exception error) when (error is DaemonUnreachableException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            AwaySince ??= DateTimeOffset.UtcNow;
        }
    }

    /// <summary>Does what a key stands for; what goes wrong is said, and the console goes on.</summary>
    protected async Task DoAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception error) when (error is ApiException or UsageException)
        {
            Say(error.Message, isBad: true);
        }
        catch (DaemonUnreachableException)
        {
            AwaySince ??= DateTimeOffset.UtcNow;
            Say("The daemon cannot be reached. What was under way may or may not have been done.", isBad: true);
        }
        catch (OperationCanceledException)
        {
            // The console ends, or the person thought better of it.
        }
    }
}
