using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace Albumen.Daemon;

/// <summary>Hands log events to <see cref="Messages"/>, as the journal gets them, without stack traces.</summary>
sealed class MessageSink(Messages messages) : ILogEventSink
{
    // Without quotes around every name.
    static readonly MessageTemplateTextFormatter Plain = new("{Message:lj}");

    public void Emit(LogEvent logEvent)
    {
        LogLevel level = logEvent.Level switch
        {
            LogEventLevel.Fatal => LogLevel.Critical,
            LogEventLevel.Error => LogLevel.Error,
            LogEventLevel.Warning => LogLevel.Warning,
            LogEventLevel.Information => LogLevel.Information,
            _ => LogLevel.Debug,
        };
        string part = logEvent.Properties.GetValueOrDefault("SourceContext") is ScalarValue { Value: string context } ? context[(context.LastIndexOf('.') + 1)..] : "albumend";
        using StringWriter text = new();
        Plain.Format(logEvent, text);
        messages.Add(logEvent.Timestamp, level, part, logEvent.Exception is { } error ? $"{text} ({error.GetType().Name}: {error.Message})" : text.ToString());
    }
}
