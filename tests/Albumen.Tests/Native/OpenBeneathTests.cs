using System.Text;
using Albumen.Native;

namespace Albumen.Tests.Native;

/// <summary>Opening below a folder never leaves it, with openat2(2) and, where a service manager refuses that, without.</summary>
public sealed class OpenBeneathTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("albumen-beneath-").FullName;

    public OpenBeneathTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "lib/2019/Italy"));
        File.WriteAllText(Path.Combine(_folder, "lib/2019/Italy/a.jpg"), "a");
        File.WriteAllText(Path.Combine(_folder, "secret"), "s");
        File.CreateSymbolicLink(Path.Combine(_folder, "lib/link"), "2019/Italy/a.jpg");
        File.CreateSymbolicLink(Path.Combine(_folder, "lib/out"), Path.Combine(_folder, "secret"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "lib/2020"), "2019");
    }

    [Theory]
    [InlineData("2019/Italy/a.jpg")]
    [InlineData("2019/Italy")]
    [InlineData("2019//Italy/./a.jpg")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("2019/gone/a.jpg")]
    [InlineData("gone")]
    [InlineData("2019/Italy/a.jpg/b")]
    [InlineData("link")]
    [InlineData("out")]
    [InlineData("2020/Italy/a.jpg")]
    [InlineData("../secret")]
    [InlineData("2019/../../secret")]
    [InlineData("/etc/passwd")]
    public void Both_ways_come_to_the_same(string path)
    {
        foreach (int flags in (int[])[Libc.ORdOnly, Libc.OPath, Libc.OPath | Libc.ONoFollow, Libc.ORdOnly | Libc.ODirectory])
        {
            // openat2(2) opens a link itself when it is asked to; nothing of ours asks, and the other way never does.
            if ((flags & Libc.ONoFollow) != 0 && path is "link" or "out") continue;
            Assert.Equal(Outcome(Libc.OpenBeneath, path, flags), Outcome(Libc.OpenByParts, path, flags));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    delegate int Open(int folder, ReadOnlySpan<byte> path, int flags);

    /// <returns>The inode, or the error.</returns>
    string Outcome(Open open, string path, int flags)
    {
        int folder = Libc.OpenAt(Libc.AtFdCwd, Encoding.UTF8.GetBytes(Path.Combine(_folder, "lib")), Libc.OPath | Libc.ODirectory);
        int file = open(folder, Encoding.UTF8.GetBytes(path), flags);
        int error = Libc.Errno;
        string outcome = file < 0 ? Libc.Describe(error) : Libc.StatOf(file, out Libc.Statx stat) == 0 ? $"inode {stat.Inode}" : "cannot be asked";
        if (file >= 0) _ = Libc.Close(file);
        _ = Libc.Close(folder);
        return outcome;
    }
}
