namespace Albumen.Derivatives;

/// <summary>What is done to a clip's frames, in the language of ffmpeg's filters.</summary>
static class ClipFilter
{
    /// <summary>At most so large on the longer side, never enlarged, with square pixels whatever shape the stored ones have.</summary>
    public static string Fit(int longestSideInPixels)
    {
        string part = $"min(1,{longestSideInPixels}/max(iw*sar,ih))";
        return $"scale=w='max(1,round(iw*sar*{part}))':h='max(1,round(ih*{part}))':flags=area";
    }

    /// <summary>
    /// From the light of a PQ or HLG picture (ITU-R BT.2100) to that of a screen: paper white, 203 cd/m2 (BT.2408, 2.1), stays bright, what is darker stays as it is,
    /// and up to 1000 cd/m2 there is room above it.
    /// </summary>
    public static string ToScreen(string transfer) =>
        $"zscale=tin={transfer}:pin=2020:min=2020_ncl:t=linear:npl=203,format=gbrpf32le,zscale=tin=linear:pin=2020:min=gbr:p=709,tonemap=mobius:param=0.3:desat=0:peak=5,zscale=tin=linear:pin=709:min=gbr:t=iec61966-2-1,format=gbrp";
}
