namespace Albumen.Client;

/// <summary>How sharp the photos are. Clips, what lies in the trash and what lies nowhere do not count.</summary>
/// <param name="Unprocessed">Photos whose picture was not analysed, or could not be.</param>
/// <param name="Histogram">In bounds that do not depend on the threshold.</param>
/// <param name="Preview">What the threshold that was asked for would move.</param>
public sealed record Quality(BlurThreshold Threshold, long Total, long Blurred, long Clear, long Unprocessed, IReadOnlyList<QualityBin> Histogram, QualityPreview? Preview = null);

/// <summary>Below which sharpness a photo is blurred: the variance of the Laplacian of the picture at 1024 pixels, of which more is sharper.</summary>
/// <param name="Source">Where it comes from: <c>configuration</c> or <c>user</c>.</param>
/// <param name="Default">As configured for all who did not choose.</param>
/// <param name="User">For whom; absent: for all who did not choose.</param>
/// <param name="Volumes">Volumes that have one of their own, by name; absent when none has, or the user chose one for all.</param>
public sealed record BlurThreshold(double Value, string Source, double Default, string? User = null, IReadOnlyDictionary<string, double>? Volumes = null);

/// <param name="From">Sharpness, included.</param>
/// <param name="To">Excluded; absent for the last.</param>
public sealed record QualityBin(double From, double? To, long Count);

/// <summary>What another threshold would move. Nothing is changed.</summary>
/// <param name="ToBlurred">Photos that are clear and would be blurred.</param>
/// <param name="ToClear">Photos that are blurred and would be clear.</param>
/// <param name="Examples">Some of them, those nearest to the threshold first.</param>
public sealed record QualityPreview(double Threshold, long ToBlurred, long ToClear, IReadOnlyList<QualityMove> Examples);

/// <param name="Asset">Its id.</param>
/// <param name="Path">Where its first copy lies in the tree.</param>
/// <param name="Blur">Its sharpness.</param>
/// <param name="To"><c>blurred</c> or <c>clear</c>.</param>
public sealed record QualityMove(string Asset, string? Path, double Blur, string To);

/// <summary>A photo and how sharp it is.</summary>
/// <param name="Asset">Its id.</param>
/// <param name="Path">Where its first copy lies in the tree.</param>
/// <param name="Blur">Its sharpness; absent while it was not analysed.</param>
/// <param name="State"><c>blurred</c>, <c>clear</c> or <c>unprocessed</c>.</param>
public sealed record QualityPhoto(string Asset, string? Path, double? Blur, string State);

/// <param name="User">For whom.</param>
/// <param name="Threshold">Absent: as configured again.</param>
/// <param name="DryRun">Only say whether it could be done.</param>
public sealed record ThresholdChoice(string User, double? Threshold = null, bool DryRun = false);

/// <summary>Has pictures analysed: those named at once, one after the other; those of a query, of folders or of the library as work of the daemon.</summary>
public sealed record AnalyseRequest
{
    /// <summary>In the language of the search.</summary>
    public string? Query { get; init; }

    /// <summary>In the tree.</summary>
    public IReadOnlyList<string>? Paths { get; init; }

    /// <summary>A folder among the paths means everything below it.</summary>
    public bool Recursive { get; init; }

    /// <summary>Beginnings of ids.</summary>
    public IReadOnlyList<string>? Assets { get; init; }

    /// <summary>Every photo.</summary>
    public bool All { get; init; }

    /// <summary>Every photo that was not analysed.</summary>
    public bool Unprocessed { get; init; }

    /// <summary>Whose threshold counts; absent: the one that is configured.</summary>
    public string? User { get; init; }

    /// <summary>Answer line by line until all is done.</summary>
    public bool Wait { get; init; }

    /// <summary>Only say how many are meant.</summary>
    public bool DryRun { get; init; }
}

/// <summary>How far the analysis is.</summary>
/// <param name="State"><c>analysed</c> (one, with its result), <c>queued</c>, <c>analysing</c>, <c>stalled</c>, <c>possible</c> (a dry run) or <c>done</c>.</param>
/// <param name="Left">Still to be done; of work of the daemon, other files that wait to be read are among them.</param>
/// <param name="Reason">Why nothing moves, when it is stalled.</param>
public sealed record AnalyseProgress(string State, long Done, long Left, AnalysedPicture? Result = null, string? Reason = null);

/// <param name="Asset">Its id.</param>
/// <param name="Path">Where its first copy lies in the tree.</param>
/// <param name="Blur">Its sharpness; absent where there is no picture.</param>
/// <param name="Threshold">Below which it is blurred.</param>
/// <param name="Verdict"><c>blurred</c> or <c>clear</c>; absent for clips and where nothing could be found out.</param>
/// <param name="Milliseconds">What it took, from the file to the catalogue.</param>
/// <param name="Trouble">Why nothing could be found out.</param>
public sealed record AnalysedPicture(string Asset, string? Path, double? Blur, double Threshold, string? Verdict, double Milliseconds, string? Trouble = null);
