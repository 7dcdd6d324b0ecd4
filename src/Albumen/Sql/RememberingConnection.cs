using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Albumen.Sql;

/// <summary>A connection that keeps what it has prepared: SQL that runs again is not parsed and planned again, which costs more than most of it takes to run.</summary>
sealed class RememberingConnection(string connectionString) : SqliteConnection(connectionString)
{
    /// <summary>Not more different texts than this are kept; then it begins anew, because queries of people are of ever new shapes.</summary>
    const int Most = 100;

    readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);

    /// <summary>Told each command of every database, with the path of its file: for tests that count them.</summary>
    internal static Action<string, string>? Ran { get; set; }

    /// <summary>A command for this text that nobody else is running, perhaps prepared already.</summary>
    internal SqliteCommand Take(string sql)
    {
        if (!_prepared.Remove(sql, out SqliteCommand? command))
        {
            command = CreateCommand();
            command.CommandText = sql;
        }
        command.Transaction = Transaction;
        return command;
    }

    /// <summary>Keeps a command for the next time.</summary>
    internal void Return(SqliteCommand command)
    {
        command.Parameters.Clear();
        if (_prepared.Count >= Most)
        {
            foreach (SqliteCommand kept in _prepared.Values) kept.Dispose();
            _prepared.Clear();
        }
        if (!_prepared.TryAdd(command.CommandText, command)) command.Dispose();
    }

    /// <remarks>Asked by everything that knows it as a <see cref="DbConnection"/>.</remarks>
    protected override DbCommand CreateDbCommand() => new RememberedCommand(this);
}
