using System.Text.Json.Serialization;

namespace Albumen.Admin;

/// <summary>For machines, where there is nothing else to tell.</summary>
/// <param name="State"><c>accepted</c>, <c>revoked</c>, or in a dry run <c>possible</c>.</param>
sealed record Acknowledgement(string State)
{
    public static readonly Acknowledgement Accepted = new("accepted"), Possible = new("possible"), Revoked = new("revoked");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Acknowledgement))]
sealed partial class VerbJson : JsonSerializerContext;
