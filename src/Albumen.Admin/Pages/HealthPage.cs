using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>What the doctor says of the whole appliance.</summary>
sealed class HealthPage(Desk desk) : ListPage<Symptom>(desk)
{
    bool _isDeep, _wasDeep;

    public override string Name => "Health";

    public override string About => "Everything that could stand in the daemon's way, looked at: configuration, doors, certificate, volumes, folders, decoders, databases, the machine. What is not all right stands first, with what to type. d looks deeper, which takes longer.";

    protected override string Nothing => "The doctor said nothing.";

    protected override bool HasDetail => true;

    public override TimeSpan? Every => TimeSpan.FromSeconds(30);

    // What took long is there to be read.
    protected override TimeSpan StaysFresh => _wasDeep ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(5);

    public override IReadOnlyList<Binding> Bindings =>
    [
        new("r", "look again", AgainAsync),
        new("d", "look deeper", DeepAsync),
        new("F", "formats", FormatsAsync),
    ];

    protected override IReadOnlyList<Column<Symptom>> Columns =>
    [
        new("State", 8, s => s.State, Look: LookOf),
        new("Group", 13, s => s.Group, From: 60),
        new("What", 18, s => s.What, Look: _ => Look.Strong),
        new("Finding", -1, s => s.Finding),
    ];

    static Style LookOf(Symptom symptom) => symptom.State switch { "failed" => Look.Bad, "warning" => Look.Caution, "ok" => Look.Good, _ => Look.Plain };

    protected override string KeyOf(Symptom item) => $"{item.Group} {item.What} {item.Finding}";

    protected override async Task<Page<Symptom>> FetchAsync(string? after, CancellationToken cancellationToken)
    {
        IReadOnlyList<Symptom> symptoms = await Daemon.DoctorAsync(_isDeep, cancellationToken);
        string[] order = ["failed", "warning", "note", "ok"];
        return new([.. symptoms.OrderBy(s => Array.IndexOf(order, s.State))]);
    }

    protected override IReadOnlyList<(string, Style)> Detail(Symptom symptom) =>
    [
        ($"{symptom.What}: {symptom.State}", LookOf(symptom).With(Weight.Bold)), (symptom.Finding, Look.Plain),
        .. symptom.Type is { } type ? [("Type:", Look.Faint), ($"  {type}", Look.Accent)] : ((string, Style)[])[],
    ];

    Task AgainAsync()
    {
        _wasDeep = false;
        return ReloadAsync(Desk.Ending);
    }

    async Task DeepAsync()
    {
        Desk.Say("The databases are read to their end…");
        _isDeep = true;
        try
        {
            await ReloadAsync(Desk.Ending);
            _wasDeep = true;
        }
        finally
        {
            _isDeep = false;
        }
        Desk.Say("Looked deeper.");
    }

    async Task FormatsAsync() => await Desk.ReadAsync("What pictures are made of",
        [.. (await Daemon.FormatsAsync(Desk.Ending)).Select(f => $"{f.Name,-14} {(f.Decoder is { } decoder ? decoder : $"nobody. {f.Remedy}")}")]);
}
