using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>The daemon's own log, live.</summary>
sealed class LogPage(Desk desk) : ListPage<Message>(desk)
{
    const int MostKept = 5_000;
    static readonly string?[] Levels = [null, "warning", "error"];

    readonly List<Message> _messages = [];
    string? _after, _level;
    bool _isHeld;

    public override string Name => "Log";

    public override string Subject => (_level is null ? "" : $"{_level} and worse") + (_isHeld ? " (held)" : "");

    public override string About => "What the daemon says, as the journal has it (journalctl -u albumen), the newest last and as it comes. / filters; w leaves out what is no warning. What people changed is another log: type :log.";

    protected override string Nothing => "The daemon said nothing yet.";

    protected override bool HasDetail => true;

    protected override bool IsFollowed => true;

    public override TimeSpan? Every => TimeSpan.FromSeconds(1);

    public override IReadOnlyList<Binding> Bindings =>
    [
        new("w", _level switch { null => "warnings only", "warning" => "errors only", _ => "everything" }, LevelAsync),
        Binding.Of("p", _isHeld ? "go on" : "hold", () => _isHeld = !_isHeld),
    ];

    protected override IReadOnlyList<Column<Message>> Columns =>
    [
        new("Time", 8, m => Words.Time(m.Time)[11..]),
        new("Level", 7, m => m.Level is "information" ? "info" : m.Level, Look: LookOf),
        new("Part", 14, m => m.Part, From: 90),
        new("Message", -1, m => m.Text, Look: m => m.Level is "information" or "debug" ? Look.Plain : LookOf(m)),
    ];

    static Style LookOf(Message message) => message.Level switch { "error" or "critical" => Look.Bad, "warning" => Look.Caution, _ => Look.Faint };

    protected override string KeyOf(Message item) => $"{item.Number}";

    protected override async Task<Page<Message>> FetchAsync(string? after, CancellationToken cancellationToken)
    {
        // What is asked for at once is there at once: the page is asked for again in a second.
        while (!_isHeld)
        {
            string? level = _level;
            Page<Message> part = await Daemon.MessagesAsync(_after, PartLength, level, 0, cancellationToken);
            // Another one is wanted meanwhile.
            if (level != _level) break;
            _messages.AddRange(part.Items);
            if (_messages.Count > MostKept) _messages.RemoveRange(0, _messages.Count - MostKept);
            _after = part.Next ?? _after;
            if (part.Items.Count < PartLength) break;
        }
        return new([.. _messages]);
    }

    protected override IReadOnlyList<(string, Style)> Detail(Message message) => [($"{Words.Time(message.Time)} {message.Level}, {message.Part}", LookOf(message)), (message.Text, Look.Plain)];

    Task LevelAsync()
    {
        _level = Levels[(Array.IndexOf(Levels, _level) + 1) % Levels.Length];
        _messages.Clear();
        _after = null;
        Empty();
        return ReloadAsync(Desk.Ending);
    }
}
