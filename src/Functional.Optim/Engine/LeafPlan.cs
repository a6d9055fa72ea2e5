namespace Functional.Optim;

/// <summary>What an optimizer does with a leaf: the transforms it goes through, and what its groups change.</summary>
/// <param name="Transforms">The transforms, in order.</param>
/// <param name="Settings">What the groups change together.</param>
/// <param name="Name">The names of the groups and of the partitions' rules, from the outside in.</param>
internal sealed record LeafPlan(PlacedTransform[] Transforms, LeafSettings Settings, string Name)
{
    /// <summary>The decay that reaches a leaf.</summary>
    internal double WeightDecayOf(Leaf leaf) => Settings.Frozen
        ? 0
        : Transforms.Sum(placed => placed.Transform.WeightDecayFor(leaf)) * Settings.WeightDecayMultiplier;

    /// <summary>The rate of its leaves at a step.</summary>
    internal double RateAt(long step) =>
        Transforms.Aggregate(Settings.LearningRateMultiplier, (rate, placed) => rate * placed.Transform.RateAt(step));
}

/// <summary>Finds the leafPlan of each leaf; leaves that go the same way share one.</summary>
internal sealed class LeafPlanner(Optimizer optimizer, Placement placement)
{
    private readonly Dictionary<string, PlacedTransform[]> ways = [];
    private readonly Dictionary<(PlacedTransform[] Way, LeafSettings Settings, string Name), LeafPlan> leafPlans = [];
    private readonly List<int> turns = [];
    private readonly List<LeafGroup> groups = [];
    private readonly List<string> names = [];
    private LeafPlan? last;
    private string? lastTurns;

    internal LeafPlan LeafPlanOf(Leaf leaf)
    {
        turns.Clear();
        groups.Clear();
        names.Clear();
        Join(optimizer.GroupOf(leaf));
        Walk(placement.Places, leaf);

        // Which way, as text: the first leaf that takes it makes the list of transforms.
        string turned = turns.Count == 0 ? "" : string.Join(' ', turns);
        LeafSettings settings = LeafSettings.Default;
        foreach (LeafGroup group in groups) settings = settings.And(group.Settings);
        if (last is not null && turned == lastTurns && settings == last.Settings && names.Count == 0 && last.Name == LeafGroup.Ungrouped.Name)
            return last;
        if (!ways.TryGetValue(turned, out PlacedTransform[]? way))
        {
            List<PlacedTransform> transforms = [];
            int turn = 0;
            Collect(placement.Places, ref turn, transforms);
            ways[turned] = way = [.. transforms];
        }

        string name = names.Count == 0 ? LeafGroup.Ungrouped.Name : string.Join(" / ", names.Distinct());
        if (!leafPlans.TryGetValue((way, settings, name), out LeafPlan? leafPlan))
            leafPlans[(way, settings, name)] = leafPlan = new LeafPlan(way, settings, name);
        (last, lastTurns) = (leafPlan, turned);
        return leafPlan;
    }

    private void Walk(System.Collections.Immutable.ImmutableArray<Place> places, Leaf leaf)
    {
        foreach (Place place in places)
        {
            if (place.Partition is not { } partition) continue;
            int rule = partition.IndexOf(leaf);
            turns.Add(rule);
            if (rule < 0) continue;
            names.Add(partition.Rules[rule].Name);
            Join(partition.Rules[rule].Optimizer.GroupOf(leaf));
            Walk(place.Rules[rule], leaf);
        }
    }

    private void Collect(System.Collections.Immutable.ImmutableArray<Place> places, ref int turn, List<PlacedTransform> transforms)
    {
        foreach (Place place in places)
        {
            if (place.Transform is { } transform)
            {
                transforms.Add(transform);
                continue;
            }

            int rule = turns[turn++];
            if (rule >= 0) Collect(place.Rules[rule], ref turn, transforms);
        }
    }

    private void Join(LeafGroup group)
    {
        if (ReferenceEquals(group, LeafGroup.Ungrouped)) return;
        names.Add(group.Name);
        groups.Add(group);
    }
}
