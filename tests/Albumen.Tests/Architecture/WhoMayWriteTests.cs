using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using System.Reflection;
using Albumen.Daemon;
using Albumen.Native;
using Albumen.Sidecar;
using Albumen.Storage;

namespace Albumen.Tests.Architecture;

/// <summary>
/// Promise 1, files are sacred: whoever can make, change or remove a file stands in one of the lists below, with the reason. The kernel keeps
/// the same promise at run time (see <see cref="Landlock"/>); this keeps it while the code is written.
/// </summary>
public class WhoMayWriteTests
{
    static readonly Assembly[] Ours = [typeof(Scanner).Assembly, typeof(Rebuild).Assembly];

    // The kernel's own calls.
    static readonly Dictionary<string, string> Kernel = new()
    {
        ["Albumen.Storage.AtomicWriter"] = "the only code that creates files, that replaces and removes sidecars, and that removes what is purged",
        ["Albumen.Storage.PlainDisk"] = "the inbox, in the state folder: what people put there, move and delete",
        ["Albumen.Storage.StagedFile"] = "receives a file for the inbox",
        ["Albumen.Storage.VolumeFiles"] = "opens folders and originals, for reading",
        ["Albumen.Native.Landlock"] = "names the folders that may be written, by O_PATH, and asks for the restriction",
        ["Albumen.Native.Libc"] = "is these calls",
    };

    // The framework's.
    static readonly Dictionary<string, string> Framework = new()
    {
        ["Albumen.Configuration.YamlText"] = "opens the configuration, for reading",
        ["Program"] = "makes the daemon's own folders at its start",
        ["Albumen.Daemon.Appliance"] = "holds the lock file in the state folder",
        ["Albumen.Daemon.Markers"] = "makes the folder of a volume's marker file, where the admin asks for one",
        ["Albumen.Daemon.Systemd.UnitFiles"] = "writes drop-ins for systemd, in the folder a generator is given",
        ["Albumen.Daemon.Tls.OwnCertificate"] = "makes the folder of its certificate in the state folder",
        ["Albumen.Daemon.Rebuild"] = "throws the catalogue away",
        ["Albumen.Daemon.RestoreProgram"] = "makes the state folder and that of the configuration on an empty machine",
        ["Albumen.Daemon.Server"] = "removes a socket a killed daemon left, and sets who may use the new one",
        ["Albumen.Derivatives.Darkroom"] = "opens an original a second time, for reading; holds a lock file in the cache",
        ["Albumen.Derivatives.DerivativeStore"] = "makes the folders of the cache, and what is in them",
        ["Albumen.Derivatives.Visitor"] = "opens an original a second time, for reading",
        ["Albumen.Sidecar.Export"] = "opens the journal, for reading; spools the index of an export in the cache",
        ["Albumen.Sidecar.SidecarFiles"] = "makes the folder of mirrored sidecars in the state folder",
        ["Albumen.Storage.AppendFile"] = "appends to the journal in the state folder",
        ["Albumen.Tree.ArchiveTree"] = "opens small versions, for reading",
    };

    // Whatever is started there can write.
    static readonly Dictionary<string, string> Children = new()
    {
        ["Albumen.Native.Companion"] = "is such a call",
        ["Albumen.Sidecar.Scribe"] = "starts the scribe, which writes sidecars and layer files alone, and removes what is purged",
        ["Albumen.Processing.WorkerProcess"] = "starts workers, which restrict themselves to the cache",
        ["Albumen.Derivatives.DecoderChild"] = "starts ffmpeg and LibRaw's program, in a worker",
        ["Albumen.Catalog.Metadata.ClipProbe"] = "starts ffprobe, in a worker",
        ["Albumen.Daemon.Diagnosis.ProgramCheck"] = "asks ffmpeg, ffprobe and exiftool for their versions",
        ["Albumen.Catalog.Metadata.ExifTool"] = "starts exiftool, in a worker",
    };

    [Fact]
    public void Only_the_atomic_writer_and_the_inbox_create_rename_and_remove_with_the_kernels_calls() => Assert.Equal(Kernel.Keys.Order(), Users(IsKernelWrite, Ours));

    [Fact]
    public void Nobody_but_those_listed_writes_with_the_frameworks_calls() => Assert.Equal(Framework.Keys.Order(), Users(IsFrameworkWrite, Ours));

    [Fact]
    public void Nobody_but_those_listed_starts_other_programs() => Assert.Equal(Children.Keys.Order(), Users(IsStart, Ours));

    [Fact]
    public void Calls_into_other_languages_stand_in_Native_alone() =>
        Assert.All(Ours.SelectMany(a => a.GetTypes()).Where(HasForeignCalls), type => Assert.Equal("Albumen.Native", type.Namespace));

    [Theory]
    [InlineData(typeof(Intruder.Writes))]
    [InlineData(typeof(Intruder.Opens))]
    [InlineData(typeof(Intruder.Removes))]
    [InlineData(typeof(Intruder.Moves))]
    [InlineData(typeof(Intruder.Dates))]
    [InlineData(typeof(Intruder.Later))]
    public void An_intruder_is_found(Type intruder) =>
        Assert.Contains(Ladder.Users(typeof(WhoMayWriteTests).Assembly, IsFrameworkWrite), user => user.StartsWith(intruder.FullName!, StringComparison.Ordinal));

    [Fact]
    public void An_intruder_who_asks_the_kernel_or_another_program_is_found()
    {
        Assert.Contains($"{typeof(Intruder.Unlinks).FullName}.Do", Ladder.Users(typeof(WhoMayWriteTests).Assembly, IsKernelWrite));
        Assert.Contains($"{typeof(Intruder.Starts).FullName}.Do", Ladder.Users(typeof(WhoMayWriteTests).Assembly, IsStart));
    }

    /// <summary>The outermost types that use such a member.</summary>
    static IEnumerable<string> Users(Func<MemberInfo, bool> isForbidden, Assembly[] assemblies) =>
        assemblies.SelectMany(a => Ladder.Users(a, isForbidden)).Select(OuterType).Distinct().Order();

    // Namespace.Type+Nested.Method, Namespace.Type.Method or Namespace.Type..ctor.
    static string OuterType(string user)
    {
        string type = user.Split('+')[0];
        return type != user ? type : user[..user.TrimEnd('.').LastIndexOf('.')].TrimEnd('.').Replace("..", ".", StringComparison.Ordinal);
    }

    static bool IsKernelWrite(MemberInfo member) => member.DeclaringType == typeof(Libc) && member.Name is
        nameof(Libc.OpenAt) or nameof(Libc.OpenBeneath) or nameof(Libc.RenameAt) or nameof(Libc.LinkAt) or nameof(Libc.MakeFolderAt)
        or nameof(Libc.SetMode) or nameof(Libc.SetOwner) or nameof(Libc.UnlinkAt) or nameof(Libc.RemoveFolderAt) or nameof(Libc.SetModified) or nameof(Libc.WriteAll) or nameof(Libc.Syscall);

    /// <summary>Anything of System.IO that is not known to leave the disk as it is.</summary>
    static bool IsFrameworkWrite(MemberInfo member) => member.DeclaringType switch
    {
        null => false,
        { } type when type == typeof(File) => !IsReading(member.Name),
        { } type when type == typeof(Directory) => !IsReading(member.Name),
        { } type when typeof(FileSystemInfo).IsAssignableFrom(type) => !IsReading(member.Name),
        { } type when type == typeof(FileStream) => member is ConstructorInfo,
        { } type when type == typeof(StreamWriter) => member is ConstructorInfo made && made.GetParameters()[0].ParameterType == typeof(string),
        { } type when type == typeof(RandomAccess) => member.Name is not (nameof(RandomAccess.Read) or nameof(RandomAccess.ReadAsync) or nameof(RandomAccess.GetLength)),
        { } type => type == typeof(MemoryMappedFile) || type.FullName is "System.IO.Compression.ZipFile" or "System.Formats.Tar.TarFile",
    };

    static bool IsReading(string member) =>
        member.StartsWith("Read", StringComparison.Ordinal) || member.StartsWith("Enumerate", StringComparison.Ordinal)
        || member.StartsWith("get_", StringComparison.Ordinal) || member.StartsWith("Get", StringComparison.Ordinal)
        || member is "Exists" or "OpenRead" or ".ctor" or "ResolveLinkTarget";

    static bool IsStart(MemberInfo member) => member.Name is nameof(Process.Start) && (member.DeclaringType == typeof(Process) || member.DeclaringType == typeof(Companion))
        || member.Name is "posix_spawn";

    // The only ones to touch a file below a volume: the writer for the scribe, and the marker file's folder.
    static readonly Dictionary<string, string> Writers = new()
    {
        ["Albumen.Sidecar.ScribeService"] = "in the scribe's process, what its rules allow",
        ["Albumen.Sidecar.SidecarFiles"] = "mirrored sidecars, in the state folder",
    };

    [Fact]
    public void Only_the_scribe_and_the_mirror_replace_and_remove_sidecars() => Assert.Equal(Writers.Keys.Order(),
        Users(m => m.DeclaringType == typeof(AtomicWriter) && m.Name is nameof(AtomicWriter.Write) or nameof(AtomicWriter.Remove), Ours)
            .Where(type => type != "Albumen.Storage.AtomicWriter"));

    // The one new place for each end of it: who asks is the daemon, who does it is another process.
    [Fact]
    public void Only_the_scribe_removes_originals_and_only_a_purge_asks_it_to()
    {
        Assert.Equal(["Albumen.Sidecar.ScribeService"], Users(m => m.DeclaringType == typeof(AtomicWriter) && m.Name is nameof(AtomicWriter.RemoveOriginal), Ours));
        Assert.Equal(["Albumen.Sidecar.SidecarFiles"], Users(m => m.DeclaringType == typeof(Scribe) && m.Name is nameof(Scribe.PurgeAsync), Ours));
        Assert.Equal(["Albumen.Tree.Purge"], Users(m => m.DeclaringType == typeof(SidecarFiles) && m.Name is nameof(SidecarFiles.PurgeAsync), Ours));
    }

    static bool HasForeignCalls(Type type) =>
        type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Any(m => m.Attributes.HasFlag(MethodAttributes.PinvokeImpl));

    /// <summary>What must not be. None of it is ever run.</summary>
    static class Intruder
    {
        public static class Writes { public static void Do() => File.WriteAllBytes("original.jpg", []); }
        public static class Opens { public static Stream Do() => new FileStream("original.jpg", FileMode.Truncate); }
        public static class Removes { public static void Do() => new FileInfo("original.jpg").Delete(); }
        public static class Moves { public static void Do() => Directory.Move("2024", "2025"); }
        public static class Dates { public static void Do() => new FileInfo("original.jpg").LastWriteTime = default; }
        public static class Later { public static async Task DoAsync() { await Task.Yield(); await File.AppendAllTextAsync("original.jpg", ""); } }
        public static class Unlinks { public static int Do() => Libc.UnlinkAt(Libc.AtFdCwd, "original.jpg"u8); }
        public static class Starts { public static void Do() => Process.Start("rm", "original.jpg"); }
    }
}
