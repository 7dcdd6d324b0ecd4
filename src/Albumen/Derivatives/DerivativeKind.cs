using Albumen.Catalog;
using Albumen.Catalog.Metadata;
using Albumen.Native;

namespace Albumen.Derivatives;

/// <summary>One kind of small version. The members are what a newcomer must decide; <see cref="All"/> is the one list.</summary>
abstract class DerivativeKind
{
    public static IReadOnlyList<DerivativeKind> All { get; } = [new Preview(), new Poster(), new Thumbnail(), new ClipInPhoto(), new Animation(), new ContactSheet(), new Proxy()];

    /// <summary>Part of the file's name in the cache.</summary>
    public abstract string Name { get; }

    /// <summary>Raised whenever the output would look different: every older file is then remade.</summary>
    public abstract int Recipe { get; }

    public abstract string MediaType { get; }

    public static DerivativeKind Named(string name) => All.Single(k => k.Name == name);
}

/// <summary>A still, made on the visit to the file, from its one decode; a smaller one from the larger.</summary>
abstract class StillKind : DerivativeKind
{
    /// <summary>The largest first.</summary>
    public static IReadOnlyList<StillKind> Stills { get; } = [.. All.OfType<StillKind>().OrderByDescending(k => k.LongestSideInPixels)];

    public abstract int LongestSideInPixels { get; }

    /// <summary>Whether an original has one.</summary>
    public abstract bool Suits(MediaType type, Facts facts);

    public abstract byte[] Encode(Vips.Picture picture, DerivativeSettings settings);

    /// <summary>Whether a file found in the cache was written to its end.</summary>
    public abstract bool IsWhole(ReadOnlySpan<byte> bytes);
}
