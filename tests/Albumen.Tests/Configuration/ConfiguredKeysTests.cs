using Albumen.Configuration;

namespace Albumen.Tests.Configuration;

public sealed class ConfiguredKeysTests
{
    [Fact]
    public void Every_known_key_is_shown_with_its_default()
    {
        using Desk desk = new Desk().WithFolder("a").With("volumes: [{ name: a, path: ROOT/a }]");

        IReadOnlyList<ConfiguredKey> keys = desk.Read().Keys;

        // Groups hold keys, and no value of their own, but for those that can be switched off.
        string[] groups = [.. ConfigurationReader.KnownKeys().Where(key => ConfigurationReader.KnownKeys().Any(other => other.StartsWith($"{key}.", StringComparison.Ordinal) || other.StartsWith($"{key}[", StringComparison.Ordinal)))];
        Assert.Equal(ConfigurationReader.KnownKeys().Except(groups.Except(["http", "https", "announce"])).Order(), keys.Select(key => key.Key.Replace("volumes.a.", "volumes[].", StringComparison.Ordinal)).Order());
        Assert.Equal("1d", keys.Single(key => key.Key == "scan.every").Default);
        Assert.Equal("5% or 500", keys.Single(key => key.Key == "scan.breaker").Default);
    }

    [Fact]
    public void What_is_shown_can_be_written_and_means_the_same()
    {
        using Desk desk = new Desk().WithFolder("a").With("""
            volumes: [{ name: a, path: ROOT/a, exclude: ["*.tmp", "/Drafts/"], sidecars: mirror, timezone: Europe/Vienna, quality: { threshold: 40 } }]
            scan: { every: off, poll: 90s, breaker: 7% }
            io: { rate: 20MB, quiet_hours: "22:00-6:00", pressure: off, class: none }
            workers: { memory_limit: 1GB }
            cache: { size: 20GB }
            verify: { schedule: off, rate: 1500kB/s }
            inbox: { receipts: off }
            trash: { retention: forever }
            http: off
            https: { listen: "[::1]:1851" }
            """);
        Settings first = desk.Read();

        // A mapping of flow style for each dot.
        desk.With(string.Join('\n', first.Keys.Where(key => key.Value is not null && key.Key is not ("http" or "https" or "announce" or "http.listen" or "http.insecure") && !key.Key.StartsWith("volumes.", StringComparison.Ordinal))
            .GroupBy(key => key.Key.Split('.')[0])
            .Select(group => $"{group.Key}: {{ {string.Join(", ", group.Select(key => $"{key.Key.Split('.')[1]}: \"{key.Value}\""))} }}")
            .Append("http: off")
            .Append($"volumes: [{{ {string.Join(", ", first.Keys.Where(key => key.Key.StartsWith("volumes.a.", StringComparison.Ordinal) && key.Value is not null).Select(Entry))} }}]")));
        Settings second = desk.Read();

        Assert.Equal(first.Keys.Select(key => (key.Key, key.Value)).Order(), second.Keys.Select(key => (key.Key, key.Value)).Order());
        // Lists are equal when they are one list.
        Assert.Equal(first, second with { Volumes = first.Volumes, Keys = first.Keys, Findings = first.Findings });
        Assert.Empty(KeyChange.Between(first.Keys, second.Keys));

        static string Entry(ConfiguredKey key) => key.Key["volumes.a.".Length..] switch
        {
            "quality.threshold" => $"quality: {{ threshold: {key.Value} }}",
            "exclude" => $"exclude: {key.Value}",
            var name => $"{name}: \"{key.Value}\"",
        };
    }

    [Fact]
    public void The_last_file_that_sets_a_value_is_named_with_its_line()
    {
        using Desk desk = new Desk()
            .With("scan:\n  every: 2h\n  settle: 5s\nhttps: on\n")
            .WithMore("10.yaml", "\nscan: { every: 3h }\nhttps: off\n");

        IReadOnlyList<ConfiguredKey> keys = desk.Read().Keys;

        Assert.Equal(new("scan.every", "3h", "1d", $"{desk.Layout.ConfigurationFolder}/10.yaml", 2), Key("scan.every"));
        Assert.Equal(new("scan.settle", "5s", "2s", desk.Layout.ConfigurationFile, 3), Key("scan.settle"));
        Assert.Equal(new("scan.poll", "10m", "10m"), Key("scan.poll"));
        Assert.Equal(new("https", "off", "off", $"{desk.Layout.ConfigurationFolder}/10.yaml", 3), Key("https"));

        ConfiguredKey Key(string name) => keys.Single(key => key.Key == name);
    }

    [Fact]
    public void A_door_that_was_switched_off_and_on_again_stands_at_its_defaults()
    {
        using Desk desk = new Desk().With("https: { listen: \"*:4443\" }").WithMore("1.yaml", "https: off").WithMore("2.yaml", "https: on");

        Settings settings = desk.Read();

        Assert.Equal("*:1851", settings.Https?.Listen.ToString());
        Assert.Equal(("*:1851", null), (settings.Keys.Single(key => key.Key == "https.listen").Value, settings.Keys.Single(key => key.Key == "https.listen").File));
        Assert.Equal("on", settings.Keys.Single(key => key.Key == "https").Value);
    }

    [Fact]
    public void What_another_configuration_changes_is_told_key_by_key()
    {
        using Desk desk = new Desk().WithFolder("a").WithFolder("b").With("volumes: [{ name: a, path: ROOT/a }]\nscan: { settle: 1s }");
        Settings before = desk.Read();

        Settings after = ConfigurationReader.Read(desk.Layout, $"volumes: [{{ name: b, path: {desk.Root}/b, marker: off }}]\nscan: {{ settle: 1000ms, every: 1h }}");

        Assert.Equal([("volumes.b.name", null, "b"), ("volumes.b.path", null, $"{desk.Root}/b")], Changes().Where(change => change.Key is "volumes.b.name" or "volumes.b.path"));
        Assert.Contains(("scan.every", "1d", "1h"), Changes());
        Assert.DoesNotContain(Changes(), change => change.Key == "scan.settle");
        Assert.Contains(("volumes.a.path", $"{desk.Root}/a", null), Changes());

        IEnumerable<(string Key, string? Before, string? After)> Changes() => KeyChange.Between(before.Keys, after.Keys).Select(change => (change.Key, change.Before, change.After));
    }

    [Fact]
    public void Text_that_stands_in_no_file_is_judged_like_one()
    {
        using Desk desk = new Desk().With("scan: { every: 1h }");

        string Errors(string text) => desk.Neutral(Assert.Throws<ConfigurationException>(() => ConfigurationReader.Read(desk.Layout, text)).Message);

        Assert.Equal("ROOT/etc/albumen/albumen.yaml:1:9: unknown key 'evry'; did you mean 'every'?", Errors("scan: { evry: 1h }"));
        Assert.Equal("ROOT/etc/albumen/albumen.yaml:2:1: a tab in the indentation; YAML wants spaces", Errors("scan:\n\tevery: 1h"));
        Assert.Contains("larger than 1 MiB", Errors(new string('#', 1 << 21)));
        Assert.Contains("control character 00", Errors("scan: { every: \"1\0h\" }"));
    }
}
