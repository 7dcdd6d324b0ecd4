using System.Buffers;
using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>Takes a request's body into an upload: while one part is hashed and written, the next is received.</summary>
static class Receiver
{
    const int PartInBytes = 256 * 1024;

    /// <exception cref="IOException">The connection broke, or the disk did.</exception>
    public static async Task ReceiveAsync(Stream body, Upload upload, CancellationToken cancellationToken)
    {
        byte[] receiving = ArrayPool<byte>.Shared.Rent(PartInBytes), writing = ArrayPool<byte>.Shared.Rent(PartInBytes);
        Task written = Task.CompletedTask;
        try
        {
            while (await RequestBody.FillAsync(body, receiving.AsMemory(0, PartInBytes), cancellationToken) is var length and > 0)
            {
                await written;
                (receiving, writing) = (writing, receiving);
                byte[] part = writing;
                // The last part, which is the only one of a small file, is not worth another thread.
                if (length == PartInBytes) written = Task.Run(() => upload.Write(part.AsMemory(0, length)), CancellationToken.None);
                else
                {
                    upload.Write(part.AsMemory(0, length));
                    break;
                }
            }
            await written;
        }
        finally
        {
            // Whatever failed, the buffer is not given back while somebody reads it.
            await written.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            ArrayPool<byte>.Shared.Return(receiving);
            ArrayPool<byte>.Shared.Return(writing);
        }
    }
}
