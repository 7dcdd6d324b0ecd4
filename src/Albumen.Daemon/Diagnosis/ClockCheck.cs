using Albumen.Client;
using Albumen.Native;

namespace Albumen.Daemon.Diagnosis;

/// <summary>Whether the clock can be right, who keeps it so, and in which zone quiet hours and schedules count.</summary>
sealed class ClockCheck : PlainCheck
{
    static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    public override string Name => "clock";

    public override Needs Needs => Needs.Nothing;

    protected override IEnumerable<Symptom> Look(Patient patient, CancellationToken cancellationToken)
    {
        DateTime now = DateTime.UtcNow;
        // Of a clock that was set back, what was written before tells.
        (string Name, DateTime At)[] written =
        [
            (typeof(ClockCheck).Assembly.Location, default),
            (Appliance.CatalogFile(patient.Layout), default), (Appliance.JournalFile(patient.Layout), default), (Path.Combine(patient.Layout.StateFolder, "auth.db"), default),
        ];
        (string name, DateTime at) = written.Where(file => File.Exists(file.Name)).Select(file => (file.Name, At: File.GetLastWriteTimeUtc(file.Name))).MaxBy(file => file.At);
        string zone = TimeZoneInfo.Local.Id;
        if (name is not null && at > now + Tolerance)
        {
            yield return Failed($"It is {now:yyyy-MM-dd HH:mm} UTC by this machine's clock, and {name} was written at {at:yyyy-MM-dd HH:mm}: the clock was set back, or is wrong.", "timedatectl");
            yield break;
        }
        string keeper = File.Exists("/run/systemd/timesync/synchronized") ? ", by systemd-timesyncd" : Directory.Exists("/run/chrony") ? ", by chrony" : "";
        yield return Clock.IsSynchronised switch
        {
            true => Ok($"{now:yyyy-MM-dd HH:mm} UTC, kept right{keeper}; quiet hours and schedules count in {zone}."),
            false => Note($"{now:yyyy-MM-dd HH:mm} UTC; nobody keeps the clock right{keeper}. Quiet hours and schedules count in {zone}.", "sudo timedatectl set-ntp true"),
            null => Ok($"{now:yyyy-MM-dd HH:mm} UTC; whether somebody keeps the clock right cannot be told. Quiet hours and schedules count in {zone}."),
        };
    }
}
