using System.Globalization;

namespace Albumen.Processing;

/// <summary>
/// Whether others on this machine wait because there is too little of something, by the kernel's own account (PSI, docs.kernel.org/accounting/psi.html):
/// the share of the last ten seconds in which some task stalled.
/// </summary>
/// <remarks>
/// Memory counts as it is: whoever causes it, the machine is in need. Our workers always wait for a disk or a processor, so of those two only the
/// part counts that cannot be our own: the machine's share less that of our control group. That is the least that others stalled for; on a machine
/// that only we use it is nothing, however busy we are. Where there is no control group of our own (a start by hand), only memory counts.
/// </remarks>
/// <param name="folder">Where the kernel tells the machine's.</param>
/// <param name="own">The folder of our control group; null where there is none.</param>
public sealed class Pressure(string folder = "/proc/pressure", string? own = null)
{
    /// <summary>What is short for more than <paramref name="limit"/> per cent of the time, in words; null when nothing is, or the kernel does not tell.</summary>
    public string? Over(int limit)
    {
        if (Share("memory") is { } memory && memory > limit) return Describe("memory", memory);
        if (own is null) return null;
        foreach ((string file, string name) in ((string, string)[])[("io", "disk"), ("cpu", "processor")])
            if (Share(file) is { } all && OwnShare(file) is { } ours && all - ours > limit) return Describe(name, all - ours);
        return null;
    }

    /// <summary>The folder of this process's control group (cgroups(7), version 2); null when it is the root or cannot be seen.</summary>
    public static string? OwnFolder()
    {
        try
        {
            string? path = File.ReadLines("/proc/self/cgroup").FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal))?[3..];
            return path is null or "/" || !File.Exists($"/sys/fs/cgroup{path}/cpu.pressure") ? null : $"/sys/fs/cgroup{path}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    double? Share(string name) => Read($"{folder}/{name}");

    double? OwnShare(string name) => Read($"{own}/{name}.pressure");

    static double? Read(string file)
    {
        try
        {
            // some avg10=1.53 avg60=0.87 avg300=0.21 total=4711
            string? line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith("some avg10=", StringComparison.Ordinal));
            return line is not null && double.TryParse(line["some avg10=".Length..].Split(' ')[0], CultureInfo.InvariantCulture, out double share) ? share : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // No such file, or EOPNOTSUPP: the kernel was started without it (psi=0).
            return null;
        }
    }

    static string Describe(string name, double share) => string.Create(CultureInfo.InvariantCulture, $"{name} pressure {share:0} %");
}
