using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Albumen.Sql;

/// <summary>A command as every caller makes, uses and disposes it; behind it stands one that its connection keeps.</summary>
sealed class RememberedCommand(RememberingConnection connection) : DbCommand
{
    static readonly DataTable Nothing = new();

    SqliteCommand? _command;
    SqliteDataReader? _reader;
    bool _hasFailed;

    [AllowNull]
    public override string CommandText
    {
        get => _command?.CommandText ?? "";
        set
        {
            // Dapper sets the text anew while it adds parameters, when it puts the items of a list in the place of one: the command stays the same.
            if (_command is null) _command = connection.Take(value ?? "");
            else _command.CommandText = value ?? "";
        }
    }

    public override int CommandTimeout { get; set; } = connection.DefaultTimeout;

    public override CommandType CommandType
    {
        get => CommandType.Text;
        set
        {
            if (value is not CommandType.Text) throw new NotSupportedException("SQLite knows commands as text only.");
        }
    }

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection
    {
        get => connection;
        set => throw new NotSupportedException("A command stays with its connection.");
    }

    protected override DbParameterCollection DbParameterCollection => Command.Parameters;

    /// <remarks>It is always the one its connection is in.</remarks>
    protected override DbTransaction? DbTransaction
    {
        get => Command.Transaction;
        set { }
    }

    SqliteCommand Command => _command ?? throw new InvalidOperationException("The command has no text yet.");

    public override void Cancel() => Command.Cancel();

    public override int ExecuteNonQuery() => Run(static command => command.ExecuteNonQuery());

    public override object? ExecuteScalar() => Run(static command => command.ExecuteScalar());

    public override void Prepare() => Command.Prepare();

    protected override DbParameter CreateDbParameter() => Command.CreateParameter();

    /// <remarks>
    /// Of an answer without rows SQLite cannot say what types computed columns have, and what reads rows into records would miss a constructor for those it
    /// makes up; so it has no columns either.
    /// </remarks>
    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
    {
        _reader = Run(command => command.ExecuteReader(behavior));
        if (_reader.HasRows) return _reader;
        _reader.Dispose();
        _reader = null;
        return Nothing.CreateDataReader();
    }

    T Run<T>(Func<SqliteCommand, T> run)
    {
        RememberingConnection.Ran?.Invoke(connection.DataSource, CommandText);
        try
        {
            return run(Command);
        }
        catch
        {
            _hasFailed = true;
            throw;
        }
    }

    void GiveBack()
    {
        _reader?.Dispose();
        if (_command is { } command)
        {
            if (_hasFailed) command.Dispose();
            else connection.Return(command);
        }
        (_command, _reader, _hasFailed) = (null, null, false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) GiveBack();
        base.Dispose(disposing);
    }
}
