namespace Albumen;

/// <summary>Guesses which word somebody meant. Daemon and command line both have this file.</summary>
static class Spelling
{
    /// <summary>The word with the fewest slips between it and <paramref name="written"/>, or null when none is near.</summary>
    public static string? Nearest(string written, IEnumerable<string> words)
    {
        int most = Math.Min(3, 1 + written.Length / 3);
        return words
            .Where(word => Math.Abs(word.Length - written.Length) <= most)
            .Select(word => (word, slips: Slips(written.ToLowerInvariant(), word.ToLowerInvariant())))
            .Where(candidate => candidate.slips <= most)
            .OrderBy(candidate => candidate.slips)
            .Select(candidate => candidate.word)
            .FirstOrDefault();
    }

    /// <summary><c> Did you mean 'photos'?</c>, or nothing.</summary>
    public static string Meant(string written, IEnumerable<string> words) => Nearest(written, words) is { } meant ? $" Did you mean '{meant}'?" : "";

    /// <summary>Letters to add, drop, replace or swap with their neighbour (optimal string alignment distance).</summary>
    static int Slips(string a, string b)
    {
        int[,] slips = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    slips[i, j] = i + j;
                    continue;
                }
                int replace = slips[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                slips[i, j] = Math.Min(replace, 1 + Math.Min(slips[i - 1, j], slips[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    slips[i, j] = Math.Min(slips[i, j], slips[i - 2, j - 2] + 1);
            }
        }
        return slips[a.Length, b.Length];
    }
}
