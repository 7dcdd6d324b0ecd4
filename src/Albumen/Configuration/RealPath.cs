namespace Albumen.Configuration;

/// <summary>Follows symbolic links, as <c>realpath -m</c> does, so that two names of one folder are seen to be one.</summary>
static class RealPath
{
    // As many as Linux follows before it says ELOOP (path_resolution(7)).
    const int MostLinks = 40;

    /// <param name="path">Absolute; what does not exist is taken as written.</param>
    public static string Of(string path)
    {
        Stack<string> ahead = new(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        string real = "";
        int links = 0;
        while (ahead.TryPop(out string? name))
        {
            if (name is ".") continue;
            if (name is "..")
            {
                real = real[..Math.Max(0, real.LastIndexOf('/'))];
                continue;
            }
            string next = $"{real}/{name}";
            if (links < MostLinks && Target(next) is { } target)
            {
                links++;
                if (target is ['/', ..]) real = "";
                foreach (string part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse()) ahead.Push(part);
            }
            else real = next;
        }
        return real is "" ? "/" : real;
    }

    /// <summary>Whether one of the two real paths is the other or lies below it.</summary>
    public static bool Overlap(string a, string b) => IsWithin(a, b) || IsWithin(b, a);

    static bool IsWithin(string inner, string outer) => outer is "/" || inner == outer || inner.StartsWith($"{outer}/", StringComparison.Ordinal);

    static string? Target(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
