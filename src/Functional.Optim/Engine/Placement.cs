using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>A transform at its place in an optimizer.</summary>
/// <param name="transform">The transform.</param>
/// <param name="firstSlot">The index of its first slot in the state.</param>
/// <param name="firstScalar">The index of its first scalar in the state.</param>
/// <param name="stage">How many transforms before it need the update of all leaves together.</param>
/// <param name="prefix">
/// The names of the partition rules around it, each followed by a slash; empty outside of partitions.
/// </param>
/// <param name="part">The index of the part of the optimizer that it is, or that contains it.</param>
/// <param name="format">The format in which its slots are stored.</param>
internal sealed class PlacedTransform(
    Transform transform, int firstSlot, int firstScalar, int stage, string prefix, int part, StateFormat format)
{
    internal Transform Transform => transform;

    internal int FirstSlot => firstSlot;

    internal int FirstScalar => firstScalar;

    internal int Stage => stage;

    internal string Prefix => prefix;

    internal StateFormat Format => format;

    internal int Part => part;

    internal bool IsInner => prefix.Length > 0;

    /// <summary>The names of its slots, computed once.</summary>
    internal ImmutableArray<string> SlotNames { get; } = transform.SlotNames;

    internal ImmutableArray<string> ScalarNames { get; } = transform.ScalarNames;

    /// <summary>The kind and the names of its slots, such as <c>adam(m, v)</c>.</summary>
    internal string Identity => StateIdentity.Of(prefix, transform.StateName, SlotNames);
}

/// <summary>A node of a placement: a transform, or a partition with the nodes of each of its rules.</summary>
internal readonly record struct PlacementNode(
    PlacedTransform? Transform, Partition? Partition, ImmutableArray<PlacementNode>[] Rules);

/// <summary>
/// The transforms of an optimizer, those inside of partitions included, with their slots and scalars.
/// </summary>
internal sealed class Placement
{
    private readonly List<PlacedTransform> transforms = [];
    private int slots;
    private int scalars;
    private int stage;

    private Placement(ImmutableArray<Transform> parts, StateFormat? format)
    {
        ImmutableArray<PlacementNode>.Builder nodes = ImmutableArray.CreateBuilder<PlacementNode>(parts.Length);
        for (int part = 0; part < parts.Length; part++)
        {
            if (part > 0 && parts[part].NeedsStatistics) stage++;
            nodes.Add(Put(parts[part], "", part, format));
        }

        Nodes = nodes.MoveToImmutable();
        LastStage = stage;
        Transforms = [.. transforms];
    }

    /// <summary>The nodes outside of partitions, in order.</summary>
    internal ImmutableArray<PlacementNode> Nodes { get; }

    /// <summary>Every transform, in the order of its slots.</summary>
    internal ImmutableArray<PlacedTransform> Transforms { get; }

    internal int LastStage { get; }

    /// <summary>The names of the slots of all transforms.</summary>
    internal ImmutableArray<string> SlotNames =>
        [.. Transforms.SelectMany(placed => placed.SlotNames.Select(name => placed.Prefix + name))];

    /// <summary>The names of the scalars of all transforms.</summary>
    internal ImmutableArray<string> ScalarNames =>
        [.. Transforms.SelectMany(placed => placed.ScalarNames.Select(name => placed.Prefix + name))];

    /// <summary>The names of the scalars for reports.</summary>
    internal ImmutableArray<string> ReportedScalars =>
    [
        .. Transforms.SelectMany(placed => placed.Transform.ReportedScalars.Select(name => placed.Prefix + name)),
    ];

    /// <summary>The kinds and the names of all slots.</summary>
    internal string Identity =>
        string.Join(", ", Transforms.Where(placed => placed.SlotNames.Length > 0).Select(placed => placed.Identity));

    internal static Placement Of(ImmutableArray<Transform> parts, StateFormat? format) => new(parts, format);

    private PlacementNode Put(Transform transform, string prefix, int part, StateFormat? format)
    {
        if (transform is Partition partition)
            return new(
                null, partition, [.. partition.Rules.Select(rule => PutRule(rule, partition.StateFormat ?? format))]);

        PlacedTransform placed =
            new(transform, slots, scalars, stage, prefix, part, transform.SlotFormatIn(format));
        if (placed is { Format: not StateFormat.Full, Transform.TransformsLeaves: true, SlotNames.Length: > 0 })
        {
            throw new ArgumentException(
                $"{transform} transforms whole leaves, so its slots {string.Join(", ", placed.SlotNames)} cannot be "
                + $"stored as {placed.Format}; give the format to elementwise transforms only.");
        }

        slots += placed.SlotNames.Length;
        scalars += placed.ScalarNames.Length;
        transforms.Add(placed);
        return new(placed, null, []);

        ImmutableArray<PlacementNode> PutRule(Partition.Rule rule, StateFormat? outer) =>
        [
            .. rule.Optimizer.Transforms.Select(inner =>
                Put(inner, $"{prefix}{rule.Name}/", part, rule.Optimizer.StateFormat ?? outer)),
        ];
    }
}
