using System.Text.Json;
using Albumen.Processing;

namespace Albumen.Derivatives;

/// <summary>Has a file visited by a worker process.</summary>
static class Visits
{
    /// <summary>Bytes a second: a large clip gets the time to be read even so.</summary>
    const double SlowestDisk = 5_000_000;

    /// <param name="sizeInBytes">As far as is known; a large file may take longer.</param>
    /// <exception cref="WorkerFault">Two workers died over this file.</exception>
    /// <exception cref="WorkersUnavailableException">There is no worker to ask.</exception>
    public static async Task<VisitAnswer> VisitAsync(this WorkerPool workers, VisitRequest request, long sizeInBytes, CancellationToken cancellationToken)
    {
        double seconds = (sizeInBytes / SlowestDisk) + (request.BytesPerSecond > 0 ? (double)sizeInBytes / request.BytesPerSecond : 0);
        byte[] answer = await workers.AskAsync(JsonSerializer.SerializeToUtf8Bytes(new VisitQuestion(request), VisitJson.Default.VisitQuestion), TimeSpan.FromSeconds(seconds), cancellationToken);
        try
        {
            VisitAnswer read = JsonSerializer.Deserialize(answer, VisitJson.Default.VisitAnswer)!;
            if (read.End is VisitEnd.Read) _ = ContentHash.Parse(read.Hash ?? "");
            return read;
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            // What comes from a process that touches foreign bytes is foreign too.
            throw new WorkerFault($"its worker gave no sensible answer: {error.Message}");
        }
    }
}
