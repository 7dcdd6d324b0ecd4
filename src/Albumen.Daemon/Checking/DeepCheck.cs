using System.Data.Common;
using System.Text.Encodings.Web;
using System.Text.Json;
using Albumen.Configuration;
using Albumen.Sql;
using Dapper;

namespace Albumen.Daemon.Checking;

/// <summary>
/// <c>albumend check --deep</c>: reads all there is and says what does not fit together, a line a finding. It changes nothing. While the daemon runs it sees the
/// catalogue of one moment, and files of the moments after.
/// </summary>
static class DeepCheck
{
    static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>0 when all is well, 1 when something was found.</returns>
    /// <exception cref="DatabaseException">A database is not there, or is so damaged that nothing can be read from it.</exception>
    /// <param name="isWanted">Which checks; null: all.</param>
    public static int Run(Layout layout, Settings settings, bool asJson, bool readsBytes, Func<Check, bool>? isWanted = null)
    {
        using Database catalog = Database.ForReading(Appliance.CatalogFile(layout), Appliance.DamagedCatalog), auth = Database.ForReading(Path.Combine(layout.StateFolder, "auth.db"), Appliance.DamagedAuth);
        using Database.Reader ofCatalog = catalog.Read(), ofAuth = auth.Read();
        using Progress progress = new();
        Examined examined = new(layout, settings, ofCatalog.Connection, ofAuth.Connection, progress.Say, readsBytes);
        long found = 0, notes = 0;
        try
        {
            RequireNewest(ofCatalog.Connection, "catalog");
            RequireNewest(ofAuth.Connection, "auth");
            ofCatalog.Connection.Execute("BEGIN TRANSACTION");
            foreach (Check check in Check.All.Where(isWanted ?? (_ => true)))
            {
                // The moment is over: what follows takes hours, and writes need not wait for it to be tidied away.
                if (check is DerivativeCheck) ofCatalog.Connection.Execute("COMMIT TRANSACTION");
                bool isOriginals = check is OriginalCheck;
                if (!asJson) progress.Tell($"Reads {check.Reads}{(isOriginals ? readsBytes ? ", to its end" : ": its size and time" : "")}.");
                long before = found;
                foreach (Finding finding in check.Find(examined, CancellationToken.None))
                {
                    if (finding.IsNote) notes++;
                    else found++;
                    progress.Clear();
                    Console.WriteLine(asJson ? Json(finding) : $"{finding.Check}: {(finding.IsNote ? "note: " : "")}{finding.Where}: {finding.What} {finding.Remedy}");
                }
                // Nothing can be said of what stands in a damaged file.
                if (check is DatabaseCheck && found > before) break;
            }
        }
        catch (Exception error) when (error is DbException and not DatabaseException)
        {
            throw catalog.Explain((DbException)error);
        }
        progress.Clear();
        if (!asJson) Console.WriteLine(found == 0 ? $"All is well{(notes > 0 ? $"; {notes} note{(notes == 1 ? "" : "s")}" : "")}." : $"{found} finding{(found == 1 ? "" : "s")}{(notes > 0 ? $" and {notes} note{(notes == 1 ? "" : "s")}" : "")}.");
        return found == 0 ? 0 : 1;
    }

    static void RequireNewest(DbConnection connection, string schema)
    {
        long version = connection.ExecuteScalar<long>("PRAGMA user_version"), newest = Database.NewestOf(schema);
        if (version != newest) throw new DatabaseException($"{schema}.db has schema {version}, and this Albumen knows {newest}. {(version < newest ? "Start albumend once: it brings the file up to date." : "It was written by a newer version; install that one again.")}");
    }

    static string Json(Finding finding)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line, Readable))
        {
            json.WriteStartObject();
            json.WriteString("check", finding.Check);
            json.WriteString("where", finding.Where);
            json.WriteString("what", finding.What);
            json.WriteString("remedy", finding.Remedy);
            json.WriteBoolean("note", finding.IsNote);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(line.GetBuffer().AsSpan(0, (int)line.Length));
    }

    /// <summary>One line that is written over and over, where somebody watches; on standard error, so that findings can be piped.</summary>
    sealed class Progress : IDisposable
    {
        const int Width = 78;

        readonly bool _isWatched = !Console.IsErrorRedirected;
        bool _isShown;

        public void Say(string text)
        {
            if (!_isWatched) return;
            Console.Error.Write($"\r{(text.Length > Width ? text[..Width] : text.PadRight(Width))}");
            _isShown = true;
        }

        /// <summary>A line that stays.</summary>
        public void Tell(string text)
        {
            Clear();
            Console.Error.WriteLine(text);
        }

        public void Clear()
        {
            if (_isShown) Console.Error.Write($"\r{new string(' ', Width)}\r");
            _isShown = false;
        }

        public void Dispose() => Clear();
    }
}
