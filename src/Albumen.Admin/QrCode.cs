using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Albumen.Admin;

/// <summary>A QR code as lines of half blocks, two rows of modules a line, drawn by Debian's qrencode. Never of a secret: what is drawn can be photographed.</summary>
static class QrCode
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Light modules are the blocks, as on a terminal that is dark; where it is not, the lines are to be shown white on black. The border that readers want is part of it.</summary>
    /// <exception cref="QrCodeException">It cannot be drawn; the message says what to type.</exception>
    public static async Task<IReadOnlyList<string>> LinesAsync(string text, CancellationToken cancellationToken)
    {
        // Two characters a module: ## where it is dark.
        string[] rows = (await EncodeAsync(text, cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        List<string> lines = [];
        for (int y = 0; y < rows.Length; y += 2)
        {
            StringBuilder line = new();
            for (int x = 0; x < rows[y].Length; x += 2)
                line.Append((IsLight(y, x), IsLight(y + 1, x)) switch
                {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    _ => ' ',
                });
            lines.Add(line.ToString());
        }
        return lines;

        // Below the last row there is border.
        bool IsLight(int y, int x) => y >= rows.Length || rows[y][x] == ' ';
    }

    static async Task<string> EncodeAsync(string text, CancellationToken cancellationToken)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo("qrencode", ["-t", "ASCII", "-l", "M", "-m", "2", "-o", "-"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (Win32Exception)
        {
            throw new QrCodeException("qrencode is not installed. Type: sudo apt-get install qrencode");
        }
        using (process)
            try
            {
                await process.StandardInput.WriteAsync(text.AsMemory(), cancellationToken);
                process.StandardInput.Close();
                string drawn = await process.StandardOutput.ReadToEndAsync(cancellationToken).WaitAsync(Limit, cancellationToken);
                await process.WaitForExitAsync(cancellationToken).WaitAsync(Limit, cancellationToken);
                return process.ExitCode == 0 ? drawn : throw new QrCodeException($"qrencode cannot draw this: {(await process.StandardError.ReadToEndAsync(cancellationToken)).Trim()}");
            }
            catch (Exception error) when (error is IOException or TimeoutException)
            {
                throw new QrCodeException($"qrencode gives no answer: {error.Message}");
            }
            finally
            {
                if (!process.HasExited) process.Kill();
            }
    }
}

/// <summary>No QR code can be drawn; the message says why and what to type.</summary>
sealed class QrCodeException(string message) : Exception(message);
