using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>Something that a key does on a page.</summary>
/// <param name="Keys">Their names, parted by blanks; the first is shown.</param>
/// <param name="Does">In two or three words.</param>
/// <param name="IsHinted">Also in the last line of the screen, and not only in the help.</param>
sealed record Binding(string Keys, string Does, Func<Task> Act, bool IsHinted = true)
{
    public string Key => Keys.Split(' ')[0];

    public bool IsOf(Key key) => Keys.Split(' ').Contains(key.Name);

    public static Binding Of(string keys, string does, Action act, bool isHinted = true) => new(keys, does, () =>
    {
        act();
        return Task.CompletedTask;
    }, isHinted);
}

/// <summary>A page of the console. A newcomer says what it is for, what it shows and what its keys do.</summary>
abstract class Page(Desk desk)
{
    protected Desk Desk => desk;
    protected AlbumenClient Daemon => desk.Daemon;

    public abstract string Name { get; }

    /// <summary>What the page is about now, such as a path; empty when the name says it all.</summary>
    public virtual string Subject => "";

    /// <summary>Above the page.</summary>
    public virtual string Title => Subject.Length > 0 ? $"{Name}: {Subject}" : Name;

    /// <summary>What it is for, in a few sentences, for <c>?</c>.</summary>
    public abstract string About { get; }

    public abstract IReadOnlyList<Binding> Bindings { get; }

    /// <summary>How often what it shows is asked for while it is on the screen; null: only when it is opened, and after each key that does something.</summary>
    public virtual TimeSpan? Every => TimeSpan.FromSeconds(2);

    /// <summary>Asks the daemon for what it shows.</summary>
    public abstract Task LoadAsync(CancellationToken cancellationToken);

    /// <summary>The same because somebody asked for it.</summary>
    public virtual Task ReloadAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    /// <summary>Draws what is known, and waits for nothing.</summary>
    public abstract void Draw(Area area);

    /// <summary>The same for those who hear it: one line for each thing.</summary>
    public abstract IEnumerable<string> Lines();

    /// <returns>Whether the key moved something.</returns>
    public virtual bool Press(Key key) => false;

    /// <summary>A button went down at a place of the page.</summary>
    public virtual void Click(int x, int y)
    {
    }

    /// <summary>Chooses the row of this number, from 1, for those who hear it.</summary>
    /// <returns>What there is to say of it; null when there is none.</returns>
    public virtual IEnumerable<string>? Choose(int number) => null;

    /// <summary>What is looked for; null where that makes no sense.</summary>
    public virtual string? Filter
    {
        get => null;
        set { }
    }
}
