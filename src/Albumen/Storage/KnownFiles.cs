using System.Data.Common;
using Albumen.Sql;

namespace Albumen.Storage;

/// <summary>The files of one folder as the catalogue remembers them, one after the other in byte order of their names.</summary>
sealed class KnownFiles(DbConnection connection) : IDisposable
{
    const int Missing = 1, Read = 2, Unseen = 4;

    readonly Rows _rows = new(connection, $"""
        SELECT name, size_in_bytes, modified_ns, changed_ns, inode,
          (missing_since IS NOT NULL) * {Missing} + (content_id IS NOT NULL) * {Read} + (unseen_since IS NOT NULL) * {Unseen}
        FROM location WHERE folder_id = ?1 ORDER BY name
        """);
    long _state;

    /// <summary>Stands on the first file of a folder.</summary>
    public KnownFiles Of(long folder)
    {
        _rows.Start(folder);
        MoveNext();
        return this;
    }

    /// <summary>After the last file: nothing else may be asked then.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Valid until the next file.</summary>
    public ReadOnlySpan<byte> Name => _rows.Bytes(0);

    public bool IsMissing => (_state & Missing) != 0;

    /// <summary>An earlier scan did not find it, and it stands open what that means.</summary>
    public bool IsUnseen => (_state & Unseen) != 0;

    public bool IsRead => (_state & Read) != 0;

    /// <summary>The short cut that spares reading: same size, times and inode.</summary>
    public bool IsAs(in FileStat stat) =>
        _rows.Integer(1) == stat.SizeInBytes && _rows.Integer(2) == stat.ModifiedNs && _rows.Integer(3) == stat.ChangedNs && _rows.Integer(4) == stat.Inode;

    public void MoveNext()
    {
        IsAtEnd = !_rows.Next();
        if (!IsAtEnd) _state = _rows.Integer(5);
    }

    public void Dispose() => _rows.Dispose();
}
