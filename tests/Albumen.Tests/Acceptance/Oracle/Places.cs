using Albumen.Storage;

namespace Albumen.Tests.Acceptance.Oracle;

/// <summary>Paths that somebody has seen, and names nobody has: where the next request goes.</summary>
sealed class Places
{
    const int MostPerTop = 300;

    static readonly (string Top, int Weight)[] Tops =
    [
        ("/Inbox", 40), ("/Albums", 26), ("/Tags", 9), ("/Folders", 8), ("/Timeline", 8), ("/Small", 4), ("/Trash", 3), ("/Smart", 2), ("/Ratings", 1), ("/People", 1), ("/", 2),
    ];

    static readonly string[] Hostile =
    [
        "100%41.jpg", "what?.jpg", "a#b.jpg", "a%2Fb.jpg", "back\\slash.jpg", "dot.", " space ", "😀 emoji.jpg", "e\u0301.jpg", "\u00E9.jpg", "É.JPG", "CON.jpg", "nul", "semi;colon.jpg", "quo\"te'.jpg",
        "<tag>&amp;.jpg", "a+b.jpg", "~tilde~.jpg", "…", "ſ.jpg", "İ.jpg", "upper.JPG", "UPPER.jpg", "new\nline.jpg", new string('x', 300) + ".jpg", new string('ä', 120) + ".jpg", "[1].jpg", "*.jpg", ".hidden.jpg", "..jpg", "a:b.jpg", "|.jpg",
    ];

    static readonly string[] Junk = ["._IMG_0001.jpg", ".DS_Store", "desktop.ini", "Thumbs.db", "~$doc.docx", "x.tmp", ".goutputstream-AB12", "IMG_0001.jpg.part", "~WRL0001.tmp", ".~lock.a#"];

    readonly Lock _lock = new();
    readonly Dictionary<string, List<string>> _folders = [], _files = [];
    int _count;

    public Places()
    {
        foreach ((string top, _) in Tops)
        {
            _folders.Add(top, [top]);
            _files.Add(top, []);
        }
    }

    /// <param name="href">Decoded; a folder ends with a slash.</param>
    public void Learn(string href, Random random)
    {
        bool isFolder = href.EndsWith('/');
        string path = href.Length > 1 ? href.TrimEnd('/') : href, top = TopOf(path);
        lock (_lock)
        {
            if (!_folders.ContainsKey(top)) return;
            List<string> known = (isFolder ? _folders : _files)[top];
            if (known.Contains(path)) return;
            // The first is the top itself.
            if (known.Count < MostPerTop) known.Add(path);
            else known[random.Next(1, known.Count)] = path;
        }
    }

    public void Forget(string path)
    {
        lock (_lock)
            foreach (List<string> known in _files.Values.Concat(_folders.Values)) known.RemoveAll(k => k.Length > 1 && k.IndexOf('/', 1) > 0 && (k == path || k.StartsWith(path + "/", StringComparison.Ordinal)));
    }

    public string Folder(Random random, string? top = null)
    {
        lock (_lock)
        {
            List<string> known = _folders[top ?? Top(random)];
            // Often the newest: where somebody is at work, others are too.
            return random.Next(3) == 0 ? known[^1] : known[random.Next(known.Count)];
        }
    }

    /// <summary>A file that was seen; where there is none, a folder.</summary>
    public string File(Random random, string? top = null)
    {
        top ??= Top(random);
        lock (_lock)
        {
            List<string> known = _files[top];
            if (known.Count > 0) return random.Next(3) == 0 ? known[^1] : known[random.Next(known.Count)];
        }
        return Folder(random, top);
    }

    public string Any(Random random, string? top = null) => random.Next(4) == 0 ? Folder(random, top) : File(random, top);

    /// <summary>A path to write to: mostly a new name, sometimes one that others use too, or a hostile one.</summary>
    public string Target(Random random, string? top = null) => $"{Folder(random, top).TrimEnd('/')}/{Name(random)}";

    public string Name(Random random) => random.Next(20) switch
    {
        < 11 => $"IMG_{Interlocked.Increment(ref _count):D5}.jpg",
        < 14 => $"IMG_000{random.Next(1, 8)}.{(random.Next(2) == 0 ? "jpg" : "JPG")}",
        < 15 => $"notes{random.Next(4)}.txt",
        < 18 => Hostile[random.Next(Hostile.Length)],
        _ => Junk[random.Next(Junk.Length)],
    };

    public string FolderName(Random random) => random.Next(5) switch
    {
        0 => Hostile[random.Next(Hostile.Length)],
        1 => $"Trip {random.Next(6)}",
        _ => $"Folder {Interlocked.Increment(ref _count)}",
    };

    /// <summary>What other programs drop; where it lies and for how long is no promise.</summary>
    public static bool IsPassing(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        return name.Length == 0 || name[0] is '.' or '~' || name.EndsWith('~') || IgnoreRules.IsJunk(name) || name.EndsWith(".tmp", StringComparison.Ordinal) || name.EndsWith(".part", StringComparison.Ordinal);
    }

    public static string TopOf(string path) => path.IndexOf('/', 1) is var end and > 0 ? path[..end] : path;

    static string Top(Random random)
    {
        int at = random.Next(Tops.Sum(t => t.Weight));
        return Tops.First(t => (at -= t.Weight) < 0).Top;
    }
}
