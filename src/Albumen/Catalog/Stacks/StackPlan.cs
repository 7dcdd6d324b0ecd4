namespace Albumen.Catalog.Stacks;

/// <summary>The one function that says which of some photos and clips make stacks, and which stands for each. Statements of people come first; rules add what does not contradict them.</summary>
static class StackPlan
{
    /// <summary>The rule of what people stacked.</summary>
    public const string Person = "person";

    /// <summary>In front of the id of the one that a person chose to stand for a stack, in <see cref="Field.Stack"/>.</summary>
    public const string CoverMark = "cover:";

    /// <param name="some">All that have anything in common with one another.</param>
    public static IEnumerable<StackMembership> Decide(IEnumerable<StackCandidate> some, StackSettings settings)
    {
        // What lies in the trash is not shown, and comes back together.
        foreach (IGrouping<bool, StackCandidate> part in some.GroupBy(c => c.IsTrashed))
        {
            StackCandidate[] all = [.. part.OrderBy(c => c.Uid, StringComparer.Ordinal)];
            Groups groups = new(all);
            foreach (IGrouping<string, StackCandidate> stated in all.Where(c => c is { Stated: not null, IsApart: false }).GroupBy(c => c.Stated!))
                foreach (StackCandidate other in stated.Skip(1)) groups.Join(stated.First(), other, Person);
            StackCandidate[] free = [.. all.Where(c => !c.IsApart && c.Places.Count > 0)];
            foreach (StackRule rule in StackRule.All.Where(rule => rule.IsOn(settings)))
                foreach ((StackCandidate one, StackCandidate other) in rule.Pairs(free, settings)) groups.Join(one, other, rule.Name);
            foreach (StackCandidate[] stack in groups.All().Where(stack => stack.Length > 1))
            {
                StackCandidate cover = Cover(stack, groups);
                foreach (StackCandidate member in stack) yield return new(member.Id, stack[0].Uid, Role(member, groups), groups.RuleOf(member), cover.Id);
            }
        }
    }

    static StackCandidate Cover(StackCandidate[] stack, Groups groups) =>
        stack.FirstOrDefault(c => c.Stated == CoverMark + c.Uid)
        // Nobody finds the day again of a photo that stands behind one without a date, unless somebody put that over it.
        ?? stack.OrderByDescending(c => c.Places.Count > 0).ThenBy(c => c.IsClip).ThenByDescending(c => c.Said.Taken is not null || Role(c, groups) == "version").ThenBy(c => Rank(Role(c, groups))).ThenByDescending(c => c.Stage).ThenByDescending(c => c.Places.Any(p => p.Name.IsBurstCover))
            .ThenBy(c => c.IsRaw).ThenBy(c => c.Said.Taken?.Local, StringComparer.Ordinal).ThenBy(c => c.SortName, StringComparer.Ordinal).ThenBy(c => c.Uid, StringComparer.Ordinal).First();

    static int Rank(string role) => role switch { "version" => 0, "edited" => 1, "still" or "shot" => 2, "raw" => 3, _ => 4 };

    static string Role(StackCandidate member, Groups groups) =>
        // Of a photo and what was put over it, the first bears its own id.
        member.Stated is { } stated && stated != member.Uid && !stated.StartsWith(CoverMark, StringComparison.Ordinal) && groups.Has(member, stated) ? "version"
        : member.IsClip ? "clip"
        : member.IsRaw && groups.RuleOf(member) != "bursts" ? "raw"
        : member.IsEdited && groups.RuleOf(member) is "edited" or "raw_jpeg" or "live_photos" ? "edited"
        : groups.RuleOf(member) == "bursts" ? "shot"
        : "still";

    /// <summary>Who belongs to whom so far.</summary>
    sealed class Groups
    {
        readonly Dictionary<StackCandidate, List<StackCandidate>> _of = [];
        readonly Dictionary<StackCandidate, string> _rules = [];

        public Groups(IEnumerable<StackCandidate> all)
        {
            foreach (StackCandidate candidate in all) _of[candidate] = [candidate];
        }

        /// <summary>Makes one of the groups of two, unless people said that they belong to different ones.</summary>
        public void Join(StackCandidate one, StackCandidate other, string rule)
        {
            List<StackCandidate> first = _of[one], second = _of[other];
            if (first == second || StatedOf(first) is { } a && StatedOf(second) is { } b && a != b) return;
            first.AddRange(second);
            foreach (StackCandidate member in second) _of[member] = first;
            _rules.TryAdd(one, rule);
            _rules.TryAdd(other, rule);
        }

        public string RuleOf(StackCandidate member) => _rules[member];

        public bool Has(StackCandidate member, string uid) => _of[member].Any(c => c.Uid == uid);

        /// <summary>Each in the order of the ids.</summary>
        public IEnumerable<StackCandidate[]> All() => _of.Values.Distinct().Select(group => group.OrderBy(c => c.Uid, StringComparer.Ordinal).ToArray());

        static string? StatedOf(List<StackCandidate> group) => group.Select(c => c.Stated).FirstOrDefault(stated => stated is not null);
    }
}
