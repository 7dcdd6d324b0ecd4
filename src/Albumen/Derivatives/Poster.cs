using Albumen.Catalog;
using Albumen.Catalog.Metadata;

namespace Albumen.Derivatives;

/// <summary>What a preview is of a photo, of a clip: one frame, from near its beginning.</summary>
sealed class Poster : Preview
{
    public override string Name => "poster";
    public override int Recipe => 2;
    public override bool Suits(MediaType type, Facts facts) => type.Kind is MediaKind.Video;
}
