namespace Albumen.Organization;

/// <summary>What a query says, as a tree. Every kind of leaf is a sentence that is true or false of each asset, also of one that lacks the fact.</summary>
abstract record Expression;

sealed record AllOf(IReadOnlyList<Expression> Parts) : Expression;

sealed record AnyOf(IReadOnlyList<Expression> Parts) : Expression;

sealed record Not(Expression Inner) : Expression;

/// <summary>These words follow one another in a text.</summary>
/// <param name="Column">Null: in any of them.</param>
/// <param name="IsBeginning">The last word may go on.</param>
sealed record TextSays(TextColumn? Column, string Words, bool IsBeginning) : Expression;

enum TextColumn { Title, Caption }

/// <summary>These words follow one another in one value.</summary>
sealed record ValueSays(SpokenFact Fact, string Words, bool IsBeginning) : Expression;

enum SpokenFact { Person, Place, Camera, Lens }

/// <summary>A value is this, from its first character to its last.</summary>
sealed record ValueIs(WholeFact Fact, Pattern Pattern) : Expression;

enum WholeFact { Name, Label, Stack }

/// <summary>A tag is this or below it.</summary>
sealed record TagUnder(Pattern Tag) : Expression;

/// <summary>It is in this album or one below it.</summary>
/// <param name="Path">From the top, names with slashes between.</param>
sealed record InAlbum(Pattern Path) : Expression;

/// <summary>Some copy, there or missing, lies in this folder or below it.</summary>
/// <param name="Volume">Null: from the root of any.</param>
sealed record InFolder(string? Volume, IReadOnlyList<string> Names) : Expression;

/// <summary>Some copy, there or missing, has this path.</summary>
/// <param name="IsFromTree">It begins with the volume's name.</param>
sealed record PathIs(Pattern Pattern, bool IsFromTree) : Expression;

/// <summary>Some copy, there or missing, lies on this volume.</summary>
sealed record OnVolume(Pattern Name) : Expression;

sealed record NumberIn(NumberFact Fact, Interval Interval) : Expression;

enum NumberFact
{
    Rating, Width, Height, Orientation, Iso, F, Focal, Time, Duration,
    /// <summary>Derivatives.Analysis.Sharpness, which is no fact anybody states.</summary>
    Blur,
}

/// <summary>A null end is open.</summary>
readonly record struct Interval(double? Low, bool IncludesLow, double? High, bool IncludesHigh);

/// <summary>The capture time lies between two edges; a null one is open.</summary>
sealed record TakenIn(Edge? From, Edge? Until) : Expression;

/// <param name="HalfAngleSquared">The greatest haversine that is near enough: sin²(distance / 2 / radius of the earth).</param>
/// <param name="South">Degrees; what lies below is too far, whatever its longitude.</param>
/// <param name="North">Degrees.</param>
sealed record Near(double Latitude, double Longitude, double HalfAngleSquared, double South, double North) : Expression;

/// <summary>Something is known of it.</summary>
sealed record Has(KnownFact Fact) : Expression;

enum KnownFact
{
    Title, Caption, Label, Tags, Rating, People, Faces, Date, Offset, Gps, Place, Camera, Lens, Iso, F, Focal, Time, Duration, Width, Height, Orientation, Stack,
    Sidecar, Album, Blur,
}

sealed record Is(State State) : Expression;

enum State { Photo, Video, Raw, Favourite, Archived, Hidden, Missing, Trashed, Blurred, Clear }

/// <summary>As it is shown, after orientation.</summary>
sealed record Shaped(Shape Shape) : Expression;

enum Shape { Landscape, Portrait, Square }

/// <param name="Digits">Hexadecimal, in lower case.</param>
sealed record IdBegins(string Digits) : Expression;

/// <summary>A content it has or had has a SHA-256 that begins so.</summary>
/// <param name="Digits">Hexadecimal, in lower case.</param>
sealed record HashBegins(string Digits) : Expression;
