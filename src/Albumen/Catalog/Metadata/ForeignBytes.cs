using System.Buffers.Binary;
using System.Text;

namespace Albumen.Catalog.Metadata;

/// <summary>
/// The bytes of somebody's file, read at any place. A place outside is empty and a number there is zero: no length or offset in a
/// header, however wrong, makes a read throw or allocate more than <see cref="MostAtOnce"/>.
/// </summary>
sealed class ForeignBytes
{
    /// <summary>No piece of metadata we want is larger than this many bytes.</summary>
    public const int MostAtOnce = 16 << 20;

    const int PageSize = 64 << 10;

    readonly Source _source;
    readonly long _start;

    ForeignBytes(Source source, long start, long length)
    {
        _source = source;
        _start = start;
        Length = length;
    }

    /// <summary>A whole file; the stream must be seekable and is left open.</summary>
    public ForeignBytes(Stream stream)
        : this(new Source(stream), 0, stream.Length)
    {
    }

    public ForeignBytes(ReadOnlyMemory<byte> memory)
        : this(new Source(memory), 0, memory.Length)
    {
    }

    public long Length { get; }

    /// <summary>At most <paramref name="count"/> bytes from <paramref name="offset"/>: fewer at the end, none outside.</summary>
    public ReadOnlyMemory<byte> Read(long offset, long count)
    {
        if (offset < 0 || offset >= Length || count <= 0) return default;
        return _source.Read(_start + offset, (int)Math.Min(Math.Min(count, MostAtOnce), Length - offset));
    }

    /// <summary>A window with its own zero; cut where the bytes end.</summary>
    public ForeignBytes Part(long offset, long length = long.MaxValue) =>
        offset < 0 || offset >= Length || length <= 0
            ? new(ReadOnlyMemory<byte>.Empty)
            : new(_source, _start + offset, Math.Min(length, Length - offset));

    public byte U8(long offset) => Read(offset, 1) is { IsEmpty: false } one ? one.Span[0] : (byte)0;

    public ushort U16(long offset, bool bigEndian = true)
    {
        ReadOnlySpan<byte> two = Read(offset, 2).Span;
        return two.Length < 2 ? (ushort)0 : bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(two) : BinaryPrimitives.ReadUInt16LittleEndian(two);
    }

    public uint U32(long offset, bool bigEndian = true)
    {
        ReadOnlySpan<byte> four = Read(offset, 4).Span;
        return four.Length < 4 ? 0 : bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(four) : BinaryPrimitives.ReadUInt32LittleEndian(four);
    }

    /// <summary>Eight bytes as a length or offset; one too large for a file is <see cref="long.MaxValue"/>.</summary>
    public long I64(long offset, bool bigEndian = true)
    {
        ReadOnlySpan<byte> eight = Read(offset, 8).Span;
        ulong value = eight.Length < 8 ? 0 : bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(eight) : BinaryPrimitives.ReadUInt64LittleEndian(eight);
        return (long)Math.Min(value, long.MaxValue);
    }

    public bool StartsWith(ReadOnlySpan<byte> signature, long offset = 0) => Read(offset, signature.Length).Span.SequenceEqual(signature);

    public string Latin1(long offset, long count) => Encoding.Latin1.GetString(Read(offset, count).Span);

    /// <summary>Memory as it is, or a stream read a page at a time.</summary>
    sealed class Source
    {
        readonly Stream? _stream;
        ReadOnlyMemory<byte> _page;
        long _pageStart;

        public Source(ReadOnlyMemory<byte> memory) => _page = memory;

        public Source(Stream stream)
        {
            if (stream is MemoryStream memory && memory.TryGetBuffer(out ArraySegment<byte> buffer)) _page = buffer;
            else _stream = stream;
        }

        public ReadOnlyMemory<byte> Read(long offset, int count)
        {
            if (_stream is null || (offset >= _pageStart && offset + count <= _pageStart + _page.Length))
                return Cut(_page, offset - _pageStart, count);
            // Always a new array: slices handed out before stay what they were.
            byte[] bytes = new byte[Math.Max(count, PageSize)];
            _stream.Position = offset;
            int read = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            (_page, _pageStart) = (bytes.AsMemory(0, read), offset);
            return Cut(_page, 0, count);
        }

        static ReadOnlyMemory<byte> Cut(ReadOnlyMemory<byte> bytes, long offset, int count) =>
            offset >= bytes.Length ? default : bytes.Slice((int)offset, (int)Math.Min(count, bytes.Length - offset));
    }
}
