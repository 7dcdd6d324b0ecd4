using System.Reflection;
using Albumen.Storage;

namespace Albumen.Tests.Architecture;

/// <summary>The shape of the house: who may know whom. It is drawn in src/README.md.</summary>
public class LadderTests
{
    static readonly Assembly Appliance = typeof(Scanner).Assembly;

    static readonly string[] LowestFirst = ["Native", "Sql", "Processing", "Identity", "Storage", "Catalog", "Derivatives", "Organization", "Sidecar", "Tree", "Backups", "Configuration"];

    [Fact]
    public void No_feature_uses_one_above_it() => Assert.Empty(Ladder.Climbs(Appliance, LowestFirst));

    [Fact]
    public void A_feature_that_uses_one_above_it_is_named() =>
        Assert.Contains("Albumen.Storage.VolumeFiles uses Albumen.Native.Libc", Ladder.Climbs(Appliance, [.. LowestFirst.Skip(1), "Native"]));

    [Fact]
    public void A_new_feature_must_be_given_a_rung()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Ladder.Climbs(Appliance, LowestFirst[..^1]));

        Assert.Contains("'Configuration' is not on the ladder", error.Message);
    }

    [Fact]
    public void The_appliance_knows_no_web_server_and_no_terminal() =>
        // PasswordHasher is in Microsoft.Extensions.Identity.Core, whatever its namespace says.
        Assert.DoesNotContain(References(Appliance), IsDoor);

    [Fact]
    public void A_web_server_would_be_noticed() =>
        Assert.Contains(References(typeof(Albumen.Daemon.Rebuild).Assembly), IsDoor);

    [Fact]
    public void The_command_line_can_open_neither_catalogue_nor_photo()
    {
        IEnumerable<string> known = References(typeof(Albumen.Admin.Exit).Assembly);

        Assert.Contains("Albumen.Client", known);
        Assert.DoesNotContain(known, name => name is "Albumen" or "albumend" || name.Contains("Sqlite", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void The_client_knows_nothing_of_ours() => Assert.DoesNotContain(References(typeof(Albumen.Client.AlbumenClient).Assembly), name => name.StartsWith("Albumen", StringComparison.OrdinalIgnoreCase));

    static IEnumerable<string> References(Assembly assembly) => assembly.GetReferencedAssemblies().Select(a => a.Name!);

    static bool IsDoor(string assembly) => assembly.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || assembly is "System.Console";
}
