namespace Albumen.Catalog.Stacks;

/// <summary>Which photos and clips are stacked by themselves. What people stack or take apart stays so, whatever stands here.</summary>
public sealed record StackSettings
{
    /// <summary>A RAW file and the JPEG or HEIF of the same shot, by name. Default on.</summary>
    public bool RawJpeg { get; init; } = true;

    /// <summary>The still and the clip of a live photo. Default on.</summary>
    public bool LivePhotos { get; init; } = true;

    /// <summary>Shots that the camera took as one burst. Default on.</summary>
    public bool Bursts { get; init; } = true;

    /// <summary>A photo and the edited version that a phone or program put beside it. Default on.</summary>
    public bool Edited { get; init; } = true;

    /// <summary>A clip that only its name and time tie to a photo is at most so long. Default 6 s.</summary>
    public TimeSpan LongestClip { get; init; } = TimeSpan.FromSeconds(6);
}
