using System.Numerics;
using System.Runtime.CompilerServices;

namespace Albumen.Derivatives;

/// <summary>
/// Finds pictures whose looks differ in few bits, without holding each against each: looks that differ in at most d = 4 q + r bits differ in at most q bits
/// in one of their first r + 1 parts of 16 bits, or in at most q - 1 in one of the others (Norouzi, Punjani and Fleet, Fast Search in Hamming Space with
/// Multi-Index Hashing, CVPR 2012, 3.2). Takes 24 bytes a picture.
/// </summary>
sealed class LookIndex
{
    const int Parts = 4, PartBits = 16, Values = 1 << PartBits;

    readonly Lookalikes _pictures;
    readonly int _distance;
    /// <summary>For each part, the pictures in the order of its values, and where each value begins.</summary>
    readonly int[][] _order = new int[Parts][], _starts = new int[Parts][];

    /// <summary>In the same order, what the pictures have in the part behind: nearly all that is looked at in vain is passed over by that, without a look into memory elsewhere.</summary>
    readonly ushort[][] _behind = new ushort[Parts][];

    /// <param name="distance">At most <see cref="Lookalikes.MaxDistance"/> bits.</param>
    public LookIndex(Lookalikes pictures, int distance)
    {
        (_pictures, _distance) = (pictures, distance);
        for (int part = 0; part < Parts; part++)
            if (Radius(part) >= 0) Sort(part);
    }

    /// <summary>Pictures that are alike to one, each once, in no order.</summary>
    /// <param name="found">Takes them; cleared before.</param>
    /// <param name="isSought">Others are passed over.</param>
    /// <param name="most">Enough.</param>
    // Compiled with all care from the first call on: one call of each million photos decides how long somebody waits.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Find(int picture, List<int> found, Predicate<int> isSought, int most = int.MaxValue)
    {
        found.Clear();
        long look = _pictures.Looks[picture];
        for (int part = 0; part < Parts && found.Count < most; part++)
        {
            int radius = Radius(part), value = Part(look, part);
            if (radius < 0) continue;
            int behind = Part(look, (part + 1) % Parts);
            ReadOnlySpan<long> looks = _pictures.Looks;
            // The value itself, and then each in which one bit is another.
            for (int bit = -1; bit < (radius > 0 ? PartBits : 0) && found.Count < most; bit++)
            {
                int at = bit < 0 ? value : value ^ 1 << bit, start = _starts[part][at], end = _starts[part][at + 1];
                ReadOnlySpan<ushort> behinds = _behind[part].AsSpan(start, end - start);
                for (int i = 0; i < behinds.Length; i++)
                {
                    if (BitOperations.PopCount((uint)(behinds[i] ^ behind)) > _distance) continue;
                    int other = _order[part][start + i];
                    if (Lookalikes.Distance(look, looks[other]) > _distance || IsFoundBefore(look ^ looks[other], part) || !_pictures.AreAlike(picture, other, _distance) || !isSought(other)) continue;
                    found.Add(other);
                    if (found.Count >= most) return;
                }
            }
        }
    }

    int Radius(int part) => _distance / Parts - (part <= _distance % Parts ? 0 : 1);

    bool IsFoundBefore(long difference, int part)
    {
        for (int before = 0; before < part; before++)
            if (BitOperations.PopCount((uint)Part(difference, before)) <= Radius(before)) return true;
        return false;
    }

    static int Part(long look, int part) => (int)(look >>> part * PartBits) & (Values - 1);

    void Sort(int part)
    {
        ReadOnlySpan<long> looks = _pictures.Looks;
        int[] starts = _starts[part] = new int[Values + 1], order = _order[part] = new int[looks.Length];
        foreach (long look in looks) starts[Part(look, part) + 1]++;
        for (int value = 0; value < Values; value++) starts[value + 1] += starts[value];
        // Each start is moved behind what was put there, and then all are moved back by one.
        for (int i = 0; i < looks.Length; i++) order[starts[Part(looks[i], part)]++] = i;
        Array.Copy(starts, 0, starts, 1, Values);
        starts[0] = 0;
        ushort[] behind = _behind[part] = new ushort[looks.Length];
        for (int i = 0; i < order.Length; i++) behind[i] = (ushort)Part(looks[order[i]], (part + 1) % Parts);
    }
}
