using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;
using Albumen.Derivatives;
using Albumen.Storage;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Sidecar;

/// <summary>What a worker is asked of sidecars: say what they say now, and what they would be with these values in them. It writes nothing.</summary>
/// <param name="Root">The volume's folder, or the one of its mirrored sidecars.</param>
/// <param name="ExpectedRoot">Nothing is opened where another folder lies in the root's place; null when that does not matter.</param>
sealed record XmpQuestion(string Root, FileStat? ExpectedRoot, IReadOnlyList<XmpItem> Items);

/// <param name="Path">Bytes of the sidecar's path below the root.</param>
/// <param name="Values">To write: a field's name and its value as <see cref="Field"/> has it; null and <see cref="Field.Cleared"/> take it out.</param>
/// <param name="Base">
/// What the file said when it was last in step, by field; null and <see cref="Field.Cleared"/> for a field of which it said nothing. A field that is missing here was never
/// in step and is not compared; null altogether when none was.
/// </param>
/// <param name="Stored">The photo's size, for regions.</param>
/// <param name="IsReadOnly">Only say what it says.</param>
sealed record XmpItem(byte[] Path, IReadOnlyDictionary<string, string?> Values, IReadOnlyDictionary<string, string?>? Base, PixelSize? Stored, bool IsReadOnly);

enum XmpEnd
{
    /// <summary><see cref="XmpAnswer.Bytes"/> is what the file shall be.</summary>
    Merged,
    /// <summary>Nothing is to be written: it was only to be read, or already says all of it.</summary>
    Read,
    /// <summary>It says something else than the base of some field. Nothing was merged; come again with values that take it into account.</summary>
    Changed,
    /// <summary>It cannot be understood and must be left alone; <see cref="XmpAnswer.Fault"/> says why.</summary>
    Damaged,
    /// <summary>The kernel refused, or it was being written.</summary>
    Unreadable,
    /// <summary>The volume as a whole cannot be read now.</summary>
    VolumeGone,
    /// <summary>There is no file, and one was expected: it was only to be read, or said something before.</summary>
    Gone,
}

/// <param name="Facts">What the file says now; null when it could not be read or understood.</param>
/// <param name="Stat">Null when there is no file.</param>
/// <param name="Bytes">Only of <see cref="XmpEnd.Merged"/>: what it shall be.</param>
/// <param name="Becomes">What these bytes say.</param>
/// <param name="Hash">SHA-256 of the file as it is, in hexadecimal; null when there is none.</param>
sealed record XmpAnswer(XmpEnd End, Facts? Facts = null, FileStat? Stat = null, byte[]? Bytes = null, Facts? Becomes = null, string? Hash = null, string? Fault = null);

/// <summary>A visit to sidecars as one of the things a worker can be asked.</summary>
sealed record XmpEnvelope(XmpQuestion Xmp);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IncludeFields = true)]
[JsonSerializable(typeof(XmpEnvelope))]
[JsonSerializable(typeof(IReadOnlyList<XmpAnswer>))]
sealed partial class XmpJson : JsonSerializerContext;

/// <summary>Looks at sidecars, in a worker process: reads each once, compares it with what it said before, and merges.</summary>
static class XmpVisit
{
    const int Attempts = 3;

    // An answer travels in one piece.
    const int EnoughInBytes = 8 << 20;

    /// <returns>One answer for each item, in their order; fewer when they are large, and at least one. The others are to be asked again.</returns>
    public static IReadOnlyList<XmpAnswer> Answer(XmpQuestion question, CancellationToken cancellationToken)
    {
        VolumeFiles files;
        try
        {
            files = new(question.Root);
        }
        catch (FileFault fault)
        {
            return [.. question.Items.Select(_ => new XmpAnswer(XmpEnd.VolumeGone, Fault: fault.Message))];
        }
        using (files)
        {
            List<XmpAnswer> answers = [];
            long sizeInBytes = 0;
            foreach (XmpItem item in question.Items.TakeWhile(_ => sizeInBytes < EnoughInBytes))
            {
                cancellationToken.ThrowIfCancellationRequested();
                XmpAnswer answer = Answer(files, question.ExpectedRoot, item);
                answers.Add(answer);
                sizeInBytes += (answer.Stat?.SizeInBytes ?? 0) + (answer.Bytes?.Length ?? 0);
            }
            return answers;
        }
    }

    static XmpAnswer Answer(VolumeFiles files, FileStat? expectedRoot, XmpItem item)
    {
        try
        {
            if (expectedRoot is { } expected && files.StatRoot() is var root && (root.Device, root.Inode) != (expected.Device, expected.Inode))
                return new(XmpEnd.VolumeGone, Fault: "Another folder lies in the volume's place");
            RelativePath path = RelativePath.FromBytes(item.Path);
            for (int attempt = 1; attempt <= Attempts; attempt++)
                if (ReadWhole(files, path, out FileStat stat) is { } bytes) return Judge(item, bytes, stat);
                else if (stat.SizeInBytes > XmpText.MostBytes)
                    return new(XmpEnd.Damaged, Stat: stat, Fault: $"The sidecar is damaged: it has {stat.SizeInBytes >> 20} MB; a sidecar has at most {XmpText.MostBytes >> 20}");
            return new(XmpEnd.Unreadable, Fault: $"{path}: it is being written");
        }
        catch (FileFault fault) when (fault.IsGone)
        {
            return WithoutFile(item);
        }
        catch (FileFault fault)
        {
            return new(fault.IsVolume && !Visitor.IsAlive(files) ? XmpEnd.VolumeGone : XmpEnd.Unreadable, Fault: fault.Message);
        }
        catch (IOException error)
        {
            return new(Visitor.IsAlive(files) ? XmpEnd.Unreadable : XmpEnd.VolumeGone, Fault: $"{RelativePath.Show(item.Path)}: {error.Message}");
        }
    }

    /// <summary>Null when it is too large, or was written to while it was read.</summary>
    internal static byte[]? ReadWhole(VolumeFiles files, RelativePath path, out FileStat stat)
    {
        using SafeFileHandle file = files.OpenRead(path, out stat);
        if (stat.SizeInBytes > XmpText.MostBytes) return null;
        byte[] bytes = new byte[stat.SizeInBytes];
        int at = 0;
        for (int read; at < bytes.Length && (read = RandomAccess.Read(file, bytes.AsSpan(at), at)) > 0;) at += read;
        return at == bytes.Length && VolumeFiles.StatOf(file).Equals(stat) ? bytes : null;
    }

    static XmpAnswer Judge(XmpItem item, byte[] bytes, FileStat stat)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        List<string> warnings = [];
        Facts facts = SidecarMetadata.Read(bytes, item.Stored, warnings, out bool isDamaged);
        if (isDamaged) return new(XmpEnd.Damaged, Stat: stat, Hash: hash, Fault: warnings[0]);
        XmpAnswer answer = new(XmpEnd.Read, facts, stat, Hash: hash);
        if (item.IsReadOnly) return answer;
        if (!IsInStep(item, facts)) return answer with { End = XmpEnd.Changed };
        try
        {
            byte[] merged = XmpMerge.Merge(bytes, Values(item), item.Stored);
            return merged.AsSpan().SequenceEqual(bytes) ? answer : answer with { End = XmpEnd.Merged, Bytes = merged, Becomes = Read(merged, item) };
        }
        catch (XmpDamagedException error)
        {
            // Read with some forgiveness, and yet nothing to write to.
            return answer with { End = XmpEnd.Damaged, Fault = error.Message };
        }
    }

    static XmpAnswer WithoutFile(XmpItem item)
    {
        Facts none = new();
        if (item.IsReadOnly || !IsInStep(item, none)) return new(XmpEnd.Gone);
        Dictionary<Field, string?> values = Values(item);
        if (values.Values.All(value => value is null or Field.Cleared)) return new(XmpEnd.Read, none);
        byte[] made = XmpMerge.Merge(null, values, item.Stored);
        return new(XmpEnd.Merged, none, Bytes: made, Becomes: Read(made, item));
    }

    static Facts Read(byte[] xmp, XmpItem item) => SidecarMetadata.Read(xmp, item.Stored, [], out _);

    static bool IsInStep(XmpItem item, Facts facts) =>
        item.Base is not { } known || known.All(said => Find(said.Key) is var field && field.AreSame(said.Value, field.Read(facts)));

    static Dictionary<Field, string?> Values(XmpItem item) => item.Values.ToDictionary(value => Find(value.Key), value => value.Value);

    static Field Find(string name) => Field.Find(name) ?? throw new ArgumentException($"There is no field {name}.", nameof(name));
}
