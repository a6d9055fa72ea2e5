using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// <see cref="Optim.Composition.Then"/> is associative, <see cref="Optim.Composition.Identity"/> is neutral on both
    /// sides, and an optimizer is its transforms one after the other, each on the update of the one before.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Composition(Optimizer optimizer) => Holds(optimizer, Composition<float>, Composition<double>);

    private static void Composition<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (ParameterTree<T> parameters, OptimizerState<T> state) = problem.After<T>(optimizer, updates: 2);
        ParameterTree<T> update = problem.Gradients<T>(3);
        List<ParameterTree<T>> slots = [];
        for (int part = 0; part < optimizer.Transforms.Length; part++)
        {
            (ParameterTree<T> deltas, OptimizerState<T> next) = optimizer.TransformAlone(part, parameters.Layout)
                .Update(parameters, update, optimizer.StateOfTransform(part, parameters.Layout, state));
            update = deltas.Select(static delta => -delta);
            for (int slot = 0; slot < next.SlotCount; slot++) slots.Add(next[slot]);
        }

        const string what = "its parts one after the other";
        var whole = optimizer.Step(parameters, problem.Gradients<T>(3), state);
        ParameterTree<T> moved = optimizer.KeepFrozen(
            parameters, parameters.Zip(update, static (parameter, all) => parameter - all));
        if (MeasuresRanges(optimizer, parameters.Layout))
        {
            Claim.Near(what, moved, (leaf, index) =>
            {
                double theta = double.CreateTruncating(whole.Parameters.AsSpan(leaf)[index]);
                return (theta, 16 * RoundingOf<T>() * (1 + Math.Abs(theta)));
            });
        }
        else
        {
            Claim.Same(
                what, whole,
                (moved, slots.Index().Aggregate(whole.State, static (made, slot) => made.With(slot.Index, slot.Item))));
        }

        Optimizer identity = Optim.Composition.Identity, clip = Clip.ByValue(1), scale = Scale.By(0.5);
        Claim.Same(
            "between two identities", whole,
            identity.Then(optimizer).Then(identity).Step(parameters, problem.Gradients<T>(3), state));
        Claim.That(
            clip.Then(optimizer).Then(scale) == clip.Then(optimizer.Then(scale)),
            "grouped from the left and from the right it differs");
    }

    private static string? ExemptionFromComposition(Optimizer optimizer) => ExemptionOfCodes(optimizer)
        ?? (optimizer.Transforms.Skip(1).SelectMany(part => part.OpenedTransforms())
            .FirstOrDefault(part => part.ReadsGradient) is { } part
            ? $"{part} reads the gradient of the step, which is not the update that it gets" : null);

    /// <summary>
    /// Whether the update of some leaves is measured range by range. Which leaves make a range depends on all
    /// transforms, and with that the last bits of a norm.
    /// </summary>
    private static bool MeasuresRanges(Optimizer optimizer, TreeLayout layout) =>
        ExemptionFromSplit(optimizer) is not null
        && (layout.Leaves.Any(optimizer.IsFrozen)
            || optimizer.OpenedTransforms().Any(part => part.NeedsStatistics && !optimizer.Transforms.Contains(part)));
}
