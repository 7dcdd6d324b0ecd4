using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Albumen.Native;

namespace Albumen.Derivatives;

/// <summary>
/// A program that decodes what libvips does not, as a child of a worker: under the same Landlock rules, in the process group that ends with the worker, and with
/// limits of its own to time, memory and processor.
/// </summary>
static class DecoderChild
{
    const int MostSaid = 64 * 1024;

    /// <summary>Runs it to its end.</summary>
    /// <param name="package">The Debian package that has it.</param>
    /// <param name="take">Is given what it writes to its standard output.</param>
    /// <returns>How it ended, and what it said on its standard error.</returns>
    /// <exception cref="PictureException">It is not installed, took too long, or <paramref name="take"/> threw it.</exception>
    public static (int ExitCode, string Said) Run(string program, string package, IEnumerable<string> words, TimeSpan limit, ulong addressSpaceInBytes, Action<Stream> take)
    {
        ProcessStartInfo command = new(program, words) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        Process process;
        try
        {
            process = Process.Start(command)!;
        }
        catch (Win32Exception)
        {
            throw new PictureException($"{program} is not installed (Debian package {package})");
        }
        bool isLate = false;
        using (process)
        {
            // It is still being linked, and has read nothing yet.
            Libc.LimitProcess(process.Id, addressSpaceInBytes, (ulong)Math.Ceiling(limit.TotalSeconds) * (ulong)Environment.ProcessorCount);
            using Timer timer = new(_ =>
            {
                Volatile.Write(ref isLate, true);
                Kill(process);
            }, null, limit, Timeout.InfiniteTimeSpan);
            try
            {
                process.StandardInput.Close();
                Task<string> said = ReadAsync(process.StandardError.BaseStream);
                take(process.StandardOutput.BaseStream);
                process.WaitForExit();
                return Volatile.Read(ref isLate) ? throw new PictureException($"{program} took longer than {limit.TotalSeconds:0} s") : (process.ExitCode, said.GetAwaiter().GetResult());
            }
            finally
            {
                Kill(process);
            }
        }
    }

    static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited) process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself meanwhile.
        }
    }

    /// <summary>To the end, so that it never waits for us; the beginning, where the file is described, and what was said last are kept.</summary>
    static async Task<string> ReadAsync(Stream errors)
    {
        StringBuilder first = new();
        string last = "";
        byte[] chunk = new byte[8192];
        for (int read; (read = await errors.ReadAsync(chunk)) > 0;)
        {
            string text = Encoding.UTF8.GetString(chunk, 0, read);
            if (first.Length < MostSaid) first.Append(text);
            else last = last.Length > MostSaid ? text : last + text;
        }
        return first.Append(last).ToString();
    }
}
