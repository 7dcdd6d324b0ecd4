using Serilog.Core;
using Serilog.Events;

namespace Albumen.Daemon.Systemd;

/// <summary>Writes log events to the journal with each property as a field (<c>ALBUMEN_VOLUME=photos</c>), so that journalctl can select by it.</summary>
sealed class JournalSink : ILogEventSink
{
    public void Emit(LogEvent logEvent)
    {
        // syslog(3) priorities.
        string priority = logEvent.Level switch
        {
            LogEventLevel.Fatal => "2",
            LogEventLevel.Error => "3",
            LogEventLevel.Warning => "4",
            LogEventLevel.Information => "6",
            _ => "7",
        };
        using StringWriter text = new();
        MessageSink.Plain.Format(logEvent, text);
        string message = text.ToString();
        List<KeyValuePair<string, string>> fields =
        [
            new("MESSAGE", logEvent.Exception is { } error ? $"{message}\n{error}" : message),
            new("PRIORITY", priority),
            new("SYSLOG_IDENTIFIER", "albumend"),
        ];
        foreach ((string name, LogEventPropertyValue value) in logEvent.Properties)
            fields.Add(new($"ALBUMEN_{string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant()}", value is ScalarValue { Value: string plain } ? plain : value.ToString()));
        Native.Systemd.Journal(fields);
    }
}
