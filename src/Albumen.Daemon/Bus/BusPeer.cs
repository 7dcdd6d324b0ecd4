using Albumen.Native;

namespace Albumen.Daemon.Bus;

/// <summary>
/// Somebody on the system bus with whom Albumen has to do. A newcomer says who that is, what for, and what to do when he is there; all of that happens on the
/// thread of the bus, so it needs no lock. He may come and go at any time.
/// </summary>
abstract class BusPeer
{
    SystemBus? _bus;

    /// <summary>The name he is known by on the bus: <c>org.freedesktop.Avahi</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What people call him.</summary>
    public abstract string Title { get; }

    /// <summary>What he is there for, as a clause: <c>announces the archive in the network</c>.</summary>
    public abstract string Purpose { get; }

    /// <summary>What happens by itself, or does not happen, where he is not: a sentence.</summary>
    public abstract string Otherwise { get; }

    /// <summary>The Debian package, and the unit it starts.</summary>
    public abstract (string Package, string Unit) Origin { get; }

    /// <summary>What to type where he refuses.</summary>
    public virtual string Mend => $"systemctl status {Origin.Unit}";

    /// <summary>What is done with his help at this moment, for the doctor; null: what he is there for.</summary>
    public virtual string? Doing => null;

    /// <summary>The way to him; null while he is not there.</summary>
    public BusLink? Link { get; private set; }

    /// <summary>He is not there, but the bus knows how to start him.</summary>
    public bool CanBeStarted { get; set; }

    /// <summary>What he said last instead of doing what he was asked.</summary>
    public string? Refusal { get; private set; }

    public void Join(SystemBus bus) => _bus = bus;

    /// <summary>He is there; who had his name before, is not.</summary>
    public void Appear(BusLink link)
    {
        Disappear();
        (Link, Refusal) = (link, null);
        Do(MeetAsync);
    }

    public void Disappear()
    {
        if (Link is not { } link) return;
        Link = null;
        link.Dispose();
        Part();
    }

    /// <summary>Tells him what he is there for, and listens to what he says.</summary>
    protected abstract Task MeetAsync(BusLink link);

    /// <summary>He is gone, and whatever he gave with him.</summary>
    protected virtual void Part()
    {
    }

    /// <summary>Does something that asks him, on the thread of the bus. What he refuses is noted, and the log has it once.</summary>
    protected async void Do(Func<BusLink, Task> act)
    {
        if (Link is not { } link) return;
        try
        {
            await act(link);
            Refusal = null;
        }
        catch (BusException) when (link.IsOver)
        {
            // He is gone in the middle of it, and will be asked again when he is back.
        }
        catch (BusException error)
        {
            if (Refusal is null) _bus!.Refused(this, error.Message);
            Refusal = error.Message;
        }
    }

    /// <summary>From any thread: has something done on that of the bus.</summary>
    protected void Post(Action act) => _bus?.Post(act);
}
