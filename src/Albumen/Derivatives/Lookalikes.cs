using System.Numerics;

namespace Albumen.Derivatives;

/// <summary>What tells pictures apart that may look alike, in arrays: a million of them take 22 MB.</summary>
/// <param name="capacity">At most so many.</param>
sealed class Lookalikes(int capacity)
{
    /// <summary>More bits than this apart are other pictures.</summary>
    public const int MaxDistance = 7;

    /// <summary>By what part the proportions of one picture may differ from another's; re-encoding rounds them, cropping changes them.</summary>
    const double RatioTolerance = 0.03;

    /// <summary>Up to so many bits colours do not count: a black-and-white copy is one.</summary>
    const int SameInAnyColour = 2;

    /// <summary>Otherwise red, green and blue differ by at most this, together.</summary>
    const int ColourTolerance = 200;

    readonly long[] _looks = new long[capacity];
    readonly int[] _assets = new int[capacity], _colours = new int[capacity], _kin = new int[capacity];
    readonly ushort[] _ratios = new ushort[capacity];

    public int Capacity => capacity;

    public int Count { get; private set; }

    /// <summary>Each with its bits in another order, the same for all: distances are what they were.</summary>
    public ReadOnlySpan<long> Looks => _looks.AsSpan(0, Count);

    /// <param name="kin">The same for what belongs together anyway, such as RAW and JPEG of one shot: these are no lookalikes of each other.</param>
    public void Add(int asset, long look, int colour, double ratio, int kin)
    {
        (_assets[Count], _looks[Count], _colours[Count], _kin[Count], _ratios[Count]) = (asset, Mixed(look), colour, kin, (ushort)Math.Clamp(ratio * 1000, 1, ushort.MaxValue));
        Count++;
    }

    /// <summary>A picture is like no other from now on.</summary>
    public void Leave(int picture) => _ratios[picture] = 0;

    /// <summary>Says what a picture belongs together with, in place of what was said.</summary>
    public void SetKin(int picture, int kin) => _kin[picture] = kin;

    public int Asset(int picture) => _assets[picture];

    public static int Distance(long look, long other) => BitOperations.PopCount((ulong)(look ^ other));

    public int Distance(int picture, int other) => Distance(_looks[picture], _looks[other]);

    public bool AreAlike(int picture, int other, int distance)
    {
        int bits = Distance(picture, other);
        return bits <= distance && picture != other && _kin[picture] != _kin[other] && _ratios[picture] > 0 && _ratios[other] > 0
            && Math.Abs(_ratios[picture] - _ratios[other]) <= RatioTolerance * Math.Max(_ratios[picture], _ratios[other])
            && (bits <= SameInAnyColour || ColourDifference(_colours[picture], _colours[other]) <= ColourTolerance);
    }

    /// <summary>
    /// The bits of neighbouring frequencies are much alike from photo to photo, and those of the lowest most of all. So that each 16 bits tell photos apart as
    /// well as the others, bits that are neighbours go into different ones.
    /// </summary>
    static long Mixed(long look)
    {
        long mixed = 0;
        for (int bit = 0; bit < 64; bit++) mixed |= (look >>> bit & 1) << (bit % 4 * 16 + bit / 4);
        return mixed;
    }

    static int ColourDifference(int colour, int other) =>
        Math.Abs((colour >> 16 & 0xFF) - (other >> 16 & 0xFF)) + Math.Abs((colour >> 8 & 0xFF) - (other >> 8 & 0xFF)) + Math.Abs((colour & 0xFF) - (other & 0xFF));
}
