using System.Globalization;
using System.Text.RegularExpressions;

namespace Albumen.Catalog.Stacks;

/// <summary>What a file's name says of which others it belongs to.</summary>
/// <param name="Root">Lower case, without extensions and what marks an edited version: <c>img_1234</c> of <c>IMG_E1234.JPG</c>. Files of one folder and one root may be of one shot.</param>
/// <param name="IsEdited">It is called as an edited version of another is.</param>
/// <param name="IsSure">And nothing else is called so; where it is false, the times must say it, too.</param>
/// <param name="Burst">What the shots of one burst share; null where the name tells of none.</param>
/// <param name="IsBurstCover">The camera marked it as the best of its burst.</param>
/// <param name="Number">The camera's number at the end of the root; null without one.</param>
public sealed partial record StackName(string Root, bool IsEdited = false, bool IsSure = true, string? Burst = null, bool IsBurstCover = false, int? Number = null)
{
    static readonly HashSet<string> RawExtensions = ["3fr", "arw", "cr2", "cr3", "crw", "dng", "erf", "iiq", "kdc", "mef", "mrw", "nef", "nrw", "orf", "pef", "raf", "raw", "rw2", "rwl", "sr2", "srf", "srw", "x3f"];

    // In front of a real one: motion photos, and what programs and people put one behind the other.
    static readonly HashSet<string> InnerExtensions = ["heic", "heif", "jpg", "jpeg", "mp"];

    /// <param name="name">As it is on disk.</param>
    public static StackName Of(string name)
    {
        string stem = Cut(name.ToLowerInvariant(), out _);
        bool isDeveloped = false;
        for (string shorter = Cut(stem, out string inner); shorter.Length > 0 && (InnerExtensions.Contains(inner) || RawExtensions.Contains(inner)); shorter = Cut(stem, out inner))
        {
            isDeveloped |= RawExtensions.Contains(inner);
            stem = shorter;
        }
        if (OldBurst().Match(stem) is { Success: true } old) return new(stem, Burst: old.Groups[1].Value, IsBurstCover: old.Groups[2].Success);
        if (Burst_().Match(stem) is { Success: true } burst) return new(stem, Burst: burst.Groups[1].Value, IsBurstCover: burst.Groups[2].Success);
        if (SamsungBurst().Match(stem) is { Success: true } samsung) return new(stem, Burst: samsung.Groups[1].Value);
        if (PixelMode().Match(stem) is { Success: true } mode) return new(mode.Groups[1].Value, IsEdited: mode.Groups[2].Value == "cover");
        if (AppleEdited().Match(stem) is { Success: true } apple) return new($"img_{apple.Groups[1].Value}", IsEdited: true);
        if (EditedWord().Match(stem) is { Success: true } word) return new(word.Groups[1].Value, IsEdited: true);
        if (Copy().Match(stem) is { Success: true } copy) return new(copy.Groups[1].Value, IsEdited: true, IsSure: false);
        if (stem.EndsWith("_hevc", StringComparison.Ordinal)) stem = stem[..^"_hevc".Length];
        return new(stem, isDeveloped, Number: LastNumber().Match(stem) is { Success: true } number ? int.Parse(number.Value, CultureInfo.InvariantCulture) : null);
    }

    static string Cut(string name, out string extension)
    {
        int dot = name.LastIndexOf('.');
        extension = dot < 0 ? "" : name[(dot + 1)..];
        return dot < 0 ? name : name[..dot];
    }

    // 00001IMG_00001_BURST20190102153012345_COVER: Google's camera on older phones.
    [GeneratedRegex(@"^(?:\d{5}[a-z]+_\d{5}_)burst(\d{14,17})(_cover)?$")]
    private static partial Regex OldBurst();

    // IMG_20190102_153012_BURST001_COVER, IMG_20190102_BURST2, PXL_20210305_123456789.BURST-01.COVER.
    [GeneratedRegex(@"^(.+?)[._-]burst-?\d{1,4}(?:[._-](cover))?(?:[._-]original)?$")]
    private static partial Regex Burst_();

    // 20200101_120000_001.
    [GeneratedRegex(@"^(\d{8}_\d{6})_\d{3}$")]
    private static partial Regex SamsungBurst();

    // PXL_20230809_203449253.LONG_EXPOSURE-01.COVER beside -02.ORIGINAL, which Takeout cuts.
    [GeneratedRegex(@"^(pxl_\d{8}_\d{9})\.[a-z_]+-\d{2}\.(cover|origina?l?)$")]
    private static partial Regex PixelMode();

    [GeneratedRegex(@"^img_e(\d{4,})$")]
    private static partial Regex AppleEdited();

    // Google Photos says it in the language of the account.
    [GeneratedRegex(@"^(.+)[-_](?:edited|edit|bearbeitet|modifié|editado|modificato|bewerkt|edytowane|redigerad|redigeret|編集済み)$")]
    private static partial Regex EditedWord();

    [GeneratedRegex(@"^(.+)~\d{1,2}$")]
    private static partial Regex Copy();

    [GeneratedRegex(@"\d{1,9}$")]
    private static partial Regex LastNumber();
}
