using Albumen.Daemon.Diagnosis;

namespace Albumen.Tests.Daemon;

public sealed class PatienceTests
{
    static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Who_does_not_answer_is_not_asked_again_and_holds_up_nobody_else()
    {
        Patience patience = new();
        using ManualResetEventSlim mount = new();
        int asked = 0;
        string Stat()
        {
            Interlocked.Increment(ref asked);
            mount.Wait(CancellationToken.None);
            return "there";
        }

        for (int i = 0; i < 3; i++) await Assert.ThrowsAsync<TimeoutException>(() => patience.AskAsync("/mnt/nas", Stat, Short, TestContext.Current.CancellationToken));
        Assert.Equal("well", await patience.AskAsync("/mnt/disk", () => "well", Short, TestContext.Current.CancellationToken));
        Assert.Equal(1, asked);

        mount.Set();
        Assert.Equal("there", await patience.AskAsync("/mnt/nas", Stat, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal(2, asked);
    }
}
