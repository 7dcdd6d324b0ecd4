using Albumen.Storage;
using Albumen.Tree;

namespace Albumen.Tests.Tree;

public sealed class UploadRoomTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("albumen-room-").FullName;

    [Fact]
    public void What_one_upload_was_promised_no_other_gets()
    {
        using PlainDisk disk = new(_folder);
        UploadRoom room = new(disk);
        long most = (long)(disk.Space()!.Value.Available * 0.6);
        Assert.True(room.Has(most));
        using (new Upload(disk.Stage(), withSha512: false, room, most)) Assert.False(room.Has(most));
        Assert.True(room.Has(most));
    }

    [Fact]
    public void An_upload_of_unknown_length_ends_where_the_room_does_and_leaves_nothing()
    {
        using PlainDisk disk = new(_folder);
        UploadRoom room = new(disk);
        byte[] part = new byte[32 * 1024 * 1024];
        using (Upload upload = new(disk.Stage(), withSha512: false, room))
        {
            room.Promise(disk.Space()!.Value.Available);
            upload.Write(part);
            Assert.True(Assert.Throws<FileFault>(() => upload.Write(part)).IsFull);
        }
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, PlainDisk.StagingFolder)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
