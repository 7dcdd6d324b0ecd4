namespace Albumen.Storage;

/// <summary>One library folder, as the configuration names it. Albumen reads what lies below and changes no original.</summary>
/// <param name="Name">What people see under <c>/Folders</c>: 1 to 64 letters, digits, spaces, <c>-</c>, <c>_</c> or <c>.</c>; unique whatever the case.</param>
/// <param name="Path">Absolute and without <c>.</c>, <c>..</c> or a slash at the end. It need not exist: the volume is then offline.</param>
/// <param name="Timezone">IANA zone (<c>Europe/Vienna</c>) used only where a photo states no offset; by default none, and the offset stays unknown.</param>
/// <param name="Exclude">Files and folders to leave out, written as in <c>.gitignore</c>, relative to <paramref name="Path"/>; by default none.</param>
/// <param name="Marker">A file in the volume, <c>.albumen/volume</c>, says which one it is; made when it is first seen. By default the volume is known by its file system and nothing is written.</param>
/// <param name="Sidecars">Where its sidecars are written; null: as for all volumes.</param>
/// <param name="Layer">A copy of the layer files (albums, stacks, people, journal) is kept in <c>.albumen/layer</c> of this volume; by default none.</param>
/// <param name="Writable">New originals may be added to it; those that are there are changed, moved and removed as little as anywhere else. By default nothing is added.</param>
/// <param name="Stacks">Its photos are stacked by the rules; by default they are.</param>
/// <param name="BlurThreshold">The sharpness below which its photos count as blurred; null: as for all volumes.</param>
public sealed record VolumeSettings(
    string Name, string Path, string? Timezone, IReadOnlyList<string> Exclude, bool Marker = false, Placement? Sidecars = null, bool Layer = false, bool Writable = false, bool Stacks = true,
    double? BlurThreshold = null);
