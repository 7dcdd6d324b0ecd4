namespace Albumen.Organization;

/// <summary>A query under a name; what it finds is asked anew every time.</summary>
/// <param name="Id">32 hexadecimal digits.</param>
/// <param name="Name">Of its folder, free among the others.</param>
/// <param name="Key">By which its folder is found.</param>
/// <param name="Query">In the language of the search, as it was written.</param>
public sealed record SmartAlbum(string Id, string Title, string Name, string Key, string Query, string? Description);
