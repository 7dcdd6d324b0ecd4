using System.Text.RegularExpressions;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>The protocol test everybody knows, on the folder that is a plain disk.</summary>
[Collection(AcceptanceTests.Name)]
public sealed partial class LitmusTests(MixedLibrary library)
{
    [Fact]
    public async Task The_inbox_passes_all_of_litmus_without_a_warning()
    {
        Assert.SkipUnless(Clients.Has("litmus"), "litmus is not installed");
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        await daemon.StartAsync();
        (string name, string password) = await daemon.PersonAsync();
        string folder = Directory.CreateDirectory(Path.Combine(daemon.Root, "litmus")).FullName;

        (int code, string output) = await Clients.RunAsync("sh", ["-c", "cd \"$1\" && exec litmus -k \"$2\" \"$3\" \"$4\"", "sh", folder, $"{daemon.Address}Inbox/", name, password]);

        Assert.True(code == 0, output);
        Assert.Equal(104, Summary().Matches(output).Sum(m => int.Parse(m.Groups[1].Value)));
        Assert.DoesNotContain("WARNING", output, StringComparison.Ordinal);
        Assert.DoesNotContain("SKIPPED", output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"tests run: (\d+) passed, 0 failed")]
    private static partial Regex Summary();
}
