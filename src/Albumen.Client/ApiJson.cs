using System.Text.Json.Serialization;

namespace Albumen.Client;

/// <summary>The API's JSON: names in snake_case, unknown values absent, times in ISO 8601.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Status))]
[JsonSerializable(typeof(IReadOnlyList<VolumeStatus>))]
[JsonSerializable(typeof(VolumeDecision))]
[JsonSerializable(typeof(IReadOnlyList<Symptom>))]
[JsonSerializable(typeof(ScanRequest))]
[JsonSerializable(typeof(ScanProgress))]
[JsonSerializable(typeof(VerifyRequest))]
[JsonSerializable(typeof(VerifyProgress))]
[JsonSerializable(typeof(VerifyStatus))]
[JsonSerializable(typeof(StopRequest))]
[JsonSerializable(typeof(StoppedVerifications))]
[JsonSerializable(typeof(AcceptRequest))]
[JsonSerializable(typeof(IReadOnlyList<Version>))]
[JsonSerializable(typeof(TreeEntry))]
[JsonSerializable(typeof(AssetDetail))]
[JsonSerializable(typeof(Page<ListedAsset>))]
[JsonSerializable(typeof(Page<MissingAsset>))]
[JsonSerializable(typeof(Page<Job>))]
[JsonSerializable(typeof(Page<Problem>))]
[JsonSerializable(typeof(DuplicatePlan))]
[JsonSerializable(typeof(IReadOnlyList<User>))]
[JsonSerializable(typeof(NewUser))]
[JsonSerializable(typeof(IReadOnlyList<AppPassword>))]
[JsonSerializable(typeof(NewAppPassword))]
[JsonSerializable(typeof(CreatedAppPassword))]
[JsonSerializable(typeof(Facts))]
[JsonSerializable(typeof(IReadOnlyList<Location>))]
[JsonSerializable(typeof(IReadOnlyList<Layer>))]
[JsonSerializable(typeof(IReadOnlyList<Problem>))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(ProblemDetails))]
public sealed partial class ApiJson : JsonSerializerContext;
