using System.Text.Json.Serialization;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;
using Albumen.Native;
using Albumen.Storage;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Derivatives;

/// <summary>What a worker is asked: make one small version of this file.</summary>
/// <param name="Root">The volume's folder.</param>
/// <param name="Path">Bytes of the path below it.</param>
/// <param name="Known">As it was when it was read; another file is not looked at.</param>
/// <param name="Hash">Of its bytes.</param>
/// <param name="Kind">Name of the kind.</param>
sealed record MakeRequest(string Root, byte[] Path, FileStat? ExpectedRoot, FileStat Known, string Hash, string Kind, string MediaKind, string Mime, Facts Facts);

/// <summary>Making as one of the things a worker can be asked.</summary>
sealed record MakeQuestion(MakeRequest Make);

/// <summary>How making ended.</summary>
enum MakeEnd
{
    Made,
    /// <summary>It cannot be made of this original.</summary>
    Failed,
    /// <summary>The file is not there, or another one.</summary>
    Gone,
    /// <summary>The cache takes nothing. Not the file's fault.</summary>
    CacheFailed,
}

sealed record MakeAnswer(MakeEnd End, long SizeInBytes = 0, string? Fault = null);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IncludeFields = true)]
[JsonSerializable(typeof(MakeQuestion))]
[JsonSerializable(typeof(MakeRequest))]
[JsonSerializable(typeof(MakeAnswer))]
sealed partial class MakeJson : JsonSerializerContext;

/// <summary>Makes what costs more than a visit, in a worker process. A file is in the cache whole or not at all.</summary>
sealed class Workshop(DerivativeStore store)
{
    public MakeAnswer Make(MakeRequest request)
    {
        LaterKind kind = (LaterKind)DerivativeKind.Named(request.Kind);
        ContentHash hash = ContentHash.Parse(request.Hash);
        try
        {
            using VolumeFiles files = new(request.Root);
            if (request.ExpectedRoot is { } expected && files.StatRoot() is var root && (root.Device, root.Inode) != (expected.Device, expected.Inode)) return new(MakeEnd.Gone);
            using SafeFileHandle file = files.OpenRead(RelativePath.FromBytes(request.Path), out FileStat stat);
            if ((stat.SizeInBytes, stat.ModifiedNs, stat.ChangedNs) != (request.Known.SizeInBytes, request.Known.ModifiedNs, request.Known.ChangedNs)) return new(MakeEnd.Gone);
            return Make(request, kind, hash, file);
        }
        catch (FileFault)
        {
            return new(MakeEnd.Gone);
        }
        catch (PictureException error)
        {
            return new(MakeEnd.Failed, Fault: error.Message);
        }
        catch (IOException error)
        {
            return new(MakeEnd.CacheFailed, Fault: error.Message);
        }
    }

    MakeAnswer Make(MakeRequest request, LaterKind kind, ContentHash hash, SafeFileHandle file)
    {
        Subject subject = new(new(Enum.Parse<MediaKind>(request.MediaKind, ignoreCase: true), request.Mime), request.Facts, null, true);
        string partial = store.PartialOf(hash, kind);
        try
        {
            kind.Make(new(subject, file, $"/proc/{Environment.ProcessId}/fd/{(int)file.DangerousGetHandle()}", partial));
            return new(MakeEnd.Made, store.Keep(hash, kind, partial));
        }
        finally
        {
            DerivativeStore.Discard(partial);
        }
    }
}
