using System.Collections.Immutable;
using System.Globalization;

namespace Functional.Optim;

/// <summary>
/// What an optimizer does with one leaf: the parts that the leaf goes through, partitions opened, and what the groups change, those of the
/// partitions' optimizers included.
/// </summary>
/// <param name="Leaf">The leaf.</param>
/// <param name="Stops">The parts.</param>
/// <param name="Settings">What the groups change together.</param>
/// <param name="Name">The names of the groups and of the partitions' rules, from the outside in.</param>
internal sealed record Treatment(Leaf Leaf, Route.Stop[] Stops, LeafSettings Settings, string Name)
{
    /// <summary>The decay that reaches the leaf.</summary>
    internal double WeightDecay => Settings.Frozen ? 0 : Stops.Sum(stop => stop.Part.DecayOf(Leaf)) * Settings.WeightDecayMultiplier;

    /// <summary>The rate of the leaf at a step.</summary>
    internal double RateAt(long step) => Stops.Aggregate(Settings.LearningRateMultiplier, (rate, stop) => rate * stop.Part.RateAt(step));

    internal static Treatment Of(Optimizer optimizer, ImmutableArray<Transform> parts, Leaf leaf)
    {
        List<Route.Stop> stops = [];
        List<string> names = [];
        LeafSettings settings = LeafSettings.Default;
        Join(optimizer.GroupOf(leaf));
        int stage = 0, slot = 0;
        for (int part = 0; part < parts.Length; part++)
        {
            if (part > 0 && parts[part].Measures) stage++;
            Add(parts[part], slot, rule: null);
            slot += parts[part].SlotNames.Length;
        }

        return new(leaf, [.. stops], settings, string.Join(" / ", names.DefaultIfEmpty(LeafGroup.Ungrouped.Name).Distinct()));

        void Add(Transform part, int firstSlot, Partition.Rule? rule)
        {
            if (part is not Partition partition)
            {
                stops.Add(new Route.Stop(part, firstSlot, stage, rule));
            }
            else if (partition.RuleOf(leaf) is { } taken)
            {
                names.Add(taken.Name);
                Join(taken.Optimizer.GroupOf(leaf));
                foreach (Transform step in taken.Optimizer.CompiledParts)
                {
                    Add(step, firstSlot, taken);
                    firstSlot += step.SlotNames.Length;
                }
            }
        }

        void Join(LeafGroup group)
        {
            if (ReferenceEquals(group, LeafGroup.Ungrouped)) return;
            names.Add(group.Name);
            settings = settings.And(group.Settings);
        }
    }

    /// <summary>
    /// What of each part depends on the leaf. Two learning rates multiply, so the multiplier of the groups is that of the last, or it would
    /// count twice.
    /// </summary>
    /// <exception cref="ArgumentException">There is a multiplier and no learning rate.</exception>
    internal double[] Factors()
    {
        LeafSettings withoutMultiplier = Settings with { LearningRateMultiplier = 1 };
        double[] factors = [.. Stops.Select(stop => stop.Part.FactorOf(Leaf, withoutMultiplier))];
        if (Settings.Frozen || Settings.LearningRateMultiplier == 1) return factors;
        for (int stop = Stops.Length - 1; stop >= 0; stop--)
        {
            double multiplied = Stops[stop].Part.FactorOf(Leaf, Settings);
            if (multiplied == factors[stop]) continue;
            factors[stop] = multiplied;
            return factors;
        }

        throw new ArgumentException(
            string.Create(CultureInfo.InvariantCulture, $"The group {Name} multiplies the learning rate of {Leaf} by {Settings.LearningRateMultiplier}, and ")
            + $"no part that {Leaf} goes through is a learning rate; put a LearningRate behind them, or take a multiplier of 1.");
    }
}
