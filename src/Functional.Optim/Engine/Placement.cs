using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>A transform at its place in an optimizer: its slots and scalars in the state, its stage, and the partition's rule around it.</summary>
/// <param name="transform">The transform.</param>
/// <param name="firstSlot">Its first slot in the state.</param>
/// <param name="firstScalar">Its first scalar in the state.</param>
/// <param name="stage">How many transforms before it need the update of all leaves together.</param>
/// <param name="part">Which of the optimizer's parts it is or is in.</param>
/// <param name="format">How its slots are kept.</param>
/// <param name="prefix">The names of the partitions' rules around it, each with a slash after it; empty outside of partitions.</param>
internal sealed class PlacedTransform(Transform transform, int firstSlot, int firstScalar, int stage, string prefix, int part, StateFormat format)
{
    internal Transform Transform => transform;

    internal int FirstSlot => firstSlot;

    internal int FirstScalar => firstScalar;

    internal int Stage => stage;

    internal string Prefix => prefix;

    /// <summary>How its slots are kept.</summary>
    internal StateFormat Format => format;

    /// <summary>Which of the optimizer's parts it is or is in.</summary>
    internal int Part => part;

    internal bool IsInner => prefix.Length > 0;

    /// <summary>The names of the slots of the transform, made once.</summary>
    internal ImmutableArray<string> SlotNames { get; } = transform.SlotNames;

    internal ImmutableArray<string> ScalarNames { get; } = transform.ScalarNames;

    /// <summary>What the slots mean, such as <c>adam(m, v)</c>.</summary>
    internal string Identity => StateIdentity.Of(prefix, transform.StateName, SlotNames);
}

/// <summary>A place in an optimizer: a transform, or a partition with the places of each of its rules.</summary>
internal readonly record struct Place(PlacedTransform? Transform, Partition? Partition, ImmutableArray<Place>[] Rules);

/// <summary>The transforms of an optimizer at their places, partitions opened.</summary>
internal sealed class Placement
{
    private readonly List<PlacedTransform> transforms = [];
    private int slots;
    private int scalars;
    private int stage;

    private Placement(ImmutableArray<Transform> parts, StateFormat? format)
    {
        ImmutableArray<Place>.Builder places = ImmutableArray.CreateBuilder<Place>(parts.Length);
        for (int part = 0; part < parts.Length; part++)
        {
            if (part > 0 && parts[part].NeedsStatistics) stage++;
            places.Add(Put(parts[part], "", part, format));
        }

        Places = places.MoveToImmutable();
        LastStage = stage;
        Transforms = [.. transforms];
    }

    /// <summary>The places outside of partitions, in order.</summary>
    internal ImmutableArray<Place> Places { get; }

    /// <summary>Every transform, in the order of its slots.</summary>
    internal ImmutableArray<PlacedTransform> Transforms { get; }

    internal int LastStage { get; }

    /// <summary>The names of the slots of all transforms.</summary>
    internal ImmutableArray<string> SlotNames =>
        [.. Transforms.SelectMany(placed => placed.SlotNames.Select(name => placed.Prefix + name))];

    /// <summary>The names of the scalars of all transforms.</summary>
    internal ImmutableArray<string> ScalarNames =>
        [.. Transforms.SelectMany(placed => placed.ScalarNames.Select(name => placed.Prefix + name))];

    /// <summary>What the slots mean.</summary>
    internal string Identity =>
        string.Join(", ", Transforms.Where(placed => placed.SlotNames.Length > 0).Select(placed => placed.Identity));

    internal static Placement Of(ImmutableArray<Transform> parts, StateFormat? format) => new(parts, format);

    private Place Put(Transform part, string prefix, int index, StateFormat? format)
    {
        format = part.StateFormat ?? format;
        if (part is Partition partition)
        {
            return new(null, partition,
            [
                .. partition.Rules.Select(rule => ImmutableArray.CreateRange(
                    rule.Optimizer.Parts.Select(inner => Put(inner, $"{prefix}{rule.Name}/", index, rule.Optimizer.StateFormat ?? format)))),
            ]);
        }

        PlacedTransform placed = new(part, slots, scalars, stage, prefix, index, part.KeepsParameters ? StateFormat.Full : format ?? StateFormat.Full);
        if (placed is { Format: not StateFormat.Full, Transform.TransformsLeaves: true, SlotNames.Length: > 0 })
        {
            throw new ArgumentException(
                $"{part} works on whole leaves, and its slots {string.Join(", ", placed.SlotNames)} cannot be kept as {placed.Format}; "
                + "give the format to the elementwise parts only.");
        }

        slots += placed.SlotNames.Length;
        scalars += placed.ScalarNames.Length;
        transforms.Add(placed);
        return new(placed, null, []);
    }
}
