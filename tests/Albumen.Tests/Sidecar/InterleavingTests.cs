using Albumen.Sidecar;
using FsCheck;
using FsCheck.Fluent;

namespace Albumen.Tests.Sidecar;

/// <summary>
/// Whatever people and other programs do, in whatever order, and whenever the daemon dies: what anybody wrote is kept, and in the end all agree.
/// <c>ALBUMEN_INTERLEAVINGS</c> is how many orders of events are tried of each kind, instead of a few.
/// </summary>
public sealed class InterleavingTests(SidecarBench bench) : IClassFixture<SidecarBench>
{
    static readonly int Sequences = int.TryParse(Environment.GetEnvironmentVariable("ALBUMEN_INTERLEAVINGS"), out int many) ? many : 40;

    static readonly ulong Seed = ulong.TryParse(Environment.GetEnvironmentVariable("ALBUMEN_SEED"), out ulong seed) ? seed : 20240714;

    static readonly Gen<Step> Steps =
        from act in Gen.Frequency(
            (8, Gen.Constant(Act.Edit)), (2, Gen.Constant(Act.Reset)), (2, Gen.Constant(Act.Undo)), (1, Gen.Constant(Act.UndoSome)), (1, Gen.Constant(Act.Decide)), (8, Gen.Constant(Act.Foreign)),
            (1, Gen.Constant(Act.ForeignDeletion)), (3, Gen.Constant(Act.Scan)), (3, Gen.Constant(Act.TakeIn)), (4, Gen.Constant(Act.Write)), (2, Gen.Constant(Act.Settle)), (1, Gen.Constant(Act.Crash)),
            (1, Gen.Constant(Act.CrashInEdit)), (1, Gen.Constant(Act.CrashInUndo)), (1, Gen.Constant(Act.CrashInTakeIn)), (1, Gen.Constant(Act.CrashAfterIntent)), (1, Gen.Constant(Act.CrashAfterWrite)))
        // Now and then anywhere, but most often where something else happens too.
        from place in Gen.Frequency((1, Gen.Choose(0, 11)), (1, Gen.Constant(0)), (1, Gen.Constant(2)))
        from field in Gen.Frequency((1, Gen.Choose(0, 7)), (1, Gen.Constant(0)), (1, Gen.Constant(4)))
        from value in Gen.Choose(0, 47)
        select new Step(act, place, field, value);

    [Theory]
    [InlineData(ConflictRule.Ask, SidecarName.Full)]
    [InlineData(ConflictRule.Ask, SidecarName.Stem)]
    [InlineData(ConflictRule.Newest, SidecarName.Full)]
    [InlineData(ConflictRule.Ours, SidecarName.Full)]
    [InlineData(ConflictRule.Theirs, SidecarName.Stem)]
    public Task Nothing_is_lost_and_all_agree_in_the_end(ConflictRule rule, SidecarName name)
    {
        SidecarSettings settings = new() { Conflicts = rule, Name = name };
        Arbitrary<List<Step>> orders = Arb.From(Steps.ListOf(), Shorter);
        Config config = Config.QuickThrowOnFailure.WithMaxTest(Sequences).WithStartSize(4).WithEndSize(30).WithReplay(Seed + (ulong)rule, 2 * (ulong)name + 1);
        return Task.Run(() => Prop.ForAll(orders, steps => PlayAsync(settings, steps)).Check(config), TestContext.Current.CancellationToken);
    }

    async Task<bool> PlayAsync(SidecarSettings settings, IReadOnlyList<Step> steps)
    {
        using SidecarDesk desk = new(bench, settings);
        Interleaving events = new(desk, settings);
        events.Prepare();
        try
        {
            await desk.ScanAsync();
            foreach (Step step in steps) await events.DoAsync(step);
            await events.EndAsync();
            return true;
        }
        catch (Exception error)
        {
            // What FsCheck shows of a long list ends in dots.
            throw new InvalidOperationException($"[{string.Join(", ", steps)}]: {error.Message}", error);
        }
    }

    /// <summary>Without a half, a quarter and so on, then without one step.</summary>
    static IEnumerable<List<Step>> Shorter(List<Step> steps)
    {
        for (int length = Math.Max(1, steps.Count / 2); length > 0; length = length == 1 ? 0 : length / 2)
            for (int from = 0; from + length <= steps.Count; from += length)
                yield return [.. steps[..from], .. steps[(from + length)..]];
    }
}
