using System.Text.RegularExpressions;

namespace Albumen.Tests.Acceptance;

/// <summary>
/// A screen without what differs from machine to machine and from run to run: times, durations, versions, memory, rates, ids, ports and temporary folders. A word stands in the place
/// of each; on such a line runs of blanks are two, because what was there may be longer another time.
/// </summary>
static partial class ScreenText
{
    static readonly (Regex What, string Instead)[] Differs =
    [
        (Folder(), "$1xxxxxx"), (Moment(), "TIME"), (Clock(), "TIME"), (Ago(), "AGO"), (RunningFor(), "running for DURATION, MEMORY"), (Duration(), "DURATION"), (Version(), "VERSION"), (Rate(), "RATE"), (Milliseconds(), "MS"), (FreeSpace(), "SPACE free"),
        (Port(), "$1:PORT"), (Id(), "ID"), (Since(), "TIME"), (Process(), "$1 PID"), (Disk(), "SPACE"),
        (FileSystem(), "File system: SOME"), (CacheSize(), "$1SIZE"), (CutFolder(), "albumen…xxxx/"), (Selector(), "│ SELECTOR $1"), (Sharpness(), "N $1"), (SharpnessFrom(), "N, N $1"),
    ];

    public static string Normal(string screen) => string.Join('\n', screen.TrimEnd().Split('\n').Select(Line)) + "\n";

    static string Line(string line)
    {
        string put = line;
        foreach ((Regex what, string instead) in Differs) put = what.Replace(put, instead);
        // The bars of files a second, which are none after a while.
        put = Bars().Replace(put, "$1BARS");
        return put == line ? line.TrimEnd() : Blanks().Replace(put, "  ").TrimEnd();
    }

    [GeneratedRegex(@"((?:albumen-)?(?:screens|e2e)-)\w{1,6}")] private static partial Regex Folder();

    // Photos of the library were taken in 2023 and 2024, and their files are as old as that.
    [GeneratedRegex(@"\b20(?:2[5-9]|[3-9]\d)-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?")] private static partial Regex Moment();

    [GeneratedRegex(@"(?<![\d:-])(?<!20\d\d-\d\d-\d\d )\d\d:\d\d:\d\d(?:\.\d+)?")] private static partial Regex Clock();

    [GeneratedRegex(@"\b(?:\d+ (?:seconds?|minutes?|hours?|s|min|h) ago|just now)\b")] private static partial Regex Ago();

    [GeneratedRegex(@"running for [\d: dh]+, [\d.]+ [kMG]?B\b")] private static partial Regex RunningFor();

    [GeneratedRegex(@"(?<![\d:-])(?<!20\d\d-\d\d-\d\d )\d{1,2}:\d\d(?!:?\d)")] private static partial Regex Duration();

    [GeneratedRegex(@"\b\d+\.\d+\.\d+(?:[-+][\w.+-]+)?(?![\w.]*\.\d)\b")] private static partial Regex Version();

    [GeneratedRegex(@"\b[\d.]+(?:/s| a second)\b")] private static partial Regex Rate();

    [GeneratedRegex(@"\b[\d.]+ (?:ms|µs)\b")] private static partial Regex Milliseconds();

    [GeneratedRegex(@"[\d.]+ [kMGTP]?B free")] private static partial Regex FreeSpace();

    [GeneratedRegex(@"(127\.0\.0\.1|localhost):\d+")] private static partial Regex Port();

    [GeneratedRegex(@"\b[0-9a-f]{12,64}…?")] private static partial Regex Id();

    [GeneratedRegex(@"\b(?:today|yesterday) at \S+")] private static partial Regex Since();

    [GeneratedRegex(@"\b(process|pid) \d+")] private static partial Regex Process();

    // The library's own files are smaller.
    [GeneratedRegex(@"\b[\d.]+ [GT]B\b")] private static partial Regex Disk();

    [GeneratedRegex(@"File system: [^│]*?(?=\s*│|\s*$)")] private static partial Regex FileSystem();

    [GeneratedRegex(@"^( Cache +)[\d.]+ [kM]?B")] private static partial Regex CacheSize();

    [GeneratedRegex(@"albumen…\w+/")] private static partial Regex CutFolder();

    [GeneratedRegex(@"│ \w+ +(\(no device named\))")] private static partial Regex Selector();

    // Another processor rounds otherwise.
    [GeneratedRegex(@"\b[\d.]+ +(blurred|clear)\b")] private static partial Regex Sharpness();

    [GeneratedRegex(@"\b[\d.]+, [\d.]+ (above|below)\b")] private static partial Regex SharpnessFrom();

    [GeneratedRegex(@"^(\s*Files a second\s+).*$")] private static partial Regex Bars();

    [GeneratedRegex(" {2,}")] private static partial Regex Blanks();
}
