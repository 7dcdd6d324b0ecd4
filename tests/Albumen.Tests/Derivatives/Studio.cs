using System.Diagnostics;
using Albumen.Derivatives;
using Albumen.Native;

namespace Albumen.Tests.Derivatives;

/// <summary>Makes pictures with vips and visits them as a worker does; one libvips for all tests.</summary>
sealed class Studio : IDisposable
{
    static readonly Lazy<bool> Started = new(() =>
    {
        Vips.Start();
        return true;
    });

    readonly Visitor _visitor;

    public Studio(int megapixelLimit = 100)
    {
        _ = Started.Value;
        Directory.CreateDirectory(Path.Combine(Folder, "cache/derivatives"));
        Store = new(Path.Combine(Folder, "cache"));
        _visitor = new(Store, new(), new Darkroom(megapixelLimit, Path.Combine(Folder, "cache/heavy.lock")));
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("albumen-studio-").FullName;

    public DerivativeStore Store { get; }

    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>A still of this size whose quarters are red, green, blue and white, clockwise from the top left.</summary>
    public string Quarters(string name, int width, int height)
    {
        Run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i",
            $"color=red:{width}x{height},format=rgb24,geq=r='255*(lt(X,W/2)*lt(Y,H/2)+lt(X,W/2)*gte(Y,H/2))':g='255*(gte(X,W/2)*lt(Y,H/2)+lt(X,W/2)*gte(Y,H/2))':b='255*gte(Y,H/2)'",
            "-frames:v", "1", this["quarters.png"]);
        Run("vips", "copy", this["quarters.png"], $"{this[name]}{(name.EndsWith("jpg", StringComparison.Ordinal) ? "[Q=95,strip]" : "")}");
        return this[name];
    }

    /// <param name="outdated">What lies in the cache is of an older recipe.</param>
    public VisitAnswer Visit(string name, bool outdated = false, VisitDepth depth = VisitDepth.Everything) =>
        _visitor.Read(new(Folder, RelativePath.Parse(name).Bytes.ToArray(), depth) { Outdated = outdated ? [.. StillKind.Stills.Select(k => k.Name)] : [] }, TestContext.Current.CancellationToken);

    /// <summary>Where the small version of what was visited lies.</summary>
    public string PathOf(VisitAnswer answer, string kind) => Store.PathOf(ContentHash.Parse(answer.Hash!), kind);

    /// <summary>Width, height and bands of a file, as vips sees them.</summary>
    public static string Shape(string file) =>
        $"{Run("vipsheader", "-f", "width", file).Trim()} {Run("vipsheader", "-f", "height", file).Trim()} {Run("vipsheader", "-f", "bands", file).Trim()}";

    /// <summary>The pixel at a part of the width and height, as red, green and blue.</summary>
    public static int[] Pixel(string file, double x, double y)
    {
        int width = int.Parse(Run("vipsheader", "-f", "width", file)), height = int.Parse(Run("vipsheader", "-f", "height", file));
        return [.. Run("vips", "getpoint", file, $"{(int)(x * width)}", $"{(int)(y * height)}").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(value => (int)double.Parse(value))];
    }

    public static string Run(string program, params string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', words)}: {errors.Result}");
        return output;
    }

    public void Dispose()
    {
        _visitor.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
