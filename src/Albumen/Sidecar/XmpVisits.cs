using System.Text.Json;
using Albumen.Processing;

namespace Albumen.Sidecar;

/// <summary>Has sidecars read and merged by a worker process.</summary>
static class XmpVisits
{
    /// <returns>One answer for each item, in their order. One over which two workers died is damaged.</returns>
    /// <exception cref="WorkersUnavailableException">There is no worker to ask.</exception>
    public static async Task<IReadOnlyList<XmpAnswer>> VisitAsync(this WorkerPool workers, XmpQuestion question, CancellationToken cancellationToken)
    {
        List<XmpAnswer> answers = [];
        try
        {
            while (answers.Count < question.Items.Count) answers.AddRange(await AskAsync(workers, question with { Items = [.. question.Items.Skip(answers.Count)] }, cancellationToken));
            return answers;
        }
        catch (WorkerFault fault) when (question.Items.Count == 1)
        {
            return [new(XmpEnd.Damaged, Fault: $"It ended two workers: {fault.Message}")];
        }
        catch (WorkerFault)
        {
            // Which of them it was is found by asking one by one.
            answers.Clear();
            foreach (XmpItem item in question.Items) answers.AddRange(await workers.VisitAsync(question with { Items = [item] }, cancellationToken));
            return answers;
        }
    }

    static async Task<IReadOnlyList<XmpAnswer>> AskAsync(WorkerPool workers, XmpQuestion question, CancellationToken cancellationToken)
    {
        byte[] answer = await workers.AskAsync(JsonSerializer.SerializeToUtf8Bytes(new(question), XmpJson.Default.XmpEnvelope), TimeSpan.Zero, cancellationToken);
        try
        {
            IReadOnlyList<XmpAnswer> answers = JsonSerializer.Deserialize(answer, XmpJson.Default.IReadOnlyListXmpAnswer)!;
            foreach (XmpAnswer each in answers)
                if (each.Hash is { } hash) _ = ContentHash.Parse(hash);
            return answers.Count > 0 && answers.Count <= question.Items.Count ? answers : throw new FormatException($"{answers.Count} answers to {question.Items.Count} questions");
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            // What comes from a process that touches foreign bytes is foreign too.
            throw new WorkerFault($"its worker gave no sensible answer: {error.Message}");
        }
    }
}
