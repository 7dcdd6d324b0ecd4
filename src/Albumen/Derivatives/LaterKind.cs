using Albumen.Catalog;
using Albumen.Catalog.Metadata;
using Albumen.Native;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Derivatives;

/// <summary>A small version that costs more than a visit may: noted by the visit, made afterwards by the <see cref="Maker"/>, or when somebody asks for it.</summary>
abstract class LaterKind : DerivativeKind
{
    /// <summary>The cheapest first.</summary>
    public static IReadOnlyList<LaterKind> Later { get; } = [.. All.OfType<LaterKind>()];

    /// <summary>Behind the name of the original, where it is shown under another.</summary>
    public abstract string Extension { get; }

    public abstract Fit FitOf(Subject subject);

    /// <summary>When it is made.</summary>
    public abstract MakeWhen When(DerivativeSettings settings);

    /// <summary>How long making it may take.</summary>
    public virtual TimeSpan Limit(Subject subject) => TimeSpan.FromMinutes(2);

    /// <summary>Writes it as <see cref="Workpiece.Output"/>.</summary>
    /// <exception cref="PictureException">It cannot be made of this original; the message says why.</exception>
    /// <exception cref="IOException">The cache's disk is full or unwritable.</exception>
    public abstract void Make(Workpiece work);
}

/// <summary>Whether an original has a small version of a kind.</summary>
enum Fit
{
    Unsuited,
    /// <summary>The original itself is as good.</summary>
    Needless,
    Wanted,
}

/// <summary>When small versions of a kind are made.</summary>
public enum MakeWhen
{
    Never,
    /// <summary>When somebody asks for one.</summary>
    OnDemand,
    /// <summary>Ahead, as soon as nothing else is to be done.</summary>
    Always,
}

/// <summary>What is known of an original when it is decided what can be made of it.</summary>
/// <param name="Stream">Of clips alone.</param>
/// <param name="IsAnimated">A still that moves.</param>
sealed record Subject(MediaType Type, Facts Facts, ClipStream? Stream, bool IsAnimated)
{
    public double Duration => Facts.Duration ?? 0;
}

/// <summary>One thing to be made.</summary>
/// <param name="Original">Open for reading.</param>
/// <param name="Link">The same for a child process.</param>
/// <param name="Output">A path in the cache.</param>
sealed record Workpiece(Subject Subject, SafeFileHandle Original, string Link, string Output);
