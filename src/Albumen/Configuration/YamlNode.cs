namespace Albumen.Configuration;

/// <summary>Where a key or value stands, for error messages.</summary>
readonly record struct Place(string File, int Line, int Column)
{
    public ConfigurationError Error(string message) => new(File, Line, Column, message);
}

/// <summary>A piece of a YAML file that has been found harmless: no aliases, no tags, at most 64 levels deep.</summary>
abstract record YamlNode(Place Place);

/// <param name="Place">Its first character.</param>
/// <param name="Text">Without quotes; cut off nowhere.</param>
/// <param name="IsNull">Nothing was written, or <c>~</c> or <c>null</c> without quotes.</param>
sealed record Scalar(Place Place, string Text, bool IsNull) : YamlNode(Place);

sealed record Sequence(Place Place, IReadOnlyList<YamlNode> Items) : YamlNode(Place);

sealed record Mapping(Place Place, IReadOnlyDictionary<string, (Scalar Key, YamlNode Value)> Entries) : YamlNode(Place)
{
    public static Mapping Empty(Place place) => new(place, new Dictionary<string, (Scalar, YamlNode)>());
}
