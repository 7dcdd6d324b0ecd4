using Albumen.Client;

namespace Albumen.Daemon.Diagnosis;

/// <summary>What systemd says of albumend's own service, sockets and timers.</summary>
sealed class UnitCheck : HealthCheck
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    public override string Name => "units";

    public override Needs Needs => Needs.Daemon;

    public override async IAsyncEnumerable<Symptom> LookAsync(Patient patient, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<Unit> units = await patient.Running!.Citizen.Units.AskedAsync(Limit, cancellationToken);
        if (units.Count == 0) yield return Note("systemd did not start this albumend, or cannot be asked: nobody starts it again should it end.");
        foreach (Unit unit in units) yield return Look(unit);
    }

    Symptom Look(Unit unit)
    {
        string state = $"{unit.Name} is {unit.Active} ({unit.Sub})"
            + (unit.Since is { } since ? $" since {since.ToLocalTime():yyyy-MM-dd HH:mm}" : "")
            + (unit.MemoryInBytes is { } memory ? $", with {memory / 1e6:0} MB" : "")
            + (unit.Next is { } next ? $"; next at {next.ToLocalTime():yyyy-MM-dd HH:mm}" : "");
        return unit switch
        {
            { NeedsReload: true } => Warning($"{state}. Its file was changed, and systemd has not read it since.", "sudo systemctl daemon-reload", unit.Name),
            { Active: "failed" } => Failed($"{state}.", $"systemctl status {unit.Name}", unit.Name),
            { Restarts: > 0 and var restarts } => Note($"{state}. systemd started it again {(restarts == 1 ? "once" : $"{restarts} times")} by itself; reloads count.", $"journalctl -u {unit.Name} -p warning", unit.Name),
            _ => Ok($"{state}.", unit.Name),
        };
    }
}
