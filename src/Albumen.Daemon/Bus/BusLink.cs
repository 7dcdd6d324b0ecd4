using Albumen.Native;

namespace Albumen.Daemon.Bus;

/// <summary>The way to one process on the bus, for as long as it is there: calls that do not wait for ever, and its signals. Nobody is started by being asked.</summary>
/// <param name="owner">The name that this process alone has: <c>:1.5</c>.</param>
sealed class BusLink(SdBus bus, string owner) : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    readonly List<IDisposable> _ears = [];

    public string Owner => owner;

    /// <summary>The process is gone, or the bus.</summary>
    public bool IsOver { get; private set; }

    /// <exception cref="BusException">It refuses, does not answer in time, or is gone.</exception>
    public Task<T> CallAsync<T>(string path, string face, string member, Func<BusMessage, T> read, Action<BusMessage>? arguments = null)
    {
        if (IsOver) throw new BusException("it is gone");
        TaskCompletionSource<T> answer = new();
        bus.Call(owner, path, face, member, arguments, reply =>
        {
            if (reply is not { } message) IsOver = true;
            else if (!IsOver)
            {
                if (message.Error is { } error) answer.SetException(error);
                else
                    try
                    {
                        answer.SetResult(read(message));
                    }
                    catch (BusException fault)
                    {
                        answer.SetException(fault);
                    }
                return;
            }
            answer.SetException(new BusException("it is gone"));
        }, Patience);
        return answer.Task;
    }

    /// <inheritdoc cref="CallAsync{T}"/>
    public Task CallAsync(string path, string face, string member, Action<BusMessage>? arguments = null) => CallAsync(path, face, member, static _ => true, arguments);

    /// <summary>Hears its signals from now on.</summary>
    /// <param name="path">Of the object; null: of any.</param>
    /// <param name="first">What the first argument is; null: anything.</param>
    public void Listen(string? path, string face, string member, Action<BusMessage> heard, string? first = null) =>
        _ears.Add(bus.Listen($"type='signal',sender='{owner}',interface='{face}',member='{member}'{(path is null ? "" : $",path='{path}'")}{(first is null ? "" : $",arg0='{first}'")}", heard));

    public void Dispose()
    {
        IsOver = true;
        foreach (IDisposable ear in _ears) ear.Dispose();
    }
}
