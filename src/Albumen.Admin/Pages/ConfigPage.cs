using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>What the daemon runs with, where each value comes from, and whether what stands in the file now would do.</summary>
sealed class ConfigPage(Desk desk) : ListPage<Setting>(desk)
{
    static readonly TimeSpan MostForReading = TimeSpan.FromSeconds(5);

    string _file = "";
    bool _isChangedOnly;

    public override string Name => "Config";

    public override string Subject => _file;

    public override string About => "Every key of the configuration with the value that holds, and the file and line that set it. Change the file with any editor, then press c: it says what is wrong in it, line by line, and what would be different. It counts when albumend is started again. ':config apply FILE' checks, keeps the previous one and puts the new one in its place.";

    protected override string Nothing => "No key is set by a file; all is as it is by default.";

    protected override bool HasDetail => true;

    public override TimeSpan? Every => null;

    public override IReadOnlyList<Binding> Bindings =>
    [
        new("c", "check the file", () => CheckAsync(null)),
        new("C", "check another file", CheckAnotherAsync),
        new("d", _isChangedOnly ? "all keys" : "set ones only", () =>
        {
            _isChangedOnly = !_isChangedOnly;
            Empty();
            return ReloadAsync(Desk.Ending);
        }),
    ];

    protected override IReadOnlyList<Column<Setting>> Columns =>
    [
        new("Key", -3, s => s.Key, IsPath: true, Look: s => s.Source is "default" ? Look.Plain : Look.Strong),
        new("Value", -2, s => s.Value ?? ""),
        new("From", 18, s => s.Source is "default" ? "default" : $"{Path.GetFileName(s.File ?? s.Source)}:{s.Line}", Look: s => s.Source is "default" ? Look.Faint : Look.Accent),
    ];

    protected override string KeyOf(Setting item) => item.Key;

    protected override async Task<Page<Setting>> FetchAsync(string? after, CancellationToken cancellationToken)
    {
        Configuration configuration = await Daemon.ConfigurationAsync(cancellationToken);
        _file = configuration.File;
        return new([.. configuration.Settings.Where(s => !_isChangedOnly || s.Source is not "default")]);
    }

    protected override IReadOnlyList<(string, Style)> Detail(Setting setting) =>
    [
        (setting.Key, Look.Strong), ($"is {setting.Value ?? "not set"}", Look.Plain),
        (setting.Source is "default" ? "as it is by default" : $"set by {setting.File}, line {setting.Line}", Look.Accent),
        .. setting.Source is not "default" && setting.Default is { } other ? [($"by default it would be {other}", Look.Faint)] : ((string, Style)[])[],
    ];

    async Task CheckAnotherAsync()
    {
        if (await Desk.AskAsync("Check a file", "Its path on this machine.") is not { Length: > 0 } file) return;
        // Away from the loop: what is named may be a pipe, or lie on a mount that does not answer.
        Task<string> reading = Task.Run(() => ConfigurationFile.ReadGiven(Path.GetFullPath(file)), Desk.Ending);
        if (await Task.WhenAny(reading, Task.Delay(MostForReading, Desk.Ending)) != reading) throw new UsageException($"{file} gives no answer.");
        await CheckAsync(await reading);
    }

    async Task CheckAsync(string? yaml)
    {
        ConfigurationCheck check = await Daemon.CheckConfigurationAsync(new(yaml), Desk.Ending);
        await Desk.ReadAsync(check.Valid ? "It is valid" : "It is not valid: the daemon would not start with it",
        [
            .. check.Errors.Concat(check.Findings).Select(f => $"{f.File}{(f.Line > 0 ? $", line {f.Line}, column {f.Column}" : "")}: {f.Message}"),
            .. check.Changes.Select(c => $"{c.Key}: {c.Before ?? "not there"} → {c.After ?? "not there"}"),
            .. !check.Valid ? (string[])[] : check.Changes.Count == 0 ? ["It says what the daemon runs with."] : ["", "To have it count, type: systemctl reload albumen"],
        ]);
    }
}
