using System.Diagnostics;
using System.Text;
using Albumen.Storage;

namespace Albumen.Tests.Storage;

/// <summary>The language of <c>.gitignore</c>, held against git itself.</summary>
public sealed class IgnoreRulesTests : IDisposable
{
    static readonly string[] Patterns =
    [
        "a.jpg", "*.jpg", "?.jpg", "/a.jpg", "sub/", "sub/a.jpg", "/sub", "sub/*", "*/a.jpg", "**/a.jpg", "sub/**", "sub/**/a.jpg", "**/deep/**", "**", "a**",
        "[ab].jpg", "[!a].jpg", "[^a].jpg", "[a-c].jpg", "[z-a].jpg", "[a-", "[]a].jpg", "sub[!x]a.jpg", "[[:alpha:]].jpg", "\\#a", "#a", "\\!a", "!a.jpg", "a\\ ", "a ", "a\\",
        "a\\.jpg", "sub/deep", "deep/", "*", "/*", "*.j[p]g", "[a\\-c].jpg", "[+-0]", "SUB", "a.jpg/", "sub//", "/", "\u00FC*", "a+b", "a|b", "(a)", "{a,b}.jpg", "^a$", "**/sub", "*/", "\uFEFFa.jpg",
    ];

    static readonly string[] Paths =
    [
        "a.jpg", "b.jpg", "z.jpg", "-.jpg", "].jpg", "sub/a.jpg", "sub/b.jpg", "sub/deep/a.jpg", "sub/deep/er/a.jpg", "x/sub/a.jpg", "#a", "!a", "a ", "a", "a\\", "+", "0", ".hid",
        "\u00FCb.jpg", "a+b", "a|b", "(a)", "{a,b}.jpg", "^a$", "[a-", "[z-a].jpg", "deep/a.jpg",
    ];

    readonly string _folder = Directory.CreateTempSubdirectory("albumen-ignore-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_pattern_means_what_it_means_to_git()
    {
        List<string> differences = [];
        foreach (string pattern in Patterns) Compare(pattern, differences);
        Compare("*.jpg\n!a.jpg", differences);
        Compare("/sub/*\n!/sub/deep", differences);
        Compare("# a comment\n\n*.jpg   \n!sub/a.jpg", differences);

        Assert.Empty(differences);
    }

    [Fact]
    public void Rules_of_an_inner_folder_stand_above_those_outside_and_start_at_that_folder()
    {
        IgnoreRules rules = IgnoreRules.For(["*.jpg"]).Within(RelativePath.Parse("sub"), "!a.jpg\n/b.png");

        Assert.False(rules.Ignores(RelativePath.Parse("sub"), "a.jpg"u8, isFolder: false));
        Assert.True(rules.Ignores(RelativePath.Parse("sub"), "c.jpg"u8, isFolder: false));
        Assert.True(rules.Ignores(RelativePath.Parse("sub"), "b.png"u8, isFolder: false));
        Assert.False(rules.Ignores(RelativePath.Parse("sub/deep"), "b.png"u8, isFolder: false));
    }

    [Theory]
    [InlineData("@eaDir")]
    [InlineData(".Trash-1000")]
    [InlineData("._IMG_0001.JPG")]
    [InlineData(".DS_Store")]
    [InlineData("#recycle")]
    [InlineData(".albumenignore")]
    [InlineData(".nomedia")]
    public void No_rule_brings_droppings_back(string name) => Assert.True(IgnoreRules.For(["!*"]).Ignores(RelativePath.Root, Encoding.UTF8.GetBytes(name), isFolder: false));

    [Fact]
    public void A_hostile_rule_file_costs_no_time_and_no_crash()
    {
        string text = "[b-a]\n[\\]\n[[.\n[z-\\d]\n(((\n" + new string('[', 5000) + "\n" + string.Concat(Enumerable.Repeat("[^]]", 60)) + "\n"
            + string.Join('\n', Enumerable.Range(0, 60).Select(i => $"{string.Concat(Enumerable.Repeat("*a", 60))}{i}"));
        Stopwatch watch = Stopwatch.StartNew();

        IgnoreRules rules = IgnoreRules.For([]).Within(RelativePath.Root, text);
        for (int i = 0; i < 5; i++) rules.Ignores(RelativePath.Root, Encoding.UTF8.GetBytes(new string('a', 250)), isFolder: false);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{watch.Elapsed}");
    }

    /// <summary>Git asks each folder on the way first, as a scan does.</summary>
    static bool IsIgnored(IgnoreRules rules, string path)
    {
        RelativePath folder = RelativePath.Root;
        string[] names = path.Split('/');
        for (int i = 0; i < names.Length; i++)
        {
            byte[] name = Encoding.UTF8.GetBytes(names[i]);
            if (rules.Ignores(folder, name, isFolder: i < names.Length - 1)) return true;
            folder = folder.Child(name);
        }
        return false;
    }

    void Compare(string rules, List<string> differences)
    {
        HashSet<string> ignored = AskGit(rules);
        IgnoreRules ours = IgnoreRules.For([]).Within(RelativePath.Root, rules);
        differences.AddRange(Paths.Where(path => ignored.Contains(path) != IsIgnored(ours, path))
            .Select(path => $"'{rules}' and '{path}': git {(ignored.Contains(path) ? "ignores" : "takes")} it"));
    }

    HashSet<string> AskGit(string rules)
    {
        string repository = Path.Combine(_folder, "r");
        if (!Directory.Exists(repository)) Run(["init", "-q", repository], "");
        File.WriteAllText(Path.Combine(repository, ".gitignore"), rules + "\n");
        return [.. Run(["-C", repository, "check-ignore", "-z", "--stdin", "--no-index"], string.Join('\0', Paths)).Split('\0', StringSplitOptions.RemoveEmptyEntries)];
    }

    string Run(string[] words, string input)
    {
        ProcessStartInfo start = new("git", words) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GIT_CONFIG_GLOBAL"] = start.Environment["GIT_CONFIG_SYSTEM"] = "/dev/null";
        start.Environment["GIT_CEILING_DIRECTORIES"] = _folder;
        using Process git = Process.Start(start)!;
        git.StandardInput.Write(input);
        git.StandardInput.Close();
        string output = git.StandardOutput.ReadToEnd();
        string errors = git.StandardError.ReadToEnd();
        git.WaitForExit();
        // check-ignore exits with 1 when nothing is ignored.
        Assert.True(git.ExitCode is 0 or 1, errors);
        return output;
    }
}
