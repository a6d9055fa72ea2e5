using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>The groups, rules and filters of an optimizer that no leaf goes to, which are often misspelt.</summary>
internal static class UnmatchedFilters
{
    /// <summary>What no leaf goes to, each with its name and filter.</summary>
    internal static IEnumerable<string> Of(Optimizer optimizer, ImmutableArray<Leaf> leaves)
    {
        foreach (LeafGroup group in optimizer.Groups)
        {
            if (!leaves.Any(leaf => ReferenceEquals(optimizer.GroupOf(leaf), group)))
                yield return $"group '{group.Name}' ({group.Matches})";
        }

        // A transform is its own one transform.
        IEnumerable<Optimizer> whole = optimizer is Transform ? [] : [optimizer];
        foreach (Optimizer part in whole.Concat(optimizer.CompiledTransforms))
        {
            foreach ((string name, LeafFilter filter) in part.LeafFilters)
            {
                if (filter != LeafFilter.None && !leaves.Any(filter.Contains))
                    yield return $"{name}={filter} of {part}";
            }

            if (part is not Partition partition) continue;
            for (int index = 0; index < partition.Rules.Length; index++)
            {
                Partition.Rule rule = partition.Rules[index];
                ImmutableArray<Leaf> own = [.. leaves.Where(leaf => partition.IndexOf(leaf) == index)];
                if (own.IsEmpty) yield return $"rule '{rule.Name}' ({rule.Matches})";
                else foreach (string inside in Of(rule.Optimizer, own)) yield return inside;
            }
        }
    }
}
