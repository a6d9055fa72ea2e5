using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>
/// What an optimizer does with a leaf: the transforms that it goes through, and the settings of its groups.
/// </summary>
/// <param name="Transforms">The transforms, in order.</param>
/// <param name="Settings">The combined settings of the groups.</param>
/// <param name="Name">The names of the groups and of the partition rules, from the outside in.</param>
internal sealed record LeafPlan(PlacedTransform[] Transforms, LeafSettings Settings, string Name)
{
    /// <summary>The weight decay that a leaf gets.</summary>
    internal double WeightDecayOf(Leaf leaf) => Settings.Frozen
        ? 0
        : Transforms.Sum(placed => placed.Transform.WeightDecayFor(leaf)) * Settings.WeightDecayMultiplier;

    /// <summary>The learning rate of its leaves at a step.</summary>
    internal double RateAt(long step) =>
        Transforms.Aggregate(Settings.LearningRateMultiplier, (rate, placed) => rate * placed.Transform.RateAt(step));
}

/// <summary>Finds the plan of each leaf. Leaves with the same transforms, settings and names share one plan.</summary>
internal sealed class LeafPlanner(Optimizer optimizer, Placement placement)
{
    private readonly Dictionary<string, PlacedTransform[]> transformsOfChoices = [];
    private readonly Dictionary<(
        PlacedTransform[] Transforms, LeafSettings Settings, string Name), LeafPlan> plans = [];

    /// <summary>The rule that each partition chose for the current leaf; −1 for none.</summary>
    private readonly List<int> choices = [];
    private readonly List<LeafGroup> groups = [];
    private readonly List<string> names = [];
    private LeafPlan? last;
    private string? lastChoices;

    internal LeafPlan LeafPlanOf(Leaf leaf)
    {
        choices.Clear();
        groups.Clear();
        names.Clear();
        AddGroup(optimizer.GroupOf(leaf));
        Choose(placement.Nodes, leaf);

        // The choices as text are the key: the first leaf with them builds the list of transforms.
        string chosen = choices.Count == 0 ? "" : string.Join(' ', choices);
        LeafSettings settings = LeafSettings.Default;
        foreach (LeafGroup group in groups) settings = settings.And(group.Settings);
        bool isUngrouped = names.Count == 0;
        if (last is not null && chosen == lastChoices && settings == last.Settings
            && isUngrouped && last.Name == LeafGroup.Ungrouped.Name)
        {
            return last;
        }

        if (!transformsOfChoices.TryGetValue(chosen, out PlacedTransform[]? transforms))
        {
            List<PlacedTransform> collected = [];
            int choice = 0;
            Collect(placement.Nodes, ref choice, collected);
            transformsOfChoices[chosen] = transforms = [.. collected];
        }

        string name = isUngrouped ? LeafGroup.Ungrouped.Name : string.Join(" / ", names.Distinct());
        if (!plans.TryGetValue((transforms, settings, name), out LeafPlan? plan))
            plans[(transforms, settings, name)] = plan = new LeafPlan(transforms, settings, name);
        (last, lastChoices) = (plan, chosen);
        return plan;
    }

    private void Choose(ImmutableArray<PlacementNode> nodes, Leaf leaf)
    {
        foreach (PlacementNode node in nodes)
        {
            if (node.Partition is not { } partition) continue;
            int rule = partition.IndexOf(leaf);
            choices.Add(rule);
            if (rule < 0) continue;
            names.Add(partition.Rules[rule].Name);
            AddGroup(partition.Rules[rule].Optimizer.GroupOf(leaf));
            Choose(node.Rules[rule], leaf);
        }
    }

    private void Collect(ImmutableArray<PlacementNode> nodes, ref int choice, List<PlacedTransform> transforms)
    {
        foreach (PlacementNode node in nodes)
        {
            if (node.Transform is { } transform)
            {
                transforms.Add(transform);
                continue;
            }

            int rule = choices[choice++];
            if (rule >= 0) Collect(node.Rules[rule], ref choice, transforms);
        }
    }

    private void AddGroup(LeafGroup group)
    {
        if (ReferenceEquals(group, LeafGroup.Ungrouped)) return;
        names.Add(group.Name);
        groups.Add(group);
    }
}
