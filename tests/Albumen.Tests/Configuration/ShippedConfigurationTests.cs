using System.Text.RegularExpressions;
using Albumen.Configuration;

namespace Albumen.Tests.Configuration;

public sealed partial class ShippedConfigurationTests
{
    static readonly string Shipped = File.ReadAllText(FindShipped());

    [Fact]
    public void As_shipped_it_changes_nothing()
    {
        using Desk desk = new Desk().With(Shipped);

        Settings settings = desk.Read();

        Assert.Empty(settings.Volumes);
        Assert.Empty(settings.Findings);
        Assert.Equal(new Settings(), settings with { Volumes = new Settings().Volumes, Findings = new Settings().Findings, Keys = new Settings().Keys });
    }

    [Fact]
    public void Uncommented_it_states_the_defaults()
    {
        using Desk desk = new Desk().WithFolder("photos").With(Uncommented("ROOT/photos", "ROOT/etc/albumen/albumen.yaml"));

        Settings settings = desk.Read();

        var volume = Assert.Single(settings.Volumes);
        Assert.Equal(("photos", desk.Root + "/photos", "Europe/Vienna"), (volume.Name, volume.Path, volume.Timezone));
        Assert.Equal(["*.tmp", "/Drafts/"], volume.Exclude);
        Assert.Equal(new HttpsSettings().Listen, settings.Https?.Listen);
        Settings defaults = new();
        Assert.Equal(defaults with { Workers = defaults.Workers with { Count = 2 } },
            settings with { Volumes = defaults.Volumes, Findings = defaults.Findings, Keys = defaults.Keys, Https = null });
    }

    [Fact]
    public void It_mentions_every_key_and_no_other()
    {
        List<ConfigurationError> errors = [];

        Mapping tree = YamlTree.Read("albumen.yaml", Uncommented("/srv/photos", "/etc/albumen/tls.crt"), errors);

        Assert.Empty(errors);
        Assert.Equal(ConfigurationReader.KnownKeys().Order(StringComparer.Ordinal), Keys(tree, "").Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_explains_every_key_in_the_line_above()
    {
        string[] lines = Shipped.Split('\n');
        foreach ((int at, string line) in lines.Index().Where(line => CommentedKey().IsMatch(line.Item)))
            Assert.True(lines[at - 1].TrimStart().StartsWith("# ", StringComparison.Ordinal), $"line {at + 1}: {line}");
    }

    static IEnumerable<string> Keys(YamlNode node, string path) => node switch
    {
        Mapping mapping => mapping.Entries.SelectMany(entry => Keys(entry.Value.Value, $"{path}{entry.Key}.").Prepend(path + entry.Key)),
        Sequence sequence => sequence.Items.SelectMany(item => Keys(item, $"{path.TrimEnd('.')}[].")),
        _ => [],
    };

    static string Uncommented(string volume, string file) => CommentedKey().Replace(Shipped, "$1$2")
        .Replace("/srv/photos", volume, StringComparison.Ordinal)
        .Replace("/etc/albumen/tls.crt", file, StringComparison.Ordinal)
        .Replace("/etc/albumen/tls.key", file, StringComparison.Ordinal);

    static string FindShipped()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Albumen.slnx"))) folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException("No Albumen.slnx above the tests."), "config", "albumen.yaml");
    }

    [GeneratedRegex("^( *)#([^ #\n])", RegexOptions.Multiline)]
    private static partial Regex CommentedKey();
}
