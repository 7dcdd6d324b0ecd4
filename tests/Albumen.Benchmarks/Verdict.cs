using System.Globalization;

namespace Albumen.Benchmarks;

/// <summary>One line a measurement, with the limit it is held against.</summary>
static class Verdict
{
    /// <summary>False once a limit was missed.</summary>
    public static bool AllMet { get; private set; } = true;

    /// <param name="atMost">The largest ratio that is well.</param>
    public static void Ratio(string name, double ours, double peer, string unit, double atMost, string more = "") =>
        Say(name, string.Create(CultureInfo.InvariantCulture, $"{ours / peer:0.00} x the peer (ours {ours:0.0##} {unit}, peer {peer:0.0##} {unit}{more})"), ours / peer <= atMost, $"{atMost:0.00}");

    /// <param name="atLeast">The smallest ratio that is well, of rates.</param>
    public static void Rate(string name, double ours, double peer, string unit, double atLeast) =>
        Say(name, string.Create(CultureInfo.InvariantCulture, $"{ours / peer:0.00} x the peer (ours {ours:0.0##} {unit}, peer {peer:0.0##} {unit})"), ours / peer >= atLeast, $"{atLeast:0.00}");

    public static void AtMost(string name, double value, string unit, double limit) =>
        Say(name, string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {unit}"), value <= limit, $"{limit} {unit}");

    /// <summary>A figure without a limit.</summary>
    public static void Note(string name, string text) => Console.WriteLine($"{name}: {text}");

    static void Say(string name, string text, bool isMet, string limit)
    {
        AllMet &= isMet;
        Console.WriteLine($"{name}: {text} limit {limit} {(isMet ? "ok" : "MISSED")}");
    }
}

/// <summary>A benchmark cannot be run; the message says why.</summary>
sealed class BenchmarkException(string message) : Exception(message);
