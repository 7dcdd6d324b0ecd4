using Albumen.Native;

namespace Albumen.Derivatives;

/// <summary>
/// One kind of small version. The members are what a newcomer must decide; <see cref="All"/> is the one list, largest first, because a
/// smaller picture is made from the larger.
/// </summary>
abstract class DerivativeKind
{
    public static IReadOnlyList<DerivativeKind> All { get; } = [new Preview(), new Thumbnail()];

    /// <summary>Part of the file's name in the cache.</summary>
    public abstract string Name { get; }

    /// <summary>Raised whenever the output would look different: every older file is then remade.</summary>
    public abstract int Recipe { get; }

    public abstract int LongestSideInPixels { get; }

    public abstract string MediaType { get; }

    public abstract byte[] Encode(Vips.Picture picture, DerivativeSettings settings);

    /// <summary>Whether a file found in the cache was written to its end.</summary>
    public abstract bool IsWhole(ReadOnlySpan<byte> bytes);

    public static DerivativeKind Named(string name) => All.Single(k => k.Name == name);
}
