using System.Diagnostics;
using System.Text;
using Albumen.Configuration;

namespace Albumen.Tests.Configuration;

public sealed class HostileYamlTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static TheoryData<string, string> Bombs => new()
    {
        { "10,000 brackets", new string('[', 10_000) },
        { "100,000 brackets", new string('[', 100_000) },
        { "a million brackets", new string('[', 1_000_000) },
        { "100,000 braces", new string('{', 100_000) },
        { "brackets closed again", new string('[', 100_000) + new string(']', 100_000) },
        { "brackets line by line", string.Concat(Enumerable.Repeat("[\n", 100_000)) },
        { "braces line by line", string.Concat(Enumerable.Repeat("{a:\n", 100_000)) },
        { "dashes", string.Concat(Enumerable.Repeat("- ", 100_000)) },
        { "question marks", string.Concat(Enumerable.Repeat("? ", 100_000)) },
        { "deep indentation", string.Concat(Enumerable.Range(0, 1000).Select(depth => new string(' ', depth) + "a:\n")) },
        { "deep indentation below a known key", "scan:\n" + string.Concat(Enumerable.Range(1, 1000).Select(depth => new string(' ', depth) + "every:\n")) },
        { "aliases", "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n" },
        { "a quotation that never ends", "name: \"" + new string('x', 1_000_000) },
        { "a million commas", "volumes: [" + new string(',', 1_000_000) },
        { "100,000 keys", string.Concat(Enumerable.Range(0, 100_000).Select(n => $"k{n}: 1\n")) },
        { "one key of a million letters", new string('k', 1_000_000) + ": 1" },
        { "a million spaces and a letter", "a:\n" + new string(' ', 1_000_000) + "x" },
        { "colons", string.Concat(Enumerable.Repeat("a: ", 300_000)) },
        { "directives", string.Concat(Enumerable.Repeat("%A\n", 300_000)) },
        { "documents", string.Concat(Enumerable.Repeat("---\n", 250_000)) },
        { "anchors", string.Concat(Enumerable.Repeat("&a ", 300_000)) },
        { "exclamation marks", new string('!', 1_000_000) },
        { "block scalar", "name: |\n" + string.Concat(Enumerable.Repeat(" x\n", 300_000)) },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void A_bomb_is_an_error_within_seconds(string what, string yaml)
    {
        using Desk desk = new Desk().With(yaml);
        Stopwatch watch = Stopwatch.StartNew();

        string errors = desk.Errors();

        Assert.True(errors.StartsWith("ROOT/etc/albumen/albumen.yaml:", StringComparison.Ordinal), $"{what}: {errors}");
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Patience);
        Assert.InRange(errors.Length, 1, 20_000);
    }

    [Fact]
    public void A_file_of_50_megabytes_is_not_read()
    {
        using Desk desk = new Desk().With("");
        using (FileStream file = File.OpenWrite(desk.Layout.ConfigurationFile)) file.SetLength(50 << 20);

        Assert.Equal("ROOT/etc/albumen/albumen.yaml: is larger than 1 MiB, which no configuration needs", desk.Errors());
    }

    [Theory]
    [InlineData("a: [\n", "2:1: this is not YAML (While parsing a node, did not find expected node content); check indentation, quotes and brackets here")]
    [InlineData("scan:\n\tevery: 1d\n", "2:1: a tab in the indentation; YAML wants spaces")]
    [InlineData("scan:\n  every: 1d\n \t settle: 1s\n", "3:2: a tab in the indentation; YAML wants spaces")]
    [InlineData("scan: &x { every: 1d }\nlogging: *x\n", "1:7: anchors ('&x') are not allowed; remove it\n2:10: aliases ('*x') are not allowed; write the value out")]
    [InlineData("scan: !!map { every: 1d }\n", "1:7: tags ('!...') are not allowed; remove it")]
    [InlineData("scan: { every: !secret 1h }\n", "1:16: tags ('!...') are not allowed; remove it")]
    [InlineData("scan:\n---\nscan:\n", "2:1: a second document ('---'); put everything into one")]
    [InlineData("- a\n", "1:1: the file must hold keys and values, such as 'volumes:'")]
    [InlineData("volumes:\n  - exclude: [n: { a }\nhttps: off\n", "2:22: this is not YAML; check indentation, quotes and brackets from here on")]
    [InlineData("words\n", "1:1: the file must hold keys and values, such as 'volumes:'")]
    [InlineData("{ [a, b]: 1 }\n", "1:3: a key must be a word")]
    [InlineData("scan: { every: \"1h }\n", "1:16: this is not YAML (While scanning a quoted scalar, found unexpected end of stream); check indentation, quotes and brackets here")]
    [InlineData("scan: {}\n\0\nnonsense: 1\n", "2:1: control character 00; remove it")]
    [InlineData("scan:\n  every: 1d\n every: 2h\n", "3:2: this is not YAML (While parsing a block mapping, did not find expected key); check indentation, quotes and brackets here")]
    [InlineData("%YAML 1.2\n---\nscan:\n", "1:1: directives ('%...') are not allowed; remove it")]
    [InlineData("scan:\n  every: 1d\n\t\n", "3:1: a tab in the indentation; YAML wants spaces")]
    [InlineData("volumes: [a#]\n", "1:11: each entry of 'volumes' holds keys of its own, not 'a#'")]
    [InlineData("<<: { scan: 1 }\n", "1:1: unknown key '<<'; known here: volumes, time, scan, workers, io, derivatives, cache, quality, verify, backup, sidecars, stacks, inbox, trash, webdav, http, https, announce, logging, sign_in")]
    public void What_cannot_be_read_is_shown_with_its_place(string yaml, string expected)
    {
        using Desk desk = new Desk().With(yaml);

        Assert.Equal(expected, desk.Errors().Replace("ROOT/etc/albumen/albumen.yaml:", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n")]
    [InlineData("scan:\r\n  every: 1d\r\n  # a tab in a comment\t\r\n\r\n")]
    [InlineData("scan: { every: '1d' } \t# late")]
    [InlineData("scan:\n  every: 1d\n...\n")]
    public void Harmless_oddities_are_read(string yaml)
    {
        using Desk desk = new Desk().With(yaml);

        Assert.Equal(TimeSpan.FromDays(1), desk.Read().Scan.Every);
    }

    [Fact]
    public void A_byte_order_mark_is_skipped_and_counts_for_no_column()
    {
        using Desk desk = new Desk().With("\uFEFFscna: 1\n");

        Assert.Equal("ROOT/etc/albumen/albumen.yaml:1:1: unknown key 'scna'; did you mean 'scan'?", desk.Errors());
    }

    [Theory]
    [InlineData("iso-8859-1")]
    [InlineData("utf-16")]
    public void Another_encoding_is_named_as_the_reason(string encoding)
    {
        using Desk desk = new Desk().With("");
        File.WriteAllText(desk.Layout.ConfigurationFile, "scan:\n  every: ü\n", Encoding.GetEncoding(encoding));

        Assert.Contains("is not UTF-8; save the file in that encoding", desk.Errors(), StringComparison.Ordinal);
    }

    [Fact]
    public void Random_damage_never_throws_anything_else()
    {
        string good = "volumes:\n  - name: photos\n    path: /srv/photos\n    exclude: [\"*.tmp\", '/x/']\nscan: { every: 1d }\nhttps: off\n";
        const string splinters = "[]{}:,-?&*!|>'\"%@`#\n\r\t ~\\0aä\0";
        Random random = new(1850);
        for (int round = 0; round < 3000; round++)
        {
            StringBuilder text = new(good);
            for (int hit = random.Next(1, 6); hit > 0; hit--)
            {
                int at = random.Next(text.Length);
                if (random.Next(3) == 0) text.Remove(at, Math.Min(random.Next(1, 8), text.Length - at));
                else text.Insert(at, splinters[random.Next(splinters.Length)]);
            }
            List<ConfigurationError> errors = [];
            YamlTree.Read("albumen.yaml", text.ToString(), errors);
        }
    }
}
