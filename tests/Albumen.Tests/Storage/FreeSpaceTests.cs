using Albumen.Storage;

namespace Albumen.Tests.Storage;

public sealed class FreeSpaceTests
{
    [Fact]
    public void The_first_answer_is_there_at_once_and_of_what_is_not_there_nothing_is_said()
    {
        FreeSpace space = new(TimeProvider.System);

        Assert.Equal(new DriveInfo(Path.GetTempPath()).TotalSize, space.Of(Path.GetTempPath())!.Value.Total);
        Assert.Null(space.Of("/not/there"));
    }
}
