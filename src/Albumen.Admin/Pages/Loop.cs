namespace Albumen.Admin.Pages;

/// <summary>Has all that was begun on one thread go on there, one after the other. What comes after its end is left.</summary>
sealed class Loop : SynchronizationContext
{
    readonly Queue<Action> _waiting = [];

    public void Post(Action action)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(action);
            Monitor.Pulse(_waiting);
        }
    }

    public override void Post(SendOrPostCallback callback, object? state) => Post(() => callback(state));

    public override void Send(SendOrPostCallback callback, object? state) => throw new NotSupportedException();

    /// <returns>What comes next; null when nothing does for so long.</returns>
    public Action? Take(TimeSpan patience)
    {
        lock (_waiting)
        {
            if (_waiting.Count == 0) Monitor.Wait(_waiting, patience);
            return _waiting.TryDequeue(out Action? next) ? next : null;
        }
    }

    /// <summary>Runs it to its end on this thread.</summary>
    public static void Run(Func<Task> run)
    {
        Loop loop = new();
        SetSynchronizationContext(loop);
        Task task = run();
        _ = task.ContinueWith(_ => loop.Post(() => { }), TaskScheduler.Default);
        while (!task.IsCompleted) loop.Take(Timeout.InfiniteTimeSpan)?.Invoke();
        SetSynchronizationContext(null);
        task.GetAwaiter().GetResult();
    }
}
