using System.Buffers.Binary;
using System.Text;

namespace Albumen.Catalog.Metadata;

/// <summary>
/// The directories (IFDs) of a TIFF structure: an EXIF block, a TIFF file, or a RAW built like one. Only the tables are read here; a
/// value is read when somebody asks for it. Names follow exiftool's: IFD0, IFD1, SubIFD, SubIFD1, ExifIFD, GPS. TIFF 6.0 and BigTIFF.
/// </summary>
sealed class TiffBlock
{
    const int MostDirectories = 64;
    const int MostEntries = 2048;

    readonly List<Ifd> _directories = [];
    readonly HashSet<long> _visited = [];
    readonly ForeignBytes _bytes;
    readonly bool _big;
    readonly bool _wide;

    TiffBlock(ForeignBytes bytes, bool big, bool wide) => (_bytes, _big, _wide) = (bytes, big, wide);

    public IReadOnlyList<Ifd> Directories => _directories;

    public bool IsBigEndian => _big;

    public ForeignBytes Bytes => _bytes;

    public Ifd? this[string name] => _directories.Find(d => d.Name == name);

    /// <summary>
    /// Null when the bytes are no TIFF structure. <paramref name="rootName"/> is what the first directory is: Canon's CR3 keeps the EXIF and GPS
    /// directories in blocks of their own.
    /// </summary>
    public static TiffBlock? Read(ForeignBytes bytes, List<string> warnings, string rootName = "IFD0")
    {
        bool big = bytes.StartsWith("MM"u8);
        if (!big && !bytes.StartsWith("II"u8)) return null;
        ushort magic = bytes.U16(2, big);
        // 42 and 43 (BigTIFF) by the book; Olympus' "RO" and "RS", Panasonic's 0x55.
        if (magic is not (42 or 43 or 0x4F52 or 0x5352 or 0x55)) return null;
        TiffBlock block = new(bytes, big, wide: magic == 43);
        block.ReadChain(magic == 43 ? bytes.I64(8, big) : bytes.U32(4, big), rootName, warnings);
        return block;
    }

    /// <summary>One directory without a TIFF header, as makers' notes have them; offsets count from the beginning of <paramref name="bytes"/>.</summary>
    public static Ifd ReadDirectory(ForeignBytes bytes, long offset, bool bigEndian, string name)
    {
        Ifd ifd = new(name);
        new TiffBlock(bytes, bigEndian, wide: false).ReadEntries(ifd, offset);
        return ifd;
    }

    void ReadChain(long offset, string name, List<string> warnings)
    {
        string root = name;
        for (int n = 0; offset != 0 && _directories.Count < MostDirectories; n++)
        {
            if (offset >= _bytes.Length)
            {
                warnings.Add($"EXIF directory {name} lies outside the data");
                return;
            }
            if (!_visited.Add(offset)) return;
            Ifd ifd = new(name);
            _directories.Add(ifd);
            long next = ReadEntries(ifd, offset);
            Follow(ifd, 0x8769, "ExifIFD", warnings);
            Follow(ifd, 0x8825, "GPS", warnings);
            if (ifd[0x014A] is { } subs)
                foreach (double at in subs.Numbers(16))
                    ReadOne((long)at, NextName("SubIFD"), warnings);
            // Only the first directory has followers that are pages or thumbnails.
            if (root != "IFD0") return;
            name = $"IFD{n + 1}";
            offset = next;
        }
    }

    void Follow(Ifd from, ushort pointer, string name, List<string> warnings)
    {
        if (from[pointer]?.Number is > 0 and var at && this[name] is null) ReadOne((long)at, name, warnings);
    }

    void ReadOne(long offset, string name, List<string> warnings)
    {
        if (offset <= 0 || _directories.Count >= MostDirectories || !_visited.Add(offset)) return;
        if (offset >= _bytes.Length)
        {
            warnings.Add($"EXIF directory {name} lies outside the data");
            return;
        }
        Ifd ifd = new(name);
        _directories.Add(ifd);
        ReadEntries(ifd, offset);
        if (name != "ExifIFD" && ifd[0x8769] is not null) Follow(ifd, 0x8769, "ExifIFD", warnings);
    }

    string NextName(string stem)
    {
        int taken = _directories.Count(d => d.Name.StartsWith(stem, StringComparison.Ordinal));
        return taken == 0 ? stem : $"{stem}{taken}";
    }

    /// <summary>Fills in the table at <paramref name="offset"/> and answers where the next one is.</summary>
    long ReadEntries(Ifd ifd, long offset)
    {
        int size = _wide ? 20 : 12, inline = _wide ? 8 : 4;
        long count = _wide ? _bytes.I64(offset, _big) : _bytes.U16(offset, _big);
        offset += _wide ? 8 : 2;
        for (int n = 0; n < Math.Min(count, MostEntries); n++)
        {
            long at = offset + (long)n * size;
            if (at + size > _bytes.Length) return 0;
            ushort type = _bytes.U16(at + 2, _big);
            long items = _wide ? _bytes.I64(at + 4, _big) : _bytes.U32(at + 4, _big);
            int width = TiffValue.WidthOf(type);
            if (width == 0 || items is <= 0 or > int.MaxValue) continue;
            long field = at + size - inline;
            long place = items * width <= inline ? field : _wide ? _bytes.I64(field, _big) : _bytes.U32(field, _big);
            ifd.Add(_bytes.U16(at, _big), new TiffValue(_bytes, _big, type, items, place));
        }
        long end = offset + count * size;
        return count > MostEntries ? 0 : _wide ? _bytes.I64(end, _big) : _bytes.U32(end, _big);
    }
}

/// <summary>One directory: values by tag number. The first of two entries with one number counts.</summary>
sealed class Ifd(string name)
{
    readonly Dictionary<ushort, TiffValue> _values = [];

    public string Name => name;

    public bool IsEmpty => _values.Count == 0;

    public TiffValue? this[ushort tag] => _values.GetValueOrDefault(tag);

    public void Add(ushort tag, TiffValue value) => _values.TryAdd(tag, value);
}

/// <summary>A value still in its file: so many <paramref name="Items"/> (numbers or characters) of a TIFF field type.</summary>
sealed record TiffValue(ForeignBytes Block, bool BigEndian, ushort Type, long Items, long Offset)
{
    static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Bytes per item of a TIFF field type; 0 for one that does not exist.</summary>
    public static int WidthOf(ushort type) => type switch
    {
        1 or 2 or 6 or 7 or 129 => 1,
        3 or 8 => 2,
        4 or 9 or 11 or 13 => 4,
        5 or 10 or 12 or 16 or 17 or 18 => 8,
        _ => 0,
    };

    public ReadOnlyMemory<byte> Raw => Block.Read(Offset, Items * WidthOf(Type));

    /// <summary>As text up to the first NUL, without blanks around; UTF-8 if it is that, else Latin-1. Null when empty.</summary>
    public string? Text
    {
        get
        {
            if (Type is not (1 or 2 or 7 or 129)) return Number is { } number ? number.ToString() : null;
            ReadOnlySpan<byte> raw = Block.Read(Offset, Math.Min(Items, 64 << 10)).Span;
            int nul = raw.IndexOf((byte)0);
            return Decode(nul < 0 ? raw : raw[..nul]);
        }
    }

    /// <summary>The first number; null when it is none, infinite, or divided by zero.</summary>
    public double? Number => Numbers(1) is [var first] && double.IsFinite(first) ? first : null;

    /// <summary>Up to <paramref name="most"/> numbers; a fraction with the denominator 0 is NaN.</summary>
    public double[] Numbers(int most)
    {
        int width = WidthOf(Type);
        ReadOnlySpan<byte> raw = Block.Read(Offset, Math.Min(Items, most) * width).Span;
        double[] numbers = new double[raw.Length / width];
        for (int n = 0; n < numbers.Length; n++) numbers[n] = One(raw.Slice(n * width, width));
        return numbers;
    }

    /// <summary>Foreign text in an unknown encoding.</summary>
    public static string? Decode(ReadOnlySpan<byte> raw)
    {
        string text;
        try
        {
            text = Strict.GetString(raw);
        }
        catch (DecoderFallbackException)
        {
            text = Encoding.Latin1.GetString(raw);
        }
        text = text.Trim(' ', '\t', '\r', '\n', '\0', '\uFEFF');
        return text.Length == 0 ? null : text;
    }

    double One(ReadOnlySpan<byte> raw) => Type switch
    {
        1 or 2 or 7 or 129 => raw[0],
        6 => (sbyte)raw[0],
        3 => BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(raw) : BinaryPrimitives.ReadUInt16LittleEndian(raw),
        8 => BigEndian ? BinaryPrimitives.ReadInt16BigEndian(raw) : BinaryPrimitives.ReadInt16LittleEndian(raw),
        4 or 13 => Unsigned(raw),
        9 => (int)Unsigned(raw),
        5 => Unsigned(raw[4..]) is not 0 and var below ? (double)Unsigned(raw) / below : double.NaN,
        10 => (int)Unsigned(raw[4..]) is not 0 and var below ? (double)(int)Unsigned(raw) / below : double.NaN,
        11 => BigEndian ? BinaryPrimitives.ReadSingleBigEndian(raw) : BinaryPrimitives.ReadSingleLittleEndian(raw),
        12 => BigEndian ? BinaryPrimitives.ReadDoubleBigEndian(raw) : BinaryPrimitives.ReadDoubleLittleEndian(raw),
        16 or 18 => BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(raw) : BinaryPrimitives.ReadUInt64LittleEndian(raw),
        17 => BigEndian ? BinaryPrimitives.ReadInt64BigEndian(raw) : BinaryPrimitives.ReadInt64LittleEndian(raw),
        _ => double.NaN,
    };

    uint Unsigned(ReadOnlySpan<byte> raw) => BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(raw) : BinaryPrimitives.ReadUInt32LittleEndian(raw);
}
