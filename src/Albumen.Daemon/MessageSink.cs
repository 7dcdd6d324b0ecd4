using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace Albumen.Daemon;

/// <summary>Hands log events to <see cref="Messages"/>, as the journal gets them, without stack traces.</summary>
sealed class MessageSink(Messages messages) : ILogEventSink
{
    /// <summary>Without quotes around every name.</summary>
    public static MessageTemplateTextFormatter Plain { get; } = new("{Message:lj}");

    public void Emit(LogEvent logEvent)
    {
        string? source = (logEvent.Properties.GetValueOrDefault("SourceContext") as ScalarValue)?.Value as string;
        // Where requests are told of, to read the messages would be one.
        if (logEvent.Level < LogEventLevel.Warning && source?.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) is true) return;
        LogLevel level = logEvent.Level switch
        {
            LogEventLevel.Fatal => LogLevel.Critical,
            LogEventLevel.Error => LogLevel.Error,
            LogEventLevel.Warning => LogLevel.Warning,
            LogEventLevel.Information => LogLevel.Information,
            _ => LogLevel.Debug,
        };
        string part = source is null ? "albumend" : source[(source.LastIndexOf('.') + 1)..];
        using StringWriter text = new();
        Plain.Format(logEvent, text);
        messages.Add(logEvent.Timestamp, level, part, logEvent.Exception is { } error ? $"{text} ({error.GetType().Name}: {error.Message})" : text.ToString());
    }
}
