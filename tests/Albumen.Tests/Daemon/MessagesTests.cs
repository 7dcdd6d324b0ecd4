using Albumen.Client;
using Albumen.Daemon;
using Microsoft.Extensions.Logging;

namespace Albumen.Tests.Daemon;

public class MessagesTests
{
    readonly Messages _messages = new(TimeProvider.System);

    [Fact]
    public void Only_the_last_ones_are_kept_however_many_and_however_long()
    {
        for (int i = 0; i < 5000; i++) Say($"{i}");
        IReadOnlyList<Message> kept = _messages.Read(0, LogLevel.Trace, int.MaxValue).Messages;
        Assert.Equal(2000, kept.Count);
        Assert.Equal("4999", kept[^1].Text);
        Assert.Equal(kept[0].Number + 1999, kept[^1].Number);

        for (int i = 0; i < 5000; i++) Say(new string('x', 100_000));
        Assert.InRange(_messages.Read(0, LogLevel.Trace, int.MaxValue).Messages.Sum(m => m.Text.Length), 200_000, 256 * 1024);
    }

    [Fact]
    public void Every_message_is_read_once_by_who_goes_on_where_he_was()
    {
        for (int i = 0; i < 10; i++) Say($"{i}", i % 2 == 0 ? LogLevel.Warning : LogLevel.Information);
        List<string> read = [];
        long? after = 0;
        while (_messages.Read(after, LogLevel.Warning, 2) is { Messages: { Count: > 0 } some, Last: var last })
        {
            read.AddRange(some.Select(m => m.Text));
            after = last;
        }

        Assert.Equal(["0", "2", "4", "6", "8"], read);
        Assert.Equal(["8"], _messages.Read(null, LogLevel.Warning, 1).Messages.Select(m => m.Text));
        // As after the clock was set back between two runs.
        Assert.Equal(10, _messages.Read(long.MaxValue, LogLevel.Trace, 100).Messages.Count);
    }

    [Fact]
    public void Another_run_counts_on()
    {
        Say("a");
        long before = _messages.Read(null, LogLevel.Trace, 1).Last;
        Thread.Sleep(5);
        Messages next = new(TimeProvider.System);
        next.Add(DateTimeOffset.UtcNow, LogLevel.Error, "part", "b");

        Assert.Equal(["b"], next.Read(before, LogLevel.Trace, 10).Messages.Select(m => m.Text));
    }

    void Say(string text, LogLevel level = LogLevel.Information) => _messages.Add(DateTimeOffset.UtcNow, level, "part", text);
}
