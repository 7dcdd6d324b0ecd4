namespace Albumen.Configuration;

/// <summary>How a value stands in the configuration: read from it, and written as somebody would have written it.</summary>
/// <param name="Read">Throws <see cref="FormatException"/> with what to write instead.</param>
/// <param name="Write">Gives what <paramref name="Read"/> takes; null: it is not set.</param>
sealed record Form<T>(Func<string, T> Read, Func<T, string?> Write)
{
    /// <summary>A word that stands for one value.</summary>
    public Form<T> Or(string word, T value) => new(
        text => text == word ? value : Read(text),
        given => EqualityComparer<T>.Default.Equals(given, value) ? word : Write(given));

    /// <summary>The same, with other words for what cannot be.</summary>
    public Form<T> Saying(string help) => new(
        text =>
        {
            try
            {
                return Read(text);
            }
            catch (FormatException)
            {
                throw new FormatException(help);
            }
        }, Write);
}

static class Form
{
    /// <summary>Text that is kept as <paramref name="read"/> gives it.</summary>
    public static Form<string?> Text(Func<string, string> read) => new(read, text => text);

    /// <summary>What says itself how it is written.</summary>
    public static Form<T> Of<T>(Func<string, T> read) => new(read, value => value?.ToString());

    /// <summary>One of a few words, each for a value.</summary>
    /// <param name="more">Behind the words, where somebody wrote another.</param>
    public static Form<T> OneOf<T>(string more, params (string Word, T Value)[] words) => new(
        text => words.FirstOrDefault(word => word.Word == text) is { Word: not null } found
            ? found.Value
            : throw new FormatException($"write {string.Join(", ", words[..^1].Select(word => word.Word))} or {words[^1].Word}{more}"),
        value => words.First(word => EqualityComparer<T>.Default.Equals(word.Value, value)).Word);

    /// <summary>A value that may be absent.</summary>
    public static Form<T?> Optional<T>(this Form<T> form) where T : struct => new(text => form.Read(text), value => value is { } known ? form.Write(known) : null);
}
