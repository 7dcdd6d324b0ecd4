using System.Text.Json.Serialization;
using Albumen.Derivatives;
using Albumen.Sidecar;

namespace Albumen.Daemon.Worker;

/// <summary>One thing a worker is asked: exactly one of these is set.</summary>
sealed record WorkerQuestion(VisitRequest? Visit, XmpQuestion? Xmp, MakeRequest? Make, RasterRequest? Raster);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IncludeFields = true)]
[JsonSerializable(typeof(WorkerQuestion))]
sealed partial class WorkerJson : JsonSerializerContext;
