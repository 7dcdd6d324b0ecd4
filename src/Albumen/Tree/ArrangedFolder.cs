using Albumen.Organization;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>
/// What writing to albums and to tags has in common: no byte of a photo is copied, and each deed is one operation of the journal, which can be taken back. Bytes that
/// come from outside are an original, or were one, before they are put in; what is no photo, or none yet, is a <see cref="Shadow"/>.
/// </summary>
abstract class ArrangedFolder(ArchiveTree tree, Organizer organizer, Intake intake, PathProperties properties) : JournalledFolder(tree, organizer, intake)
{
    Shadows? Shadows => Tree.Shadows;

    public override TreeAnswer? RefuseName(Spot spot) => spot.Name.Trim(' ', '.').Length == 0 || spot.Name.Any(char.IsControl) || spot.Name.Length > 255 ? TreeAnswer.NameNotAllowed : null;

    /// <summary>Has the bytes taken in, which needs its time and changes nothing here.</summary>
    /// <returns>Null when the upload is a photo now, or need not become one.</returns>
    public async Task<TreeAnswer?> PrepareAsync(Spot spot, Upload upload, Viewer viewer, CancellationToken cancellationToken)
    {
        if (upload.SizeInBytes == 0 || spot.IsShadowy) return null;
        return (await Intake.TakeAsync(upload, FileName(spot), viewer, cancellationToken)).Refusal;
    }

    public sealed override async Task<TreeAnswer> PutAsync(Spot spot, Upload upload, Viewer viewer, CancellationToken cancellationToken)
    {
        // Windows empties a file before it writes to it. What is there stays until other bytes come.
        if (upload.SizeInBytes == 0 && spot.Node is { Source: not ShadowFile } there) return new TreeAnswer.Done(IsNew: false, there);
        if (upload.SizeInBytes == 0 || spot.IsShadowy)
        {
            if (Shadows is not { } shadows) return TreeAnswer.NoPhoto;
            if (!shadows.HasRoom(viewer.Name, upload.SizeInBytes)) return new TreeAnswer.NoSpace();
            await shadows.KeepAsync(viewer.Name, TreePath.KeyOf(spot.Folder!.Path), spot.Name, upload, upload.IsDated, cancellationToken);
            return new TreeAnswer.Done(IsNew: spot.Node is null, null);
        }
        // It may be gone since it was taken in, by a purge: then nothing says that these bytes are kept.
        return Intake.Held(upload.Hashes.Sha256) is { } asset ? await BringAsync(asset, spot, $"put {spot.Path}", viewer, cancellationToken) : new TreeAnswer.Changed();
    }

    public sealed override async Task<TreeAnswer> DeleteAsync(Spot spot, Viewer viewer, CancellationToken cancellationToken)
    {
        Node node = spot.Node!;
        if (node.Source is ShadowFile { Shadow: var shadow })
        {
            await Shadows!.RemoveAsync(shadow, cancellationToken);
            return new TreeAnswer.Done(IsNew: false, null);
        }
        TreeAnswer answer = await TakeOutAsync(spot, viewer, cancellationToken);
        if (answer is TreeAnswer.Done && node.IsFolder && Shadows is { } shadows) await shadows.RemoveAllAsync(TreePath.KeyOf(node.Path), cancellationToken);
        return answer;
    }

    public sealed override async Task<TreeAnswer> CopyAsync(Node source, Spot target, bool isDeep, Viewer viewer, CancellationToken cancellationToken)
    {
        if (await PassAsync(source, target, isMoved: false, viewer, cancellationToken) is { } passed) return passed;
        if (IsFromOutside(source)) return await BringAsync(source, target, "copy", viewer, cancellationToken);
        (Spot spot, Shadow? over) = WithoutShadow(target);
        TreeAnswer answer = await CopyInAsync(source, spot, isDeep, viewer, cancellationToken);
        return await UncoverAsync(answer, over, cancellationToken);
    }

    public sealed override async Task<TreeAnswer> MoveAsync(Node source, Spot target, Viewer viewer, CancellationToken cancellationToken)
    {
        if (await PassAsync(source, target, isMoved: true, viewer, cancellationToken) is { } passed) return passed;
        if (IsFromOutside(source))
        {
            TreeAnswer brought = await BringAsync(source, target, "move", viewer, cancellationToken);
            if (brought is TreeAnswer.Done && source.Source is ShadowFile { Shadow: var shadow }) await Shadows!.RemoveAsync(shadow, cancellationToken);
            return brought;
        }
        (Spot spot, Shadow? over) = WithoutShadow(target);
        TreeAnswer answer = await MoveInAsync(source, spot, viewer, cancellationToken);
        if (answer is TreeAnswer.Done && Shadows is { } shadows)
        {
            string from = TreePath.KeyOf(TreePath.FolderOf(source.Path)!), to = TreePath.KeyOf(target.Folder!.Path);
            if (source.IsFolder) await shadows.MoveAllAsync(TreePath.KeyOf(source.Path), TreePath.KeyOf(target.Folder.Child(target.Name)), cancellationToken);
            // An editor makes room for the file it has just written.
            else if (source.Asset is { } asset && from == to && PassingNames.IsPassing(target.Name) && over is null)
                await shadows.NoteAsync(ShadowKind.Aside, viewer.Name, to, target.Name, asset.Uid, EntryName.KeyOf(source.Name), cancellationToken);
        }
        return await UncoverAsync(answer, over, cancellationToken);
    }

    /// <summary>A photo has the time of its file, and a folder that of its last change; what a client says of it instead is kept for it.</summary>
    public sealed override async Task<TreeAnswer> SetModifiedAsync(Node node, DateTimeOffset modified, CancellationToken cancellationToken)
    {
        await properties.SetAsync(TreePath.KeyOf(node.Path), [(SetTime.Namespace, SetTime.Name, SetTime.ToElement(modified))], cancellationToken);
        // The original that it becomes will have it.
        if (node.Source is ShadowFile { Shadow: var shadow }) await Shadows!.SetModifiedAsync(shadow, Rows.Nanoseconds(modified), cancellationToken);
        return new TreeAnswer.Done(IsNew: false, node with { Modified = modified });
    }

    /// <summary>Takes a photo out, or a folder away.</summary>
    protected abstract Task<TreeAnswer> TakeOutAsync(Spot spot, Viewer viewer, CancellationToken cancellationToken);

    /// <summary>Copies photos that are in the library. Nothing but one stands at the target.</summary>
    protected abstract Task<TreeAnswer> CopyInAsync(Node source, Spot target, bool isDeep, Viewer viewer, CancellationToken cancellationToken);

    /// <inheritdoc cref="CopyInAsync"/>
    protected abstract Task<TreeAnswer> MoveInAsync(Node source, Spot target, Viewer viewer, CancellationToken cancellationToken);

    /// <summary>What a file put there is called as an original.</summary>
    protected virtual string FileName(Spot spot) => spot.Name;

    /// <summary>Puts a photo where bytes were put that are it.</summary>
    /// <param name="older">The photo that it is another version of.</param>
    /// <returns>Elsewhere where it stood in the folder before, and nothing was done.</returns>
    protected abstract Task<TreeAnswer> TakeInAsync(string asset, Spot target, string? older, string what, Viewer viewer, CancellationToken cancellationToken);

    /// <summary>Bytes of ours that are no original where they lie.</summary>
    static bool IsFromOutside(Node source) => source.Source is PlainFile or ShadowFile;

    async Task<TreeAnswer> BringAsync(Node source, Spot target, string verb, Viewer viewer, CancellationToken cancellationToken) =>
        Photos.One(source) is { } asset ? await BringAsync(asset, target, $"{verb} {source.Path} {target.Path}", viewer, cancellationToken) : PhotoSource.Refuse(source);

    async Task<TreeAnswer> BringAsync(string asset, Spot spot, string what, Viewer viewer, CancellationToken cancellationToken)
    {
        (Spot target, Shadow? over) = WithoutShadow(spot);
        string folder = TreePath.KeyOf(spot.Folder!.Path);
        string? older = target.Node is { } there ? there.Asset?.Uid : Shadows?.AsideOf(viewer.Name, folder, EntryName.KeyOf(spot.Name));
        TreeAnswer answer = await TakeInAsync(asset, target, older == asset ? null : older, what, viewer, cancellationToken);
        if (answer is not TreeAnswer.Done done) return answer;
        if (over is not null) await Shadows!.RemoveAsync(over, cancellationToken);
        // Whoever put it there asks for it there.
        if (Shadows is { } shadows && done.Node is { } node && TreePath.KeyOf(node.Path) != $"{folder}/{EntryName.KeyOf(spot.Name)}")
            await shadows.NoteAsync(ShadowKind.Photo, viewer.Name, folder, spot.Name, asset, done.IsElsewhere ? EntryName.KeyOf(node.Name) : null, cancellationToken);
        return done with { IsNew = spot.Node is null };
    }

    /// <summary>What happens among names that pass, and files without bytes.</summary>
    /// <returns>Null where a photo is meant, or is to become of it.</returns>
    async Task<TreeAnswer?> PassAsync(Node source, Spot target, bool isMoved, Viewer viewer, CancellationToken cancellationToken)
    {
        if (source.IsFolder) return null;
        if (!IsFromOutside(source)) return PassingNames.IsJunk(target.Name) ? TreeAnswer.NameNotAllowed : null;
        if (Shadows is not { } shadows || !(target.IsShadowy || (source.SizeInBytes == 0 && target.Node is null or { Source: ShadowFile }))) return null;
        if (source.Source is ShadowFile { Shadow.File: null }) return TreeAnswer.NameNotAllowed;
        string folder = TreePath.KeyOf(target.Folder!.Path);
        if (isMoved && source.Source is ShadowFile { Shadow: var shadow }) await shadows.MoveAsync(shadow, folder, target.Name, cancellationToken);
        else
        {
            (PlainDisk disk, RelativePath path) = source.Source is PlainFile plain ? (Tree.Inbox!.Disk, plain.Path) : (shadows.Disk, RelativePath.Parse(((ShadowFile)source.Source).Shadow.File!));
            if (!shadows.HasRoom(viewer.Name, source.SizeInBytes)) return new TreeAnswer.NoSpace();
            using Upload copy = new(shadows.Disk.Stage(), withSha512: false);
            await Task.Run(() => Copy(disk, path, copy), cancellationToken);
            copy.Finish(source.Modified);
            await shadows.KeepAsync(viewer.Name, folder, target.Name, copy, isDated: true, cancellationToken);
        }
        return new TreeAnswer.Done(IsNew: target.Node is null, null);
    }

    static void Copy(PlainDisk disk, RelativePath path, Upload copy)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = disk.OpenRead(path, out _);
        byte[] buffer = new byte[256 * 1024];
        int length;
        for (long at = 0; (length = RandomAccess.Read(file, buffer, at)) > 0; at += length) copy.Write(buffer.AsMemory(0, length));
    }

    static (Spot Spot, Shadow? Over) WithoutShadow(Spot spot) => spot.Node?.Source is ShadowFile { Shadow: var shadow } ? (spot with { Node = null }, shadow) : (spot, null);

    /// <summary>What was put over a shadow is seen.</summary>
    async Task<TreeAnswer> UncoverAsync(TreeAnswer answer, Shadow? over, CancellationToken cancellationToken)
    {
        if (answer is not TreeAnswer.Done done || over is null) return answer;
        await Shadows!.RemoveAsync(over, cancellationToken);
        return done with { IsNew = false };
    }
}
