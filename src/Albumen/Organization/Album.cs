namespace Albumen.Organization;

/// <summary>A folder of photos that somebody put together. What is in it stands in the catalogue; this is what is known of the album itself.</summary>
/// <param name="Id">32 hexadecimal digits.</param>
/// <param name="Name">Of its folder, free among its neighbours.</param>
/// <param name="Key">By which its folder is found.</param>
/// <param name="Order">One of Catalog.Arranged.Orders.</param>
/// <param name="Cover">The id of a photo; null: none was chosen.</param>
/// <param name="Trashed">Since when it lies in the trash, itself; null while it does not.</param>
public sealed record Album(string Id, string Title, string Name, string Key, string? Description, string? Cover, string Order, string? Trashed)
{
    /// <summary>The album it lies in; null at the top.</summary>
    public Album? Parent { get; internal set; }

    /// <summary>Those that lie in it, in the order of their keys; those in the trash are not among them.</summary>
    public IReadOnlyList<Album> Children { get; internal set; } = [];

    /// <summary>Names with slashes between, from the top: <c>Trips/2024</c>.</summary>
    public string Path => Parent is null ? Name : $"{Parent.Path}/{Name}";

    /// <summary>It or one that it lies in was deleted.</summary>
    public bool IsInTrash => Trashed is not null || Parent?.IsInTrash is true;

    public override string ToString() => Path;
}
