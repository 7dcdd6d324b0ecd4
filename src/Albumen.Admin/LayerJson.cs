using System.Text.Json.Serialization;

namespace Albumen.Admin;

/// <summary>What an export wrote, or in a dry run would.</summary>
/// <param name="Bytes">Of the files that are new or changed.</param>
/// <param name="LeftOut">What could not be had, or has a name that the disk cannot hold.</param>
sealed record ExportResult(string Folder, long New, long Changed, long Equal, long Bytes, long Assets, long Sidecars, long LeftOut);

/// <summary>The file that an export ends with.</summary>
sealed record ExportReport(DateTimeOffset Made, long Assets, long Sidecars, long LeftOut, IReadOnlyList<ReasonLeftOut> Reasons);

sealed record ReasonLeftOut(string What, string Why);

/// <summary>What was taken back, or in a dry run would be.</summary>
/// <param name="Elsewhere">Photos that are not here, of which something was said.</param>
/// <param name="Torn">Files whose last line was left out.</param>
sealed record ImportResult(TakenOperations Operations, TakenNames Names, TakenSidecars Sidecars, long Elsewhere, IReadOnlyCollection<string> Torn);

sealed record TakenOperations(long Taken, long Known, long Overruled);

sealed record TakenNames(long Taken, long Known, long Refused);

/// <param name="Different">Those that stay as they are here.</param>
sealed record TakenSidecars(long Taken, long Equal, long Elsewhere, IReadOnlyList<string> Different, IReadOnlyList<string> Failed);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ExportResult))]
[JsonSerializable(typeof(ExportReport))]
[JsonSerializable(typeof(ImportResult))]
sealed partial class LayerJson : JsonSerializerContext;
