using System.Globalization;
using Albumen.Client;
using Albumen.Processing;

namespace Albumen.Daemon.Diagnosis;

/// <summary>Whether the machine, or the control group the daemon runs in, has the memory that its workers may take.</summary>
sealed class MemoryCheck : PlainCheck
{
    const long OfTheDaemon = 300_000_000;

    public override string Name => "memory";

    protected override IEnumerable<Symptom> Look(Patient patient, CancellationToken cancellationToken)
    {
        long machine = Machine(), wanted = OfTheDaemon + patient.Settings.Workers.MemoryLimitInBytes * patient.Settings.Workers.Count;
        string workers = $"{patient.Settings.Workers.Count} worker{(patient.Settings.Workers.Count == 1 ? "" : "s")} of at most {Megabytes(patient.Settings.Workers.MemoryLimitInBytes)}";
        (string Setting, long Bytes)[] limits = patient.Running is null || Pressure.OwnFolder() is not { } folder ? []
            : [("MemoryHigh", Read($"{folder}/memory.high")), ("MemoryMax", Read($"{folder}/memory.max"))];
        (string setting, long limit) = limits.Append(("no limit", long.MaxValue)).MinBy(known => known.Item2);
        if (limit < wanted)
            yield return Warning($"albumend may have {Megabytes(limit)} ({setting} of its unit), and {workers} and the daemon may come to {Megabytes(wanted)}: large pictures would be ended by the kernel.", "sudo systemctl edit albumen");
        else if (machine < wanted)
            yield return Warning($"This machine has {Megabytes(machine)}, and {workers} and the daemon may come to {Megabytes(wanted)}. Lower workers.count or workers.memory_limit.", patient.EditConfiguration);
        else
            yield return Ok($"{Megabytes(Math.Min(machine, limit))} for {workers}{(limit == long.MaxValue ? "" : $" ({setting})")}.");
    }

    static long Machine() => File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemTotal:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kilobytes, ..]
        ? 1024 * long.Parse(kilobytes, CultureInfo.InvariantCulture) : long.MaxValue;

    /// <summary>What a file of a control group says; <c>max</c> is no limit.</summary>
    static long Read(string file)
    {
        try
        {
            return long.TryParse(File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture, out long bytes) ? bytes : long.MaxValue;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return long.MaxValue;
        }
    }

    static string Megabytes(long bytes) => $"{bytes / 1e6:0} MB";
}
