using Albumen.Catalog;
using Albumen.Catalog.Metadata;

namespace Albumen.Tests.Sidecar;

/// <summary>Whether a sidecar says what was merged into it.</summary>
static class Same
{
    public static Facts Read(byte[] xmp, PixelSize? stored = null)
    {
        List<string> warnings = [];
        Facts facts = SidecarMetadata.Read(xmp, stored, warnings, out bool isDamaged);
        Assert.False(isDamaged, string.Join(' ', warnings));
        return facts;
    }

    /// <summary>Exactly these values; lists in any order, and a moment whoever states it.</summary>
    public static void AssertSaid(IReadOnlyDictionary<Field, string?> values, Facts facts, string what)
    {
        foreach ((Field field, string? value) in values)
        {
            string? expected = Normal(field, value), actual = Normal(field, field.Read(facts));
            Assert.True(expected == actual, $"{what}: {field} should be {expected} and is {actual}");
            Assert.True(field.AreSame(value, field.Read(facts)), $"{what}: {field} {value} / {field.Read(facts)}");
        }
    }

    static string? Normal(Field field, string? value)
    {
        if (value is null or Field.Cleared) return null;
        Facts facts = field.Write(new(), value);
        facts = facts with
        {
            Taken = facts.Taken is { } taken ? taken with { Source = "", OffsetSource = null } : null,
            Tags = facts.Tags is { } tags ? [.. XmpFacts.Lowest(tags).Order(StringComparer.Ordinal)] : null,
            People = facts.People is { } people ? [.. people.Order(StringComparer.Ordinal)] : null,
            Regions = facts.Regions is { } regions ? [.. regions.OrderBy(region => region.ToString(), StringComparer.Ordinal)] : null,
        };
        return field.Read(facts);
    }
}
