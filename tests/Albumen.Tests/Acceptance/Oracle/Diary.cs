namespace Albumen.Tests.Acceptance.Oracle;

/// <summary>Every request and what was answered, in order: to find out how it came to what is found at the end.</summary>
sealed class Diary
{
    readonly Lock _lock = new();
    readonly List<string> _lines = [];
    readonly Dictionary<(string Method, int Status), int> _counts = [];
    readonly List<string> _faults = [];

    public int Count { get; private set; }

    /// <param name="status">0: no answer came.</param>
    public void Note(string person, string method, string path, string detail, int status, string body, bool mayBeUnknown)
    {
        lock (_lock)
        {
            Count++;
            string line = $"{Count,6} {DateTime.UtcNow:HH:mm:ss.fff} {person} {method} {path} {detail} -> {(status == 0 ? "no answer" : status)}";
            _lines.Add(line);
            _counts[(method, status)] = _counts.GetValueOrDefault((method, status)) + 1;
            if (status >= 500 && status is not (503 or 507) && !mayBeUnknown) _faults.Add($"{line}\n{body}");
            else if (status == 503) _lines.Add($"       {body}");
        }
    }

    public void Note(string line)
    {
        lock (_lock) _lines.Add($"------ {line}");
    }

    /// <summary>Answers that must never be given.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_lock) return [.. _faults];
        }
    }

    /// <summary>The last lines that have a text.</summary>
    public string About(string text, int most = 60)
    {
        lock (_lock) return string.Join('\n', _lines.Where(l => l.Contains(text, StringComparison.OrdinalIgnoreCase)).TakeLast(most));
    }

    public string Summary()
    {
        lock (_lock) return string.Join('\n', _counts.GroupBy(c => c.Key.Method).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{g.Key}: {string.Join(", ", g.OrderBy(c => c.Key.Status).Select(c => $"{c.Key.Status} x {c.Value}"))}"));
    }

    public void Save(string path)
    {
        lock (_lock) File.WriteAllLines(path, _lines);
    }
}
